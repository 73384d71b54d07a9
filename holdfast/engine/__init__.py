"""The engine: from SQL and parameters to rows, over pooled connections, synchronous and asynchronous."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.connection import Connection
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.cursor_result import CursorResult as ResultProxy
from holdfast.engine.engine import Connectable, Engine
from holdfast.engine.execution_context import ExceptionContext, ExecutionContext
from holdfast.engine.mock import MockConnection
from holdfast.engine.plugins import CreateEnginePlugin
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
from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction
from holdfast.engine.two_phase import TwoPhaseTransaction
from holdfast.engine.url import URL, make_url

if TYPE_CHECKING:
    from holdfast.compiler.compiled import Compiled
    from holdfast.compiler.custom import TypeCompiler
    from holdfast.compiler.public_dialect import BindTyping, Dialect
    from holdfast.engine.reflection import Inspector, ObjectKind, ObjectScope

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

__getattr__ = entered_at_first_use(
    __name__,
    {
        "BindTyping": "holdfast.compiler.public_dialect",
        "Compiled": "holdfast.compiler.compiled",
        "Dialect": "holdfast.compiler.public_dialect",
        "Inspector": "holdfast.engine.reflection",
        "ObjectKind": "holdfast.engine.reflection",
        "ObjectScope": "holdfast.engine.reflection",
        "TypeCompiler": "holdfast.compiler.custom",
    },
)
