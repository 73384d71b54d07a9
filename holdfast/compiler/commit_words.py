"""The words by which a statement commits, or changes nothing: asked when a connection breaks at it.

Each dialect has its own of both: `DefaultDialect.commits`, `.commits_prepared`, `.changes_nothing`.
"""

from __future__ import annotations

import re

COMMITS = re.compile(r"(?:^|;)\s*(?:COMMIT|END)\b", re.IGNORECASE)
"""Statements that commit; further ones may stand before them."""

COMMITS_PREPARED = re.compile(r"\s*COMMIT\s+PREPARED\b", re.IGNORECASE)
"""Those of them that commit what was prepared, in two phases."""

_READS = (
    "SELECT", "VALUES", "TABLE", "SHOW", r"EXPLAIN(?!\s+ANALY)", "DESCRIBE", "SET", "DECLARE", "FETCH", "BEGIN", "START",
    "SAVEPOINT", "RELEASE", "ROLLBACK", "PREPARE", r"WITH\b(?!.*\b(?:INSERT|UPDATE|DELETE|MERGE)\b)",
)  # fmt: skip


def changing_nothing(*more: str) -> re.Pattern[str]:
    """Return a pattern of the statements that are of no consequence when they are sent alone, in autocommit.

    Args:
        more: patterns of what a database has besides.
    """
    return re.compile(rf"\s*(?:{'|'.join((*_READS, *more))})\b", re.IGNORECASE | re.DOTALL)


CHANGES_NOTHING = changing_nothing()
