"""Describes the elements of rows, for tools that look at statements."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def describe_columns(elements: Iterable[Any]) -> list[dict[str, Any]]:
    """Return a dict for each element of a row; without a mapped class or attribute among them, only name, type and expr.

    A function without a label has its own name.
    """
    found = [
        describe_column(column)
        for one in elements
        for column in (one.c if getattr(one, "is_selectable", False) and not _is_mapped(one) else (one,))
    ]
    for one in found:
        if one["name"] is None and getattr(one["expr"], "visit_name", "") == "function":
            one["name"] = getattr(one["expr"], "name", None)
    if not any(one["entity"] is not None for one in found):
        found = [{name: one[name] for name in ("name", "type", "expr")} for one in found]
    return found


def _is_mapped(element: Any) -> bool:
    return bool(getattr(element, "is_entity", False))


def describe_column(column: Any) -> dict[str, Any]:
    """Return what an element of a row is: name, type, aliased, expr, entity. A function without a label has no name."""
    if getattr(column, "is_entity", False):
        entity = getattr(column, "attributes", column.class_)
        return {
            "name": column.entity_name,
            "type": column.class_,
            "aliased": getattr(column, "is_aliased_class", False),
            "expr": entity,
            "entity": entity,
        }
    entity = getattr(getattr(column, "element", column), "entity", None)
    is_attribute = getattr(column, "is_attribute", False)
    return {
        "name": column.key if is_attribute or column.is_row_part else column._result_name,
        "type": getattr(column, "type", None),
        "aliased": getattr(entity, "is_aliased_class", False),
        "expr": column,
        "entity": getattr(entity, "attributes", None) or getattr(entity, "class_", None),
    }
