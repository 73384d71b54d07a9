"""``post_update``: foreign keys that are written by an UPDATE of their own, for rows that refer to each other.

A row is inserted without such a key, and the UPDATE follows when both rows are there; before a row is deleted the key
that leads to it, or from it, becomes NULL. So the relationship says nothing about the order of INSERTs and DELETEs.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from holdfast.orm.state import InstanceState
from holdfast.orm.unit_of_work.batches import PostUpdate, UpdateRows
from holdfast.orm.unit_of_work.facts import MapperFacts, facts_of, part_of
from holdfast.orm.unit_of_work.handed_keys import known_value
from holdfast.orm.unit_of_work.inserts import keys_of
from holdfast.orm.unit_of_work.ports import FlushOutcome
from holdfast.orm.unit_of_work.updates import core_update


async def core_post_update(connection: Any, work: PostUpdate, outcome: FlushOutcome) -> None:
    """Write the foreign keys: of new rows in the order of insertion, of others in key order.

    Raises: StaleDataError: a row is not there any more.
    """
    found = list(_rows(work))
    stored = sorted([row for row in found if row[2].row_key is not None], key=lambda row: row[0])
    rows = [row for row in found if row[2].row_key is None] + stored
    for names, batch in groupby(rows, key=lambda row: row[1]):
        of_batch = list(batch)
        states = [state for _, _, state, _ in of_batch]
        objects = [instance for _, _, _, instance in of_batch]
        keys = [key for key, _, _, _ in of_batch]
        facts = _facts_of_table(work.facts, names)
        version = facts.version
        versions = None if version is None else [instance.__dict__.get(version.name) for instance in objects]
        await core_update(connection, UpdateRows(facts, names, states, objects, keys, False, versions), outcome)


def _facts_of_table(facts: MapperFacts, names: tuple[str, ...]) -> MapperFacts:
    """Return the facts of the one table that has these attributes, where objects have rows in several."""
    mapper = facts.mapper
    return facts if mapper.tables == [facts.table] else part_of(mapper, mapper.column_of(names[0]).table)


def _rows(work: PostUpdate) -> Iterator[tuple[Any, tuple[str, ...], InstanceState, Any]]:
    """Set the keys in the objects, and yield what is to be written: key, attributes, state, object."""
    facts = facts_of(work.facts.mapper)
    for state, (instance, wanted) in work.rows.items():
        for name, source in wanted.items():
            instance.__dict__[name] = None if source is None else known_value(*source)
        key = state.row_key if state.row_key is not None else keys_of(facts, [instance])[0]
        yield key, tuple(sorted(wanted, key=facts.order.__getitem__)), state, instance
