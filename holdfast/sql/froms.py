"""What stands in FROM: what a SELECT names, what its columns and criteria need, joined as it says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.sql.from_clause import Join, from_of
from holdfast.sql.hierarchies import joined_froms, watch
from holdfast.sql.join_condition import can_join

_AMBIGUOUS = (
    "Can't determine which FROM clause to join from, there are multiple FROMS which can join to this entity. Please use "
    "the .select_from() method to establish an explicit left side, as well as providing an explicit ON clause if not "
    "present already to help resolve the ambiguity."
)


class FromList:
    """FROM elements in order, each once.

    Attributes:
        elements: the elements.
    """

    def __init__(self, elements: Iterable[Any] = ()) -> None:
        self.elements: list[Any] = []
        self.add(elements)

    def add(self, elements: Iterable[Any]) -> None:
        """Add elements that are not there yet."""
        for element in elements:
            if not any(element is present for present in self.elements):
                self.elements.append(element)

    def position_of(self, element: Any) -> int | None:
        """Return where an element stands, alone or inside a join."""
        for position, present in enumerate(self.elements):
            if present is element or any(part is element for part in present._hidden):
                return position
        return None


def final_froms(select: Any) -> list[Any]:
    """Return the FROM elements of a SELECT, before the statement around it takes away what it provides.

    Raises:
        InvalidRequestError: a join has no side to start from, or more than one.
        NoForeignKeysError, AmbiguousForeignKeysError: a join has no condition, and not exactly one foreign key gives it.
    """
    named, needed, spoken_of = _sources(select)
    for step in select._joins:
        _join(named, needed, spoken_of, step)
    named.add(needed.elements)
    named.add(source for criterion in select._where for source in criterion._froms)
    hidden = {id(part) for source in named.elements for part in source._hidden}
    return [source for source in named.elements if id(source) not in hidden]


def _sources(select: Any) -> tuple[FromList, FromList, FromList]:
    """Return what joins may start from: what was named, what the columns need, what the criteria speak of."""
    named = FromList(from_of(source) for source in select._from)
    needed = FromList(source for column in select._columns for source in froms_of_column(column))
    # A join may start from what the criteria speak of: among classes, where nothing else fits.
    spoken_of = FromList(source for criterion in select._where if select._joins for source in criterion._froms)
    if not named.elements and not any(column.is_entity or hasattr(column, "parent") for column in select._columns):
        needed.add(spoken_of.elements)
    return named, needed, spoken_of


def joins_with_left_sides(select: Any) -> tuple[Any, ...]:
    """Return the joins of a SELECT, each with what it starts from, for when the columns that tell it are taken away.

    A join that starts from nothing stays as it is: what is wrong with it is said when the statement is written.
    """
    named, needed, spoken_of = _sources(select)
    steps = []
    for step in select._joins:
        if step.left is None:
            others = FromList() if named.elements else spoken_of
            try:
                left = _left_side(named if named.elements else needed, others, step, from_of(step.target))
            except InvalidRequestError:
                return select._joins  # type: ignore[no-any-return]
            step = step._replace(left=_lasting(select, left))
        steps.append(step)
        try:
            _join(named, needed, spoken_of, step)
        except ArgumentError:
            return select._joins  # type: ignore[no-any-return]
    return tuple(steps)


def _lasting(select: Any, left: Any) -> Any:
    """Return what stands for the left side of a join in other statements too: its entity, or a part of a join of this one."""
    for column in select._columns:
        if getattr(column, "is_entity", False) and column.selectable is left:
            return column
    parts = [part for part in left._hidden if not isinstance(part, Join)] if isinstance(left, Join) else []
    return parts[0] if parts else left


def froms_of_column(column: Any) -> tuple[Any, ...]:
    """Return the FROM elements that an entry of a SELECT's columns needs."""
    if getattr(column, "is_entity", False):
        return (column.selectable,)
    if watch.joins and (joined := joined_froms(column)):
        hidden = {id(part) for source in joined for part in source._hidden}
        return (*joined, *[source for source in column._froms if id(source) not in hidden])
    return column._froms  # type: ignore[no-any-return]


def _join(named: FromList, needed: FromList, spoken_of: FromList, step: Any) -> None:
    """Put one JOIN into the list: the element that it starts from becomes the join."""
    target = from_of(step.target)
    if step.left is not None:
        left = from_of(step.left)
    else:
        others = FromList() if named.elements else spoken_of
        left = _left_side(named if named.elements else needed, others, step, target)
    position = named.position_of(left)
    if position is None:
        named.elements.append(Join(left, target, step.onclause, step.isouter, step.full))
    else:
        start = named.elements[position]
        named.elements[position] = Join(start, target, step.onclause, step.isouter, step.full)


def _left_side(sources: FromList, others: FromList, step: Any, target: Any) -> Any:
    """Return the element that a JOIN without a left side starts from.

    Args:
        others: what else it may start from, where none of the sources fits.
    """
    fitting = _fitting(sources, step, target) or _fitting(others, step, target)
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise InvalidRequestError(_AMBIGUOUS)
    described = getattr(step.target, "class_name", None) or repr(step.target)
    raise InvalidRequestError(
        f"Don't know how to join to {described}. Please use the .select_from() method to establish an explicit left side, "
        "as well as providing an explicit ON clause if not present already to help resolve the ambiguity."
    )


def _fitting(sources: FromList, step: Any, target: Any) -> list[Any]:
    """Return the elements that a JOIN can start from."""
    candidates = [source for source in sources.elements if source is not target] or sources.elements
    if step.onclause is None:
        return [source for source in candidates if source is not target and can_join(source, target)]
    if len(candidates) == 1:
        return candidates
    wanted = [source for source in step.onclause._froms if source is not target]
    found = [
        source for source in candidates if any(part is one for one in wanted for part in (source, *source._hidden))
    ]
    return found or candidates
