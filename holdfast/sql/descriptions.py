"""Describes the elements of rows, for tools that look at statements."""

from __future__ import annotations

from typing import Any


def describe_column(column: Any) -> dict[str, Any]:
    """Return what an element of a row is: name, type, aliased, expr, entity."""
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
