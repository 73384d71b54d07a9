"""The entrance of the compiler: a statement and a dialect in, a `Compiled` out."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.compiled import Compiled, KeySources, ResultColumn
from holdfast.compiler.dml import DmlCompiler
from holdfast.compiler.insert_batch import PLACE, Fetches
from holdfast.exc import CompileError
from holdfast.sql.element import ClauseElement
from holdfast.sql.node import identified

_KINDS = ("select", "insert", "update", "delete", "text", "textual_select")


class StatementCompiler(DmlCompiler):
    """Writes every statement of standard SQL; dialects say what differs by their tables and texts."""

    def visit_alone(self, node: Any, **context: Any) -> str:
        source = node.source
        if source.visit_name in ("subquery", "cte"):
            return self.process(source.element)
        return self.process(source, alone=True)


def compile_statement(
    statement: Any,
    dialect: Any,
    column_keys: tuple[str, ...] | None = None,
    literal_binds: bool = False,
    fetches: Fetches = Fetches.NOTHING,
    lints: bool = False,
    missing_as_null: bool = False,
) -> Compiled:
    """Return the compiled form of a statement or an expression.

    Args:
        statement: any piece of SQL.
        dialect: whose text.
        column_keys: columns whose values come with the execution, for INSERT and UPDATE.
        literal_binds: write values into the text.
        fetches: what an INSERT tells without having been asked.
        lints: warn of FROM elements that nothing joins.
        missing_as_null: with `literal_binds`, what has no value is NULL.

    Raises: CompileError: it can not be written, or is nested deeper than Python's recursion limit allows.
    """
    if getattr(statement, "is_named_from", False):
        statement = _Alone(statement)
    compiler = StatementCompiler(dialect, statement, literal_binds, column_keys, fetches)
    compiler.lints = lints
    compiler.missing_as_null = missing_as_null
    try:
        if statement.is_statement:
            text = compiler.with_ctes(statement, lambda: compiler.process(statement, top=True))
        else:
            text = compiler.process(statement)
    except RecursionError:
        raise CompileError.too_deep() from None
    batch = compiler.batch_of(text) if fetches is Fetches.ROWS else None
    if fetches is Fetches.ROWS and batch is None:
        return compile_statement(statement, dialect, column_keys, literal_binds, Fetches.EACH, lints)
    text = text.replace(PLACE, "") if batch is not None else text
    kind = _kind(statement)
    columns = compiler.columns
    if kind == "textual_select":
        columns = tuple(
            ResultColumn(column.key, column.name, column.type, column, dialect.codec(column.type))
            for column in statement.raw_columns
        )
    is_text = kind in ("text", "textual_select")
    is_own = getattr(statement, "_is_own", False)
    writes = statement.writes if is_text else is_own or kind != "select" or _locks_all(dialect, statement)
    kind = "text" if is_text or is_own else kind
    keys = KeySources(compiler.key_made, compiler.key_counted, compiler.key_first)
    compiled = Compiled(dialect, statement, text, kind, writes, columns, tuple(compiler.slots), keys, column_keys)
    compiled.batch = batch
    return compiled


def _locks_all(dialect: Any, statement: Any) -> bool:
    """Return True for FOR UPDATE where the database has no row locks: the transaction must begin as one that writes."""
    return not dialect.capabilities.for_update and getattr(statement, "_for_update", None) is not None


class _Alone(ClauseElement):
    """A FROM element that is shown outside of a statement: with the values that it would bring into one."""

    __slots__ = ("_key", "_values", "source")

    visit_name = "alone"
    is_selectable = True

    def __init__(self, source: Any) -> None:
        self.source = source
        self._key, self._values = identified([], [source])


def _kind(statement: Any) -> str:
    name = statement.visit_name
    return name if name in _KINDS else "select"
