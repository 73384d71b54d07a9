"""Runs statements on a connection: parameters in their forms, defaults of columns, rows with types, whole or streamed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from holdfast import compiler, exc
from holdfast.compiler.insert_batch import Fetches
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.insert_many import core_insert_many
from holdfast.engine.python_defaults import core_defaults_ahead, with_python_defaults
from holdfast.engine.row import RowShape, build_row_maker
from holdfast.engine.stream import Feed, StreamSettings
from holdfast.engine.watched import Announcement
from holdfast.engine.written import Written


async def core_execute_statement(
    connection: Any, statement: Any, parameters: Any, options: Mapping[str, Any]
) -> CursorResult[Any]:
    """Run one statement; a list of parameters runs it once for each.

    Raises: ObjectNotExecutableError: `statement` is none.
    """
    try:
        if (
            options
            or connection._options
            or getattr(statement, "_execution_options", None)
            or connection.dispatch.watched
        ):
            return await _execute_with_options(connection, statement, parameters, options)
        if parameters is None and getattr(statement, "is_select", False):
            # By far the most; the rest of the questions is for the others.
            compiled = connection.engine.compiled(statement)
            sql, bound = compiled.bind(statement._values)
            fetched = await connection.core_run(compiled, sql, bound)
            known = compiled.row_maker
            if known is None or fetched.description is None:
                return _result(connection, compiled, statement, fetched, ())
            shape, make = known
            return CursorResult(
                shape,
                make(fetched.rows),
                rowcount=fetched.rowcount,
                lastrowid=fetched.lastrowid,
                compiled=compiled,
                connection=connection,
            )
        return await _execute(connection, statement, parameters)
    except exc.StatementError as error:
        connection.tell_early(error)
        raise


async def _execute_with_options(
    connection: Any, statement: Any, parameters: Any, options: Mapping[str, Any]
) -> CursorResult[Any]:
    """Run a statement that has execution options, or that listeners or the log are told of."""
    merged = {**getattr(statement, "_execution_options", {}), **connection._options, **options}
    outer = connection._now
    connection._now = merged
    try:
        announcement = Announcement(connection, merged) if connection.dispatch.watched else None
        if announcement is not None:
            statement, parameters = announcement.before(statement, parameters)
        result = await _execute(connection, statement, parameters, StreamSettings.of(merged))
        result.options = merged
        if announcement is not None:
            announcement.after(statement, parameters, result)
        return result
    finally:
        connection._now = outer


async def _execute(
    connection: Any, statement: Any, parameters: Any, stream: StreamSettings | None = None
) -> CursorResult[Any]:
    """Run a statement with parameters in any of their forms."""
    if not getattr(statement, "is_executable", False):
        if hasattr(statement, "standalone"):
            statement = statement.standalone
        elif hasattr(statement, "operate") and getattr(statement, "is_clause_element", False):
            if not hasattr(statement, "select"):
                raise exc.ObjectNotExecutableError(statement)
            statement = statement.select()
        else:
            raise exc.ObjectNotExecutableError(statement)
    if getattr(statement, "is_ddl", False):
        dialect = _engine_now(connection).dialect
        await connection.core_run(None, statement.text(dialect), dialect.no_parameters)
        return CursorResult(RowShape(()), [], returns_rows=False, connection=connection)
    if parameters is None or parameters == ():
        return await _run_one(connection, statement, {}, stream)
    if isinstance(parameters, Mapping):
        return await _run_one(connection, statement, parameters, stream)
    if isinstance(parameters, (list, tuple)):
        if not parameters:
            return await _run_one(connection, statement, {}, stream)
        if not all(issubclass(class_, Mapping) for class_ in set(map(type, parameters))):
            raise exc.ArgumentError("List argument must consist only of dictionaries")
        if len(parameters) == 1:
            return await _run_one(connection, statement, parameters[0], stream)
        return await _run_many(connection, statement, list(parameters))
    raise exc.ArgumentError(
        f"The parameters of a statement are a dict, or a list of dicts, not {type(parameters).__name__}"
    )


async def _run_one(
    connection: Any, statement: Any, parameters: Mapping[str, Any], stream: StreamSettings | None
) -> CursorResult[Any]:
    if statement.is_dml:
        parameters = with_python_defaults(connection, statement, [parameters])[0]
    compiled = _compiled(connection, statement, column_keys_given(statement, parameters), _KEY[statement.is_insert])
    if compiled.key_first:
        parameters = await core_defaults_ahead(connection, compiled, parameters)
    sql, bound = compiled.bind(statement._values, parameters)
    if stream is not None and not compiled.key_made:
        return await _stream(connection, compiled, statement, parameters, sql, bound, stream)
    fetched = await connection.core_run(compiled, sql, bound)
    return _result(connection, compiled, statement, fetched, [parameters])


def _engine_now(connection: Any) -> Any:
    """Return the engine that compiles: the connection's, or that with the names of schemas that the options give."""
    schemas = connection.options_now.get("schema_translate_map")
    engine = connection.engine
    return engine if schemas is None or schemas == engine.dialect.schemas else engine.with_schemas(schemas)


