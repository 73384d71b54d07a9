"""asyncio: engines, connections and sessions whose methods are awaited."""

from holdfast.engine.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction
from holdfast.engine_factory import create_async_engine
from holdfast.orm.session.asyncio import AsyncSession, AsyncSessionTransaction, async_sessionmaker

__all__ = [
    "AsyncConnection",
    "AsyncEngine",
    "AsyncSession",
    "AsyncSessionTransaction",
    "AsyncTransaction",
    "async_sessionmaker",
    "create_async_engine",
]
