"""The transaction of a session: one level (root or savepoint), its connections, its beginning and its end.

What a rollback has to undo among the objects is noted per level: record.py.
"""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from enum import Enum
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.orm.session import record
from holdfast.orm.session.commit_values import NOT_GIVEN, CommitValues
from holdfast.orm.session.places import first_outside
from holdfast.orm.state import InstanceState

ACTIVE, PREPARED, COMMITTED, INACTIVE, FAILED, CLOSED = (
    "active",
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


class Link(NamedTuple):
    """A connection that a level takes part in."""

    connection: Any
    transaction: Any
    """What this level commits or rolls back on it; None where the caller's own transaction stays the caller's."""
    outer: Any
    """The caller's transaction, where a rollback of this level rolls it back too ("rollback_only"); else None."""
    owned: bool
    """The level took the connection from the pool and gives it back."""


class SessionTransaction:
    """One level of a session's transaction: the root, or a savepoint inside it.

    Args:
        session: the session; its transaction is this level from now on.
        parent: the level above; None for the root.
        origin: what began it.

    Attributes:
        nested: it is a savepoint.
    """

    __slots__ = (
        "cause", "flushed", "inserted", "links", "origin", "outer_block", "parent", "removed", "session", "status",
        "switched",
    )  # fmt: skip

    def __init__(
        self,
        session: Any,
        parent: SessionTransaction | None = None,
        origin: SessionTransactionOrigin = SessionTransactionOrigin.AUTOBEGIN,
    ) -> None:
        block = session.block
        if block is not None and block.status != ACTIVE:
            raise exc.InvalidRequestError(
                "Can't operate on closed transaction inside context manager.  Please complete the context manager "
                "before emitting further commands."
            )
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

    # -- facts ---------------------------------------------------------------------------------------------------

    @property
    def nested(self) -> bool:
        """Whether it is a savepoint."""
        return self.origin is SessionTransactionOrigin.BEGIN_NESTED

    @property
    def _parent(self) -> SessionTransaction | None:
        """Same as `parent`: the name that the recipes for test suites use."""
        return self.parent

    @property
    def is_active(self) -> bool:
        """True while statements may be sent on this level."""
        return self.status == ACTIVE

    def check_usable(self) -> None:
        """Raise unless statements may be sent.

        Raises:
            PendingRollbackError: a flush failed and nobody rolled back since.
            InvalidRequestError: the level is being ended (a listener is called in between).
            ResourceClosedError: the level has ended.
        """
        if self.status == ACTIVE:
            return
        if self.status == FAILED:
            place = None if self.cause is None else first_outside(self.cause.__traceback__)
            raise exc.PendingRollbackError.after(self.cause, place) from self.cause
        if self.status == CLOSED:
            raise exc.ResourceClosedError("This transaction is closed")
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
        level: SessionTransaction | None = self
        while level is not None:
            level.removed.pop(state, None)
            level = level.parent

    def all_removed(self) -> list[InstanceState]:
        """Return the states of the objects whose rows the whole transaction has deleted so far."""
        found: list[InstanceState] = []
        level: SessionTransaction | None = self
        while level is not None:
            found.extend(level.removed)
            level = level.parent
        return found

    # -- connections ---------------------------------------------------------------------------------------------

    async def core_connection(self, bind: Any, options: Mapping[str, Any] | None = None) -> Any:
        """Return the connection of this level to `bind`, beginning its part of the transaction at the first call.

        Args:
            bind: an Engine, or a Connection whose transaction the session joins.
            options: execution options of the connection, where this call begins it.
        """
        self.check_usable()
        link = self.links.get(bind)
        if link is not None:
            if options:
                exc.warn("Connection is already established for the given bind; execution_options ignored")
            return link.connection
        if self.origin is SessionTransactionOrigin.SUBTRANSACTION:
            return await self.parent.core_connection(bind, options)  # type: ignore[union-attr]
        if self.parent is not None:
            connection = await self.parent.core_connection(bind, options)
            savepoint = await connection.core_begin_nested()
            link = self.links[bind] = Link(connection, savepoint, None, False)
        elif bind.is_connection:
            self._check_one_connection(bind)
            link = self.links[bind] = await self._core_join(bind, options)
        else:
            link = self.links[bind] = await self._core_check_out(bind, options)
        listeners = self.session.dispatch.after_begin
        if listeners and self.nested:
            # Who is told that the savepoint has begun may use it: it is sent.
            await link.connection.core_prepare_to_write()
        for listener in listeners:
            await self.session.core_call_listener(listener, self.session, self, link.connection)
        return link.connection

    def _check_one_connection(self, bind: Any) -> None:
        """Refuse a Connection whose engine has another one in this transaction."""
        if any(link.connection.engine is bind.engine for link in self.links.values()):
            raise exc.InvalidRequestError(
                "Session already has a Connection associated for the given Connection's Engine"
            )

    async def _core_check_out(self, engine: Any, options: Mapping[str, Any] | None) -> Link:
        """Take a connection of `engine` from the pool and begin on it."""
        connection = await engine.core_connect()
        try:
            if options:
                connection.execution_options(**options)
            if self.session.twophase:
                return Link(connection, await self._core_begin(connection), None, True)
            return Link(connection, await connection.core_begin(), None, True)
        except BaseException:
            await connection.core_close()
            raise

    async def _core_begin(self, connection: Any) -> Any:
        """Begin the root transaction of a connection: one in two phases where the session wants that."""
        if not self.session.twophase:
            return await connection.core_begin()
        begin = getattr(connection, "core_begin_twophase", None)
        if begin is None:
            raise NotImplementedError(
                f"twophase=True: transactions in two phases are not there for {connection.dialect.name} yet"
            )
        return await begin()

    async def _core_join(self, connection: Any, options: Mapping[str, Any] | None) -> Link:
        """Take part in the transaction of a connection that the caller gave, as `join_transaction_mode` says."""
        mode = self.session.join_transaction_mode
        if options:
            connection.execution_options(**options)
        if not connection.in_transaction():
            return Link(connection, await self._core_begin(connection), None, False)
        is_nested = connection.in_nested_transaction()
        if mode == "conditional_savepoint":
            mode = "create_savepoint" if is_nested else "rollback_only"
        if mode == "create_savepoint":
            return Link(connection, await connection.core_begin_nested(), None, False)
        present = connection.get_nested_transaction() if is_nested else connection.get_transaction()
        if mode == "control_fully":
            return Link(connection, present, None, False)
        return Link(connection, None, present, False)

    # -- ending --------------------------------------------------------------------------------------------------

    async def core_prepare(self) -> None:
        """Flush, and send PREPARE TRANSACTION on all connections: COMMIT cannot fail any more."""
        self._check_prepares()
        await self._core_flush_all()
        await self._core_prepare_links()

    def _check_prepares(self) -> None:
        if self.parent is not None or not self.session.twophase:
            raise exc.InvalidRequestError("'twophase' mode not enabled, or not root transaction; can't prepare.")
        self.check_usable()

    async def _core_prepare_links(self) -> None:
        try:
            for link in self.links.values():
                if link.transaction is not None:
                    await link.transaction.core_prepare()
        except BaseException:
            await self.core_rollback()
            raise
        self.status = PREPARED

    async def core_commit(self, to_root: bool = False, synchronize: Any = NOT_GIVEN) -> None:
        """Flush and commit this level; with `to_root`, the levels above it too.

        Args:
            synchronize: what objects get when the root commits; see `commit_values`.
        """
        session = self.session
        if self.status != PREPARED:
            self.check_usable()
            await self._core_commit_inner()
            await self._core_flush_all()
            if self.parent is None and session.twophase:
                await self._core_prepare_links()
        parent = self.parent
        values = None
        if parent is None and (synchronize is True or synchronize == "evaluate"):
            values = CommitValues(session, self, synchronize)
            await values.core_before()
        for link in self.links.values():
            if link.transaction is not None:
                await link.transaction.core_commit()
        self.status = COMMITTED
        try:
            is_sub = self.origin is SessionTransactionOrigin.SUBTRANSACTION
            for listener in () if is_sub else session.dispatch.after_commit:
                listener(session)
        finally:
            record.keep(self, synchronize is NOT_GIVEN and session.expire_on_commit)
            await self._core_end()
        if values is not None:
            await values.core_after()
        if parent is not None and to_root:
            await parent.core_commit(True, synchronize)

    async def _core_commit_inner(self) -> None:
        """Commit the savepoints inside this level."""
        session = self.session
        while session.transaction is not self:
            inner = session.transaction
            if inner is None:
                raise exc.ResourceClosedError("This transaction is closed")
            await inner.core_commit()

    async def _core_flush_all(self) -> None:
        """Send everything that is waiting; listeners may add to it, so flush until nothing is left."""
        session = self.session
        is_sub = self.origin is SessionTransactionOrigin.SUBTRANSACTION
        for listener in () if is_sub else session.dispatch.before_commit:
            await session.core_call_listener(listener, session)
        for _ in range(100):
            if not session.has_changes():
                return
            await session.core_flush_through_face(self.parent is None)
        raise exc.FlushError(
            "Over 100 subsequent flushes have occurred within session.commit() - is an after_flush() hook creating new "
            "objects?"
        )

    async def core_rollback(self, to_root: bool = False) -> None:
        """Roll back this level and all inside it; with `to_root`, the whole transaction."""
        session = self.session
        if self.status == CLOSED:
            raise exc.ResourceClosedError("This transaction is closed")
        while session.transaction is not None and session.transaction is not self:
            if not self._encloses(session.transaction):
                return
            await session.transaction.core_close_level()
        parent = self.parent
        try:
            if self.status not in (FAILED, INACTIVE):
                await self._core_undo()
        finally:
            await self._core_end()
        for listener in session.dispatch.after_soft_rollback:
            listener(session, self)
        if parent is not None and to_root:
            await parent.core_rollback(True)

    async def _core_undo(self) -> None:
        """Roll the connections back, then the objects; of a subtransaction, those of the level around it."""
        if self.origin is SessionTransactionOrigin.SUBTRANSACTION:
            self.status = INACTIVE
            record.undo(self)
            await self.parent._core_undo()  # type: ignore[union-attr]
            return
        try:
            await self._core_roll_back_links()
        finally:
            self.status = INACTIVE
            try:
                for listener in self.session.dispatch.after_rollback:
                    listener(self.session)
            finally:
                record.undo(self)

    def _encloses(self, level: SessionTransaction | None) -> bool:
        """Return True if `level` is this level or stands inside it."""
        while level is not None:
            if level is self:
                return True
            level = level.parent
        return False

    async def core_fail(self, cause: BaseException) -> None:
        """Roll back after a failed flush; the level then refuses everything until `rollback()`."""
        try:
            await self._core_undo()
        finally:
            level: SessionTransaction | None = self
            while level is not None:
                level.status, level.cause = FAILED, cause
                level = level.parent if level.origin is SessionTransactionOrigin.SUBTRANSACTION else None

    async def core_close_level(self) -> None:
        """End a savepoint that an outer level, which is being rolled back, contains."""
        try:
            if self.status != FAILED:
                await self._core_roll_back_links()
                record.undo(self)
        finally:
            await self._core_end()

    async def core_close(self, invalidate: bool = False) -> None:
        """End this level and those above without a word about objects: `Session.close()` has let go of them.

        Args:
            invalidate: the connections are not to be used again.
        """
        level: SessionTransaction | None = self
        while level is not None:
            parent = level.parent
            if level.links and level.status != CLOSED and not (parent is not None and invalidate):
                await level._core_release_links(invalidate)
            level.status = CLOSED
            self.session.end_level(level)
            level = parent

    async def _core_roll_back_links(self) -> None:
        for link in self.links.values():
            if link.transaction is not None:
                await link.transaction.core_rollback()
            elif link.outer is not None and link.outer.is_active:
                await link.outer.core_rollback()

    async def _core_release_links(self, invalidate: bool) -> None:
        for link in self.links.values():
            if invalidate:
                link.connection.invalidated = True
            if link.owned:
                await link.connection.core_close()
            elif link.transaction is not None:
                await link.transaction.core_rollback()

    async def _core_end(self) -> None:
        """Give the connections back and make the level above the session's current one."""
        self.status = CLOSED
        try:
            for link in self.links.values():
                if link.owned:
                    await link.connection.core_close()
        finally:
            self.links.clear()
            self.session.end_level(self)

    # -- faces ---------------------------------------------------------------------------------------------------

    def connection(self, bindkey: Any = None, execution_options: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """Return the Connection of this level for a mapped class, a mapper, or the session's own bind."""
        session = self.session
        bind = session.bind_for(bindkey, **kwargs)
        return session.run(self.core_connection, bind, execution_options)

    def prepare(self) -> None:
        """Flush, and send PREPARE TRANSACTION on all connections.

        Raises: InvalidRequestError: the session is not a ``twophase=True`` one, or this is a savepoint.
        """
        self._check_prepares()
        self.session.run(self.core_prepare)

    def commit(self) -> None:
        """Flush and commit this level; the session's current level is the one above afterwards."""
        self.session.run(self.core_commit)

    def rollback(self) -> None:
        """Roll back this level and all savepoints inside it."""
        self.session.run(self.core_rollback)

    def close(self) -> None:
        """Roll back this level if it is still open."""
        if self.status != CLOSED:
            self.session.run(self.core_rollback)

    def enter(self) -> SessionTransaction:
        """A ``with`` block begins: what is done in it belongs to this level."""
        self.outer_block = self.session.block
        self.session.block = self
        return self

    def __enter__(self) -> SessionTransaction:
        return self.enter()

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.session.run(self.core_leave, error)

    def core_leave(self, error: BaseException | None) -> Coroutine[Any, Any, None]:
        """Return what the end of a ``with`` block does: commit, or roll back after an error."""
        return self._core_leave(error)

    async def _core_leave(self, error: BaseException | None) -> None:
        try:
            if self.status == CLOSED:
                return
            if error is not None or self.status == FAILED:
                await self.core_rollback()
                return
            try:
                await self.core_commit()
            except BaseException:
                if self.status != CLOSED:
                    await self.core_rollback()
                raise
        finally:
            self.session.block = self.outer_block
