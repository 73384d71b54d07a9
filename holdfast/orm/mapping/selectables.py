"""What a class is mapped to beside a plain table: the tables behind a join, and its primary key."""

from __future__ import annotations

from typing import Any

from holdfast.schema.sorting import sort_tables
from holdfast.sql.expressions import BinaryExpression
from holdfast.sql.from_clause import Join
from holdfast.sql.operators import eq
from holdfast.sql.traversal import iterate


def stored_tables(selectable: Any) -> list[Any]:
    """Return the tables that an object mapped to a table or join has a row in; those that others refer to come first."""
    if not isinstance(selectable, Join):
        return [selectable]
    parts: list[Any] = [selectable]
    for part in parts:
        if isinstance(part, Join):
            # Level by level: of two tables that do not refer to each other, that of the outer join comes first.
            parts += [part.left, part.right]
    tables = [one for one in parts if hasattr(one, "autoincrement_column")]
    return sort_tables(tables) if tables else [selectable]


def reduced_key(selectable: Any) -> tuple[Any, ...]:
    """Return the primary key of a table or join, without columns of a join that equal another one of it."""
    key = tuple(selectable.primary_key)
    if not isinstance(selectable, Join) or len(key) < 2:
        return key
    equal = {frozenset((id(one), id(other))) for one, other in _compared(selectable)}
    kept: list[Any] = []
    for column in key:
        referred = [foreign.column for foreign in column.foreign_keys]
        if any(frozenset((id(column), id(one))) in equal or any(one is other for other in referred) for one in kept):
            continue
        kept.append(column)
    return tuple(kept)


def _compared(join: Join) -> list[tuple[Any, Any]]:
    """Return the pairs of columns that the joins say are equal."""
    pairs = [
        (part.left, part.right)
        for part in iterate(join.onclause)
        if isinstance(part, BinaryExpression) and part.operator is eq
    ]
    for side in (join.left, join.right):
        if isinstance(side, Join):
            pairs += _compared(side)
    return pairs
