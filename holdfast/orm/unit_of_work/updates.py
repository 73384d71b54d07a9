"""Sends the UPDATEs of a flush and checks that every row was found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.batches import UpdateRows
from holdfast.orm.unit_of_work.changes import Names
from holdfast.orm.unit_of_work.defaults import fill_onupdate
from holdfast.orm.unit_of_work.facts import MapperFacts
from holdfast.orm.unit_of_work.inserts import expressions_in, forget, keys_of, take_returned
from holdfast.orm.unit_of_work.null_keys import refuse_null_keys
from holdfast.orm.unit_of_work.ports import FlushOutcome
from holdfast.orm.unit_of_work.statements import (
    asks_unasked,
    column_keys,
    key_parameter,
    one_row,
    places_in_key,
    prepared_update,
    returned_columns,
    update_statement,
)
from holdfast.orm.unit_of_work.suspects import name_objects
from holdfast.orm.unit_of_work.versions import core_finish_versions, stamp, with_versions


async def core_update(connection: Any, work: UpdateRows, outcome: FlushOutcome) -> None:
    """Update one batch.

    Raises:
        StaleDataError: a row is not there any more.
        FlushError: a part of its key is NULL.
        IntegrityError: the database refused a row; `objects` holds the batch.
    """
    facts = work.facts
    refuse_null_keys(facts, work.keys, "update")
    names, made = _all_names(facts, work.names)
    if made:
        fill_onupdate(connection, facts, made, work.objects)
    keys = found_by = work.keys
    if work.versions is not None:
        names, found_by = _next_versions(work, names)
    unknown = expressions_in(work.objects[0].__dict__, names) if work.has_expressions else ()
    returning = _returning(
        connection, facts, tuple([name for name in names if name not in unknown]) if unknown else names
    )
    try:
        if work.has_expressions:
            matched = await _update_expressions(connection, work, names, found_by[0], returning)
        else:
            matched = await _update_plain(connection, work, names, found_by, returning, outcome.is_last)
    except exc.IntegrityError as error:
        name_objects(error, facts, work.objects)
        raise
    if matched != len(keys) and matched >= 0:
        raise stale_rows(facts, len(keys), matched, work.objects)
    for name in facts.changed_by_update:
        if name not in names and name not in returning:
            forget(work.objects, (name,))
    if facts.mapper.expiring_names:
        forget_expressions(work.states, work.objects, facts.mapper.expiring_names)
    new_keys = keys if facts.keys.isdisjoint(work.names) else keys_of(facts, work.objects)
    if facts.version is not None:
        if facts.version.is_made_by_server and facts.version.name not in (*names, *returning):
            forget(work.objects, (facts.version.name,))
        await core_finish_versions(connection, facts, new_keys, work.objects)
    if new_keys is not keys:
        switched = [(state, new) for state, old, new in zip(work.states, keys, new_keys, strict=True) if new != old]
        outcome.switched += [one for one in switched if one not in outcome.switched]


def _next_versions(work: UpdateRows, names: Names) -> tuple[Names, list[Any]]:
    """Give the objects their next version, unless the program or the database does.

    Returns: the attributes to write; what finds the rows: primary keys with the versions so far.
    """
    facts, versions = work.facts, work.versions
    version = facts.version
    assert version is not None and versions is not None
    found_by = with_versions(facts, work.keys, versions)
    if version.make is not None and version.name not in names:
        stamp(version, work.objects, versions)
        names = tuple(sorted((*names, version.name), key=facts.order.__getitem__))
    return names, found_by


def forget_expressions(states: list[Any], objects: list[Any], names: Names) -> None:
    """Drop the values of expressions over the row that was written, but for those that the program has set."""
    for state, instance in zip(states, objects, strict=True):
        for name in names:
            if name not in (state.old or ()):
                instance.__dict__.pop(name, None)


def _all_names(facts: MapperFacts, names: Names) -> tuple[Names, Names]:
    """Return the attributes to write, in the table's order, and those of them whose value Python has yet to make."""
    made = tuple([name for name in facts.onupdate_names if name not in names])
    return (tuple(sorted((*names, *made), key=facts.order.__getitem__)), made) if made else (names, made)


