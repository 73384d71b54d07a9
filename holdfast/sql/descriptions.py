"""Describes the elements of rows, for tools that look at statements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.sql.hierarchies import entities_in
from holdfast.sql.naming import name_columns


def describe_columns(elements: Iterable[Any], style: str | None = None) -> list[dict[str, Any]]:
    """Return a dict for each element of a row; without a mapped class or attribute among them, only name, type and expr.

    Args:
        elements: of a SELECT or of RETURNING.
        style: the label style, by which a SELECT names what has no name of its own; None: it stays without.
    """
    columns = [
        column
        for one in elements
        for column in (one.c if getattr(one, "is_selectable", False) and not _is_mapped(one) else (one,))
    ]
    found = [describe_column(column) for column in columns]
    if style is not None:
        _take_names(columns, found, style)
    if not any(one["entity"] is not None for one in found):
        found = [{name: one[name] for name in ("name", "type", "expr")} for one in found]
    return found


def _take_names(columns: list[Any], found: list[dict[str, Any]], style: str) -> None:
    """Enter the names by which the columns of a SELECT are found."""
    named = [
        (column, facts)
        for column, facts in zip(columns, found, strict=True)
        if not (_is_mapped(column) or column.is_row_part)
    ]
    names = name_columns([column for column, _ in named], style, False)
    for (_, facts), name in zip(named, names, strict=True):
        facts["name"] = name.key or None


def _is_mapped(element: Any) -> bool:
    return bool(getattr(element, "is_entity", False))


def describe_column(column: Any) -> dict[str, Any]:
    """Return what an element of a row is: name, type, aliased, expr, entity.

    The name is that of a column or label; what else there is has none. The entity is the first one in an expression.
    """
    if _is_mapped(column):
        entity = getattr(column, "attributes", column.class_)
        return {
            "name": column.entity_name,
            "type": column.class_,
            "aliased": getattr(column, "is_aliased_class", False),
            "expr": entity,
            "entity": entity,
        }
    entity = getattr(column, "entity", None)
    if entity is None:
        entity = next(entities_in((column,)), None)
    if column.is_row_part or getattr(column, "is_attribute", False):
        name = column.key
    else:
        name = column._result_name if column._naming in ("column", "label") else None
    return {
        "name": name,
        "type": getattr(column, "type", None),
        "aliased": getattr(entity, "is_aliased_class", False),
        "expr": column,
        "entity": getattr(entity, "attributes", None) or getattr(entity, "class_", None),
    }
