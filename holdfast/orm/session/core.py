"""The core of the Session: everything that talks to a database, written once as ``async def``.

The synchronous `Session` drives these coroutines with one ``send(None)``; `AsyncSession` awaits the very same ones.
What programs override (`flush`, `get_bind`) is called through the session's class, never around it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from itertools import count
from typing import Any, TypeVar

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge
from holdfast.engine.result import Result, ScalarResult
from holdfast.engine.stream import Feed, StreamSettings
from holdfast.orm import expiry
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.loading import load
from holdfast.orm.loading.load_plan import LoadPlan
from holdfast.orm.loading.strategies.lazy import core_load_relationship
from holdfast.orm.session import lifecycle
from holdfast.orm.session.accept import accept_flush, accept_removed
from holdfast.orm.session.transaction import SessionTransaction
from holdfast.orm.set_based.synchronize import core_execute_dml
from holdfast.orm.state import EXPIRED, InstanceState
from holdfast.orm.unit_of_work.flush import core_flush
from holdfast.sql.select import Select

T = TypeVar("T")
NOTHING: Mapping[str, Any] = {}

_hash_keys = count(1)


def next_hash_key() -> int:
    """Return the number of the next session that has to be named in a message."""
    return next(_hash_keys)


class SessionCore:
    """State of a session and its coroutines; the public methods stand in `face.Session`."""

    holder: IdentityMap
    transaction: SessionTransaction | None
    dispatch: Any
    bind: Any
    binds: dict[Any, Any]
    autoflush: bool
    expire_on_commit: bool
    join_transaction_mode: str
    autobegin: bool

    is_async = False
    """The engine is an asynchronous one: synchronous calls are legal only inside a bridge (``run_sync``)."""

    flushing = False

    committing = False
    """The flush under way is the one of a commit."""

    # -- driving -------------------------------------------------------------------------------------------------

    def run(self, core: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> T:
        """Run one of the core's coroutines from a synchronous face.

        Raises: MissingGreenlet: the session is an asynchronous one and this is not a bridge; nothing was sent.
        """
        if self.is_async and not in_bridge():
            raise exc.SyncCallOnAsyncError(f"{type(self).__name__}.{core.__name__.removeprefix('core_')}()")
        return drive(core(*arguments))

    async def core_call_listener(self, listener: Callable[..., Any], *arguments: Any) -> Any:
        """Call an event listener; on an asynchronous session it may be ``async def``, or ask for the bridge (``io``)."""
        if self.is_async:
            if getattr(listener, "wants_io", False) and not in_bridge():
                return await _in_bridge(listener, *arguments)
            result = listener(*arguments)
            return await result if hasattr(result, "__await__") else result
        return listener(*arguments)

    # -- binds and connections -----------------------------------------------------------------------------------

    def get_bind(self, mapper: Any = None, *, clause: Any = None, bind: Any = None, **kw: Any) -> Any:
        """Return the Engine or Connection for a mapper or a statement; programs override this to route.

        Raises: UnboundExecutionError: the session has no bind for it.
        """
        if bind is not None:
            return bind
        if self.binds:
            found = self._bind_by_table(mapper, clause)
            if found is not None:
                return found
        if self.bind is None:
            raise exc.UnboundExecutionError.of(mapper)
        return self.bind

    def _bind_by_table(self, mapper: Any, clause: Any) -> Any:
        """Return the bind registered for the mapped class, one of its bases or its table."""
        mapper = getattr(mapper, "__mapper__", mapper)
        if mapper is not None:
            for class_ in mapper.class_.__mro__:
                if class_ in self.binds:
                    return self.binds[class_]
            return self.binds.get(mapper.local_table)
        for table in getattr(clause, "_froms", ()):
            if table in self.binds:
                return self.binds[table]
        return None

    def bind_for(self, mapper: Any = None, clause: Any = None) -> Any:
        """Return the bind, through an overridden `get_bind` where there is one."""
        if self.bind is not None and not self.binds and type(self).get_bind is SessionCore.get_bind:
            return self.bind
        bind = self.get_bind(mapper, clause=clause)
        return getattr(bind, "sync_engine", None) or getattr(bind, "sync_connection", None) or bind

    def engine_for(self, mapper: Any = None, clause: Any = None) -> Any:
        """Return the engine that statements for this mapper compile for."""
        return self.bind_for(mapper, clause).engine

    async def core_connection_for(self, mapper: Any = None, clause: Any = None) -> Any:
        """Return the connection for a mapper or statement, in the session's transaction."""
        transaction = self.transaction or self.begin_if_needed()
        link = transaction.links.get(self.bind)
        if link is not None and not self.binds and type(self).get_bind is SessionCore.get_bind:
            return link.connection
        return await transaction.core_connection(self.bind_for(mapper, clause))

    def begin_if_needed(self) -> SessionTransaction:
        """Return the current level, beginning the root where there is none."""
        transaction = self.transaction
        if transaction is None:
            if not self.autobegin:
                raise exc.InvalidRequestError(
                    "Autobegin is disabled on this Session; please call session.begin() to start a new transaction"
                )
            transaction = self.transaction = SessionTransaction(self)
            if self.dispatch.after_transaction_create:
                for listener in self.dispatch.after_transaction_create:
                    listener(self, transaction)
        return transaction

    def end_level(self, level: SessionTransaction) -> None:
        """The level has ended: the one above is the current one."""
        self.transaction = level.parent
        if self.dispatch.after_transaction_end:
            for listener in self.dispatch.after_transaction_end:
                listener(self, level)

    # -- flush ---------------------------------------------------------------------------------------------------

    def has_changes(self) -> bool:
        """Return True if a flush would have something to look at."""
        holder = self.holder
        return bool(holder.new or holder.dirty or holder.deleted)

    def flush(self, objects: Any = None) -> None:
        """Send all pending changes to the database, inside the transaction.

        Args:
            objects: ignored but for None and empty; flushing a part was withdrawn from the documented interface.

        Raises:
            InvalidRequestError: the session is already flushing.
            IntegrityError, StaleDataError ...: the transaction has been rolled back; the session wants `rollback()`.
        """
        if self.has_changes() or self.flushing:
            self.run(self.core_flush)

    async def core_flush_through_face(self, commits: bool = False) -> None:
        """Flush by the session's own `flush` method, which a subclass may have overridden or a test patched.

        Args:
            commits: the root's COMMIT follows.
        """
        if type(self).flush is SessionCore.flush:
            await self.core_flush(commits)
        elif self.is_async and not in_bridge():
            await _in_bridge(self.flush)
        else:
            self.flush()

    async def core_flush(self, commits: bool = False) -> None:
        """Flush; a failure rolls the innermost level back and leaves it refusing everything until `rollback()`."""
        if self.flushing:
            raise exc.InvalidRequestError("Session is already flushing")
        if not self.has_changes():
            return
        transaction = self.begin_if_needed()
        transaction.check_usable()
        self.flushing, self.committing = True, commits
        try:
            await core_flush(self)
        except BaseException as cause:
            await transaction.core_fail(cause)
            raise
        finally:
            self.flushing = self.committing = False

    async def core_autoflush(self) -> None:
        """Flush before a read, unless switched off."""
        holder = self.holder
        if self.autoflush and not self.flushing and (holder.new or holder.dirty or holder.deleted):
            try:
                await self.core_flush_through_face()
            except exc.StatementError as error:
                error.add_detail(
                    "raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this "
                    "flush is occurring prematurely"
                )
                raise

    def commits_next(self, connection: Any) -> bool:
        """Return True if the flush under way belongs to a commit that concerns this connection alone (asked by the flush)."""
        if not self.committing or self.transaction is None or len(self.transaction.links) != 1:
            return False
        [link] = self.transaction.links.values()
        return link.owned and link.connection is connection

    def accept_flush(self, outcome: Any) -> None:
        """Take over what a successful flush did (called by the flush, after its last statement)."""
        accept_flush(self, self.begin_if_needed(), outcome)

    def register_gone(self, state: InstanceState) -> None:
        """A DELETE by statement removed the object's row."""
        accept_removed(self, self.begin_if_needed(), state, state())

    # -- loading -------------------------------------------------------------------------------------------------

    async def core_get(self, mapper: Any, key: Any, overwrite: bool = False, lock: bool = False) -> object | None:
        """Return the object of a primary key from the identity map or its row; None where there is no row."""
        if key is None or (key.__class__ is tuple and all(part is None for part in key)):
            exc.warn(
                "fully NULL primary key identity cannot load any object.  This condition may raise an error in a future release."
            )
            return None
        if not overwrite:
            present = self.holder.find(mapper.base_mapper, key)
            if present is not None:
                state = present.__dict__["_sa_instance_state"]
                if state.flags & EXPIRED:
                    try:
                        await load.core_refresh(self, state, present)
                    except exc.ObjectDeletedError:
                        return None
                return present if isinstance(present, mapper.class_) else None
        await self.core_autoflush()
        if lock:
            # SQLite locks the whole database, and must do so before it reads.
            await (await self.core_connection_for(mapper)).core_prepare_to_write()
        return await load.core_load_by_key(self, mapper, key, overwrite)

    def load_missing(self, state: InstanceState, instance: object, key: str) -> Any:
        """Load the attribute that a read found missing (called by the attribute itself).

        Raises: LazyLoadInAsyncError: the session is an asynchronous one and the read was not awaited.
        """
        if self.is_async and not in_bridge():
            raise exc.LazyLoadInAsyncError.of(state, key)
        return drive(self.core_load_attribute(state, instance, key))

    async def core_load_attribute(self, state: InstanceState, instance: Any, key: str) -> Any:
        """Load one attribute of a persistent object into its place and return it."""
        if self.transaction is not None:
            self.transaction.check_usable()
        mapper = state.mapper
        if self.has_changes():
            await self.core_autoflush()
        relationship = mapper.find_relationship(key)
        if relationship is not None:
            if key in instance.__dict__:
                return instance.__dict__[key]
            return await core_load_relationship(self, state, instance, relationship)
        if key in mapper.column_names:
            await load.core_refresh(self, state, instance)
        else:
            await load.core_load_columns(self, state, instance, mapper.load_with(key, instance.__dict__))
        return instance.__dict__[key]

    async def core_delete(self, instance: Any) -> None:
        """Mark an object for deletion with all that the delete cascade reaches, loading what it has to look at."""
        queue = [instance]
        if lifecycle.state_of(instance).key is None:
            lifecycle.mark_deleted(self, instance)
        reached: list[Any] = []
        seen = {id(instance)}
        while queue:
            current = queue.pop(0)
            reached.append(current)
            state = lifecycle.state_of(current)
            for name in state.mapper.delete_names:
                if name in current.__dict__:
                    value = current.__dict__[name]
                elif state.key is None or (state.holder is not self.holder):
                    continue
                else:
                    value = await self.core_load_attribute(state, current, name)
                relationship = state.mapper.find_relationship(name)
                members = relationship.members(value) if relationship.uselist else [value]
                for member in members:
                    if member is not None and id(member) not in seen:
                        seen.add(id(member))
                        queue.append(member)
        for current in reached:
            if lifecycle.state_of(current).key is not None:
                lifecycle.mark_deleted(self, current)

    async def core_refresh(self, instance: Any, names: Any = None, for_update: Any = None) -> None:
        """Expire and load again; see `Session.refresh`."""
        state = lifecycle.state_of(instance)
        if state.holder is not self.holder or state.key is None:
            raise exc.InvalidRequestError(
                f"Instance '{lifecycle.describe(instance)}' is not persistent within this Session"
            )
        mapper = state.mapper
        if names is None:
            expiry.expire_state(state, instance)
            columns: tuple[str, ...] = mapper.column_names
        else:
            names = list(names)
            expiry.expire_attributes(state, instance, names)
            columns = tuple(name for name in names if name in mapper.column_attrs)
        await self.core_autoflush()
        try:
            if names is None:
                await load.core_refresh(self, state, instance)
            elif columns:
                await load.core_load_columns(self, state, instance, columns)
        except exc.ObjectDeletedError:
            raise exc.InvalidRequestError(f"Could not refresh instance '{lifecycle.describe(instance)}'") from None
        for name in names or ():
            if name in mapper.relationships:
                await core_load_relationship(self, state, instance, mapper.relationships[name])

    # -- statements ------------------------------------------------------------------------------------------------

    async def core_result(self, statement: Any, parameters: Any = None, options: Mapping[str, Any] = NOTHING) -> Any:
        """Run any statement and return its rows as a Result."""
        if isinstance(statement, Select):
            plan, found = await self._load(statement, parameters, options)
            if found.__class__ is Feed:
                return streamed_result(plan, found)
            return Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)
        return await self._execute(statement, parameters, options)

    async def core_scalars(self, statement: Any, parameters: Any = None, options: Mapping[str, Any] = NOTHING) -> Any:
        """Run any statement and return the first element of each row as a ScalarResult."""
        if isinstance(statement, Select):
            plan, found = await self._load(statement, parameters, options)
            if found.__class__ is Feed:
                return streamed_result(plan, found).scalars()
            return ScalarResult.of(plan.shape, found) if plan.single else Result(plan.shape, found).scalars()
        return (await self._execute(statement, parameters, options)).scalars()

    async def _load(self, statement: Any, parameters: Any, options: Mapping[str, Any]) -> tuple[LoadPlan, Any]:
        """Run a SELECT and return its plan and elements; a Feed where they are streamed."""
        if self.transaction is not None:
            self.transaction.check_usable()
        options = _merged(statement, options)
        if self.has_changes() and options.get("autoflush", True):
            await self.core_autoflush()
        overwrite = bool(options.get("populate_existing"))
        stream = StreamSettings.of(options) if options else None
        return await load.core_load_statement(self, statement, statement._columns, parameters, overwrite, stream)

    async def _execute(self, statement: Any, parameters: Any, options: Mapping[str, Any]) -> Any:
        """Run any statement that is not a SELECT and return the engine's result."""
        statement = _executable(statement)
        if self.transaction is not None:
            self.transaction.check_usable()
        if self.has_changes():
            await self.core_autoflush()
        options = _merged(statement, options)
        if getattr(statement, "entity", None) is not None:
            return await core_execute_dml(self, statement, parameters, options)
        connection = await self.core_connection_for(None, statement)
        return await connection.core_execute(statement, parameters, options)

    # -- transaction -----------------------------------------------------------------------------------------------

    async def core_commit(self) -> None:
        """Flush and commit the whole transaction."""
        transaction = self.transaction or self.begin_if_needed()
        await transaction.core_commit(True)

    async def core_rollback(self) -> None:
        """Roll the whole transaction back."""
        if self.transaction is not None:
            await self.transaction.core_rollback(True)

    async def core_begin_nested(self) -> SessionTransaction:
        """Flush and begin a savepoint."""
        transaction = self.begin_if_needed()
        transaction.check_usable()
        await self.core_flush_through_face()
        nested = SessionTransaction(self, transaction, nested=True)
        self.transaction = nested
        for bind in list(transaction.links):
            await nested.core_connection(bind)
        return nested

    async def core_close(self) -> None:
        """Let go of all objects and give the connections back, rolling back what was not committed."""
        self.holder.clear()
        if self.transaction is not None:
            await self.transaction.core_close()


def _merged(statement: Any, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the statement's execution options with those of the call over them."""
    own = statement._execution_options
    return {**own, **options} if own and options else own or options


def streamed_result(plan: LoadPlan, feed: Feed) -> Result[Any]:
    """Return the result of rows that are loaded chunk by chunk."""
    make = Result.of_scalars if plan.single else Result
    result: Result[Any] = make(plan.shape, [], feed)
    result._yield_per = feed.rows_per_chunk
    return result


def _executable(statement: Any) -> Any:
    """Return `statement` if it can be run.

    Raises: ArgumentError, ObjectNotExecutableError: it is text without `text()`, a mapped class, anything else.
    """
    if getattr(statement, "is_executable", False):
        return statement
    if getattr(statement, "is_from_function", False):
        return statement.select()
    if isinstance(statement, str):
        shown = statement if len(statement) <= 60 else statement[:57] + "..."
        raise exc.ArgumentError(f"Textual SQL expression {shown!r} should be explicitly declared as text({shown!r})")
    raise exc.ObjectNotExecutableError(statement)


async def _in_bridge(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a function in a bridge."""
    # Here and not above: a program without asyncio does not import it.
    from holdfast.engine.bridge_thread import run_in_bridge

    return await run_in_bridge(function, *arguments)
