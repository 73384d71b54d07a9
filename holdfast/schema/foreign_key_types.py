"""Columns without a type take that of the column that their foreign key refers to, as soon as its table is there."""

from __future__ import annotations

from typing import Any

from holdfast.exc import NoReferenceError
from holdfast.sql.types import NULL_TYPE


def take_types(table: Any) -> None:
    """Give a table's columns their types, and those of other tables that waited for this one.

    Args:
        table: a table to which columns were added.
    """
    waiting = table.metadata.untyped
    columns = [column for column in table.columns if column.type is NULL_TYPE and column.foreign_keys]
    columns += waiting.pop(table.fullname, ())
    # A column that has got its type may be what others refer to.
    while columns:
        column = columns.pop()
        if _take(column):
            columns += waiting.pop(column.table.fullname, ())


def _take(column: Any) -> bool:
    """Give a column its type, or let it wait for the table that it refers to; return True for a type."""
    key = next(iter(column.foreign_keys))
    try:
        found = key.column
        if found.type is not NULL_TYPE:
            column.type = found.type
            return True
    except NoReferenceError:
        pass
    column.table.metadata.untyped.setdefault(key.table_key, []).append(column)
    return False
