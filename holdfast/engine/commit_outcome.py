"""What became of a COMMIT that raised: it was done, it was not, or nobody knows; and of a BEGIN that went along.

A driver notes on an error that a COMMIT went along with the statement that failed; the connection notes on it that nobody
knows the outcome. Whoever ends the transaction asks here.
"""

from __future__ import annotations

import sys
from typing import Any


def may_have_committed(dialect: Any, sql: str | None, autocommit: bool) -> bool:
    """Return True if a statement, at which the connection broke, may have committed something before.

    Args:
        autocommit: each statement is a transaction of its own.
    """
    if sql is None:
        return False
    if dialect.commits.search(sql):
        return True
    if autocommit:
        return not dialect.changes_nothing.match(sql)
    implicit = dialect.commits_by_itself
    return implicit is not None and implicit.match(sql) is not None


def is_cancellation(error: BaseException) -> bool:
    """Return True for a task's cancellation; a program without asyncio, which has none, does not import it for this."""
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and isinstance(error, asyncio.CancelledError)


def note_commit_along(error: BaseException) -> None:
    """Note that a COMMIT went along with the statement that failed (called by drivers)."""
    error.holdfast_commit_along = True  # type: ignore[attr-defined]


def went_along(error: BaseException) -> bool:
    """Return True if a COMMIT went along with the statement that failed."""
    return hasattr(error, "holdfast_commit_along")


def note_failed_begin(error: BaseException) -> None:
    """Note that it was the BEGIN before the statement that failed (called by drivers where it goes along)."""
    error.holdfast_failed_begin = True  # type: ignore[attr-defined]


def has_failed_to_begin(error: BaseException) -> bool:
    """Return True if it was the BEGIN before the statement that failed."""
    return hasattr(error, "holdfast_failed_begin")


def note_unknown(error: BaseException) -> None:
    """Note that nobody knows what became of the COMMIT that `error` came out of."""
    error.holdfast_commit_unknown = True  # type: ignore[attr-defined]


def is_unknown(error: BaseException | None) -> bool:
    """Return True if nobody knows what became of the COMMIT that `error` came out of."""
    return hasattr(error, "holdfast_commit_unknown")
