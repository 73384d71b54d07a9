"""What engines, drivers and inspectors are to programs: for annotations."""

from holdfast.compiler.compiled import Compiled
from holdfast.compiler.custom import TypeCompiler
from holdfast.compiler.public_dialect import BindTyping, Dialect
from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.dbapi import DBAPIConnection, DBAPICursor, DBAPIModule, DBAPIType
from holdfast.engine.engine import Connectable
from holdfast.engine.execution_context import ExceptionContext, ExecutionContext
from holdfast.engine.plugins import CreateEnginePlugin
from holdfast.engine.reflection.facts import (
    ReflectedCheckConstraint,
    ReflectedColumn,
    ReflectedComputed,
    ReflectedConstraint,
    ReflectedForeignKeyConstraint,
    ReflectedIdentity,
    ReflectedIndex,
    ReflectedPrimaryKeyConstraint,
    ReflectedTableComment,
    ReflectedUniqueConstraint,
)

__all__ = [
    "AdaptedConnection",
    "BindTyping",
    "Compiled",
    "Connectable",
    "CreateEnginePlugin",
    "DBAPIConnection",
    "DBAPICursor",
    "DBAPIModule",
    "DBAPIType",
    "Dialect",
    "ExceptionContext",
    "ExecutionContext",
    "ReflectedCheckConstraint",
    "ReflectedColumn",
    "ReflectedComputed",
    "ReflectedConstraint",
    "ReflectedForeignKeyConstraint",
    "ReflectedIdentity",
    "ReflectedIndex",
    "ReflectedPrimaryKeyConstraint",
    "ReflectedTableComment",
    "ReflectedUniqueConstraint",
    "TypeCompiler",
]
