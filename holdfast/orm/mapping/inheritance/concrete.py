"""Concrete inheritance: a class with a table of its own that repeats what it wants of its parent's columns.

A parent may be read together with its concrete children: from the union of their tables (`unions`), whose columns then
stand for its attributes in a SELECT. INSERT, UPDATE and DELETE concern the tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from holdfast.orm.mapping.inheritance.row_layout import LayoutWriter, RowLayout
from holdfast.orm.mapping.properties import ColumnProperty
from holdfast.sql.hierarchies import watch
from holdfast.sql.traversal import replace


class NotInherited:
    """An attribute of the parent that a concrete class does not have.

    Args:
        mapper: of the concrete class.
        key: the attribute.
    """

    def __init__(self, mapper: Any, key: str) -> None:
        self._mapper = mapper
        self._key = key

    def __get__(self, instance: Any, owner: Any) -> NoReturn:
        raise AttributeError(
            f"Concrete {self._mapper} does not implement attribute {self._key!r} at the instance level.  Add this property "
            f"explicitly to {self._mapper}."
        )

    def __set__(self, instance: Any, value: Any) -> None:
        self.__get__(instance, None)


def hide_inherited(mapper: Any) -> None:
    """Let attributes of the parent that a concrete class does not repeat say so, instead of reading the parent's table."""
    for key in mapper.inherits._properties:
        if key not in mapper._properties and key not in mapper.class_.__dict__:
            type.__setattr__(mapper.class_, key, NotInherited(mapper, key))


def read_from_union(mapper: Any, union: Any) -> None:
    """Let a SELECT of a class read from a union of tables; attributes made before are changed in place."""
    mapper.union = mapper.selectable = union
    watch.unions = True
    for key, prop in mapper._properties.items():
        if not isinstance(prop, ColumnProperty):
            continue
        if prop.is_stored:
            mapper.class_.__dict__[key].column = in_union(mapper, prop.columns[0])
        else:
            type.__setattr__(mapper.class_, key, prop.attribute_of(mapper))


def in_union(mapper: Any, expression: Any) -> Any:
    """Return an expression over the tables of a class with the columns of its union in it."""
    union, owns = mapper.union, mapper.owns

    def substitute(node: Any) -> Any:
        if node is union:
            return node
        column = getattr(node, "column", node)
        table = getattr(column, "table", None)
        if table is union:
            return column
        return union.corresponding_column(column) if owns(table) else None

    return replace(expression, substitute)


def union_layout(
    entity: Any,
    mappers: Iterable[Any],
    names_of: Callable[[Any], Iterable[str]],
    attribute: Callable[[str], Any],
    column_for: Callable[[Any], Any],
) -> RowLayout:
    """Return what stands in a row of a union; see `layout_of`.

    Each attribute is owned by the very class that has it: concrete classes share none. A column that several have
    stands in the row once.
    """
    mapper = entity.mapper
    writer = LayoutWriter(column_for)
    for name in names_of(mapper):
        prop = mapper._properties[name]
        writer.add_at(name, _place_of(mapper, prop.columns[0]), attribute(name), mapper)
    for one in mappers:
        for name in names_of(one) if one is not mapper else ():
            prop = one._properties[name]
            if prop.is_stored:
                column = _place_of(mapper, prop.columns[0])
                writer.add_at(name, column, column_for(column), one)
            elif name != one.polymorphic_name:
                writer.add_at(name, prop.columns[0], _moved(prop.columns[0], one, mapper, column_for), one)
    return writer.layout()


def _place_of(mapper: Any, column: Any) -> Any:
    found = mapper.union.corresponding_column(column)
    return column if found is None else found


def _moved(expression: Any, child: Any, mapper: Any, column_for: Callable[[Any], Any]) -> Any:
    """Return an expression of a child over the union of its parent."""

    def substitute(node: Any) -> Any:
        column = getattr(node, "column", node)
        return column_for(_place_of(mapper, column)) if child.owns(getattr(column, "table", None)) else None

    return replace(expression, substitute)
