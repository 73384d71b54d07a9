"""The asynchronous faces of the session: they await the same core that `Session` drives, and hold no logic."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from holdfast import exc
from holdfast.engine.async_result import AsyncResult, AsyncScalarResult, StreamStart, whole_result
from holdfast.engine.bridge import in_bridge
from holdfast.engine.bridge_thread import run_in_bridge
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.result import Result, ScalarResult
from holdfast.orm.session.bulk import AsyncBulkSession
from holdfast.orm.session.commit_values import NOT_GIVEN
from holdfast.orm.session.core import NOTHING
from holdfast.orm.session.face import Session
from holdfast.orm.session.get_or_create import core_get_or_create
from holdfast.orm.session.identity import entity_of, key_from_identity
from holdfast.orm.session.places import own
from holdfast.orm.session.planning import core_plan
from holdfast.orm.session.shown import SessionDebug, describe_session
from holdfast.orm.session.transaction import CLOSED, SessionTransaction
from holdfast.orm.unit_of_work.flush_plan import FlushPlan
from holdfast.sql.select import Select

T = TypeVar("T")
TP = TypeVar("TP", bound=tuple[Any, ...])
P = ParamSpec("P")


class AsyncSessionTransaction:
    """A transaction, or a savepoint, of an AsyncSession: awaited, or as an ``async with`` block.

    Args:
        session: the session.
        nested: begin a savepoint.
    """

    def __init__(self, session: AsyncSession, nested: bool = False) -> None:
        self.session = session
        self.nested = nested
        self.sync_transaction: SessionTransaction | None = None

    @property
    def is_active(self) -> bool:
        """True between its begin and its end."""
        return self.sync_transaction is not None and self.sync_transaction.is_active

    async def start(self) -> AsyncSessionTransaction:
        """Begin."""
        sync_session = self.session.sync_session
        if self.nested:
            self.sync_transaction = await sync_session.core_begin_nested()
        else:
            self.sync_transaction = sync_session.begin()
        return self

    def __await__(self) -> Generator[Any, None, AsyncSessionTransaction]:
        return self.start().__await__()

    async def __aenter__(self) -> AsyncSessionTransaction:
        await self.start()
        self._begun().enter()
        return self

    async def __aexit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        await self._begun().core_leave(error)

    def _begun(self) -> SessionTransaction:
        if self.sync_transaction is None:
            raise exc.InvalidRequestError("The transaction has not begun: await it, or use it by 'async with'")
        return self.sync_transaction

    async def commit(self) -> None:
        """Flush and commit this level."""
        await self._begun().core_commit()

    async def rollback(self) -> None:
        """Roll back this level."""
        await self._begun().core_rollback()

    async def close(self) -> None:
        """Roll back this level if it is still open."""
        transaction = self._begun()
        if transaction.status != CLOSED:
            await transaction.core_rollback()


class AsyncSession(AsyncBulkSession):
    """A Session over an asynchronous engine: the methods that may talk to the database are awaited.

    Args:
        bind: the AsyncEngine or AsyncConnection.
        binds: mapped class or Table -> AsyncEngine, where several databases take part.
        sync_session_class: the class of the Session behind it.
        kw: keywords of `Session`.

    One task at a time uses a session.
    """

    sync_session_class: type[Session] = Session

    def __init__(
        self,
        bind: Any = None,
        *,
        binds: Mapping[Any, Any] | None = None,
        sync_session_class: type[Session] | None = None,
        **kw: Any,
    ) -> None:
        if bind is not None:
            bind = _sync_bind(bind)
        if binds:
            binds = {key: _sync_bind(value) for key, value in binds.items()}
        self.bind = bind
        self.sync_session: Session = (sync_session_class or self.sync_session_class)(bind=bind, binds=binds, **kw)
        self.sync_session.is_async = True

    # -- objects -------------------------------------------------------------------------------------------------------

    def add(self, instance: object, _warn: bool = True) -> None:
        """Bring an object into the session; see `Session.add`. Sends nothing, so it is not awaited."""
        self.sync_session.add(instance)

    def add_all(self, instances: Iterable[object]) -> None:
        """Bring several objects into the session."""
        self.sync_session.add_all(instances)

    async def delete(self, instance: object) -> None:
        """Mark an object for deletion; the delete cascade may have to load."""
        await self.sync_session.core_delete(instance)

    async def delete_all(self, instances: Iterable[object]) -> None:
        """Mark several objects for deletion."""
        for instance in instances:
            await self.delete(instance)

    async def merge(self, instance: T, *, load: bool = True, options: Sequence[Any] | None = None) -> T:
        """Carry the state of an object over to the session's own; see `Session.merge`."""
        return (await self.sync_session.core_merge((instance,), load, options))[0]  # type: ignore[no-any-return]

    async def merge_all(
        self, instances: Iterable[T], *, load: bool = True, options: Sequence[Any] | None = None
    ) -> list[T]:
        """Carry the state of several objects over; see `Session.merge_all`."""
        return await self.sync_session.core_merge(instances, load, options)

    def expunge(self, instance: object) -> None:
        """Take an object out of the session."""
        self.sync_session.expunge(instance)

    def expunge_all(self) -> None:
        """Take all objects out of the session."""
        self.sync_session.expunge_all()

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Drop loaded values; `refresh` brings the row's."""
        self.sync_session.expire(instance, attribute_names)

    def expire_all(self) -> None:
        """Expire all persistent objects."""
        self.sync_session.expire_all()

    async def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Load an object's values again; names of relationships load these too."""
        await self.sync_session.core_refresh(instance, attribute_names, with_for_update)

    # -- reading -------------------------------------------------------------------------------------------------------

    async def get(
        self,
        entity: type[T],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool = False,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> T | None:
        """Return the object of a primary key, or None; see `Session.get`."""
        mapper = entity_of(entity)
        key = key_from_identity(mapper, ident)
        return await self.sync_session.core_get(  # type: ignore[return-value]
            mapper, key, populate_existing, with_for_update, options or (), execution_options, bind_arguments
        )

    async def get_one(self, entity: type[T], ident: Any, **options: Any) -> T:
        """Return the object of a primary key.

        Raises: NoResultFound: there is no such row.
        """
        found = await self.get(entity, ident, **options)
        if found is None:
            raise exc.NoResultFound("No row was found when one was required")
        return found

    @overload
    async def execute(
        self,
        statement: Select[TP],
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Result[TP]: ...
    @overload
    async def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> CursorResult[Any]: ...
    async def execute(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement and return its rows, fetched whole; see `Session.execute`."""
        result = await self.sync_session.core_result(statement, params, execution_options, bind_arguments)
        return await whole_result(result, "AsyncSession", "execute")  # type: ignore[no-any-return]

    def stream(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> StreamStart[AsyncResult[Any]]:
        """Run a statement and leave its rows in the database: awaited, or as an ``async with`` block.

        Args:
            execution_options: ``yield_per`` says how many rows are fetched and loaded at a time.
        """
        options = {**execution_options, "stream_results": True}

        async def start() -> AsyncResult[Any]:
            return AsyncResult(await self.sync_session.core_result(statement, params, options, bind_arguments))

        return StreamStart(start)

    def stream_scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> StreamStart[AsyncScalarResult[Any]]:
        """Run a statement and leave its rows in the database; gives the first element of each. See `stream`."""

        async def start() -> AsyncScalarResult[Any]:
            return (
                await self.stream(statement, params, execution_options=execution_options, bind_arguments=bind_arguments)
            ).scalars()

        return StreamStart(start)

    @overload
    async def scalars(
        self,
        statement: Select[tuple[T]],
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[T]: ...
    @overload
    async def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]: ...
    async def scalars(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> ScalarResult[Any]:
        """Run a statement and return the first element of each row."""
        result = await self.sync_session.core_scalars(statement, params, execution_options, bind_arguments)
        return await whole_result(result, "AsyncSession", "scalars")  # type: ignore[no-any-return]

    @overload
    async def scalar(
        self,
        statement: Select[tuple[T]],
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> T | None: ...
    @overload
    async def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any: ...
    async def scalar(
        self,
        statement: Any,
        params: Any = None,
        *,
        execution_options: Mapping[str, Any] = NOTHING,
        bind_arguments: Mapping[str, Any] | None = None,
    ) -> Any:
        """Run a statement and return the first element of the first row, or None."""
        found = await self.scalars(
            statement, params, execution_options=execution_options, bind_arguments=bind_arguments
        )
        return found.first()

    async def get_or_create(
        self, entity: type[T], defaults: Mapping[str, Any] | None = None, **criteria: Any
    ) -> tuple[T, bool]:
        """Return the object that has these values, and whether it had to be made; see `Session.get_or_create`."""
        return await core_get_or_create(self.sync_session, entity, defaults, criteria)

    async def plan(self) -> FlushPlan:
        """Return what the next flush would send; see `Session.plan`."""
        return await core_plan(self.sync_session)

    @property
    def debug(self) -> SessionDebug:
        """A look into the session; see `Session.debug`."""
        return SessionDebug(self.sync_session)

    def __repr__(self) -> str:
        return describe_session(self.sync_session).replace("<", "<Async", 1)

    # -- transaction ---------------------------------------------------------------------------------------------------

    def begin(self) -> AsyncSessionTransaction:
        """Begin the transaction, as an ``async with`` block or awaited."""
        return AsyncSessionTransaction(self)

    def begin_nested(self) -> AsyncSessionTransaction:
        """Flush and begin a savepoint, as an ``async with`` block or awaited."""
        return AsyncSessionTransaction(self, nested=True)

    async def flush(self, objects: Any = None) -> None:
        """Send all pending changes to the database, inside the transaction."""
        await self.sync_session.core_flush_through_face()

    async def commit(self, synchronize_session: Any = NOT_GIVEN) -> None:
        """Flush everything and commit the whole transaction; see `Session.commit`."""
        await self.sync_session.core_commit(synchronize_session)

    async def rollback(self) -> None:
        """Roll the whole transaction back."""
        await self.sync_session.core_rollback()

    async def prepare(self) -> None:
        """Flush, and prepare the transaction on all databases (``twophase=True``)."""
        await self.sync_session.core_prepare()

    async def close(self) -> None:
        """Let go of all objects and give the connections back."""
        await self.reset()
        self.sync_session.is_closed = not self.sync_session.close_resets_only

    async def reset(self) -> None:
        """Same as `close`, but the session may always be used again."""
        await self.sync_session.core_close()

    async def aclose(self) -> None:
        """Same as `close`, under the name that `contextlib.aclosing` asks for."""
        await self.close()

    async def invalidate(self) -> None:
        """Close, and declare the connections unusable."""
        await self.sync_session.core_close(True)

    async def run_sync(self, fn: Callable[Concatenate[Session, P], T], *arguments: P.args, **keywords: P.kwargs) -> T:
        """Call ``fn(sync_session, ...)``, whose synchronous I/O is handed to the loop; see `bridge`."""
        if in_bridge():
            return fn(self.sync_session, *arguments, **keywords)
        return await run_in_bridge(fn, self.sync_session, *arguments, **keywords)

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        await self.close()

    # -- what sends nothing --------------------------------------------------------------------------------------------

    @property
    def new(self) -> Any:
        """The pending objects."""
        return self.sync_session.new

    @property
    def dirty(self) -> Any:
        """The persistent objects with unflushed changes."""
        return self.sync_session.dirty

    @property
    def deleted(self) -> Any:
        """The objects marked for deletion."""
        return self.sync_session.deleted

    @property
    def identity_map(self) -> Any:
        """The persistent objects by identity key."""
        return self.sync_session.identity_map

    @property
    def info(self) -> dict[Any, Any]:
        """The program's own facts about this session."""
        return self.sync_session.info

    @property
    def is_active(self) -> bool:
        """False after a failed flush, until `rollback()`."""
        return self.sync_session.is_active

    @property
    def autoflush(self) -> bool:
        """Whether queries flush first."""
        return self.sync_session.autoflush

    @autoflush.setter
    def autoflush(self, value: bool) -> None:
        self.sync_session.autoflush = value

    @property
    def no_autoflush(self) -> Any:
        """A block in which queries do not flush first."""
        return self.sync_session.no_autoflush

    def in_transaction(self) -> bool:
        """Return True if a transaction has begun."""
        return self.sync_session.in_transaction()

    def in_nested_transaction(self) -> bool:
        """Return True inside a savepoint."""
        return self.sync_session.in_nested_transaction()

    def get_transaction(self) -> SessionTransaction | None:
        """Return the root transaction of the session behind, or None."""
        return self.sync_session.get_transaction()

    def get_nested_transaction(self) -> SessionTransaction | None:
        """Return the innermost savepoint of the session behind, or None."""
        return self.sync_session.get_nested_transaction()

    def is_modified(self, instance: object, include_collections: bool = True) -> bool:
        """Return True if the object has changes that a flush would send."""
        return self.sync_session.is_modified(instance, include_collections)

    def get_bind(self, *arguments: Any, **keywords: Any) -> Any:
        """Return the synchronous engine of a mapper or statement."""
        return self.sync_session.get_bind(*arguments, **keywords)

    def __contains__(self, instance: object) -> bool:
        return instance in self.sync_session

    def __iter__(self) -> Any:
        return iter(self.sync_session)


def _sync_bind(bind: Any) -> Any:
    """Return the Engine or Connection behind an asynchronous one.

    Raises: ArgumentError: `bind` is not asynchronous.
    """
    found = getattr(bind, "sync_engine", None) or getattr(bind, "sync_connection", None)
    if found is None:
        raise exc.ArgumentError(
            f"AsyncEngine expected, got {type(bind).__name__}. Make one with create_async_engine(url)."
        )
    return found


A = TypeVar("A", bound=AsyncSession)


class async_sessionmaker(Generic[A]):
    """A factory of AsyncSessions that are configured alike.

    Args:
        bind: the AsyncEngine; may be given later by `configure`.
        class_: the class of the sessions.
        kw: keywords of `AsyncSession` and `Session`; each call may override them.
    """

    @overload
    def __init__(self: async_sessionmaker[AsyncSession], bind: Any = ..., **kw: Any) -> None: ...
    @overload
    def __init__(self, bind: Any = ..., *, class_: type[A], **kw: Any) -> None: ...
    def __init__(
        self,
        bind: Any = None,
        *,
        class_: Any = AsyncSession,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None:
        kw.update(bind=bind, autoflush=autoflush, expire_on_commit=expire_on_commit)
        if info is not None:
            kw["info"] = info
        self.kw = kw
        self.class_: type[A] = type(class_.__name__, (class_,), {})

    def __call__(self, **local_kw: Any) -> A:
        """Return a new session."""
        return self.class_(**{**self.kw, **local_kw})

    def begin(self) -> AbstractAsyncContextManager[A]:
        """Return a block with a new session and its transaction."""
        return self._begin()

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[A]:
        async with self() as session, session.begin():
            yield session  # type: ignore[misc]

    def configure(self, **new_kw: Any) -> None:
        """Change the keywords of the sessions made from now on."""
        self.kw.update(new_kw)


own(AsyncSession.__init__, async_sessionmaker.__call__, async_sessionmaker._begin.__wrapped__)  # type: ignore[attr-defined]
