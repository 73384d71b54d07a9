"""A SELECT as a value: of one column and row, or whether it finds anything."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import BOOLEAN, Grouping
from holdfast.sql.from_clause import select_hook
from holdfast.sql.node import Node, combine

T = TypeVar("T")


class ScalarSelect(Grouping[T]):
    """A SELECT of one column and row, as a value.

    Attributes:
        element: the SELECT.
    """

    __slots__ = ()

    visit_name = "scalar_select"

    def __init__(self, element: Any) -> None:
        super().__init__(element)
        columns = element.raw_columns
        if columns:
            self.type = columns[0].type

    @property
    def _froms(self) -> tuple[Any, ...]:
        return ()

    def where(self, *criteria: Any) -> ScalarSelect[T]:
        """Add criteria to the SELECT inside."""
        return ScalarSelect(self.element.where(*criteria))

    def correlate(self, *sources: Any) -> ScalarSelect[T]:
        """Name the FROM elements that the statement around this one provides; see `Select.correlate`."""
        return ScalarSelect(self.element.correlate(*sources))

    def correlate_except(self, *sources: Any) -> ScalarSelect[T]:
        """Name the FROM elements that the statement around this one does not provide."""
        return ScalarSelect(self.element.correlate_except(*sources))

    def self_group(self, against: Any = None) -> Any:
        return self


class Exists(ColumnElement[bool]):
    """``EXISTS (SELECT ...)``.

    Attributes:
        element: the SELECT.
    """

    __slots__ = ("element",)

    visit_name = "exists"

    def __init__(self, element: Any) -> None:
        self.element = element
        self.type = BOOLEAN
        self._key, self._values = combine("exists", element)

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.element,)

    @property
    def _froms(self) -> tuple[Any, ...]:
        return ()

    def select(self) -> Any:
        """Return ``SELECT EXISTS (...)``."""
        return select_hook.select(self)

    def where(self, *criteria: Any) -> Exists:
        """Add criteria to the SELECT inside."""
        return Exists(self.element.where(*criteria))

    def select_from(self, *sources: Any) -> Exists:
        """Add FROM elements to the SELECT inside."""
        return Exists(self.element.select_from(*sources))

    def correlate(self, *sources: Any) -> Exists:
        """Name the FROM elements that the statement around this one provides; see `Select.correlate`."""
        return Exists(self.element.correlate(*sources))

    def correlate_except(self, *sources: Any) -> Exists:
        """Name the FROM elements that the statement around this one does not provide."""
        return Exists(self.element.correlate_except(*sources))

    def with_hint(self, selectable: Any, text: str, dialect_name: str = "*") -> Exists:
        """Add a hint on a table of the SELECT inside; see `Select.with_hint`."""
        return Exists(self.element.with_hint(selectable, text, dialect_name))

    def with_statement_hint(self, text: str, dialect_name: str = "*") -> Exists:
        """Add a hint after the SELECT inside; see `Select.with_statement_hint`."""
        return Exists(self.element.with_statement_hint(text, dialect_name))

    def self_group(self, against: Any = None) -> ColumnElement[Any]:
        return Grouping(self) if against is None or against.kind != "list" else self
