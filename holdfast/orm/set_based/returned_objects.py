"""Loads what objects that a statement returns want along: relationships, as the mapping and the statement's options say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from holdfast.orm.loading.directions import NOTHING, Directions, directions_for
from holdfast.orm.loading.from_statement import follow_ups_of
from holdfast.orm.loading.load_plan import flat_entries
from holdfast.orm.loading.tree import FollowUp, is_eager


async def core_load_along(session: Any, statement: Any, result: Any) -> None:
    """Send what loads the relationships of the objects in a result; there is no JOIN in RETURNING."""
    entries = flat_entries(statement._returning)
    places = [(number, entry) for number, entry in enumerate(entries) if getattr(entry, "is_entity", False)]
    if not places or not (statement._options or any(is_eager(entry.mapper) for _, entry in places)):
        return
    elements = result._elements
    roots = directions_for(statement._options, entries)
    for number, entry in places:
        directions = roots.get(entry, NOTHING)
        owners = elements if result._single else [element[number] for element in elements]
        await core_load_for(session, entry.mapper, [owner for owner in owners if owner is not None], directions)


async def core_load_for(session: Any, mapper: Any, owners: Sequence[Any], directions: Directions = NOTHING) -> None:
    """Load the relationships of objects, which remember the directions for what they load later."""
    if not owners:
        return
    if not directions.says_nothing:
        for owner in owners:
            state = owner._sa_instance_state
            state.extra = {**(state.extra or {}), "directions": directions}
    waiting = list(_waiting(mapper, owners, directions))
    if waiting:
        await session.core_follow(session, waiting, False)


def _waiting(mapper: Any, owners: Sequence[Any], directions: Directions) -> Iterator[tuple[FollowUp, list[Any]]]:
    for follow_up in follow_ups_of(mapper, directions, (mapper,), takes_joins=True):
        concerned = [owner for owner in owners if isinstance(owner, follow_up.owner_class)]
        if concerned:
            yield follow_up, concerned
