"""Engine, connection and select under the path that they had while they were new."""

from holdfast.engine import Connection, Engine
from holdfast.engine_factory import create_engine
from holdfast.sql import select

__all__ = ["Connection", "Engine", "create_engine", "select"]