def _compiled(connection: Any, statement: Any, keys: tuple[str, ...] | None, fetches: Fetches = Fetches.NOTHING) -> Any:
    """Return the compiled form, from the cache that the execution options name."""
    options = connection.options_now
    if not options:
        return connection.engine.compiled(statement, keys, fetches)
    engine = _engine_now(connection)
    if "compiled_cache" not in options:
        return engine.compiled(statement, keys, fetches)
    cache = options["compiled_cache"]
    key = (connection.dialect, statement._key, keys, fetches)
    found = None if cache is None else cache.get(key)
    if found is None:
        found = engine.compiled_anew(statement, keys, fetches)
        if cache is not None:
            cache[key] = found
    return found


async def _stream(
    connection: Any,
    compiled: Any,
    statement: Any,
    parameters: Mapping[str, Any],
    sql: str,
    bound: Any,
    settings: StreamSettings,
) -> CursorResult[Any]:
    """Run a statement and leave its rows in the database."""
    cursor = await connection.core_open_stream(compiled, sql, bound, is_query(compiled, sql))
    shape, make = _row_maker(connection, compiled, cursor)
    written = _written(compiled, statement, [parameters], None, cursor.lastrowid)
    return await _streamed(connection, compiled, cursor, sql, shape, make, settings, written)


async def _streamed(
    connection: Any,
    compiled: Any,
    cursor: Any,
    sql: str,
    shape: RowShape,
    make: Callable[[list[Any]], list[Any]],
    settings: StreamSettings,
    written: Written | None = None,
) -> CursorResult[Any]:
    feed = Feed(connection, cursor, sql, make, settings)
    connection.keep_feed(feed)
    returns_rows = cursor.description is not None
    if not returns_rows:
        await feed.core_close()
    result: CursorResult[Any] = CursorResult(
        shape,
        [],
        rowcount=cursor.rowcount,
        lastrowid=cursor.lastrowid,
        returns_rows=returns_rows,
        compiled=compiled,
        written=written,
        source=feed,
        connection=connection,
    )
    result._yield_per = settings.yield_per
    return result


_QUERY = r"(?is)\s*(?:SELECT|WITH|VALUES|TABLE)\b(?!.*\b(?:INSERT|UPDATE|DELETE|MERGE)\b)"


def is_query(compiled: Any, sql: str) -> bool:
    """Return True for a statement of which a server can keep a cursor: it only reads."""
    if compiled is not None and compiled.columns is not None and not compiled.writes:
        return True
    return re.match(_QUERY, sql) is not None


async def core_execute_text(
    connection: Any, sql: str, parameters: Any, options: Mapping[str, Any]
) -> CursorResult[Any]:
    """Run a text as the driver takes it, with parameters in its own form; a list of these runs it once for each.

    Raises: ArgumentError: `parameters` have another form.
    """
    many = isinstance(parameters, list)
    if many:
        if not all(isinstance(row, (tuple, Mapping)) for row in parameters):
            raise exc.ArgumentError("List argument must consist only of tuples or dictionaries")
        if len(parameters) <= 1:
            many, parameters = False, parameters[0] if parameters else None
    elif parameters is not None and not isinstance(parameters, (tuple, Mapping)):
        raise exc.ArgumentError("mapping or sequence expected for parameters")
    bound = connection.dialect.text_parameters if parameters is None else parameters
    outer = connection._now
    connection._now = {**connection._options, **options} if options else outer
    try:
        stream = None if many else StreamSettings.of(connection.options_now)
        if stream is None:
            return _text_result(connection, await connection.core_run(None, sql, bound, many))
        cursor = await connection.core_open_stream(None, sql, bound, is_query(None, sql))
        shape = RowShape([column[0] for column in cursor.description or ()], last_wins=True)
        make = shape.row_class
        return await _streamed(connection, None, cursor, sql, shape, lambda rows: list(map(make, rows)), stream)
    finally:
        connection._now = outer


def _text_result(connection: Any, fetched: Any) -> CursorResult[Any]:
    """Return the result of a text: keys as the driver names them, values as it gives them."""
    from_driver = fetched.description
    shape = RowShape([column[0] for column in from_driver or ()], last_wins=True)
    rows = list(map(shape.row_class, fetched.rows))
    return CursorResult(
        shape,
        rows,
        rowcount=fetched.rowcount,
        lastrowid=fetched.lastrowid,
        returns_rows=from_driver is not None,
        connection=connection,
    )


_KEY = (Fetches.NOTHING, Fetches.KEY)


