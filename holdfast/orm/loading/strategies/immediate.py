"""Immediate loading: owner by owner, the statement that reading the attribute would send, but at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.orm.loading.strategies.lazy import core_load_relationship
from holdfast.orm.loading.tree import FollowUp


async def core_load_immediately(
    session: Any, follow_up: FollowUp, owners: list[Any], overwrite: bool
) -> Iterable[tuple[FollowUp, list[Any]]]:
    """Load a relationship of each owner that has it not loaded; returns what is to be loaded for the members."""
    relationship = follow_up.relationship
    later: list[tuple[FollowUp, list[Any]]] = []
    directions = follow_up.directions.remembered()
    for owner in owners:
        if overwrite or relationship.key not in owner.__dict__:
            await core_load_relationship(
                session, owner._sa_instance_state, owner, relationship, directions, follow_up.choice, later
            )
    return later
