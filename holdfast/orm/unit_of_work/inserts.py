"""Sends the INSERTs of a flush and brings generated keys and defaults into the objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm.state import GONE
from holdfast.orm.unit_of_work.batches import InsertRows
from holdfast.orm.unit_of_work.changes import Names, is_expression_class
from holdfast.orm.unit_of_work.defaults import fill_defaults, take_back
from holdfast.orm.unit_of_work.facts import MapperFacts
from holdfast.orm.unit_of_work.ports import FlushOutcome
from holdfast.orm.unit_of_work.statements import (
    LAST_ROW_ID,
    NOTHING,
    ROWS,
    column_keys,
    insert_statement,
    one_row,
    prepared_insert,
    returned_columns,
    way_back,
)
from holdfast.orm.unit_of_work.suspects import name_objects
from holdfast.orm.unit_of_work.versions import core_finish_versions, stamp_new


async def core_insert(connection: Any, work: InsertRows, outcome: FlushOutcome) -> None:
    """Insert one batch.

    Raises:
        IntegrityError: the database refused a row; `objects` holds the batch.
        FlushError: a row has no primary key afterwards.
    """
    facts, names, states, objects, has_expressions = work
    if facts.copies:
        _take_keys(facts, objects)
    if facts.keys.issubset(names) and not facts.passed_on:
        _warn_of_conflicts(facts, work)
    filled = fill_defaults(connection, facts, objects) if facts.needs_defaults else []
    if facts.version is not None:
        stamp_new(facts.version, objects)
    try:
        if has_expressions:
            await _insert_expressions(connection, work)
        else:
            await _insert_plain(connection, work, outcome.is_last)
    except BaseException as error:
        take_back(filled)
        if isinstance(error, exc.IntegrityError):
            name_objects(error, facts, objects)
        raise
    if not facts.completes:
        return
    keys = keys_of(facts, objects)
    if facts.version is not None:
        await core_finish_versions(connection, facts, keys, objects)
    outcome.inserted += zip(states, objects, keys, strict=True)


def _take_keys(facts: MapperFacts, objects: list[Any]) -> None:
    """Hand the keys of the root's rows over to the rows of a subclass, where its attributes have other names."""
    for upper, lower in facts.copies:
        for instance in objects:
            instance.__dict__[lower] = instance.__dict__[upper]


def _warn_of_conflicts(facts: MapperFacts, work: InsertRows) -> None:
    """Warn before the database refuses a row: an object of the session has the primary key that a new one was given."""
    holder = work.states[0].holder
    present = None if holder is None else holder.states.get(facts.mapper.base_mapper)
    if not present:
        return
    names, is_one_column = facts.identity_names, len(facts.identity_names) == 1
    for instance in work.objects:
        values = instance.__dict__
        key = values.get(names[0]) if is_one_column else tuple([values.get(name) for name in names])
        other = present.get(key)
        if other is not None and other() is not None and not other.flags & GONE:
            exc.warn(
                f"New instance {shown_object(instance)} with identity key {other.identity_key} conflicts with persistent "
                f"instance {shown_object(other())}"
            )


def keys_of(facts: MapperFacts, objects: list[Any]) -> list[Any]:
    """Return the primary keys of inserted objects.

    Raises: FlushError: one is NULL; of a composite key a part may be, where the mapper allows that.
    """
    if len(facts.identity_names) == 1:
        name = facts.identity_names[0]
        is_one = len(objects) == 1
        keys = [objects[0].__dict__.get(name)] if is_one else [instance.__dict__.get(name) for instance in objects]
        if None in keys:
            raise _null_key(objects[keys.index(None)])
        return keys
    keys = [tuple([instance.__dict__.get(name) for name in facts.identity_names]) for instance in objects]
    for instance, key in zip(objects, keys, strict=True):
        if None in key:
            if not facts.mapper.allow_partial_pks or key.count(None) == len(key):
                raise _null_key(instance)
            for name in facts.identity_names:
                # Those that refer to the object take the parts from it, one that was never given too.
                instance.__dict__.setdefault(name, None)
    return keys


def _null_key(instance: Any) -> exc.FlushError:
    return exc.FlushError(
        f"Instance {shown_object(instance)} has a NULL identity key.  If this is an "
        "auto-generated value, check that the database table allows generation of new primary key values, and that the "
        "mapped Column object is configured to expect these generated values.  Ensure also that this flush() is not "
        "occurring at an inappropriate time, such as within a load() event."
    )