async def _run_many(connection: Any, statement: Any, rows: list[Mapping[str, Any]]) -> CursorResult[Any]:
    """Run the statement for each row; RETURNING needs each answer."""
    if statement.is_dml:
        rows = with_python_defaults(connection, statement, rows)
    keys = set(rows[0])
    for number, row in enumerate(() if _are_alike(rows) else rows):
        if not keys <= set(row):
            missing = ", ".join(repr(key) for key in sorted(keys - set(row)))
            raise exc.StatementError.of_missing(f"{missing}, in parameter group {number}")
    compiled = _compiled(
        connection, statement, column_keys_given(statement, rows[0]), fetches_of_many(connection, statement)
    )
    if compiled.batch is not None:
        return _result(
            connection, compiled, statement, await core_insert_many(connection, compiled, statement._values, rows), rows
        )
    sql, bound = compiled.bind_many(statement._values, rows)
    if compiled.columns:
        answers = await connection.core_run_each(compiled, sql, bound)
        fetched = answers[-1]
        fetched.rows = [row for answer in answers for row in answer.rows]
        fetched.rowcount = sum(max(answer.rowcount, 0) for answer in answers)
    else:
        fetched = await connection.core_run(compiled, sql, bound, True)
    return _result(connection, compiled, statement, fetched, rows)


def fetches_of_many(connection: Any, statement: Any, with_keys: bool = False) -> Fetches:
    """Return how an INSERT of many rows brings rows back.

    Args:
        with_keys: the keys of the rows will be asked for.
    """
    if not statement.is_insert:
        return Fetches.NOTHING
    if not (statement._returning or with_keys) and (
        statement._return_defaults is None
        or not compiler.insert.returns_keys(connection.dialect.capabilities, statement.table)
    ):
        return Fetches.NOTHING
    return Fetches.ROWS if connection.dialect.use_insertmanyvalues else Fetches.EACH


def _are_alike(rows: list[Mapping[str, Any]]) -> bool:
    """Whether all rows have the keys of the first one: looked at without a Python loop."""
    if set(map(type, rows)) != {dict}:
        return False
    return all(map(rows[0].keys().__eq__, [row.keys() for row in rows]))


def column_keys_given(statement: Any, parameters: Mapping[str, Any]) -> tuple[str, ...] | None:
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


def _result(
    connection: Any, compiled: Any, statement: Any, fetched: Any, rows: Sequence[Mapping[str, Any]]
) -> CursorResult[Any]:
    if fetched.description is None and compiled.columns:
        # MariaDB answers a DELETE ... RETURNING that it knows to find nothing as if it had no RETURNING.
        fetched.description = [(column.name,) for column in compiled.columns]
    shape, make = _row_maker(connection, compiled, fetched)
    found = make(fetched.rows)
    returns_rows = fetched.description is not None
    made = None
    if compiled.key_made:
        # The rows are ours: they tell the key.
        made, found = found, []
    return CursorResult(
        shape,
        found,
        rowcount=fetched.rowcount,
        lastrowid=fetched.lastrowid,
        returns_rows=returns_rows,
        compiled=compiled,
        written=_written(compiled, statement, rows, made, fetched.lastrowid) if compiled.writes else None,
        connection=connection,
    )


def _written(
    compiled: Any, statement: Any, rows: Sequence[Mapping[str, Any]], made: Any, lastrowid: Any
) -> Written | None:
    """Return the facts of a change; None for what only reads."""
    return Written(compiled, statement, rows, made, lastrowid) if compiled.kind in _CHANGES else None


_CHANGES = ("insert", "update", "delete")


def _row_maker(connection: Any, compiled: Any, fetched: Any) -> tuple[RowShape, Callable[[list[Any]], list[Any]]]:
    """Return shape and maker of a statement's rows, kept with the compiled form where its columns are known."""
    if fetched.description is None:
        return _NO_ROWS
    if connection._now is not None and connection._now.get("driver_column_names"):
        shape, _ = _make_row_maker(compiled, fetched.description)
        named = RowShape([column[0] for column in fetched.description], shape.sources)
        return named, build_row_maker(named.row_class, [column.codec for column in compiled.columns or ()])
    found = compiled.row_maker
    if found is None:
        found = _make_row_maker(compiled, fetched.description)
        if compiled.columns is not None:
            compiled.row_maker = found
    return found  # type: ignore[no-any-return]


def _make_row_maker(compiled: Any, description: Any) -> tuple[RowShape, Callable[[list[Any]], list[Any]]]:
    names = [column[0] for column in description or ()]
    columns = compiled.columns
    if columns and len(columns) > len(names) and not compiled.by_name:
        exc.warn(
            f"Number of columns in textual SQL ({len(columns)}) is smaller than number of columns requested ({len(names)})"
        )
    if columns is None or len(columns) != len(names) or compiled.by_name:
        known = {column.name: column for column in columns or ()}
        codecs = [known[name].codec if name in known else None for name in names]
        shape = RowShape(
            names, [known[name].element if name in known else None for name in names], last_wins=not columns
        )
        return shape, build_row_maker(shape.row_class, codecs)
    # A text gives its columns the names that rows know them by; among other columns it does so for its own.
    is_text = compiled.kind == "text"
    keys = [
        name if is_text or column.element._naming == "text" else column.key
        for name, column in zip(names, columns, strict=True)
    ]
    shape = RowShape(keys, [column.element for column in columns])
    return shape, build_row_maker(shape.row_class, [column.codec for column in columns])


_NO_ROWS: tuple[RowShape, Callable[[list[Any]], list[Any]]] = (RowShape(()), lambda rows: rows)
