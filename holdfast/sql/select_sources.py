"""What a SELECT reads from: FROM elements, joins, those of the statement around it; and criteria by name on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from holdfast.exc import AmbiguousColumnError, InvalidRequestError
from holdfast.exc.shown import on_one_line
from holdfast.sql.coercions import JOIN_TARGET_EXPECTED, as_from, as_on_clause
from holdfast.sql.from_clause import Join, from_of
from holdfast.sql.froms import final_froms
from holdfast.sql.select_base import SelectBase
from holdfast.sql.select_clauses import JoinStep


class SelectSources(SelectBase):
    """What a SELECT reads from."""

    _columns: tuple[Any, ...] = ()
    _from: tuple[Any, ...] = ()
    _joins: tuple[JoinStep, ...] = ()
    _correlate: tuple[Any, ...] | None = None
    _correlate_except: tuple[Any, ...] | None = None

    def where(self, *criteria: Any) -> Self:
        """Add criteria; see `Select.where`."""
        raise NotImplementedError

    def select_from(self, *sources: Any) -> Self:
        """Add FROM elements."""
        return self._copy(_from=(*self._from, *[as_from(source) for source in sources]))

    def join(self, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False) -> Self:
        """Add a JOIN.

        Args:
            target: relationship attribute, mapped class or FROM element.
            onclause: the condition, or a relationship attribute; None: along the one foreign key.
        """
        return self._join(None, target, onclause, isouter, full)

    def outerjoin(self, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        """Add a LEFT OUTER JOIN."""
        return self._join(None, target, onclause, True, full)

    def join_from(
        self, from_: Any, target: Any, onclause: Any = None, *, isouter: bool = False, full: bool = False
    ) -> Self:
        """Add a JOIN from a given source.

        Raises: InvalidRequestError: `target` or `onclause` is a relationship of something else than `from_`.
        """
        return self._join(as_from(from_), target, onclause, isouter, full)

    def outerjoin_from(self, from_: Any, target: Any, onclause: Any = None, *, full: bool = False) -> Self:
        """Add a LEFT OUTER JOIN from a given source."""
        return self._join(as_from(from_), target, onclause, True, full)

    def _join(self, left: Any, target: Any, onclause: Any, isouter: bool, full: bool) -> Self:
        relationship = target if hasattr(target, "__join_step__") else onclause
        if hasattr(relationship, "__join_step__"):
            if left is not None and left is not relationship.parent and not isinstance(left, Join):
                raise InvalidRequestError(
                    f"explicit from clause {left} does not match left side of relationship attribute {relationship}. The "
                    "attribute says where the join starts: take it from what stands on the left."
                )
            if relationship is target and onclause is not None:
                raise InvalidRequestError(
                    "No 'on clause' argument may be passed when joining to a relationship path as a target. Add criteria "
                    f"by join({target}.and_(...)), or join the class and say the relationship second."
                )
            explicit = None if relationship is target else as_from(target, JOIN_TARGET_EXPECTED)
            steps = relationship.__join_step__(isouter, full, explicit)
        else:
            condition = None if onclause is None else as_on_clause(onclause)
            steps = (JoinStep(as_from(target, JOIN_TARGET_EXPECTED), condition, isouter, full, left),)
        return self._copy(_joins=(*self._joins, *steps))

    def correlate(self, *sources: Any) -> Self:
        """Name the FROM elements that the statement around this one provides; None: none."""
        if len(sources) == 1 and sources[0] is None:
            return self._copy(_correlate=())
        return self._copy(_correlate=(*(self._correlate or ()), *[from_of(as_from(source)) for source in sources]))

    def correlate_except(self, *sources: Any) -> Self:
        """Name the FROM elements that the statement around this one does not provide; None: none, it provides all."""
        named = () if len(sources) == 1 and sources[0] is None else sources
        return self._copy(
            _correlate_except=(*(self._correlate_except or ()), *[from_of(as_from(source)) for source in named])
        )

    def get_final_froms(self) -> list[Any]:
        """Return what stands in FROM: what was named, what the columns and criteria need, joined as was said."""
        return final_froms(self)

    # -- criteria by name ----------------------------------------------------------------------------------------------

    def filter_by(self, /, **values: Any) -> Self:
        """Add ``attribute = value`` criteria on those of the entities that have the attributes.

        Raises:
            InvalidRequestError: no entity has such an attribute.
            AmbiguousColumnError: several have it.
        """
        return self.where(*criteria_by_name(self._filter_entities(), values))

    def _filter_entities(self) -> list[Any]:
        """Return the entities whose attributes are meant, the one joined last first."""
        found = [step.target for step in reversed(self._joins)]
        for source in (*self._from, *self._columns):
            if not (getattr(source, "is_entity", False) or source.is_selectable):
                source = getattr(source, "entity", None) or getattr(source, "table", None)
            if source is not None and not any(source is present for present in found):
                found.append(source)
        named = [one for one in found if not isinstance(one, Join)]
        if not named:
            # What is asked for goes before what only criteria name.
            sources = found or final_froms(self._copy(_where=())) or final_froms(self)
            return [part for source in sources for part in _parts_of(source)]
        return named


def _parts_of(source: Any) -> tuple[Any, ...]:
    """Return what a join consists of; of anything else, itself."""
    hidden = getattr(source, "_hidden", ()) if isinstance(source, Join) else ()
    return tuple(part for part in hidden if not isinstance(part, Join)) or (source,)


def criteria_by_name(entities: list[Any], values: Mapping[str, Any]) -> list[Any]:
    """Return ``attribute = value`` criteria; each name must be an attribute of one of the entities, and of one alone.

    Raises:
        InvalidRequestError: none has it.
        AmbiguousColumnError: several have it.
    """
    criteria = []
    for name, value in values.items():
        found = [(entity, attribute_of(entity, name)) for entity in entities]
        found = [pair for pair in found if pair[1] is not None]
        if not found:
            names = ", ".join(map(entity_label, entities))
            raise InvalidRequestError(
                f'None of the FROM clause entities have a property "{on_one_line(name)}". Searched entities: {names}'
            )
        if len(found) > 1:
            names = ", ".join(entity_label(entity) for entity, _ in found)
            raise AmbiguousColumnError(
                f'Attribute name "{on_one_line(name)}" is ambiguous; it exists in multiple FROM clause entities ({names}). Use filter() '
                "with explicit column references instead of filter_by()."
            )
        criteria.append(found[0][1] == value)
    return criteria


def attribute_of(entity: Any, name: str) -> Any:
    """Return an attribute of a mapped class, or a column of a table; None if there is none."""
    class_ = getattr(entity, "class_", None)
    if class_ is not None:
        found = getattr(getattr(entity, "attributes", class_), name, None)
        return found if hasattr(found, "operate") else None
    return entity.c.get(name) if entity.is_selectable else None


def entity_label(entity: Any) -> str:
    """Return how messages name an entity or FROM element."""
    return getattr(entity, "entity_name", None) or str(getattr(entity, "name", None) or entity)
