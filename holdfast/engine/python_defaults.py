"""Defaults that Python makes: values of columns that nobody gave, filled in before a statement is sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.engine.execution_context import ExecutionContext
from holdfast.sql.dml import default_name


def with_python_defaults(connection: Any, statement: Any, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows with the Python-side defaults of columns that nobody gave a value."""
    if statement.is_delete or getattr(statement, "_select", None) is not None:
        return rows
    which = "default" if statement.is_insert else "onupdate"
    wanted = [
        (column, default)
        for column in statement.table.c
        if (default := getattr(column, which, None)) is not None and not getattr(default, "is_clause_element", True)
    ]
    if not wanted:
        return rows
    given = {id(clause.column) for clause in statement._set}
    wanted = [(column, default) for column, default in wanted if id(column) not in given]
    if not wanted:
        return rows
    if getattr(statement, "_rows", ()):
        return [_with_defaults_of_rows(connection, statement, rows[0], wanted)]
    filled = []
    for row in rows:
        added = dict(row)
        for column, default in wanted:
            if column.key not in added:
                context = ExecutionContext.for_default(connection, added, column, statement.is_insert)
                added[column.key] = default.arg if default.is_scalar else default.arg(context)
        filled.append(added)
    return filled


def _with_defaults_of_rows(
    connection: Any, statement: Any, parameters: Mapping[str, Any], wanted: list[tuple[Any, Any]]
) -> Mapping[str, Any]:
    """Return the parameters of a VALUES with several rows: each row gets defaults of its own."""
    added = dict(parameters)
    for number, row in enumerate(statement._rows):
        given = {id(clause.column) for clause in row.clauses}
        for column, default in wanted:
            if id(column) not in given:
                context = ExecutionContext.for_default(connection, added, column, True)
                added[default_name(column, number)] = default.arg if default.is_scalar else default.arg(context)
    return added
