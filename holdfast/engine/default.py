"""The dialect from which all derive, and the context of an execution."""

from holdfast.compiler.default import DefaultDialect
from holdfast.compiler.default import DefaultDialect as StrCompileDialect
from holdfast.engine.execution_context import ExecutionContext as DefaultExecutionContext

__all__ = ["DefaultDialect", "DefaultExecutionContext", "StrCompileDialect"]
