"""Lists of rows for a class whose objects have a row in each of several tables: written table by table.

The root's rows go first; what its INSERT makes of a key is the key of the rows that follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from holdfast import exc
from holdfast.engine.cursor_result import CursorResult
from holdfast.orm.loading.load import core_load_statement
from holdfast.orm.loading.load_plan import plan_for
from holdfast.orm.set_based.bulk_insert import ListOptions, core_insert_group, together, with_defaults
from holdfast.orm.set_based.bulk_update import RowWriter, check_keys
from holdfast.orm.set_based.made_values import core_insert_and_bring
from holdfast.orm.set_based.row_groups import Row, RowGroup, batches_of, by_attribute, name_rows
from holdfast.orm.unit_of_work.changes import is_expression_class
from holdfast.orm.unit_of_work.facts import facts_of, part_of
from holdfast.sql.dml_statements import Update
from holdfast.sql.public import tuple_
from holdfast.sql.select import select

KEYS_IN_A_SELECT = 500
"""Objects that one SELECT brings after they were inserted."""


async def core_insert_joined(
    session: Any, connection: Any, statement: Any, mapper: Any, rows: Iterable[Row], options: Mapping[str, Any]
) -> CursorResult[Any]:
    """Run an INSERT of a class with several tables for each row of a list or iterator.

    Args:
        statement: what it sets itself counts for rows that do not say it; with RETURNING, what it asks for is read by SELECT
            afterwards, in the order of the rows.

    Raises: InvalidRequestError: ON CONFLICT, which concerns one table.
    """
    _check_plain(statement, mapper)
    said = {mapper.name_of_column(clause.column): _plain(clause.value) for clause in statement._set}
    how, results, count = ListOptions.of(options), [], 0
    for batch in batches_of(rows, how.batch_rows):
        made = [own_row(mapper, row) for row in batch.rows]
        if said:
            made = [{**said, **row} for row in made]
        await core_insert_by_table(session, connection, mapper, made, batch.start, how.with_nulls)
        if statement._returning:
            results.append(await _core_read(session, connection, statement, mapper, made))
        count += len(made)
        if how.progress is not None:
            how.progress(count)
    return together(results, count, connection)


async def core_insert_by_table(
    session: Any, connection: Any, mapper: Any, rows: list[dict[str, Any]], start: int = 0, with_nulls: bool = False
) -> None:
    """Insert rows into each table of a class.

    Args:
        rows: by attribute; they get their keys.
        start: place of the first one in the program's list.
        with_nulls: None is written as NULL; otherwise the column is left to its default.
    """
    parts = _parts_of(mapper)
    for part in parts:
        for group in _groups(part, _with_copies(part, rows), start, with_nulls):
            try:
                if part is parts[-1] and part is not parts[0] and not mapper.is_of_join:
                    names, filled = with_defaults(connection, part, group)
                    await core_insert_group(connection, part, group._replace(names=names, rows=filled))
                else:
                    await core_insert_and_bring(session, connection, part, group, group.rows)
            except exc.StatementError as error:
                name_rows(error, group)
                raise


async def core_update_joined(
    session: Any,
    connection: Any,
    mapper: Any,
    rows: Iterable[Row],
    options: Mapping[str, Any],
    keeps_in_step: bool = True,
) -> CursorResult[Any]:
    """Update the rows of each table of a class, found by the primary key of the object."""
    how, count = ListOptions.of(options, with_nulls=True), 0
    for batch in batches_of(rows, how.batch_rows):
        made = [by_attribute(facts_of(mapper), row) for row in batch.rows]
        for number, part in enumerate(_parts_of(mapper)):
            writer = RowWriter(session, connection, Update(part.table), part, keeps_in_step, options)
            for group in _groups(part, _with_copies(part, made), batch.start, True):
                check_keys(part, group)
                try:
                    # A row that changes nothing here has nothing to be written; the root's knows of versions.
                    if number == 0 or len(group.names) > len(part.key_names):
                        await writer.core_write(group, [])
                except (exc.StatementError, exc.StaleDataError) as error:
                    name_rows(error, group)
                    raise
        count += len(made)
        if how.progress is not None:
            how.progress(count)
    return together([], count, connection)


def _parts_of(mapper: Any) -> Sequence[Any]:
    """Return what is to be known of each table, in the order in which rows are written."""
    return facts_of(mapper).parts if mapper.is_of_join else [part_of(mapper, table) for table in mapper.own_tables]


def _check_plain(statement: Any, mapper: Any) -> None:
    if getattr(statement, "_conflict", None) is not None:
        tables = ", ".join(table.name for table in mapper.tables)
        raise exc.InvalidRequestError(
            f"An INSERT with ON CONFLICT concerns one table; objects of {mapper.class_name} have rows in {tables}. "
            "Give the values as a list of dictionaries, or write a statement for each table."
        )


def _plain(value: Any) -> Any:
    """Return what a statement sets a column to: the value of a parameter, or the expression."""
    return value.value if getattr(value, "sets_column", False) else value


def own_row(mapper: Any, row: Row) -> dict[str, Any]:
    """Return a row by attribute, of which we may change things, with what tells its class."""
    found = by_attribute(facts_of(mapper), row)
    if mapper.discriminator is not None:
        found.setdefault(*mapper.discriminator)
    return found


def _with_copies(part: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give rows the key that a table has under another name."""
    for root, own in part.copies:
        for row in rows:
            if row.get(own) is None and root in row:
                row[own] = row[root]
    return rows


def _groups(part: Any, rows: list[dict[str, Any]], start: int, with_nulls: bool) -> Iterator[RowGroup]:
    """Yield runs of rows that give the same columns of one table."""
    kept = {fact.name for fact in part.columns if fact.keeps_none}

    def shape(numbered: tuple[int, dict[str, Any]]) -> tuple[tuple[str, ...], int]:
        place, row = numbered
        names = tuple(
            name for name in part.by_name if name in row and (with_nulls or row[name] is not None or name in kept)
        )
        return names, place if any(is_expression_class(type(row[name])) for name in names) else -1

    for (names, place), run in groupby(enumerate(rows, start), shape):
        members = list(run)
        ordered = tuple(sorted(names, key=part.order.__getitem__))
        yield RowGroup(ordered, [row for _, row in members], members[0][0], place >= 0)


async def _core_read(
    session: Any, connection: Any, statement: Any, mapper: Any, rows: list[dict[str, Any]]
) -> CursorResult[Any]:
    """Return what RETURNING asks for, of rows that were just written, in their order."""
    found: dict[Any, Any] = {}
    keys = [mapper.key_from_values(row) for row in rows]
    columns = mapper.primary_key
    width = len(columns)
    left = columns[0] if width == 1 else tuple_(*columns)
    for at in range(0, len(keys), KEYS_IN_A_SELECT):
        part = keys[at : at + KEYS_IN_A_SELECT]
        asked = select(*columns, *statement._returning).where(left.in_(part))
        _, elements = await core_load_statement(session, asked, asked._columns, None, False)
        found.update((element[0] if width == 1 else tuple(element[:width]), element[width:]) for element in elements)
    # The same without the keys: what the result's rows are called.
    shown = select(*statement._returning)
    plan = plan_for(connection.engine, shown, shown._columns)
    ordered = [found[key] for key in keys]
    made = [element[0] if plan.single else plan.shape.row_class(tuple(element)) for element in ordered]
    result: CursorResult[Any] = CursorResult(plan.shape, made, rowcount=len(made), connection=connection)
    result._single = plan.single
    return result
