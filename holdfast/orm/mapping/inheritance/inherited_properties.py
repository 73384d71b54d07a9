"""Which attributes a class inherits from its mapped parent, and where they stand among its own.

An inherited property is the parent's own object: a relationship exists once, however many classes have it. A column of
the subclass's table with the name of an inherited one is the same attribute: its value goes into both.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.exc import warn
from holdfast.orm.mapping.column_order import ordered_properties
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty


def all_properties(mapper: Any, declared: Mapping[str, MapperProperty]) -> list[tuple[str, MapperProperty]]:
    """Return the properties of a mapper: what it declares beside columns, what it inherits, its own columns.

    Args:
        declared: what the class itself declares.
    """
    parent = mapper.inherits
    if parent is None or mapper.concrete:
        return ordered_properties(mapper, declared)
    own = dict(_own_properties(mapper, declared))
    found = [(key, prop) for key, prop in own.items() if not _is_column(mapper, prop)]
    named = {key for key, _ in found}
    said_anew: dict[str, MapperProperty] = {}
    for key, prop in parent._properties.items():
        if key in named:
            continue
        mine = own.get(key)
        if mine is None:
            found.append((key, prop))
        elif _is_said_anew(key, mine):
            said_anew[key] = _combined(mapper, mine, prop)
        else:
            combined = _combined(mapper, mine, prop)
            _warn_of_names(mapper, combined)
            found.append((key, combined))
    found.extend((key, said_anew[key]) for key in own if key in said_anew)
    named.update(key for key, _ in found)
    found.extend((key, prop) for key, prop in own.items() if key not in named)
    return found


def _is_said_anew(key: str, prop: Any) -> bool:
    """Whether a class says itself which columns an inherited attribute has, so that it stands behind the inherited ones."""
    return isinstance(prop, ColumnProperty) and (len(prop.columns) > 1 or prop.columns[0].key != key)


def _own_properties(mapper: Any, declared: Mapping[str, MapperProperty]) -> list[tuple[str, MapperProperty]]:
    if mapper.single:
        return list(declared.items())
    return ordered_properties(mapper, declared)


def _is_column(mapper: Any, prop: MapperProperty) -> bool:
    return isinstance(prop, ColumnProperty) and any(mapper.stores(column) for column in prop.columns)


def _combined(mapper: Any, mine: Any, inherited: Any) -> Any:
    """Return the property of a column that an inherited one has the name of: it stands for both."""
    if not isinstance(inherited, ColumnProperty) or mapper.single:
        return mine
    own = mine.columns[0]
    new = mine.copy()
    new.columns = (own, *[column for column in inherited.columns if column is not own])
    return new


def _warn_of_names(mapper: Any, combined: Any) -> None:
    """Warn of an attribute whose columns have the same name, and need not have the same value."""
    if not isinstance(combined, ColumnProperty) or len(combined.columns) < 2:
        return
    own, other = combined.columns[:2]
    pairs = [pair for one in _chain(mapper) for pair in one.inherit_pairs]
    equal = any({id(other), id(own)} == {id(upper), id(lower)} for upper, lower in pairs)
    if not equal and not (other.primary_key and own.primary_key):
        warn(
            f"Implicitly combining column {other} with column {own} under attribute '{mine_key(combined, own)}'.  Please "
            "configure one or more attributes for these same-named columns explicitly."
        )


def mine_key(prop: Any, column: Any) -> str:
    """Return the name of an attribute that is not yet in its place."""
    return getattr(prop, "key", None) or str(column.key)


def _chain(mapper: Any) -> list[Any]:
    found = []
    while mapper is not None:
        found.append(mapper)
        mapper = mapper.inherits
    return found
