"""Statements that commit: in two phases (XA), and those before which the server does it by itself.

Source: MariaDB's manual, "XA Transactions" and "SQL statements that cause an implicit commit".
"""

from __future__ import annotations

import re

from holdfast.compiler.commit_words import changing_nothing

COMMITS = re.compile(r"(?:^|;)\s*(?:XA\s+COMMIT|COMMIT|END)\b", re.IGNORECASE)

COMMITS_PREPARED = re.compile(r"\s*XA\s+COMMIT\b(?!.*\bONE\s+PHASE\s*$)", re.IGNORECASE | re.DOTALL)
"""``ONE PHASE`` is the COMMIT of what was not prepared."""

CHANGES_NOTHING = changing_nothing("XA")

_CHANGES_OF_SCHEMA = (
    r"CREATE(?!\s+TEMPORARY)|ALTER|DROP(?!\s+TEMPORARY)|TRUNCATE|RENAME|GRANT|REVOKE|LOCK|SET\s+PASSWORD|ANALYZE"
)

ENDS_TRANSACTION = re.compile(rf"\s*(?:{_CHANGES_OF_SCHEMA})\b", re.IGNORECASE)
"""What always does."""

MAY_COMMIT = re.compile(rf"\s*(?:{_CHANGES_OF_SCHEMA}|CALL)\b", re.IGNORECASE)
"""What may have done, for a program that does not get the answer: a procedure may hold anything."""
