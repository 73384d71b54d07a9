"""What a column is set to by the INSERT or UPDATE in which this stands: `from_dml_column`."""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError
from holdfast.sql.coercions import resolve
from holdfast.sql.element import ColumnElement


class DMLTargetCopy(ColumnElement[Any]):
    """The value that a statement gives to a column; the compiler looks for it by the column's key.

    Args:
        column: the column.
    """

    __slots__ = ("column",)

    visit_name = "dml_column"

    def __init__(self, column: Any) -> None:
        self.column = column
        self.type = column.type
        self._key = ("dml column", column.key, column.type._type_key)
        self._values = ()


def from_dml_column(column: Any) -> DMLTargetCopy:
    """Return what the INSERT or UPDATE in which it stands sets another column to.

    It stands in `values()`, or in the `default` or `onupdate` of a column. An UPDATE that does not set the column means
    the value that the row has.

    Args:
        column: a column of the statement's table, or the mapped attribute.

    Raises: ArgumentError: it is no column.
    """
    found = resolve(column)
    found = getattr(found, "_main_column", None) if isinstance(found, ColumnElement) else None
    if found is None or found.key is None:
        raise ArgumentError(
            f"Column expression expected, got {column!r}. from_dml_column() takes a column of the table."
        )
    return DMLTargetCopy(found)
