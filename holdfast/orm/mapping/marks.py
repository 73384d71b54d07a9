"""`remote()` and `foreign()`: marks in a join condition that say which side a column is on, and which one is the key."""

from __future__ import annotations

from typing import Any

from holdfast.sql.coercions import resolve
from holdfast.sql.columns import ColumnClause
from holdfast.sql.element import ColumnElement
from holdfast.sql.traversal import replace


class MarkedColumn(ColumnElement[Any]):
    """A column of a join condition with its marks.

    Attributes:
        column: the column.
        is_remote: it is that of the related table, or of the secondary one.
        is_foreign: it holds the key of the other column that it is compared with.
    """

    visit_name = "attribute"
    _naming = "column"

    def __init__(self, column: Any, is_remote: bool = False, is_foreign: bool = False) -> None:
        self.column = column
        self.is_remote = is_remote
        self.is_foreign = is_foreign
        self._key = column._key
        self._values = column._values

    # A mark may be set before the column is named and in its table.

    @property
    def key(self) -> Any:  # type: ignore[override]
        return self.column.key

    @property
    def table(self) -> Any:  # type: ignore[override]
        return self.column.table

    @property
    def type(self) -> Any:  # type: ignore[override]
        return self.column.type

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return self.column._froms  # type: ignore[no-any-return]

    @property
    def _bind_base(self) -> str:
        return self.column._bind_base  # type: ignore[no-any-return]

    @property
    def _main_column(self) -> Any:
        return self.column

    @property
    def foreign_keys(self) -> Any:  # type: ignore[override]
        return self.column.foreign_keys


def remote(expr: Any) -> Any:
    """Mark the columns of a part of a ``primaryjoin`` as those of the related table.

    Args:
        expr: a column, an attribute, or an expression over them.
    """
    return _marked(expr, is_remote=True)


def foreign(expr: Any) -> Any:
    """Mark the columns of a part of a ``primaryjoin`` as foreign keys, whatever constraints there are.

    Args:
        expr: a column, an attribute, or an expression over them.
    """
    return _marked(expr, is_foreign=True)


def _marked(expr: Any, is_remote: bool = False, is_foreign: bool = False) -> Any:
    def substitute(node: Any) -> Any:
        if isinstance(node, MarkedColumn):
            return MarkedColumn(node.column, node.is_remote or is_remote, node.is_foreign or is_foreign)
        column = getattr(node, "column", node)
        return MarkedColumn(column, is_remote, is_foreign) if isinstance(column, ColumnClause) else None

    return replace(resolve(expr), substitute)


def without_marks(condition: Any) -> Any:
    """Return a condition over plain columns."""
    return replace(condition, lambda node: node.column if isinstance(node, MarkedColumn) else None)
