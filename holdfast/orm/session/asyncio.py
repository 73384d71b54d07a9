"""The asynchronous faces of the session: they await the same core that `Session` drives, and hold no logic."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from holdfast import event, exc
from holdfast.engine.asyncio import AsyncConnection
from holdfast.engine.bridge import in_bridge
from holdfast.engine.bridge_thread import run_in_bridge
from holdfast.orm.session.async_faces import connection_face, sync_bind
from holdfast.orm.session.async_facts import AsyncFacts
from holdfast.orm.session.async_reading import AsyncReading
from holdfast.orm.session.async_transaction import AsyncSessionTransaction
from holdfast.orm.session.bulk import AsyncBulkSession
from holdfast.orm.session.commit_values import NOT_GIVEN
from holdfast.orm.session.face import Session
from holdfast.orm.session.get_or_create import core_get_or_create
from holdfast.orm.session.guard import guard_tasks
from holdfast.orm.session.places import own
from holdfast.orm.session.planning import core_plan
from holdfast.orm.unit_of_work.flush_plan import FlushPlan

T = TypeVar("T")
P = ParamSpec("P")


class AsyncSession(AsyncFacts, AsyncReading, AsyncBulkSession):
    """A Session over an asynchronous engine: the methods that may talk to the database are awaited.

    Args:
        bind: the AsyncEngine or AsyncConnection.
        binds: mapped class or Table -> AsyncEngine, where several databases take part.
        sync_session_class: the class of the Session behind it.
        kw: keywords of `Session`.

    Raises: ArgumentError: ``autocommit=True``, which belongs to the synchronous sessions of the 1.x series.

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
        self.bind = bind
        self.binds = dict(binds or ())
        self.sync_session = (sync_session_class or self.sync_session_class)(
            bind=None if bind is None else sync_bind(bind),
            binds={key: sync_bind(value) for key, value in self.binds.items()} if binds else None,
            **kw,
        )
        if self.sync_session.autocommit:
            raise exc.ArgumentError(
                "AsyncSession has no autocommit mode: it was for the synchronous Session of the 1.x series, and what is "
                "flushed here would never be committed. Write 'async with session.begin():' or 'await session.commit()'."
            )
        self.sync_session.is_async = True
        self.sync_session.async_face = weakref.ref(self)

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

    # -- work ----------------------------------------------------------------------------------------------------------

    async def get_or_create(
        self, entity: type[T], defaults: Mapping[str, Any] | None = None, **criteria: Any
    ) -> tuple[T, bool]:
        """Return the object that has these values, and whether it had to be made; see `Session.get_or_create`."""
        return await core_get_or_create(self.sync_session, entity, defaults, criteria)

    async def plan(self) -> FlushPlan:
        """Return what the next flush would send; see `Session.plan`."""
        return await core_plan(self.sync_session)

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

    async def connection(
        self,
        bind_arguments: Mapping[str, Any] | None = None,
        execution_options: Mapping[str, Any] | None = None,
    ) -> AsyncConnection:
        """Return the AsyncConnection of the session's transaction; see `Session.connection`."""
        connection = await self.sync_session.core_own_connection(bind_arguments, execution_options)
        return connection_face(self, connection)

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

    @classmethod
    async def close_all(cls) -> None:
        """Close all AsyncSessions: the form of old of `close_all_sessions`."""
        exc.warn_deprecated("The AsyncSession.close_all() method is deprecated. Please refer to close_all_sessions().")
        await close_all_sessions()

    async def run_sync(self, fn: Callable[Concatenate[Session, P], T], *arguments: P.args, **keywords: P.kwargs) -> T:
        """Call ``fn(sync_session, ...)``, whose synchronous I/O is handed to the loop; see `bridge`."""
        if in_bridge():
            return fn(self.sync_session, *arguments, **keywords)
        return await run_in_bridge(fn, self.sync_session, *arguments, **keywords)

    async def __aenter__(self) -> AsyncSession:
        return self

    async def __aexit__(self, kind: Any, error: Any, trace: Any) -> None:
        await self.close()


async def close_all_sessions() -> None:
    """Close every AsyncSession there is, of all classes and makers; for the end of test runs."""
    # Asked of the collector: a register of all sessions would cost at each new one.
    for found in [each for each in gc.get_objects() if issubclass(type(each), AsyncSession)]:
        await found.close()


for _class in (AsyncSession, AsyncReading, AsyncBulkSession):
    guard_tasks(_class)
own(AsyncSession.__init__)  # type: ignore[attr-defined]


def _listens_not(target: Any, name: str) -> NoReturn:
    raise exc.InvalidRequestError(
        f"No such event '{name}' for target '{target}'. Listeners are put on the synchronous session: AsyncSession.sync_session, "
        "the class given as sync_session_class, the sessionmaker behind it, or Session."
    )


event.register(
    lambda target: isinstance(target, AsyncSession) or (isinstance(target, type) and issubclass(target, AsyncSession)),
    _listens_not,
)
