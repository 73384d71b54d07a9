"""Pools."""

from holdfast.engine.pool import Pool
from holdfast.engine.pooled import ConnectionPoolEntry, ManagesConnection, PoolProxiedConnection, PoolResetState
from holdfast.engine.queue_pool import AssertionPool, AsyncAdaptedQueuePool, QueuePool
from holdfast.engine.small_pools import NullPool, SingletonThreadPool, StaticPool

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "ConnectionPoolEntry",
    "ManagesConnection",
    "NullPool",
    "Pool",
    "PoolProxiedConnection",
    "PoolResetState",
    "QueuePool",
    "SingletonThreadPool",
    "StaticPool",
]
