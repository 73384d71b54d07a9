"""One level of a session's transaction: what it knows, and whether statements may be sent on it."""

from __future__ import annotations

from enum import Enum
from typing import Any, Self

from holdfast import exc
from holdfast.orm.session.places import first_outside
from holdfast.orm.state import InstanceState

ACTIVE, BLOCKED, PREPARED, COMMITTED, INACTIVE, FAILED, CLOSED = (
    "active",
    "blocked",
    "prepared",
    "committed",
    "inactive",
    "failed",
    "closed",
)


class SessionTransactionOrigin(Enum):
    """What began a level of a session's transaction."""

    AUTOBEGIN = 0
    BEGIN = 1
    BEGIN_NESTED = 2
    SUBTRANSACTION = 3


# By themselves: a look at a member of an enumeration is slow, and each statement has some.
AUTOBEGIN = SessionTransactionOrigin.AUTOBEGIN
BEGIN = SessionTransactionOrigin.BEGIN
BEGIN_NESTED = SessionTransactionOrigin.BEGIN_NESTED
SUBTRANSACTION = SessionTransactionOrigin.SUBTRANSACTION


class Link:
    """A connection that a level takes part in.

    Attributes:
        connection: the connection.
        transaction: what this level commits or rolls back on it; None where the caller's own transaction stays the caller's.
        outer: the caller's transaction, where a rollback of this level rolls it back too ("rollback_only"); else None.
        owned: the level took the connection from the pool and gives it back.
    """

    __slots__ = ("connection", "outer", "owned", "transaction")

    def __init__(self, connection: Any, transaction: Any, outer: Any, owned: bool) -> None:
        self.connection = connection
        self.transaction = transaction
        self.outer = outer
        self.owned = owned


class TransactionLevel:
    """The facts of one level; see `transaction.SessionTransaction`."""

    __slots__ = (
        "async_face", "cause", "flushed", "inserted", "links", "origin", "outer_block", "parent", "removed", "session", "status",
        "switched", "tells",
    )  # fmt: skip

    def __init__(
        self,
        session: Any,
        parent: Self | None = None,
        origin: SessionTransactionOrigin = AUTOBEGIN,
    ) -> None:
        block = session.block
        if block is not None and block.status != ACTIVE:
            raise _blocked_error()
        self.session = session
        self.parent = parent
        self.origin = origin
        self.status = ACTIVE
        self.cause: BaseException | None = None
        self.links: dict[Any, Link] = {}
        self.inserted: dict[InstanceState, None] = {}
        self.removed: dict[InstanceState, Any] = {}
        self.flushed: dict[InstanceState, None] = {}
        self.switched: dict[InstanceState, Any] = {}
        self.tells = False
        """Listeners of ``before_commit`` are being called."""

    @property
    def nested(self) -> bool:
        """Whether it is a savepoint."""
        return self.origin is BEGIN_NESTED

    @property
    def _parent(self) -> Self | None:
        """Same as `parent`: the name that the recipes for test suites use."""
        return self.parent

    @property
    def is_active(self) -> bool:
        """True while statements may be sent on this level, or will be once the block of a savepoint in it is left."""
        return self.status in (ACTIVE, BLOCKED)

    def check_usable(self) -> None:
        """Raise unless statements may be sent.

        Raises:
            PendingRollbackError: a flush failed and nobody rolled back since.
            InvalidRequestError: the level is being ended (a listener is called in between), or a savepoint in it has ended
                and its ``with`` block has not.
            ResourceClosedError: the level has ended.
        """
        if self.status == ACTIVE:
            return
        if self.status == FAILED:
            place = None if self.cause is None else first_outside(self.cause.__traceback__)
            raise exc.PendingRollbackError.after(self.cause, place) from self.cause
        if self.status == CLOSED:
            raise exc.ResourceClosedError("This transaction is closed")
        if self.status == BLOCKED:
            raise _blocked_error()
        if self.status == INACTIVE:
            raise exc.InvalidRequestError(
                "This session is in 'inactive' state, due to the SQL transaction being rolled back; no further SQL can be "
                "emitted within this transaction."
            )
        raise exc.InvalidRequestError(
            f"This session is in '{self.status}' state; no further SQL can be emitted within this transaction."
        )

    def forget(self, state: InstanceState) -> None:
        """A deleted object left the session: a rollback does not bring it back."""
        level: Self | None = self
        while level is not None:
            level.removed.pop(state, None)
            level = level.parent

    def all_removed(self) -> list[InstanceState]:
        """Return the states of the objects whose rows the whole transaction has deleted so far."""
        found: list[InstanceState] = []
        level: Self | None = self
        while level is not None:
            found.extend(level.removed)
            level = level.parent
        return found


def _blocked_error() -> exc.InvalidRequestError:
    return exc.InvalidRequestError(
        "Can't operate on closed transaction inside context manager.  Please complete the context manager before emitting "
        "further commands."
    )