async def _update_plain(
    connection: Any, work: UpdateRows, names: Names, keys: list[Any], returning: Names, is_last: bool
) -> int:
    """Send the batch. Returns: how many rows matched; -1 if the driver does not know."""
    facts = work.facts
    prepared = prepared_update(connection.engine, facts, names, returning)
    rows, _ = prepared.extractor.rows(work.objects, keys)
    if returning:
        answers = await connection.core_run_each(prepared.compiled, prepared.sql, rows)
        take_returned(work.objects, answers, prepared.returned)
        return sum(len(answer.rows) for answer in answers)
    may_follow = is_last and facts.version is None and connection.dialect.capabilities.checked_change is not None
    if may_follow and await connection.core_let_commit_follow():
        return await _update_checked(connection, work, prepared, rows)
    if len(rows) == 1:
        answer = await connection.core_run(prepared.compiled, prepared.sql, rows[0])
    else:
        answer = await connection.core_run(prepared.compiled, prepared.sql, rows, True)
    return answer.rowcount  # type: ignore[no-any-return]


async def _update_checked(connection: Any, work: UpdateRows, prepared: Any, rows: Any) -> int:
    """Send the batch with the COMMIT behind it: the database itself looks whether each row was found, and fails if not."""
    before, behind, words = connection.dialect.capabilities.checked_change
    sql = f"{before}{prepared.sql}{behind}"
    try:
        await connection.core_run(prepared.compiled, sql, rows[0] if len(rows) == 1 else rows, len(rows) > 1)
    except exc.DBAPIError as error:
        if words not in str(error.orig):
            raise
        raise stale_rows(work.facts, len(rows), 0 if len(rows) == 1 else None, work.objects) from error
    return len(rows)


def _returning(connection: Any, facts: MapperFacts, names: Names) -> Names:
    """Return the attributes that the database changes and that are wanted back at once; a version always is."""
    if not connection.dialect.capabilities.update_returning:
        return ()
    wanted = facts.changed_by_update if facts.eager_updates and asks_unasked(facts.table) else ()
    version = facts.version
    if version is not None and version.is_made_by_server and version.name not in (*names, *wanted):
        wanted = (*wanted, version.name)
    return tuple([name for name in wanted if name not in names])


async def _update_expressions(connection: Any, work: UpdateRows, names: Names, key: Any, returning: Names) -> int:
    """Update one object that has SQL expressions as values; they are read again when they are asked for."""
    facts, values = work.facts, work.objects[0].__dict__
    expressions = expressions_in(values, names)
    plain = tuple(name for name in names if name not in expressions)
    statement = update_statement(facts, returning).values(
        {facts.by_name[name].column: value for name, value in expressions.items()}
    )
    compiled = connection.engine.compiled(statement, column_keys(facts, plain))
    given = {facts.by_name[name].column.key: values.get(name) for name in plain}
    for name, (kind, place) in places_in_key(facts):
        value = values.get(name) if kind == "value" else key if place == "" else key[place]
        given[key_parameter(facts, name)] = value
    answer = await connection.core_run(compiled, *one_row(compiled, statement, given))
    forget(work.objects, expressions)
    if returning:
        take_returned(work.objects, [answer], returned_columns(compiled, returning))
        return len(answer.rows)
    return answer.rowcount  # type: ignore[no-any-return]


def stale_rows(
    facts: MapperFacts, expected: int, matched: int | None, objects: Sequence[Any] = ()
) -> exc.StaleDataError:
    """Return the error for rows that are not there any more, or not in the version that the objects know.

    Args:
        matched: None: fewer than expected.
    """
    shown = "fewer" if matched is None else matched
    return exc.StaleDataError.of_objects(
        f"UPDATE statement on table '{facts.table.name}' expected to update {expected} row(s); {shown} were matched.",
        objects,
    )
