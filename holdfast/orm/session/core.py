"""The core of the Session: everything that talks to a database, written once as ``async def``.

The synchronous `Session` drives these coroutines with one ``send(None)``; `AsyncSession` awaits the very same ones.
What programs override (`flush`, `get_bind`) is called through the session's class, never around it.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable, Mapping
from itertools import count
from typing import Any, TypeVar

from holdfast import exc
from holdfast._util.drive import drive
from holdfast.engine.bridge import in_bridge
from holdfast.engine.result import Result, ScalarResult
from holdfast.engine.stream import Feed, StreamSettings
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.loading import load
from holdfast.orm.loading.criteria import constrained_dml
from holdfast.orm.loading.follow_ups import core_follow_up, must_be_unique
from holdfast.orm.loading.from_statement import core_load_from
from holdfast.orm.loading.load_plan import LoadPlan
from holdfast.orm.loading.peers import core_load_for_peers, core_refresh_with_peers, forget_flushed
from holdfast.orm.loading.reading import core_read_column, core_read_relationship, read_without_sql
from holdfast.orm.loading.strategies.subquery import Origin
from holdfast.orm.session import fetching, lifecycle
from holdfast.orm.session.accept import accept_flush, accept_moved, accept_removed
from holdfast.orm.session.autocommit import core_alone
from holdfast.orm.session.binds import SessionBinds
from holdfast.orm.session.commit_values import NOT_GIVEN, check_choice
from holdfast.orm.session.execute_state import Routed, core_execute_heard
from holdfast.orm.session.merge import core_merge
from holdfast.orm.session.transaction import ACTIVE, CLOSED, SessionTransaction, SessionTransactionOrigin
from holdfast.orm.set_based.execute import check_options, core_execute_dml
from holdfast.orm.state import GONE, NO_VALUE, InstanceState
from holdfast.orm.unit_of_work.flush import core_flush
from holdfast.sql.select import Select

T = TypeVar("T")
NOTHING: Mapping[str, Any] = {}

_hash_keys = count(1)


def next_hash_key() -> int:
    """Return the number of the next session that has to be named in a message."""
    return next(_hash_keys)


class SessionCore(SessionBinds):
    """State of a session and its coroutines; the public methods stand in `face.Session`."""

    holder: IdentityMap
    transaction: SessionTransaction | None
    dispatch: Any
    autoflush: bool
    expire_on_commit: bool
    join_transaction_mode: str
    autobegin: bool
    twophase: bool
    execution_options: Mapping[str, Any]

    is_async = False
    """The engine is an asynchronous one: synchronous calls are legal only inside a bridge (``run_sync``)."""

    lazy_batching = "peers"
    """What the second lazy load among objects loaded together does: "peers", "one" or "raise"."""

    own_writes = 0
    """Statements that flushes of the running transaction sent; they tell by themselves what they changed."""

    autocommit = False
    """The mode of the 1.x series: without `begin()`, each call is a transaction of its own."""

    flushing = False

    committing = False
    """The flush under way is the one of a commit."""

    is_closed = False
    """It was closed, and is one that may not be used again (``close_resets_only=False``)."""

    flush_begun = False
    """The flush under way is past the listeners before it."""

    flush_level: SessionTransaction | None = None
    """The level that listeners were told of for the flush under way."""

    block: SessionTransaction | None = None
    """The level of the innermost ``with`` block that is being run."""

    # -- driving -------------------------------------------------------------------------------------------------

    def run(self, core: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> T:
        """Run one of the core's coroutines from a synchronous face.

        Raises: MissingGreenlet: the session is an asynchronous one and this is not a bridge; nothing was sent.
        """
        if self.is_async and not in_bridge():
            raise exc.SyncCallOnAsyncError(f"{type(self).__name__}.{core.__name__.removeprefix('core_')}()")
        if self.autocommit and self.transaction is None:
            return drive(core_alone(self, core, arguments))
        return drive(core(*arguments))

    async def core_call_listener(self, listener: Callable[..., Any], *arguments: Any) -> Any:
        """Call an event listener; on an asynchronous session it may be ``async def``, or ask for the bridge (``io``)."""
        if self.is_async:
            if getattr(listener, "wants_io", False) and not in_bridge():
                return await _in_bridge(listener, *arguments)
            result = listener(*arguments)
            return await result if hasattr(result, "__await__") else result
        return listener(*arguments)

    # -- connections and levels ----------------------------------------------------------------------------------

    async def core_connection_for(
        self, mapper: Any = None, clause: Any = None, arguments: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the connection for a mapper or statement, in the session's transaction."""
        transaction = self.transaction or self.begin_if_needed()
        link = transaction.links.get(self.bind)
        if (
            link is not None
            and not self.binds
            and not arguments
            and type(self).get_bind is SessionBinds.get_bind
            and transaction.status == ACTIVE
        ):
            return link.connection
        return await transaction.core_connection(self.bind_for(mapper, clause, arguments))

    async def core_own_connection(
        self, arguments: Mapping[str, Any] | None = None, options: Mapping[str, Any] | None = None
    ) -> Any:
        """Return the connection of the session's transaction; see `Session.connection`."""
        transaction = self.begin_if_needed()
        return await transaction.core_connection(self.bind_for(None, None, arguments), options)

    def begin_if_needed(self) -> SessionTransaction:
        """Return the current level, beginning the root where there is none."""
        transaction = self.transaction
        if transaction is None:
            if not self.autobegin:
                raise exc.InvalidRequestError(
                    "Autobegin is disabled on this Session; please call session.begin() to start a new transaction"
                )
            transaction = self.begin_level(None, SessionTransactionOrigin.AUTOBEGIN)
        return transaction

    def begin_level(self, parent: SessionTransaction | None, origin: SessionTransactionOrigin) -> SessionTransaction:
        """Begin a level and make it the current one.

        Raises: InvalidRequestError: the transaction of a ``with`` block has ended, and the block has not.
        """
        if self.is_closed:
            raise exc.InvalidRequestError(
                "This Session has been permanently closed and is unable to handle any more transaction requests."
            )
        level = self.transaction = SessionTransaction(self, parent, origin)
        for listener in self.dispatch.after_transaction_create:
            listener(self, level)
        return level

    def end_level(self, level: SessionTransaction) -> None:
        """The level has ended: the one above is the current one."""
        self.transaction = level.parent
        if level.origin is not SessionTransactionOrigin.SUBTRANSACTION:
            self.holder.epoch += 1
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
        self._drop_changes_of_deleted(transaction)
        self.flushing, self.committing, self.flush_begun = True, commits, False
        sent = self._writes_sent() if self.holder.stashes else None
        try:
            await core_flush(self)
            if sent is not None:
                self.own_writes += self._writes_sent() - sent
        except BaseException as cause:
            # An error of a listener before the flush is the listener's own: nothing has been sent.
            if self.flush_begun:
                await transaction.core_fail(cause)
                self.flush_ends(failed=True)
            raise
        finally:
            self.flushing = self.committing = False

    def _drop_changes_of_deleted(self, transaction: SessionTransaction) -> None:
        """What was set on objects whose rows are gone has nowhere to go."""
        level: SessionTransaction | None = transaction
        while level is not None:
            for state in level.removed:
                self.holder.dirty.pop(state, None)
            level = level.parent

    def flush_begins(self) -> None:
        """The flush's own work begins (called by the flush): who listens to levels hears of one inside the current."""
        self.flush_begun = True
        if self.dispatch.after_transaction_create or self.dispatch.after_transaction_end:
            parent = self.begin_if_needed()
            self.flush_level = self.begin_level(parent, SessionTransactionOrigin.SUBTRANSACTION)
            self.transaction = parent

    def flush_ends(self, failed: bool = False) -> None:
        """The flush's own work has ended (called by the flush, and here after a failure)."""
        level, self.flush_level = self.flush_level, None
        if level is not None:
            level.status = CLOSED
            self.end_level(level)
        if failed:
            for listener in self.dispatch.after_soft_rollback:
                listener(self, level or self.transaction)

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
        if self.holder.stashes:
            inserted = [state for state, _, _ in outcome.inserted]
            forget_flushed(self.holder, (*outcome.updated, *outcome.removed, *inserted))

    def _writes_sent(self) -> int:
        """Return how many statements that may have changed rows were sent in the root transaction."""
        level = self.transaction
        while level is not None and level.parent is not None:
            level = level.parent
        return 0 if level is None else sum(link.connection.writes for link in level.links.values())

    def peer_mark(self) -> tuple[int, int]:
        """Return what changes whenever rows may have been changed by something else than a flush of this session."""
        return self.holder.epoch, self._writes_sent() - self.own_writes

    def register_gone(self, state: InstanceState) -> None:
        """A DELETE by statement removed the object's row."""
        accept_removed(self, self.begin_if_needed(), state, state())

    def register_written(self, states: Iterable[InstanceState]) -> None:
        """A statement has changed, or may have changed, the rows of these objects."""
        self.begin_if_needed().flushed.update(dict.fromkeys(states))

    def register_moved(self, moved: Iterable[tuple[InstanceState, Any]]) -> None:
        """A statement has changed the primary keys of these objects' rows."""
        accept_moved(self.holder, self.begin_if_needed(), list(moved))

    # -- loading -------------------------------------------------------------------------------------------------

    def core_get(self, mapper: Any, key: Any, *how: Any, **more: Any) -> Coroutine[Any, Any, object | None]:
        """Return the coroutine that gives the object of a primary key; see `fetching.core_get_with`."""
        if how or more:
            return fetching.core_get_with(self, mapper, key, *how, **more)
        return fetching.core_get(self, mapper, key)

    async def core_refresh(self, instance: Any, names: Any = None, lock: Any = None) -> None:
        """Expire and load again; see `Session.refresh`."""
        await fetching.core_refresh(self, instance, names, lock)

    async def core_merge(self, instances: Any, load: bool = True, options: Any = None) -> list[Any]:
        """Carry state over; see `Session.merge`."""
        return await core_merge(self, instances, load, options)

    def load_missing(self, state: InstanceState, instance: object, key: str) -> Any:
        """Load the attribute that a read found missing (called by the attribute itself).

        Raises: LazyLoadInAsyncError: the session is an asynchronous one and the read was not awaited.
        """
        if self.is_async and not in_bridge():
            found = read_without_sql(state, instance, key)
            if found is NO_VALUE:
                raise exc.LazyLoadInAsyncError.of(state, key)
            return found
        return self.run(self.core_load_attribute, state, instance, key, True)

    async def core_load_attribute(self, state: InstanceState, instance: Any, key: str, is_read: bool = False) -> Any:
        """Load one attribute of a persistent object into its place and return it.

        Args: is_read: the program reads it; what only raises then is loaded for the session's own work.
        """
        if self.transaction is not None:
            self.transaction.check_usable()
        mapper = state.mapper
        if self.has_changes():
            await self.core_autoflush()
        relationship = mapper.find_relationship(key)
        if relationship is not None:
            if key in instance.__dict__:
                return instance.__dict__[key]
            if relationship.lazy == "select" and (state.extra is None or "directions" not in state.extra):
                return await core_load_for_peers(self, state, instance, relationship)
            return await core_read_relationship(self, state, instance, relationship, is_read)
        if key in mapper.column_names and (state.extra is None or "directions" not in state.extra):
            await core_refresh_with_peers(self, state, instance)
        else:
            await core_read_column(self, state, instance, key)
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
                elif state.mapper.find_relationship(name).passive_deletes:
                    # The database sees to rows that are not in memory.
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

    async def core_follow(
        self, where: Any, waiting: list[Any], overwrite: bool, refreshing: bool = False, origin: Any = None
    ) -> None:
        """Run the statements that load relationships of objects just loaded, level by level.

        Args:
            where: the session, or as it is routed for one statement.
            waiting: pairs of `FollowUp` and owners.
            overwrite: what is loaded already is replaced.
            refreshing: the owner is one object that is loaded again.
            origin: the statement that brought them, and its parameters.
        """
        known = None if origin is None else Origin(*origin)
        queue = [(follow_up, owners, known) for follow_up, owners in waiting]
        while queue:
            follow_up, owners, known = queue.pop(0)
            queue.extend(await core_follow_up(where, follow_up, owners, overwrite, refreshing, known))
            refreshing = False

    # -- statements ------------------------------------------------------------------------------------------------

    async def core_result(
        self,
        statement: Any,
        parameters: Any = None,
        options: Mapping[str, Any] = NOTHING,
        arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run any statement and return its rows as a Result.

        Args:
            arguments: the `bind_arguments` of `Session.execute`.
        """
        if self.dispatch.do_orm_execute:
            return await core_execute_heard(self, statement, parameters, options, arguments)
        return await self.core_result_unheard(statement, parameters, options, arguments)

    async def core_result_unheard(
        self, statement: Any, parameters: Any, options: Mapping[str, Any], arguments: Mapping[str, Any] | None
    ) -> Any:
        """Run a statement, whoever listens to `do_orm_execute`."""
        if isinstance(statement, Select):
            plan, found = await self.core_load(statement, parameters, options, arguments)
            if found.__class__ is Feed:
                return streamed_result(plan, found)
            result = Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)
            return result if plan.graph is None else must_be_unique(plan.graph, result)
        if getattr(statement, "is_from_statement", False):
            return await self._core_load_from(statement, parameters, options, arguments)
        return await self._core_execute(statement, parameters, options, arguments)

    async def core_scalars(
        self,
        statement: Any,
        parameters: Any = None,
        options: Mapping[str, Any] = NOTHING,
        arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run any statement and return the first element of each row as a ScalarResult."""
        if isinstance(statement, Select) and not self.dispatch.do_orm_execute:
            plan, found = await self.core_load(statement, parameters, options, arguments)
            if found.__class__ is Feed:
                return streamed_result(plan, found).scalars()
            if plan.graph is not None:
                result = Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)
                return must_be_unique(plan.graph, result).scalars()
            return ScalarResult.of(plan.shape, found) if plan.single else Result(plan.shape, found).scalars()
        return (await self.core_result(statement, parameters, options, arguments)).scalars()

    async def core_load(
        self,
        statement: Any,
        parameters: Any,
        options: Mapping[str, Any],
        arguments: Mapping[str, Any] | None = None,
    ) -> tuple[LoadPlan, Any]:
        """Run a SELECT and return its plan and elements; a Feed where they are streamed."""
        if self.transaction is not None:
            self.transaction.check_usable()
        options = self._merged_options(statement, options)
        if self.has_changes() and options.get("autoflush", True):
            await self.core_autoflush()
        overwrite = bool(options.get("populate_existing"))
        stream = StreamSettings.of(options) if options else None
        where = self._routed(statement, arguments)
        return await load.core_load_statement(where, statement, statement._columns, parameters, overwrite, stream)

    async def _core_load_from(
        self, statement: Any, parameters: Any, options: Mapping[str, Any], arguments: Mapping[str, Any] | None
    ) -> Any:
        """Run `select(...).from_statement(...)`."""
        element = statement.element
        options = self._merged_options(statement, options)
        columns = getattr(element, "_columns", ())
        if isinstance(element, Select) and [id(one) for one in columns] == [id(one) for one in statement._columns]:
            return await self.core_result_unheard(element.options(*statement._options), parameters, options, arguments)
        if element.is_statement and element.is_dml:
            return await self._core_execute(element, parameters, options, arguments)
        if self.transaction is not None:
            self.transaction.check_usable()
        if self.has_changes() and options.get("autoflush", True):
            await self.core_autoflush()
        # The mapped class stands in what is asked for; the other statement may be text.
        where = self._routed(statement, arguments)
        plan, found = await core_load_from(where, statement, parameters, bool(options.get("populate_existing")))
        result = Result.of_scalars(plan.shape, found) if plan.single else Result(plan.shape, found)
        return must_be_unique(plan.graph, result)

    async def _core_execute(
        self, statement: Any, parameters: Any, options: Mapping[str, Any], arguments: Mapping[str, Any] | None
    ) -> Any:
        """Run any statement that is not a SELECT and return the engine's result."""
        statement = _executable(statement)
        if self.transaction is not None:
            self.transaction.check_usable()
        options = self._merged_options(statement, options)
        is_of_class = getattr(statement, "entity", None) is not None
        if is_of_class:
            check_options(statement, options)
        if self.has_changes() and options.get("autoflush", True):
            await self.core_autoflush()
        if is_of_class:
            where = self._routed(statement, arguments)
            if statement._options and not statement.is_insert:
                statement = constrained_dml(statement)
            return await core_execute_dml(where, statement, parameters, options)
        connection = await self.core_connection_for(None, statement, arguments)
        return await connection.core_execute(statement, parameters, options)

    def _routed(self, statement: Any, arguments: Mapping[str, Any] | None) -> Any:
        """Return what loaders take for the session: itself, or itself with the bind that was chosen for a statement."""
        if not arguments and not self.routes:
            return self
        return Routed(self, self.bind_for(None, statement, arguments))

    def _merged_options(self, statement: Any, options: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return execution options: of the session, of the statement over them, of the call over all."""
        own = getattr(statement, "_execution_options", NOTHING)
        if self.execution_options:
            return {**self.execution_options, **own, **options}
        return {**own, **options} if own and options else own or options

    # -- transaction -----------------------------------------------------------------------------------------------

    async def core_commit(self, synchronize: Any = NOT_GIVEN) -> None:
        """Flush and commit the whole transaction; see `Session.commit`."""
        check_choice(synchronize)
        transaction = self.transaction or self.begin_if_needed()
        await transaction.core_commit(transaction.origin is not SessionTransactionOrigin.SUBTRANSACTION, synchronize)

    async def core_rollback(self) -> None:
        """Roll the whole transaction back."""
        # Attributes may have been set since the last one ended: that too is taken back.
        if self.transaction is None and self.holder.dirty:
            self.begin_if_needed()
        if self.transaction is not None:
            is_sub = self.transaction.origin is SessionTransactionOrigin.SUBTRANSACTION
            await self.transaction.core_rollback(not is_sub)

    async def core_begin_nested(self) -> SessionTransaction:
        """Flush and begin a savepoint."""
        transaction = self.transaction or self.begin_level(None, SessionTransactionOrigin.BEGIN)
        transaction.check_usable()
        if self.has_changes():
            await self.core_flush_through_face()
        return self.begin_level(transaction, SessionTransactionOrigin.BEGIN_NESTED)

    async def core_prepare(self) -> None:
        """Flush and send PREPARE TRANSACTION; see `Session.prepare`."""
        await self.begin_if_needed().core_prepare()

    async def core_close(self, invalidate: bool = False) -> None:
        """Let go of all objects and give the connections back, rolling back what was not committed."""
        transaction = self.transaction
        gone: Iterable[InstanceState] = ()
        if transaction is not None and (transaction.removed or transaction.parent is not None):
            gone = transaction.all_removed()
        if self.dispatch.watched:
            lifecycle.release_all(self)
        else:
            self.holder.clear()
        if transaction is not None:
            await transaction.core_close(invalidate)
        for state in gone:
            # Their rows are there again.
            state.holder, state.flags = None, state.flags & ~GONE


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
