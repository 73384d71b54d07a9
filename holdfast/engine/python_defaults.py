"""Defaults that are known before a statement is sent: those that Python makes, and those that are asked for ahead of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.engine.execution_context import ExecutionContext
from holdfast.sql.insert import default_name
from holdfast.sql.select import select


def with_python_defaults(connection: Any, statement: Any, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows with the Python-side defaults of columns that nobody gave a value."""
    if statement.is_delete:
        return rows
    which = "default" if statement.is_insert else "onupdate"
    wanted = [
        (column, default)
        for column in statement.table.c
        if (default := getattr(column, which, None)) is not None and not getattr(default, "is_clause_element", True)
    ]
    if not wanted:
        return rows
    if getattr(statement, "_select", None) is not None:
        return _with_defaults_of_select(connection, statement, rows, wanted)
    given = {id(clause.column) for clause in statement._set}
    wanted = [(column, default) for column, default in wanted if id(column) not in given]
    if not wanted:
        return rows
    if getattr(statement, "_rows", ()):
        return [_with_defaults_of_rows(connection, statement, rows[0], wanted)]
    own = plain_values(statement._set)
    return [_filled(connection, statement, row, wanted, own) for row in rows]


def plain_values(clauses: Any) -> dict[str, Any]:
    """Return the values that clauses of a statement set, by column key, as far as they are plain."""
    return {
        clause.column.key: clause.value.effective_value
        for clause in clauses
        if hasattr(clause.value, "effective_value")
    }


def _filled(
    connection: Any, statement: Any, row: Mapping[str, Any], wanted: list[tuple[Any, Any]], own: dict[str, Any]
) -> dict[str, Any]:
    """Return a row with the defaults; functions see what the statement itself sets (`own`) too."""
    added = dict(row)
    seen = {**own, **added} if own else added
    for column, default in wanted:
        if column.key not in added:
            value = _made(connection, statement, seen, column, default)
            added[column.key] = seen[column.key] = value
    return added


def _made(connection: Any, statement: Any, seen: dict[str, Any], column: Any, default: Any, **groups: Any) -> Any:
    if default.is_scalar:
        return default.arg
    context = ExecutionContext.for_default(connection, seen, column, statement.is_insert, **groups)
    try:
        return default.arg(context)
    except Exception as error:
        exc.StatementError.raise_of_default(f"column {column}", "INSERT" if statement.is_insert else "UPDATE", error)


def _with_defaults_of_select(
    connection: Any, statement: Any, rows: list[Mapping[str, Any]], wanted: list[tuple[Any, Any]]
) -> list[Mapping[str, Any]]:
    """Return the parameters of an INSERT from a SELECT: one value for all its rows."""
    if not statement._select_defaults:
        return rows
    missing = [(column, default) for column, default in wanted if column.key not in statement._select_names]
    return [_filled(connection, statement, row, missing, {}) for row in rows]


def _with_defaults_of_rows(
    connection: Any, statement: Any, parameters: Mapping[str, Any], wanted: list[tuple[Any, Any]]
) -> Mapping[str, Any]:
    """Return the parameters of a VALUES with several rows: each row gets defaults of its own."""
    added = dict(parameters)
    for number, row in enumerate(statement._rows):
        given = {id(clause.column) for clause in row.clauses}
        # A function sees the values of its row, under the names of the columns; or all, under those of the parameters.
        group = plain_values(row.clauses)
        for column, default in wanted:
            if id(column) not in given:
                name = default_name(column, number)
                added[name] = group[column.key] = _made(connection, statement, added, column, default, group=group)
    return added


async def core_defaults_ahead(connection: Any, compiled: Any, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of an INSERT with the values of the key that SQL makes and nothing would bring back later."""
    added = dict(parameters)
    for column in compiled.key_first:
        default = column.default
        if getattr(default, "is_sequence", False):
            number = f"select {connection.dialect.next_value_text(default)}"
            fetched = await connection.core_run(None, number, connection.dialect.no_parameters)
            added[column.key] = fetched.rows[0][0]
        else:
            result = await connection.core_execute(select(default.arg))
            added[column.key] = result.scalar()
    return added
