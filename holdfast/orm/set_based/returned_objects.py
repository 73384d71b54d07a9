"""Loads what objects that a statement returns want along: relationships, as the mapping and the statement's options say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, NamedTuple

from holdfast.orm.loading.directions import NOTHING, Directions, directions_for
from holdfast.orm.loading.from_statement import follow_ups_of
from holdfast.orm.loading.load_plan import flat_entries
from holdfast.orm.loading.tree import FollowUp, columns_of, is_eager
from holdfast.sql.from_clause import from_of


class NarrowEntity:
    """A mapped class of one table in RETURNING, of which options leave columns out or bring others.

    Args:
        entity: its mapper.
        names: the attributes that come back; `expressions`: where from.
    """

    is_entity: ClassVar[bool] = True
    is_mapper: ClassVar[bool] = False
    is_row_part: ClassVar[bool] = False
    has_layout: ClassVar[bool] = False

    def __init__(self, entity: Any, names: tuple[str, ...], expressions: tuple[Any, ...]) -> None:
        self.mapper = entity
        self.class_, self.entity_name = entity.class_, entity.entity_name
        self.column_names = names
        self._expressions = expressions
        self._key = ("narrow", entity._key, names, tuple([one._key for one in expressions]))
        self._values = tuple([value for one in expressions for value in one._values])

    def _entity_columns(self) -> tuple[Any, ...]:
        return self._expressions


class Along(NamedTuple):
    """What goes along with the objects of a statement with RETURNING: made before it is sent.

    Attributes:
        statement: it, with the columns that its options leave.
        places: where mapped objects stand in an element of the result, their mapper, and what the options say of them.
    """

    statement: Any
    places: tuple[tuple[int, Any, Directions], ...]

    async def core_load(self, session: Any, result: Any) -> None:
        """Send what loads the relationships of the objects in a result; there is no JOIN in RETURNING."""
        elements = result._elements
        for number, mapper, directions in self.places:
            owners = elements if result._single else [element[number] for element in elements]
            await core_load_for(session, mapper, [owner for owner in owners if owner is not None], directions)


def along_of(statement: Any) -> Along | None:
    """Return what goes along with a statement that returns rows; None: it is as it stands.

    Raises: ArgumentError, InvalidRequestError: an option that does not fit, or contradicts another.
    """
    entries = flat_entries(statement._returning)
    found = [(number, entry) for number, entry in enumerate(entries) if getattr(entry, "is_entity", False)]
    if not statement._options and not any(is_eager(entry.mapper) for _, entry in found):
        return None
    roots = directions_for(statement._options, entries)
    places = tuple([(number, entry.mapper, roots.get(entry, NOTHING)) for number, entry in found])
    narrow = tuple([_narrowed(entry, roots[entry]) if entry in roots else entry for entry in entries])
    if any(one is not other for one, other in zip(narrow, entries, strict=True)):
        statement = statement._copy(_returning=narrow)
    return Along(statement, places)


def _narrowed(entity: Any, directions: Directions) -> Any:
    """Return an entity with the columns that its directions leave."""
    if not entity.is_mapper or entity.has_layout or len(entity.own_tables) > 1:
        return entity
    names, expressions = columns_of(entity, from_of(entity), directions)
    if names == tuple(entity.column_names) and all(
        directions.choices.get(name) is None or directions.choices[name].strategy != "expression" for name in names
    ):
        return entity
    return NarrowEntity(entity, names, expressions)


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
