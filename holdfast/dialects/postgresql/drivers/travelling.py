"""BEGIN and COMMIT that travel with a statement: one round trip instead of two or three.

If the statement fails, the server passes over the COMMIT behind it.
"""

from __future__ import annotations

from typing import Any

from holdfast import exc

ALWAYS, NEVER = "always", "never"

KEEPS = ("COMMIT", "PREPARE")
"""How marks begin that keep a transaction's work. Where a statement of it had failed, the server answers them by a ROLLBACK, and
calls that no error."""
WOULD_ROLL_BACK = "current transaction is aborted: an earlier statement of it had failed, so the server would roll it back in place of COMMIT"


class TravellingMarks:
    """What a connection notes of the marks that wait for a statement.

    Attributes:
        takes_begin_along: marks wait for a statement.
    """

    __slots__ = ("_begin", "_cancelled", "_commit", "_has_marks", "_is_committed", "takes_begin_along")

    def __init__(self, pipeline: str) -> None:
        self.takes_begin_along = pipeline == ALWAYS
        self._begin: str | None = None
        self._commit = False
        # COMMIT went along and was done; `run_essential` has yet to be asked about it.
        self._is_committed = False
        # The caller was cancelled meanwhile, which is raised when the COMMIT is asked for.
        self._cancelled: BaseException | None = None
        self._has_marks = False

    def begin_with_next(self, sql: str) -> None:
        """Let `sql` go ahead of the next statement."""
        self._begin, self._commit, self._is_committed = sql, False, False
        self._has_marks = True

    def commit_with_next(self) -> None:
        """Let COMMIT go behind the next statement; ``run_essential("COMMIT")`` then sends nothing."""
        self._commit = self._has_marks = True

    def take_marks(self) -> tuple[str | None, bool]:
        """Return what goes ahead of a statement, and whether COMMIT goes behind it; they wait no longer."""
        marks = self._begin, self._commit
        self._begin, self._commit, self._has_marks = None, False, False
        return marks

    def committed_along(self, cancelled: BaseException | None = None) -> None:
        """COMMIT went along, and was done; its caller was cancelled meanwhile."""
        self._is_committed = self._has_marks = True
        self._cancelled = cancelled

    def has_committed(self) -> bool:
        """Return True if COMMIT went along and was done, and nobody asked for it yet."""
        return self._is_committed

    def settles(self, sql: str) -> bool:
        """Return True for a mark that need not be sent: it was already, or it would end what was never begun.

        Raises: CancelledError: COMMIT went along and was done, and its caller was cancelled meanwhile.
        """
        is_settled = (sql == "COMMIT" and self._is_committed) or (
            self._begin is not None and sql in ("COMMIT", "ROLLBACK")
        )
        if is_settled or sql in ("COMMIT", "ROLLBACK"):
            self._begin, self._commit, self._is_committed, self._has_marks = None, False, False, False
            cancelled, self._cancelled = self._cancelled, None
            if cancelled is not None and sql == "COMMIT":
                raise cancelled
        return is_settled


def pipeline_wish(value: Any) -> str:
    """Return what an address says by ``?pipeline=``.

    Raises: ArgumentError: another word.
    """
    if value not in (ALWAYS, NEVER):
        raise exc.ArgumentError(f"pipeline is {ALWAYS!r} or {NEVER!r}, not {value!r}")
    return str(value)
