"""What stands in a row of a class with several tables, or of a class whose subclasses' columns come along.

A flat class has one column per attribute, and none of this.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from holdfast.orm.mapping.properties import ColumnProperty


class RowLayout(NamedTuple):
    """The columns of an entity, and the attributes that they fill.

    Attributes:
        expressions: each column once; some fill no attribute, as the further columns of a joined key.
        names: attributes.
        places: for each of these, which of the expressions.
        owners: for each of these, the subclass whose objects have it; None: all objects have it.
        ends: where in `expressions` those of the class end, and those of each subclass; empty: they are not told apart.
    """

    expressions: tuple[Any, ...]
    names: tuple[str, ...]
    places: tuple[int, ...]
    owners: tuple[Any, ...]
    ends: tuple[int, ...] = ()


class LayoutWriter:
    """Collects a layout, column by column.

    Args:
        column_for: column of a mapped table -> what stands for it where the entity is read from.
    """

    def __init__(self, column_for: Callable[[Any], Any]) -> None:
        self._column_for = column_for
        self._expressions: list[Any] = []
        self._place_of: dict[int, int] = {}
        self._entries: list[tuple[str, int, Any]] = []
        self._ends: list[int] = []

    def end(self) -> None:
        """Say that all of a class was added."""
        self._ends.append(len(self._expressions))

    def add(self, prop: ColumnProperty, owner: Any, first: Any = None) -> None:
        """Add the columns of an attribute.

        Args:
            owner: see `RowLayout.owners`.
            first: the expression for its first column; None: found by `column_for`.
        """
        column = prop.columns[0]
        if first is None:
            first = self._column_for(column) if prop.is_stored else column
        self._entries.append((prop.key, self._place(column, first), owner))
        for further in prop.columns[1:] if prop.is_stored else ():
            self._place(further, self._column_for(further))

    def add_at(self, name: str, column: Any, expression: Any, owner: Any) -> None:
        """Add an attribute whose column other attributes may share.

        Args:
            column: tells the place.
            expression: what stands there, if it does not yet.
        """
        self._entries.append((name, self._place(column, expression), owner))

    def _place(self, column: Any, expression: Any) -> int:
        known = self._place_of.get(id(column))
        if known is None:
            known = self._place_of[id(column)] = len(self._expressions)
            self._expressions.append(expression)
        return known

    def layout(self) -> RowLayout:
        """Return what was collected."""
        names, places, owners = zip(*self._entries, strict=True) if self._entries else ((), (), ())
        return RowLayout(tuple(self._expressions), names, places, owners, tuple(self._ends))


def layout_of(
    entity: Any,
    others: Sequence[Any],
    names_of: Callable[[Any], Iterable[str]],
    attribute: Callable[[str], Any],
    column_for: Callable[[Any], Any],
) -> RowLayout:
    """Return the layout of an entity.

    Args:
        entity: a mapper, or an alias of a class.
        others: mappers of subclasses whose columns come along, parents before children.
        names_of: mapper -> the column attributes that are loaded.
        attribute: name -> the entity's own attribute.
        column_for: see `LayoutWriter`.
    """
    mapper = entity.mapper
    writer = LayoutWriter(column_for)
    seen = set()
    for name in names_of(mapper):
        prop = mapper._properties[name]
        seen.add(id(prop))
        writer.add(prop, None, attribute(name))
    writer.end()
    for other in others:
        for name in names_of(other):
            prop = other._properties[name]
            if id(prop) in seen:
                continue
            seen.add(id(prop))
            if name in mapper._properties:
                # The same attribute, of which the subclass has one more column.
                for column in prop.columns:
                    writer._place(column, column_for(column))
            else:
                writer.add(prop, other)
        writer.end()
    return writer.layout()


def default_names(mapper: Any) -> tuple[str, ...]:
    """Return the column attributes of a mapper that are loaded where nothing else is said."""
    return mapper.column_names  # type: ignore[no-any-return]


def has_further_columns(mapper: Any) -> bool:
    """Whether some attribute of a mapper with several tables has more than one column."""
    return mapper.has_several_tables  # type: ignore[no-any-return]
