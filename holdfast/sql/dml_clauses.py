"""The parts of INSERT, UPDATE and DELETE: what a column is set to, how many rows are changed."""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.sql.binds import BindParameter
from holdfast.sql.expressions import BinaryExpression, Tuple
from holdfast.sql.node import Key, Values


class SetClause(NamedTuple):
    """``column = value``."""

    column: Any
    value: Any

    @property
    def _key(self) -> Key:
        return (self.column._key, self.value._key)

    @property
    def _values(self) -> Values:
        return self.value._values  # type: ignore[no-any-return]


class MemberClause(SetClause):
    """``column[index] = value``, a part of a column's value, or ``(a, b) = (...)``; an index is a value of the statement too."""

    __slots__ = ()

    @property
    def _values(self) -> Values:
        return self.column._values + self.value._values  # type: ignore[no-any-return]


def member_root(expression: Any) -> Any:
    """Return the column of which an expression is a member, or None for what is no member."""
    while isinstance(expression, BinaryExpression) and expression.operator.kind == "getitem":
        expression = expression.left
        if not isinstance(expression, BinaryExpression):
            return expression
    return None


def columns_set(target: Any) -> tuple[Any, ...]:
    """Return the columns that the left side of a set clause changes: those of a row, the one of a member, or itself."""
    if isinstance(target, Tuple):
        return target.clauses
    root = member_root(target)
    return (target if root is None else root,)


class RowLimit(NamedTuple):
    """How many rows an UPDATE or DELETE changes at most, on one database: a plain number, or an expression."""

    dialect_name: str
    count: Any

    @property
    def _key(self) -> Key:
        return (self.dialect_name, getattr(self.count, "_key", self.count))

    @property
    def _values(self) -> Values:
        return getattr(self.count, "_values", ())


class ColumnValue(BindParameter[Any]):
    """The plain value that a statement sets a column to: its parameter has the name of the column."""

    __slots__ = ()

    sets_column = True
