"""The transaction of a session: one level (root or savepoint), its connections, and what a rollback has to undo.

Every level records what its flushes did to the objects: which became persistent, which were deleted, which changed.
A rollback of the level brings exactly these back; a commit hands the record to the level above.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, NamedTuple, Protocol

from holdfast import exc
from holdfast.orm import expiry
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.state import GONE, WAS_DELETED, InstanceState

ACTIVE, FAILED, CLOSED = "active", "failed", "closed"


class Link(NamedTuple):
    """A connection that a level takes part in."""

    connection: Any
    transaction: Any
    """What this level commits or rolls back on it; None where the caller's own transaction stays the caller's."""
    ends_on_rollback: bool
    """A rollback of this level also rolls back the caller's transaction (join_transaction_mode "rollback_only")."""
    owned: bool
    """The level took the connection from the pool and gives it back."""


class TransactionOwner(Protocol):
    """What a transaction asks of its session."""

    holder: IdentityMap
    dispatch: Any
    expire_on_commit: bool
    join_transaction_mode: str

    def run(self, core: Any, *arguments: Any) -> Any: ...

    async def core_flush_through_face(self, commits: bool = False) -> None: ...

    def end_level(self, level: SessionTransaction) -> None: ...


class SessionTransaction:
    """One level of a session's transaction: the root, or a savepoint inside it.

    Args:
        session: the session; its transaction is this level from now on.
        parent: the level above; None for the root.
        nested: True for a savepoint.
    """

    __slots__ = (
        "cause", "flushed", "inserted", "links", "nested", "origin", "parent", "removed", "session", "status", "switched",
    )  # fmt: skip

    def __init__(self, session: Any, parent: SessionTransaction | None = None, nested: bool = False) -> None:
        self.session = session
        self.parent = parent
        self.nested = nested
        self.status = ACTIVE
        self.cause: BaseException | None = None
        self.links: dict[Any, Link] = {}
        self.inserted: dict[InstanceState, object] = {}
        self.removed: dict[InstanceState, object] = {}
        self.flushed: dict[InstanceState, object] = {}
        self.switched: dict[InstanceState, Any] = {}

    # -- facts ---------------------------------------------------------------------------------------------------

    @property
    def is_active(self) -> bool:
        """True while statements may be sent on this level."""
        return self.status == ACTIVE

    def check_usable(self) -> None:
        """Raise unless statements may be sent.

        Raises:
            PendingRollbackError: a flush failed and nobody rolled back since.
            ResourceClosedError: the level has ended.
        """
        if self.status == FAILED:
            raise exc.PendingRollbackError(
                "This Session's transaction has been rolled back due to a previous exception during flush. To begin a "
                "new transaction with this Session, first issue Session.rollback(). Original exception was: "
                f"{self.cause}"
            ) from self.cause
        if self.status == CLOSED:
            raise exc.ResourceClosedError("This transaction is closed")

    # -- connections ---------------------------------------------------------------------------------------------

    async def core_connection(self, bind: Any) -> Any:
        """Return the connection of this level to `bind`, beginning its part of the transaction at the first call.

        Args:
            bind: an Engine, or a Connection whose transaction the session joins.
        """
        link = self.links.get(bind)
        if link is not None:
            return link.connection
        self.check_usable()
        if self.parent is not None:
            connection = await self.parent.core_connection(bind)
            savepoint = await connection.core_begin_nested()
            self.links[bind] = Link(connection, savepoint, False, False)
            return connection
        link = await self._join(bind) if bind.is_connection else await self._check_out(bind)
        self.links[bind] = link
        listeners = self.session.dispatch.after_begin
        if listeners:
            for listener in listeners:
                listener(self.session, self, link.connection)
        return link.connection

    async def _check_out(self, engine: Any) -> Link:
        """Take a connection of `engine` from the pool and begin on it."""
        connection = await engine.core_connect()
        try:
            return Link(connection, await connection.core_begin(), False, True)
        except BaseException:
            await connection.core_close()
            raise

    async def _join(self, connection: Any) -> Link:
        """Take part in the transaction of a connection that the caller gave, as `join_transaction_mode` says."""
        mode = self.session.join_transaction_mode
        if not connection.in_transaction():
            return Link(connection, await connection.core_begin(), False, False)
        if mode == "conditional_savepoint":
            mode = "create_savepoint" if connection.in_nested_transaction() else "rollback_only"
        if mode == "create_savepoint":
            return Link(connection, await connection.core_begin_nested(), False, False)
        if mode == "control_fully":
            return Link(connection, connection.get_transaction(), False, False)
        return Link(connection, None, True, False)

    # -- ending --------------------------------------------------------------------------------------------------

    async def core_commit(self, to_root: bool = False) -> None:
        """Flush and commit this level; with `to_root`, the levels above it too."""
        self.check_usable()
        session = self.session
        while session.transaction is not self:
            inner = session.transaction
            if inner is None:
                raise exc.ResourceClosedError("This transaction is closed")
            await inner.core_commit()
        await self._prepare()
        for link in self.links.values():
            if link.transaction is not None:
                await link.transaction.core_commit()
        self._keep()
        parent = self.parent
        await self._end()
        if parent is None:
            listeners = session.dispatch.after_commit
            if listeners:
                for listener in listeners:
                    listener(session)
        elif to_root:
            await parent.core_commit(True)

    async def _prepare(self) -> None:
        """Send everything that is waiting; listeners may add to it, so flush until nothing is left."""
        session = self.session
        if self.parent is None or self.nested:
            listeners = session.dispatch.before_commit
            if listeners:
                for listener in listeners:
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
        while session.transaction is not None and session.transaction is not self:
            if not self._encloses(session.transaction):
                return
            await session.transaction.core_rollback()
        if self.status == CLOSED:
            return
        failed_already = self.status == FAILED
        try:
            if not failed_already:
                await self._roll_back_connections()
        finally:
            if not failed_already:
                self._undo()
            parent = self.parent
            await self._end()
        if parent is None:
            listeners = session.dispatch.after_rollback
            if listeners and not failed_already:
                for listener in listeners:
                    listener(session)
            listeners = session.dispatch.after_soft_rollback
            if listeners:
                for listener in listeners:
                    listener(session, self)
        elif to_root:
            await parent.core_rollback(True)

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
            await self._roll_back_connections()
        finally:
            self._undo()
            self.status = FAILED
            self.cause = cause
            listeners = self.session.dispatch.after_rollback
            if listeners and self.parent is None:
                for listener in listeners:
                    listener(self.session)

    async def core_close(self) -> None:
        """End this level and those above without a word about objects: `Session.close()` has let go of them."""
        level: SessionTransaction | None = self
        while level is not None:
            parent = level.parent
            if parent is None and level.status != CLOSED:
                await level._release_connections()
            level.status = CLOSED
            self.session.end_level(level)
            level = parent

    async def _roll_back_connections(self) -> None:
        for link in self.links.values():
            if link.transaction is not None:
                await link.transaction.core_rollback()
            elif link.ends_on_rollback and link.connection.in_transaction():
                await link.connection.core_rollback()

    async def _release_connections(self) -> None:
        for link in self.links.values():
            if link.owned:
                await link.connection.core_close()
            elif link.transaction is not None:
                await link.transaction.core_rollback()

    async def _end(self) -> None:
        """Give the connections back and make the level above the session's current one."""
        self.status = CLOSED
        try:
            for link in self.links.values():
                if link.owned:
                    await link.connection.core_close()
        finally:
            self.links.clear()
            self.session.end_level(self)

    # -- the objects ---------------------------------------------------------------------------------------------

    def _keep(self) -> None:
        """The level is committed: hand the record upwards, or let deleted objects go and expire the others."""
        parent = self.parent
        if parent is not None:
            parent.inserted.update(self.inserted)
            parent.removed.update(self.removed)
            parent.flushed.update(self.flushed)
            for state, key in self.switched.items():
                parent.switched.setdefault(state, key)
            return
        for state in self.removed:
            state.holder = None
            state.flags = (state.flags & ~GONE) | WAS_DELETED
        if self.session.expire_on_commit:
            expiry.expire_all(self.session.holder)

    def _undo(self) -> None:
        """Bring the objects back to what they were when the level began."""
        holder = self.session.holder
        for state in [*holder.new, *self.inserted]:
            make_transient(holder, state)
        holder.new.clear()
        for state, key in self.switched.items():
            if state not in self.inserted:
                move_key(holder, state, key)
        for state in self.removed:
            if state not in self.inserted:
                state.flags &= ~GONE
                state.holder = holder
                holder.by_key(state.mapper.base_mapper)[state.key] = state
        holder.deleted.clear()
        if self.nested:
            changed = {**self.flushed, **holder.dirty}
            holder.dirty.clear()
            for state, instance in changed.items():
                if state.key is not None:
                    expiry.expire_state(state, instance)
        else:
            expiry.expire_all(holder)

    # -- faces ---------------------------------------------------------------------------------------------------

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

    def __enter__(self) -> SessionTransaction:
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        self.session.run(self.core_leave, error)

    def core_leave(self, error: BaseException | None) -> Coroutine[Any, Any, None]:
        """Return what the end of a ``with`` block does: commit, or roll back after an error."""
        return self._leave(error)

    async def _leave(self, error: BaseException | None) -> None:
        if error is not None:
            await self.core_rollback()
        elif self.status == ACTIVE:
            try:
                await self.core_commit()
            except BaseException:
                await self.core_rollback()
                raise
        elif self.status == FAILED:
            await self.core_rollback()


def make_transient(holder: IdentityMap, state: InstanceState) -> None:
    """Take an object whose INSERT never was (any more) out of the session; its attribute values stay."""
    if state.key is not None:
        by_key = holder.states.get(state.mapper.base_mapper)
        if by_key is not None and by_key.get(state.key) is state:
            del by_key[state.key]
    state.key = None
    state.holder = None
    state.flags = 0
    state.old = None
    holder.dirty.pop(state, None)
    holder.deleted.pop(state, None)


def move_key(holder: IdentityMap, state: InstanceState, key: Any) -> None:
    """Register a persistent object under another primary key."""
    by_key = holder.by_key(state.mapper.base_mapper)
    if by_key.get(state.key) is state:
        del by_key[state.key]
    state.key = key
    by_key[key] = state
