"""Saves lists of mappings or objects past the unit of work: `bulk_insert_mappings`, `bulk_save_objects` and so on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeAlias

from holdfast import exc
from holdfast.orm.set_based.bulk_update import RowWriter, check_keys
from holdfast.orm.set_based.hierarchies import with_discriminator
from holdfast.orm.set_based.made_values import core_insert_and_bring
from holdfast.orm.set_based.row_groups import Batch, Grouping, Row, batches_of, name_rows
from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.facts import facts_of
from holdfast.orm.unit_of_work.versions import known_version
from holdfast.sql.dml_statements import Update

NOTHING: Mapping[str, Any] = {}

Pair: TypeAlias = tuple[InstanceState, Any]
"""A state and its object."""


async def core_insert_mappings(
    session: Any, mapper: Any, rows: Iterable[Row], return_defaults: bool = False, with_nulls: bool = False
) -> None:
    """Insert rows given as mappings by attribute name.

    Args:
        return_defaults: bring generated keys and defaults of the database into the mappings.
        with_nulls: None is written as NULL; otherwise the column is left to its default.
    """
    if mapper.has_several_tables:
        await _core_insert_several(session, mapper, rows, return_defaults, with_nulls)
        return
    if not return_defaults:
        rows = with_discriminator(mapper, rows)
    facts = facts_of(mapper)
    connection = await session.core_connection_for(mapper)
    grouping = Grouping(facts, with_nulls)
    for batch in batches_of(rows):
        for group in grouping.groups(batch):
            given: Any = batch.rows[group.start - batch.start :]
            try:
                await core_insert_and_bring(session, connection, facts, group, given if return_defaults else None)
            except exc.StatementError as error:
                name_rows(error, group)
                raise


async def _core_insert_several(
    session: Any, mapper: Any, rows: Iterable[Row], return_defaults: bool, with_nulls: bool
) -> None:
    """Insert rows of a class with several tables; with `return_defaults` the mappings get their keys."""
    from holdfast.orm.set_based.joined_rows import core_insert_by_table, own_row

    connection = await session.core_connection_for(mapper)
    for batch in batches_of(rows):
        made = [own_row(mapper, row) for row in batch.rows]
        await core_insert_by_table(session, connection, mapper, made, batch.start, with_nulls)
        given: Any = batch.rows
        for target, row in zip(given if return_defaults else (), made, strict=False):
            target.update({name: row[name] for name in mapper.primary_key_names})


async def core_update_mappings(session: Any, mapper: Any, rows: Iterable[Row]) -> None:
    """Update rows given as mappings by attribute name, found by their primary keys; objects present are kept in step."""
    if mapper.has_several_tables:
        from holdfast.orm.set_based.joined_rows import core_update_joined

        await core_update_joined(session, await session.core_connection_for(mapper), mapper, rows, NOTHING)
        return
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
    instances: Iterable[Pair],
    return_defaults: bool = False,
    update_changed_only: bool = True,
    preserve_order: bool = True,
) -> None:
    """Insert objects without a row, update those that have one; no object comes into the session.

    Args:
        instances: a list, or an iterator that is read in batches.
        return_defaults: new objects get their keys and the defaults of the database, and are detached afterwards.
        update_changed_only: write only what was set since the object was loaded; otherwise all that is loaded.
        preserve_order: as given; otherwise all of one class together, new ones first: an iterator is read to its end then.
    """
    for pairs in _batches_of_pairs(instances, preserve_order):
        for (mapper, has_row), run in groupby(pairs, lambda pair: (pair[0].mapper, pair[0].row_key is not None)):
            members = list(run)
            if has_row:
                rows = [_row_of(state, instance, update_changed_only) for state, instance in members]
                await core_update_mappings(session, mapper, rows)
            else:
                await _core_insert_objects(session, mapper, members, return_defaults)


def _batches_of_pairs(instances: Iterable[Pair], preserve_order: bool) -> Iterator[list[Pair]]:
    if preserve_order:
        for batch in batches_of(instances):  # type: ignore[arg-type]
            yield batch.rows  # type: ignore[misc]
        return
    pairs = list(instances)
    classes = {mapper: place for place, mapper in enumerate(dict.fromkeys(state.mapper for state, _ in pairs))}
    yield sorted(pairs, key=lambda pair: (classes[pair[0].mapper], pair[0].row_key is not None))


async def _core_insert_objects(
    session: Any, mapper: Any, members: list[tuple[InstanceState, Any]], return_defaults: bool
) -> None:
    facts = facts_of(mapper)
    connection = await session.core_connection_for(mapper)
    rows = [
        {name: value for name, value in instance.__dict__.items() if name in facts.by_name} for _, instance in members
    ]
    if facts.parts:
        await _core_insert_several(session, mapper, rows, return_defaults, False)
    for group in Grouping(facts, False).groups(Batch(list(rows), 0)) if not facts.parts else ():
        try:
            await core_insert_and_bring(
                session, connection, facts, group, rows[group.start :] if return_defaults else None
            )
        except exc.StatementError as error:
            name_rows(error, group)
            raise
    if not return_defaults:
        return
    for (state, instance), row in zip(members, rows, strict=True):
        instance.__dict__.update(row)
        state.row_key = mapper.key_from_values(row)
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
