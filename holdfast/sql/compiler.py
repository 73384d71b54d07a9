"""What writes SQL text, under its documented import path."""

from holdfast.compiler.compiled import Compiled
from holdfast.compiler.custom import TypeCompiler
from holdfast.compiler.custom import TypeCompiler as GenericTypeCompiler
from holdfast.compiler.ddl import DDLCompiler
from holdfast.compiler.preparer import IdentifierPreparer
from holdfast.compiler.statements import StatementCompiler as SQLCompiler
from holdfast.compiler.statements import StatementCompiler as StrSQLCompiler

__all__ = [
    "Compiled",
    "DDLCompiler",
    "GenericTypeCompiler",
    "IdentifierPreparer",
    "SQLCompiler",
    "StrSQLCompiler",
    "TypeCompiler",
]
