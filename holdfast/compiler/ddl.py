"""Writes CREATE and DROP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast import exc
from holdfast.compiler.default import DefaultDialect
from holdfast.compiler.expressions import ExpressionCompiler
from holdfast.compiler.identifiers import quote
from holdfast.schema.constraints import CheckConstraint, ForeignKeyConstraint, PrimaryKeyConstraint, UniqueConstraint
from holdfast.schema.ddl import CreateIndex, CreateTable, DDLElement, DropIndex, DropTable, ddl_hooks

_ACTIONS = frozenset(("CASCADE", "SET NULL", "SET DEFAULT", "RESTRICT", "NO ACTION"))


def ddl_text(ddl: DDLElement, dialect: Any) -> str:
    """Return the SQL of a DDL statement; without a dialect, standard SQL."""
    return _WRITERS[type(ddl)](ddl, dialect or _STANDARD)


def _create_table(ddl: Any, dialect: Any) -> str:
    table = ddl.element
    prefixes = "".join(f"{prefix} " for prefix in table._prefixes)
    guard = "IF NOT EXISTS " if ddl.if_not_exists else ""
    parts = [_column(column, dialect) for column in table.columns]
    parts.extend(part for constraint in _ordered(table) if (part := _constraint(constraint, dialect)))
    body = ", \n".join(f"\t{part}" for part in parts)
    return f"\nCREATE {prefixes}TABLE {guard}{_name(table, dialect)} (\n{body}\n)\n\n"


def _drop_table(ddl: Any, dialect: Any) -> str:
    return f"\nDROP TABLE {'IF EXISTS ' if ddl.if_exists else ''}{_name(ddl.element, dialect)}"


def _create_index(ddl: Any, dialect: Any) -> str:
    index = ddl.element
    columns = ", ".join(_inline(expression, dialect) for expression in index.expressions)
    unique = "UNIQUE " if index.unique else ""
    guard = "IF NOT EXISTS " if ddl.if_not_exists else ""
    name = quote(index.name, dialect)
    return f"CREATE {unique}INDEX {guard}{name} ON {_name(index.table, dialect)} ({columns})"


def _drop_index(ddl: Any, dialect: Any) -> str:
    return f"\nDROP INDEX {'IF EXISTS ' if ddl.if_exists else ''}{quote(ddl.element.name, dialect)}"


_STANDARD = DefaultDialect()
_WRITERS: dict[type, Callable[[Any, Any], str]] = {
    CreateTable: _create_table,
    DropTable: _drop_table,
    CreateIndex: _create_index,
    DropIndex: _drop_index,
}


def _name(table: Any, dialect: Any) -> str:
    name = quote(table.name, dialect, table.quote)
    return f"{quote(table.schema, dialect)}.{name}" if table.schema else name


def _column(column: Any, dialect: Any) -> str:
    column.resolve_type()
    try:
        type_ = (
            dialect.column_type_text(column) if hasattr(dialect, "column_type_text") else dialect.type_text(column.type)
        )
    except exc.CompileError as error:
        raise exc.CompileError(f"(in table '{column.table.name}', column '{column.name}'): {error}") from error
    text = f"{quote(column.name, dialect, column.quote)} {type_}"
    if column.server_default is not None and column.server_default.has_argument:
        text += f" DEFAULT {_default(column.server_default.arg, dialect)}"
    return text if column.nullable else text + " NOT NULL"


def _default(value: Any, dialect: Any) -> str:
    if isinstance(value, str):
        return str(dialect.literal_text(value))
    return str(dialect.default_text(value, _inline(value, dialect)))


def _inline(expression: Any, dialect: Any) -> str:
    """Return an expression with its values written into it: DDL takes no parameters."""
    compiler = ExpressionCompiler(dialect, expression, literal_binds=True)
    if expression.visit_name == "column":
        return compiler.process(expression, within_table=False)
    return compiler.process(expression)


def _ordered(table: Any) -> list[Any]:
    """Return the constraints: the primary key first, the others in the order of their declaration."""
    keys = [constraint for constraint in table.constraints if isinstance(constraint, PrimaryKeyConstraint)]
    return [
        *keys,
        *[constraint for constraint in table.constraints if not isinstance(constraint, PrimaryKeyConstraint)],
    ]


def _constraint(constraint: Any, dialect: Any) -> str | None:
    name = "" if constraint.name is None else f"CONSTRAINT {quote(constraint.name, dialect)} "
    if isinstance(constraint, PrimaryKeyConstraint):
        columns = _columns(constraint.columns, dialect)
        return f"{name}PRIMARY KEY ({columns})" if columns else None
    if isinstance(constraint, UniqueConstraint):
        return f"{name}UNIQUE ({_columns(constraint.columns, dialect)})" + _deferring(constraint)
    if isinstance(constraint, CheckConstraint):
        text = constraint.sqltext if isinstance(constraint.sqltext, str) else _inline(constraint.sqltext, dialect)
        return f"{name}CHECK ({text})" + _deferring(constraint)
    if isinstance(constraint, ForeignKeyConstraint):
        return name + _foreign_key(constraint, dialect)
    raise exc.CompileError(f"{type(constraint).__name__} has no SQL on {dialect.name}")


def _foreign_key(constraint: Any, dialect: Any) -> str:
    referred = constraint.elements[0].column.table
    columns = _columns([key.column for key in constraint.elements], dialect)
    text = f"FOREIGN KEY({_columns(constraint.columns, dialect)}) REFERENCES {_name(referred, dialect)} ({columns})"
    if constraint.ondelete is not None:
        text += f" ON DELETE {_action(constraint.ondelete)}"
    if constraint.onupdate is not None:
        text += f" ON UPDATE {_action(constraint.onupdate)}"
    return text + _deferring(constraint)


def _action(text: str) -> str:
    """Return a referential action; anything else must not reach the SQL."""
    if text.upper() not in _ACTIONS:
        raise exc.CompileError(f"Unexpected SQL phrase: {text!r}; a foreign key knows {', '.join(sorted(_ACTIONS))}")
    return text


def _deferring(constraint: Any) -> str:
    text = ""
    if constraint.deferrable is not None:
        text += " DEFERRABLE" if constraint.deferrable else " NOT DEFERRABLE"
    if constraint.initially is not None:
        if constraint.initially.upper() not in ("DEFERRED", "IMMEDIATE"):
            raise exc.CompileError(
                f"Unexpected SQL phrase: {constraint.initially!r}; INITIALLY is DEFERRED or IMMEDIATE"
            )
        text += f" INITIALLY {constraint.initially}"
    return text


def _columns(columns: Any, dialect: Any) -> str:
    return ", ".join(quote(column.name, dialect, column.quote) for column in columns)


ddl_hooks.text = ddl_text
