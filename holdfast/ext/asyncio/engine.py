"""Asynchronous engines, under the path by which some programs import them."""

from holdfast.engine.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction
from holdfast.engine_factory import async_engine_from_config, create_async_engine, create_async_pool_from_url

__all__ = [
    "AsyncConnection",
    "AsyncEngine",
    "AsyncTransaction",
    "async_engine_from_config",
    "create_async_engine",
    "create_async_pool_from_url",
]