async def _insert_plain(connection: Any, work: InsertRows, is_last: bool) -> None:
    facts, names, _, objects, _ = work
    is_one = len(objects) == 1
    prepared = prepared_insert(connection.engine, facts, names, is_one)
    way = prepared.way
    rows, complete = prepared.extractor.rows(objects)
    if is_last and _cannot_fail_after(facts, prepared, objects):
        await connection.core_let_commit_follow()
    if is_one:
        answers = [await connection.core_run(prepared.compiled, prepared.sql, rows[0])]
    elif way is NOTHING:
        answers = [await connection.core_run(prepared.compiled, prepared.sql, rows, True)]
    else:
        answers = await connection.core_run_each(prepared.compiled, prepared.sql, rows)
    if way is ROWS:
        take_returned(objects, answers, prepared.returned)
    elif way is LAST_ROW_ID:
        for instance, answer in zip(objects, answers, strict=True):
            # A trigger may have passed over the row: the number is an older one's then.
            if answer.rowcount:
                instance.__dict__[facts.generated_key] = answer.lastrowid
    if not complete:
        _fill_nulls(objects, names)
    if prepared.unknown:
        forget(objects, prepared.unknown)


def _cannot_fail_after(facts: MapperFacts, prepared: Any, objects: list[Any]) -> bool:
    """Return True if nothing is left to be done that could fail, once the database has the rows: COMMIT may go along."""
    if facts.version is not None:
        return False
    if prepared.way is NOTHING:
        return all(instance.__dict__.get(name) is not None for instance in objects for name in facts.key_names)
    return prepared.way is LAST_ROW_ID or all(convert is None for _, convert in prepared.returned)


def forget(objects: Iterable[Any], names: Iterable[str]) -> None:
    """Drop values that the database has made; the next read brings them."""
    for instance in objects:
        for name in names:
            instance.__dict__.pop(name, None)


def take_returned(
    objects: list[Any], answers: list[Any], returned: list[tuple[str, Callable[[Any], Any] | None]]
) -> None:
    """Put what RETURNING brought into the objects; a row that was not found brings nothing."""
    if len(returned) == 1 and returned[0][1] is None:
        name = returned[0][0]
        for instance, answer in zip(objects, answers, strict=True):
            for row in answer.rows:
                instance.__dict__[name] = row[0]
        return
    for instance, answer in zip(objects, answers, strict=True):
        values = instance.__dict__
        for row in answer.rows:
            for (name, convert), value in zip(returned, row, strict=True):
                values[name] = value if convert is None else convert(value)


def _fill_nulls(objects: list[Any], names: Names) -> None:
    """What was not set went out as NULL: that is known now and needs no SELECT."""
    for instance in objects:
        values = instance.__dict__
        for name in names:
            if name not in values:
                values[name] = None


async def _insert_expressions(connection: Any, work: InsertRows) -> None:
    """Insert one object that has SQL expressions as values.

    They are read again when they are asked for; those of columns that the database fills come back with the others of that kind.
    """
    facts, instance = work.facts, work.objects[0]
    values = instance.__dict__
    expressions = expressions_in(values, work.names)
    plain = tuple(name for name in work.names if name not in expressions)
    known = tuple(name for name in work.names if name not in expressions or not facts.by_name[name].fetched)
    way, returning = way_back(connection.dialect, facts, known)
    statement = insert_statement(facts, returning).values(
        {facts.by_name[name].column: value for name, value in expressions.items()}
    )
    compiled = connection.engine.compiled(statement, column_keys(facts, plain))
    given = {facts.by_name[name].column.key: values.get(name) for name in plain}
    answer = await connection.core_run(compiled, *one_row(compiled, statement, given))
    _fill_nulls([instance], plain)
    for name in expressions:
        del values[name]
    if way is ROWS:
        take_returned([instance], [answer], returned_columns(compiled, returning))
    elif way is LAST_ROW_ID:
        values[facts.generated_key] = answer.lastrowid


def expressions_in(values: dict[str, Any], names: Names) -> dict[str, Any]:
    """Return those of an object's values that are SQL expressions, by attribute name."""
    found: dict[str, Any] = {}
    for name in names:
        value: Any = values.get(name)
        if is_expression_class(value.__class__):
            found[name] = value
    return found
