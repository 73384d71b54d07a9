"""Statements for the rows of many primary keys of one class: cut into batches that the database takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from holdfast.sql.public import tuple_
from holdfast.sql.select import select

BATCH = 500
"""Keys of one statement; fewer where the database takes fewer parameters."""


def key_batches(mapper: Any, dialect: Any, found: Sequence[Any]) -> Iterator[Sequence[Any]]:
    """Yield keys, or what has one each, in parts of which each is one statement's."""
    size = min(BATCH, dialect.capabilities.max_binds // len(mapper.primary_key))
    for start in range(0, len(found), size):
        yield found[start : start + size]


def select_keys(mapper: Any, keys: Sequence[Any]) -> Any:
    """Return the SELECT of a class's rows that have these keys."""
    return select(mapper).where(are_among(mapper.primary_key, keys))


def are_among(columns: Sequence[Any], keys: Sequence[Any]) -> Any:
    """Return the condition that columns have one of these values: scalars, or tuples where there are several columns."""
    return columns[0].in_(keys) if len(columns) == 1 else tuple_(*columns).in_(keys)
