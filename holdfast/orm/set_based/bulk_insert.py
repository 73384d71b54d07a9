"""Inserts lists of rows at the driver's speed: no object is made, no key is brought back unless it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from holdfast import exc
from holdfast.engine.cursor_result import CursorResult
from holdfast.orm.set_based.conflicts import core_run_conflict, may_change_objects
from holdfast.orm.set_based.hierarchies import with_discriminator
from holdfast.orm.set_based.returning import NO_COLUMNS, core_run_returning
from holdfast.orm.set_based.row_groups import Grouping, Row, RowGroup, batches_of, name_rows
from holdfast.orm.set_based.row_statements import prepared_rows
from holdfast.orm.set_based.row_versions import with_first_versions
from holdfast.orm.unit_of_work.changes import is_expression_class
from holdfast.orm.unit_of_work.defaults import fill_values
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.orm.unit_of_work.statements import column_keys, insert_statement, one_row
from holdfast.sql.insert import Insert


class ListOptions(NamedTuple):
    """How a list is written.

    Attributes:
        with_nulls: None is written as NULL; otherwise the column is left to its default (``render_nulls``).
        batch_rows: rows of a batch; None: a list is one batch.
        progress: called after each batch with the number of rows written so far.
    """

    with_nulls: bool = False
    batch_rows: int | None = None
    progress: Callable[[int], Any] | None = None

    @classmethod
    def of(cls, options: Mapping[str, Any], with_nulls: bool | None = None) -> ListOptions:
        """Return what execution options say."""
        progress = options.get("progress")
        size = options.get("batch_rows")
        if size is not None and (not isinstance(size, int) or size < 1):
            raise exc.ArgumentError("batch_rows is the number of rows of a batch, 1 or more")
        if progress is not None and not callable(progress):
            raise exc.ArgumentError("progress is a function that takes the number of rows written so far")
        if size is None and progress is not None:
            size = 1000
        nulls = bool(options.get("render_nulls", False)) if with_nulls is None else with_nulls
        return cls(nulls, size, progress)


async def core_insert_rows(
    session: Any, connection: Any, statement: Any, mapper: Any, rows: Iterable[Row], options: Mapping[str, Any]
) -> CursorResult[Any]:
    """Run an INSERT of a mapped class for each row of a list or iterator.

    Args:
        statement: may have values of its own, ON CONFLICT, and RETURNING.
        rows: mappings by attribute name.

    Returns: the number of rows; with RETURNING, what it brings, in the order of the rows.

    Raises: IntegrityError ...: what the database said; `rows` says for which part of the list.
    """
    rows = with_discriminator(mapper, rows)
    facts, how = facts_of(mapper), ListOptions.of(options)
    grouping = Grouping(facts, how.with_nulls)
    send = _sender(session, connection, statement, mapper, facts, options)
    results: list[CursorResult[Any]] = []
    count = 0
    for batch in batches_of(rows, how.batch_rows):
        for group in grouping.groups(batch):
            try:
                result = await send(group)
            except exc.StatementError as error:
                name_rows(error, group)
                raise
            if result is not None:
                results.append(result)
        count += len(batch.rows)
        if how.progress is not None:
            how.progress(count)
    return together(results, count, connection)


def _sender(session: Any, connection: Any, statement: Any, mapper: Any, facts: Any, options: Mapping[str, Any]) -> Any:
    """Return the coroutine function that sends one group."""
    is_plain = statement._key == Insert(mapper)._key
    overwrite = bool(options.get("populate_existing"))

    async def send(group: RowGroup) -> CursorResult[Any] | None:
        if is_plain:
            await core_insert_group(connection, facts, group)
            return None
        own = statement
        if group.has_expressions:
            own, group = statement_with_expressions(statement, facts, group)
        rows = [{facts.by_name[name].column.key: row[name] for name in group.names} for row in group.rows]
        if may_change_objects(session, statement, mapper):
            changed = await core_run_conflict(session, connection, own, mapper, rows)
            return changed.result(connection, session.holder, True) if statement._returning else None
        if statement._returning:
            returned = await core_run_returning(connection, own, mapper, rows, in_batches=True)
            return returned.result(connection, session.holder, overwrite)
        await connection.core_execute(own, rows)
        return None

    return send


def statement_with_expressions(statement: Any, facts: Any, group: RowGroup) -> tuple[Any, RowGroup]:
    """Return the statement with the SQL expressions of the only row, and the group with its plain values."""
    [row] = group.rows
    expressions = {name: row[name] for name in group.names if is_expression_class(type(row[name]))}
    values = {facts.by_name[name].column: value for name, value in expressions.items()}
    plain = tuple(name for name in group.names if name not in expressions)
    return statement.values(values), group._replace(names=plain)


async def core_insert_group(connection: Any, facts: Any, group: RowGroup) -> None:
    """Insert one group of rows; nothing comes back."""
    names, rows = with_defaults(connection, facts, group)
    if group.has_expressions:
        statement, group = statement_with_expressions(
            insert_statement(facts, ()), facts, group._replace(names=names, rows=rows)
        )
        compiled = connection.engine.compiled(statement, column_keys(facts, group.names))
        given = {facts.by_name[name].column.key: rows[0][name] for name in group.names}
        await connection.core_run(compiled, *one_row(compiled, statement, given))
        return
    prepared = prepared_rows(connection.engine, facts, "insert", names)
    parameters = prepared.parameters(rows)
    if len(parameters) == 1:
        await connection.core_run(prepared.compiled, prepared.sql, parameters[0])
    else:
        await connection.core_run(prepared.compiled, prepared.sql, parameters, True)


def with_defaults(connection: Any, facts: Any, group: RowGroup) -> tuple[tuple[str, ...], list[Any]]:
    """Return names and rows of a group with what Python's defaults make; the caller's rows stay as they are."""
    if facts.version is not None and facts.version.make is not None:
        names, rows = with_first_versions(facts, group.names, group.rows)
        group = group._replace(names=names, rows=rows)
    lacking = [fact for fact in facts.needs_defaults if fact.name not in group.names]
    if not lacking:
        return group.names, group.rows
    rows = [dict(row) for row in group.rows]
    for fact in lacking:
        fill_values(connection, facts, fact.column, fact.name, fact.default, rows, True)
    names = (*group.names, *(fact.name for fact in lacking))
    return tuple(sorted(names, key=facts.order.__getitem__)), rows


def together(results: list[CursorResult[Any]], count: int, connection: Any) -> CursorResult[Any]:
    """Return the results of all groups as one."""
    if not results:
        return CursorResult(NO_COLUMNS, [], rowcount=count, returns_rows=False, connection=connection)
    first, *others = results
    for other in others:
        first._elements.extend(other._elements)
    first.rowcount = count
    return first
