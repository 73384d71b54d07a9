"""The engine: from SQL and parameters to rows, over pooled connections, synchronous and asynchronous."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.engine import printing as printing  # teaches statements their text
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.cursor_result import CursorResult as ResultProxy
from holdfast.engine.result import (
    ChunkedIteratorResult,
    FilterResult,
    FrozenResult,
    IteratorResult,
    MappingResult,
    MergedResult,
    Result,
    ScalarResult,
    TupleResult,
    result_tuple,
)
from holdfast.engine.row import RMKeyView, Row, RowMapping
from holdfast.engine.url import URL, make_url

if TYPE_CHECKING:
    from holdfast.compiler.compiled import Compiled
    from holdfast.compiler.custom import TypeCompiler
    from holdfast.compiler.public_dialect import BindTyping, Dialect
    from holdfast.engine.adapted import AdaptedConnection
    from holdfast.engine.connection import Connection
    from holdfast.engine.engine import Connectable, Engine
    from holdfast.engine.execution_context import ExceptionContext, ExecutionContext
    from holdfast.engine.mock import MockConnection
    from holdfast.engine.plugins import CreateEnginePlugin
    from holdfast.engine.reflection import Inspector, ObjectKind, ObjectScope
    from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction
    from holdfast.engine.two_phase import TwoPhaseTransaction

__all__ = [
    "BindTyping",
    "Compiled",
    "Dialect",
    "ObjectKind",
    "ObjectScope",
    "TypeCompiler",
    "URL",
    "AdaptedConnection",
    "ChunkedIteratorResult",
    "Connectable",
    "Connection",
    "CreateEnginePlugin",
    "CursorResult",
    "Engine",
    "ExceptionContext",
    "ExecutionContext",
    "FilterResult",
    "FrozenResult",
    "Inspector",
    "IteratorResult",
    "MappingResult",
    "MergedResult",
    "MockConnection",
    "NestedTransaction",
    "RMKeyView",
    "Result",
    "ResultProxy",
    "RootTransaction",
    "Row",
    "RowMapping",
    "ScalarResult",
    "Transaction",
    "TupleResult",
    "TwoPhaseTransaction",
    "make_url",
    "result_tuple",
]

__getattr__, __dir__ = entered_at_first_use(
    __name__,
    {
        "AdaptedConnection": "holdfast.engine.adapted",
        "BindTyping": "holdfast.compiler.public_dialect",
        "Compiled": "holdfast.compiler.compiled",
        "Connectable": "holdfast.engine.engine",
        "Connection": "holdfast.engine.connection",
        "create_engine": "holdfast.engine_factory",
        "create_mock_engine": "holdfast.engine_factory",
        "create_pool_from_url": "holdfast.engine_factory",
        "CreateEnginePlugin": "holdfast.engine.plugins",
        "Dialect": "holdfast.compiler.public_dialect",
        "Engine": "holdfast.engine.engine",
        "engine_from_config": "holdfast.engine_factory",
        "ExceptionContext": "holdfast.engine.execution_context",
        "ExecutionContext": "holdfast.engine.execution_context",
        "Inspector": "holdfast.engine.reflection",
        "MockConnection": "holdfast.engine.mock",
        "NestedTransaction": "holdfast.engine.transaction",
        "ObjectKind": "holdfast.engine.reflection",
        "ObjectScope": "holdfast.engine.reflection",
        "RootTransaction": "holdfast.engine.transaction",
        "Transaction": "holdfast.engine.transaction",
        "TwoPhaseTransaction": "holdfast.engine.two_phase",
        "TypeCompiler": "holdfast.compiler.custom",
    },
)
