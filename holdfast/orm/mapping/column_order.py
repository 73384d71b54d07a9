"""Which columns of a table become attributes, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.exc import InvalidRequestError
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty


def ordered_properties(mapper: Any, properties: Mapping[str, MapperProperty]) -> list[tuple[str, MapperProperty]]:
    """Return everything else first, then columns in the order of the table.

    Args:
        mapper: the mapper, which knows its table and arguments.
        properties: what the class declares; columns of the table that are not among them get attributes of their own.
    """
    by_column: dict[Any, tuple[str, MapperProperty]] = {}
    found: list[tuple[str, MapperProperty]] = []
    renamed: dict[str, str] = {}
    for key, prop in properties.items():
        stored = [one for one in prop.columns if mapper.stores(one)] if isinstance(prop, ColumnProperty) else ()
        if not stored:
            found.append((key, prop))
        for column in stored:
            by_column.setdefault(column, (key, prop))
        if getattr(prop, "map_column", False):
            renamed[key] = prop.name  # type: ignore[attr-defined]
    done: set[str] = set()
    for column in mapper.local_table.c:
        pair = by_column.get(column)
        if pair is None:
            if not _is_included(mapper.arguments, column):
                continue
            key = (mapper.arguments.get("column_prefix") or "") + column.key
            key = renamed.get(key, key)
            if mapper.is_of_join:
                _check_free(mapper, column, key, [*done, *properties], found)
            pair = key, ColumnProperty(column)
        if pair[0] not in done:
            done.add(pair[0])
            found.append(pair)
    return found


def _check_free(mapper: Any, column: Any, key: str, taken: list[str], found: list[tuple[str, MapperProperty]]) -> None:
    """Refuse a column of a join that nobody named, and whose name stands for another one.

    Raises: InvalidRequestError
    """
    if key not in taken:
        return
    other = next((prop.columns[0] for name, prop in found if name == key and isinstance(prop, ColumnProperty)), key)
    raise InvalidRequestError(
        f"Implicitly combining column {other} with column {column} under attribute '{key}'.  Please configure one or more "
        f"attributes for these same-named columns explicitly. In {mapper.class_name}, for columns of the same value: {key} = "
        f"column_property({other}, {column}); for others, a name for each."
    )


def _is_included(arguments: Mapping[str, Any], column: Any) -> bool:
    """Whether a column that the class does not name gets an attribute of its own."""
    include, exclude = arguments.get("include_properties"), arguments.get("exclude_properties")
    if include is not None and not _is_named(column, include):
        return False
    return exclude is None or not _is_named(column, exclude)


def _is_named(column: Any, wanted: Iterable[Any]) -> bool:
    """Whether a list of names and columns holds a column."""
    return any(one in (column.key, column.name) if isinstance(one, str) else one is column for one in wanted)
