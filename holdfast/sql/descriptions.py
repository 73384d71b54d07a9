"""Describes the elements of rows, for tools that look at statements."""

from __future__ import annotations

from typing import Any


def describe_column(column: Any) -> dict[str, Any]:
    """Return what an element of a row is: name, type, aliased, expr, entity."""
    if getattr(column, "is_entity", False):
        return {
            "name": column.entity_name,
            "type": column.class_,
            "aliased": False,
            "expr": column.class_,
            "entity": column.class_,
        }
    entity = getattr(column, "entity", None)
    return {
        "name": column._result_name,
        "type": column.type,
        "aliased": False,
        "expr": column,
        "entity": getattr(entity, "class_", None),
    }
