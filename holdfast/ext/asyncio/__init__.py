"""asyncio: engines, connections and sessions whose methods are awaited."""

from holdfast.engine.async_result import AsyncMappingResult, AsyncResult, AsyncScalarResult, AsyncTupleResult
from holdfast.engine.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction
from holdfast.engine_factory import async_engine_from_config, create_async_engine, create_async_pool_from_url
from holdfast.orm.session.async_faces import async_object_session, async_session
from holdfast.orm.session.async_maker import async_sessionmaker
from holdfast.orm.session.async_scoped import async_scoped_session
from holdfast.orm.session.async_stateless import AsyncStatelessSession
from holdfast.orm.session.async_transaction import AsyncSessionTransaction
from holdfast.orm.session.asyncio import AsyncSession, close_all_sessions
from holdfast.orm.session.awaitable_attrs import AsyncAttrs

__all__ = [
    "AsyncConnection",
    "AsyncEngine",
    "AsyncMappingResult",
    "AsyncResult",
    "AsyncScalarResult",
    "AsyncSession",
    "AsyncSessionTransaction",
    "AsyncTransaction",
    "AsyncTupleResult",
    "async_engine_from_config",
    "async_sessionmaker",
    "create_async_engine",
    "create_async_pool_from_url",
    "async_object_session",
    "async_session",
    "async_scoped_session",
    "close_all_sessions",
    "AsyncAttrs",
    "AsyncStatelessSession",
]
