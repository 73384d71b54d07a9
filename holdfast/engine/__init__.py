"""The engine: from SQL and parameters to rows, over pooled connections, synchronous and asynchronous."""

from holdfast.engine.connection import Connection
from holdfast.engine.engine import Engine
from holdfast.engine.reflection import Inspector
from holdfast.engine.result import CursorResult, FrozenResult, MappingResult, MergedResult, Result, ScalarResult
from holdfast.engine.row import Row, RowMapping
from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction
from holdfast.engine.url import URL, make_url

__all__ = [
    "URL",
    "Connection",
    "CursorResult",
    "Engine",
    "FrozenResult",
    "Inspector",
    "MappingResult",
    "MergedResult",
    "NestedTransaction",
    "Result",
    "RootTransaction",
    "Row",
    "RowMapping",
    "ScalarResult",
    "Transaction",
    "make_url",
]
