"""Runs statements of the SQL layer on a connection: parameters in their forms, defaults of columns, rows with types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.engine.result import CursorResult
from holdfast.engine.row import RowShape, build_row_maker
from holdfast.sql.dml import default_name


async def core_execute_statement(
    connection: Any, statement: Any, parameters: Any, options: Mapping[str, Any]
) -> CursorResult[Any]:
    """Run one statement; a list of parameters runs it once for each.

    Raises: ObjectNotExecutableError: `statement` is none.
    """
    if parameters is None and getattr(statement, "is_select", False):
        # By far the most; the rest of the questions is for the others.
        compiled = connection.engine.compiled(statement)
        sql, bound = compiled.bind(statement._values)
        return _result(compiled, statement, await connection.core_run(compiled, sql, bound), ())
    if not getattr(statement, "is_executable", False):
        if hasattr(statement, "operate") and getattr(statement, "is_clause_element", False):
            statement = statement.select() if hasattr(statement, "select") else statement
        else:
            raise exc.ObjectNotExecutableError(statement)
    if getattr(statement, "is_ddl", False):
        await connection.core_run(None, statement.text(connection.dialect), connection.dialect.no_parameters)
        return CursorResult(RowShape(()), [], returns_rows=False)
    if parameters is None or parameters == ():
        return await _run_one(connection, statement, {})
    if isinstance(parameters, Mapping):
        return await _run_one(connection, statement, parameters)
    if isinstance(parameters, (list, tuple)):
        if not parameters:
            return await _run_one(connection, statement, {})
        if not all(isinstance(row, Mapping) for row in parameters):
            raise exc.ArgumentError("List argument must consist only of dictionaries")
        if len(parameters) == 1:
            return await _run_one(connection, statement, parameters[0])
        return await _run_many(connection, statement, list(parameters))
    raise exc.ArgumentError(
        f"The parameters of a statement are a dict, or a list of dicts, not {type(parameters).__name__}"
    )


async def _run_one(connection: Any, statement: Any, parameters: Mapping[str, Any]) -> CursorResult[Any]:
    if statement.is_dml:
        parameters = _with_defaults(connection, statement, [parameters])[0]
    compiled = connection.engine.compiled(statement, _column_keys(statement, parameters), statement.is_insert)
    sql, bound = compiled.bind(statement._values, parameters)
    fetched = await connection.core_run(compiled, sql, bound)
    return _result(compiled, statement, fetched, [parameters])


async def _run_many(connection: Any, statement: Any, rows: list[Mapping[str, Any]]) -> CursorResult[Any]:
    """Run the statement for each row; RETURNING needs each answer."""
    if statement.is_dml:
        rows = _with_defaults(connection, statement, rows)
    keys = set(rows[0])
    for number, row in enumerate(rows):
        if not keys <= set(row):
            missing = ", ".join(repr(key) for key in sorted(keys - set(row)))
            raise exc.StatementError(
                f"(holdfast.exc.InvalidRequestError) A value is required for bind parameter {missing}, in parameter group "
                f"{number}"
            )
    compiled = connection.engine.compiled(statement, _column_keys(statement, rows[0]))
    sql, bound = compiled.bind_many(statement._values, rows)
    if compiled.columns:
        answers = await connection.core_run_each(compiled, sql, bound)
        fetched = answers[-1]
        fetched.rows = [row for answer in answers for row in answer.rows]
        fetched.rowcount = sum(max(answer.rowcount, 0) for answer in answers)
    else:
        fetched = await connection.core_run(compiled, sql, bound, True)
    return _result(compiled, statement, fetched, rows)


def _column_keys(statement: Any, parameters: Mapping[str, Any]) -> tuple[str, ...] | None:
    """Return the columns whose values come with the execution; the other parameters belong to the criteria."""
    if not statement.is_dml or statement.is_delete or getattr(statement, "_rows", ()):
        return None
    if not parameters:
        return ()
    named = _named_binds(statement)
    return tuple(sorted(key for key in parameters if key not in named))


def _named_binds(statement: Any) -> set[str]:
    return {
        holder.key
        for holder in statement._values
        if not getattr(holder, "unique", True) and hasattr(holder, "required")
    }


def _with_defaults(connection: Any, statement: Any, rows: list[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
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
                context = ExecutionContext(connection, added, column, statement.is_insert)
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
                context = ExecutionContext(connection, added, column, True)
                added[default_name(column, number)] = default.arg if default.is_scalar else default.arg(context)
    return added


class ExecutionContext:
    """What a default function with an argument gets.

    Attributes:
        connection: that the statement runs on.
        current_parameters: the values of the row, by column key.
        current_column: whose default is made.
        isinsert, isupdate: which statement it is.
    """

    def __init__(self, connection: Any, parameters: dict[str, Any], column: Any, is_insert: bool) -> None:
        self.connection = connection
        self.current_parameters = parameters
        self.current_column = column
        self.isinsert = is_insert
        self.isupdate = not is_insert

    @property
    def dialect(self) -> Any:
        """The dialect of the connection."""
        return self.connection.dialect

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> dict[str, Any]:
        """Return the values of the row, by column key."""
        return self.current_parameters


def _result(compiled: Any, statement: Any, fetched: Any, rows: Sequence[Mapping[str, Any]]) -> CursorResult[Any]:
    shape, make = _row_maker(compiled, fetched)
    inserted = _inserted(statement, rows) if compiled.kind == "insert" else ()
    found = make(fetched.rows)
    returns_rows = fetched.description is not None
    if compiled.key_made:
        # The rows are ours: they tell the key.
        inserted = [
            {**given, **dict(zip(compiled.key_made, row, strict=True))}
            for given, row in zip(inserted, found, strict=False)
        ]
        shape, found, returns_rows = RowShape(()), [], False
    return CursorResult(
        shape,
        found,
        rowcount=fetched.rowcount,
        lastrowid=fetched.lastrowid,
        returns_rows=returns_rows,
        compiled=compiled,
        inserted=inserted,
    )


def _inserted(statement: Any, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the values of the rows inserted, as far as they are plain, by column key."""
    own = {clause.column.key: getattr(clause.value, "effective_value", None) for clause in statement._set}
    return [{**own, **row} for row in rows]


def _row_maker(compiled: Any, fetched: Any) -> tuple[RowShape, Callable[[list[Any]], list[Any]]]:
    """Return shape and maker of a statement's rows, kept with the compiled form where its columns are known."""
    if fetched.description is None:
        return _NO_ROWS
    found = compiled.row_maker
    if found is None:
        found = _make_row_maker(compiled, fetched.description)
        if compiled.columns is not None:
            compiled.row_maker = found
    return found  # type: ignore[no-any-return]


def _make_row_maker(compiled: Any, description: Any) -> tuple[RowShape, Callable[[list[Any]], list[Any]]]:
    names = [column[0] for column in description or ()]
    columns = compiled.columns
    if columns is None or len(columns) != len(names):
        known = {column.name: column for column in columns or ()}
        codecs = [known[name].codec if name in known else None for name in names]
        shape = RowShape(names, [known[name].element if name in known else None for name in names])
        return shape, build_row_maker(shape.row_class, codecs)
    shape = RowShape([column.key for column in columns], [column.element for column in columns])
    return shape, build_row_maker(shape.row_class, [column.codec for column in columns])


_NO_ROWS: tuple[RowShape, Callable[[list[Any]], list[Any]]] = (RowShape(()), lambda rows: rows)
