"""Pools."""

from holdfast.engine.pool import (
    AssertionPool,
    AsyncAdaptedQueuePool,
    NullPool,
    Pool,
    QueuePool,
    SingletonThreadPool,
    StaticPool,
)

__all__ = [
    "AssertionPool",
    "AsyncAdaptedQueuePool",
    "NullPool",
    "Pool",
    "QueuePool",
    "SingletonThreadPool",
    "StaticPool",
]
