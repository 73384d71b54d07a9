"""Saves lists of mappings or objects past the unit of work: `bulk_insert_mappings`, `bulk_save_objects` and so on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from itertools import groupby
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.bulk_insert import core_insert_group, with_defaults
from holdfast.orm.set_based.bulk_update import RowWriter, check_keys
from holdfast.orm.set_based.hierarchies import check_one_table, with_discriminator
from holdfast.orm.set_based.returning import core_run_returning
from holdfast.orm.set_based.row_groups import Batch, Grouping, Row, RowGroup, batches_of, name_rows
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.orm.unit_of_work.statements import insert_statement
from holdfast.orm.unit_of_work.versions import known_version
from holdfast.sql.dml import Update

NOTHING: Mapping[str, Any] = {}


async def core_insert_mappings(
    session: Any, mapper: Any, rows: Iterable[Row], return_defaults: bool = False, with_nulls: bool = False
) -> None:
    """Insert rows given as mappings by attribute name.

    Args:
        return_defaults: bring generated keys and defaults of the database into the mappings.
        with_nulls: None is written as NULL; otherwise the column is left to its default.
    """
    check_one_table(mapper, "bulk_insert_mappings()")
    if not return_defaults:
        rows = with_discriminator(mapper, rows)
    facts = facts_of(mapper)
    connection = await session.core_connection_for(mapper)
    grouping = Grouping(facts, with_nulls)
    for batch in batches_of(rows):
        for group in grouping.groups(batch):
            given: Any = batch.rows[group.start - batch.start :]
            try:
                await _core_insert(session, connection, facts, group, given if return_defaults else None)
            except exc.StatementError as error:
                name_rows(error, group)
                raise


async def _core_insert(session: Any, connection: Any, facts: Any, group: RowGroup, targets: Any) -> None:
    """Insert one group; `targets` take what the database made: mappings in the order of the rows; None: nothing does."""
    names, rows = with_defaults(connection, facts, group)
    made = facts.missing_from(names) if targets is not None else ((), None)
    fetched, generated = made
    wanted = fetched if generated is None or generated in fetched else (generated, *fetched)
    if targets is not None:
        _take_over(targets, names, rows)
    if not wanted or group.has_expressions:
        await core_insert_group(connection, facts, group._replace(names=names, rows=rows))
        return
    by_column = [{facts.by_name[name].column.key: row[name] for name in names} for row in rows]
    if not connection.dialect.capabilities.insert_returning:
        await _core_insert_by_last_key(connection, facts, by_column, generated, targets)
        return
    statement = insert_statement(facts, wanted)
    returned = await core_run_returning(connection, statement, facts.mapper, by_column)
    for target, row in zip(targets, returned.result(connection, session.holder, False).all(), strict=False):
        target.update(zip(wanted, row, strict=True))


def _take_over(targets: list[MutableMapping[str, Any]], names: tuple[str, ...], rows: list[Any]) -> None:
    """Give mappings what Python's defaults made."""
    for target, row in zip(targets, rows, strict=False):
        if target is not row:
            for name in names:
                target.setdefault(name, row[name])


async def _core_insert_by_last_key(
    connection: Any, facts: Any, rows: list[Any], generated: str | None, targets: Any
) -> None:
    """Insert row by row, where the driver alone tells the key."""
    for row, target in zip(rows, targets, strict=False):
        result = await connection.core_execute(insert_statement(facts, ()), row)
        if generated is not None:
            target[generated] = result.lastrowid


async def core_update_mappings(session: Any, mapper: Any, rows: Iterable[Row]) -> None:
    """Update rows given as mappings by attribute name, found by their primary keys; objects present are kept in step."""
    check_one_table(mapper, "bulk_update_mappings()")
    facts = facts_of(mapper)
    connection = await session.core_connection_for(mapper)
    writer = RowWriter(session, connection, Update(mapper), facts, True, NOTHING)
    grouping = Grouping(facts, True)
    for batch in batches_of(rows):
        groups = list(grouping.groups(batch))
        for group in groups:
            check_keys(facts, group)
        for group in groups:
            try:
                await writer.core_write(group, [])
            except (exc.StatementError, exc.StaleDataError) as error:
                name_rows(error, group)
                raise


async def core_save_objects(
    session: Any,
    instances: Iterable[tuple[InstanceState, Any]],
    return_defaults: bool = False,
    update_changed_only: bool = True,
    preserve_order: bool = True,
) -> None:
    """Insert objects without a row, update those that have one; no object comes into the session.

    Args:
        return_defaults: new objects get their keys and the defaults of the database, and are detached afterwards.
        update_changed_only: write only what was set since the object was loaded; otherwise all that is loaded.
        preserve_order: as given; otherwise all of one class together, new ones first.
    """
    pairs = list(instances)
    if not preserve_order:
        classes = {mapper: place for place, mapper in enumerate(dict.fromkeys(state.mapper for state, _ in pairs))}
        pairs.sort(key=lambda pair: (classes[pair[0].mapper], pair[0].key is not None))
    for (mapper, has_row), run in groupby(pairs, lambda pair: (pair[0].mapper, pair[0].key is not None)):
        members = list(run)
        if has_row:
            rows = [_row_of(state, instance, update_changed_only) for state, instance in members]
            await core_update_mappings(session, mapper, rows)
        else:
            await _core_insert_objects(session, mapper, members, return_defaults)


async def _core_insert_objects(
    session: Any, mapper: Any, members: list[tuple[InstanceState, Any]], return_defaults: bool
) -> None:
    facts = facts_of(mapper)
    connection = await session.core_connection_for(mapper)
    rows = [
        {name: value for name, value in instance.__dict__.items() if name in facts.by_name} for _, instance in members
    ]
    for group in Grouping(facts, False).groups(Batch(list(rows), 0)):
        try:
            await _core_insert(session, connection, facts, group, rows[group.start :] if return_defaults else None)
        except exc.StatementError as error:
            name_rows(error, group)
            raise
    if not return_defaults:
        return
    for (state, instance), row in zip(members, rows, strict=True):
        instance.__dict__.update(row)
        state.key = mapper.key_from_values(row)
        state.old = None


def _row_of(state: InstanceState, instance: Any, changed_only: bool) -> dict[str, Any]:
    """Return what an UPDATE of an object writes, with its primary key."""
    mapper = state.mapper
    facts, values = facts_of(mapper), instance.__dict__
    names = (state.old or ()) if changed_only else values
    row = {name: values[name] for name in names if name in facts.by_name and name in values}
    row.update(zip(mapper.primary_key_names, state.identity or (), strict=True))
    if facts.version is not None:
        # One that the program makes has to be that of the row: there is no room here for the next one.
        name = facts.version.name
        row[name] = values.get(name) if facts.version.make is None else known_version(name, state, instance)
    return row
