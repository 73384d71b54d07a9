"""What a loader is about to send, as data: shown to listeners to `do_orm_execute`, and to a `get_bind` that chooses by it.

Each loader makes an `Asked` of its statement where ``dispatch.asked`` says that somebody wants to see it; the session shows
it, and `run_asked.py` runs what is settled on. Sessions that nobody listens to never come by here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any, NamedTuple

from holdfast.orm.loading.directions import NOTHING, Directions
from holdfast.orm.loading.key_plans import key_parameters, key_statement, nulls_of
from holdfast.orm.state import InstanceState


class Asked(NamedTuple):
    """A loader's statement, as data.

    Attributes:
        statement: a SELECT of one entity, of columns, or of an entity and keys.
        mapper: chooses the engine.
        parameters: the values of its named parameters.
        directions: what the options say about the entity in it.
        above: the mappers on the way to the entity, without its own.
        is_column_load: it brings columns of an object that is there; `is_relationship_load`: related objects.
        loaded_from: the state of the object whose attribute is being read.
        way: mapper, relationship, mapper, relationship ... from what the program asked for to what is loaded.
        overwrite: its rows replace what is loaded.
        refreshing: one present object is loaded again.
    """

    statement: Any
    mapper: Any
    parameters: Mapping[str, Any]
    directions: Directions = NOTHING
    above: tuple[Any, ...] = ()
    is_column_load: bool = False
    is_relationship_load: bool = False
    loaded_from: InstanceState | None = None
    way: tuple[Any, ...] = ()
    overwrite: bool = False
    refreshing: bool = False

    @property
    def options(self) -> tuple[Any, ...]:
        """The program's own options that the objects remember."""
        return self.directions.everywhere.own


def for_refresh(state: InstanceState, names: tuple[str, ...] | None, directions: Directions, way: str) -> Asked:
    """Return what loads an expired object again, or only some of its columns.

    Args:
        names: the columns; None: all that comes with the object.
        way: see `key_plans.key_plan`.
    """
    mapper = state.mapper
    return Asked(
        key_statement(mapper, names, way, nulls_of(state.row_key)),
        mapper,
        key_parameters(state.row_key, len(mapper.primary_key)),
        directions if names is None else NOTHING,
        is_column_load=True,
        refreshing=names is None and directions is not NOTHING,
    )


def for_reference(mapper: Any, key: Any, directions: Directions, reference: tuple[InstanceState, Any]) -> Asked:
    """Return what loads the object of a primary key that a many-to-one leads to."""
    state, relationship = reference
    return Asked(
        key_statement(mapper, None, "related" if mapper.has_layout else "", nulls_of(key)),
        mapper,
        key_parameters(key, len(mapper.primary_key)),
        directions,
        is_relationship_load=True,
        loaded_from=state,
        way=(state.mapper, relationship),
    )


async def core_members_asked(
    session: Any, follow_up: Any, statement: Any, chunks: list[dict[str, Any]], overwrite: bool, later: list[Any]
) -> Any:
    """Load related objects of many owners; returns them by key: that of the owner, or their own.

    Args:
        statement: of an entity alone, or with the key of the owner before or after it.
        chunks: the parameters of one statement each.
    """
    entries = statement._columns
    place = next(number for number, entry in enumerate(entries) if getattr(entry, "is_entity", False))
    groups: Any = defaultdict(dict)
    for parameters in chunks:
        asked = Asked(
            statement, entries[place].mapper, parameters, follow_up.directions, follow_up.path[:-1],
            is_relationship_load=True, way=follow_up.full_way, overwrite=overwrite,
        )  # fmt: skip
        for found in await session.core_ask(asked, later):
            if len(entries) == 1:
                member = found
                key: Any = found._sa_instance_state.row_key
            else:
                member = found[place]
                keys = (*found[:place], *found[place + 1 :])
                key = keys[0] if len(keys) == 1 else keys
            groups[key][id(member)] = member
    return groups
