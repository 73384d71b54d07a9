"""Statements before which the server commits by itself. Source: MariaDB's manual, statements that cause an implicit commit."""

from __future__ import annotations

import re

_CHANGES_OF_SCHEMA = (
    r"CREATE(?!\s+TEMPORARY)|ALTER|DROP(?!\s+TEMPORARY)|TRUNCATE|RENAME|GRANT|REVOKE|LOCK|SET\s+PASSWORD|ANALYZE"
)

ENDS_TRANSACTION = re.compile(rf"\s*(?:{_CHANGES_OF_SCHEMA})\b", re.IGNORECASE)
"""What always does."""

MAY_COMMIT = re.compile(rf"\s*(?:{_CHANGES_OF_SCHEMA}|CALL)\b", re.IGNORECASE)
"""What may have done, for a program that does not get the answer: a procedure may hold anything."""
