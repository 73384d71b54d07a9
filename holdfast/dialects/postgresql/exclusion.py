"""``EXCLUDE``: no two rows may be in the given relations to each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.schema.constraints import ColumnCollectionConstraint, attach_with_columns, columns_in
from holdfast.sql.text import text


class ExcludeConstraint(ColumnCollectionConstraint):
    """``EXCLUDE USING gist (room WITH =, during WITH &&)``.

    Args:
        elements: pairs of a column, its name or an expression, and the operator as text (never from a user).
        name, deferrable, initially, info, comment: as for all constraints.
        using: the kind of index.
        where: which rows count: an expression, or SQL text.
        ops: name of a column or key of an expression -> class of operators.

    Raises: ArgumentError: an element is no pair.
    """

    visit_name = "exclude_constraint"

    def __init__(
        self,
        *elements: Any,
        using: str = "gist",
        where: Any = None,
        ops: dict[str, str] | None = None,
        **kw: Any,
    ) -> None:
        autoattach = kw.pop("_autoattach", True)
        pairs = [_pair(element) for element in elements]
        columns = [column for given, _ in pairs for column in _columns_of(given)]
        super().__init__(*columns, _autoattach=False, **kw)
        self._given = pairs
        self.using = using
        self.where = text(where) if isinstance(where, str) else where
        self.ops = dict(ops or {})
        if autoattach:
            attach_with_columns(self, self._pending)

    def _find_columns(self, table: Any) -> None:
        self._given = [
            (table.c.get(given, given) if isinstance(given, str) else given, op) for given, op in self._given
        ]
        super()._find_columns(table)

    @property
    def operators(self) -> list[tuple[Any, str]]:
        """The expressions, each with its operator."""
        return list(self._given)

    def copied(self, column_named: Callable[[Any], Any] | None = None) -> ExcludeConstraint:
        def without_table(given: Any) -> Any:
            if getattr(given, "table", None) is not None:
                return (column_named or (lambda column: column.key))(given)
            return given

        elements = [(without_table(given), operator) for given, operator in self._given]
        arguments = self._plain_arguments()
        return type(self)(*elements, using=self.using, where=self.where, ops=self.ops, _autoattach=False, **arguments)

    def renew(self, renewed: Callable[[Any], Any]) -> None:
        """Put the columns of another table into expressions and criterion, after a copy."""
        self._given = [
            (given if isinstance(given, str) else renewed(given), operator) for given, operator in self._given
        ]
        self._pending = [column for given, _ in self._given for column in _columns_of(given)]
        self.where = None if self.where is None else renewed(self.where)


def _pair(element: Any) -> tuple[Any, str]:
    if not isinstance(element, tuple) or len(element) != 2:
        raise ArgumentError(f"ExcludeConstraint takes pairs of a column and an operator, not {element!r}")
    given, operator = element
    return (given.__clause_element__() if hasattr(given, "__clause_element__") else given), operator


def _columns_of(given: Any) -> list[Any]:
    if isinstance(given, str):
        return [given]
    return columns_in(given)
