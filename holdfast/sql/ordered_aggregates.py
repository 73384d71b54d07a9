"""ORDER BY inside the call of an aggregate: ``array_agg(a ORDER BY b)``."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.sql.coercions import as_operand
from holdfast.sql.element import ColumnElement
from holdfast.sql.node import Node, combine
from holdfast.sql.windows import FunctionFilter, Wrapped, at_least_one

T = TypeVar("T")


class AggregateOrderBy(Wrapped[T]):
    """An aggregate that reads its rows in an order; made by `aggregate_order_by` and the functions' method.

    Attributes:
        order_by: the expressions.
    """

    visit_name = "aggregate_order_by"

    def __init__(self, element: Any, *order_by: Any) -> None:
        self.element = element
        self.type = element.type
        self.order_by = at_least_one(order_by)
        self._set_key()

    def _parts(self) -> tuple[Any, tuple[Node | None, ...]]:
        return "aggregate_order_by", (self.element, self.order_by)

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.element._made_up_base

    def filter(self, *criteria: Any) -> Any:
        """Return the call over the rows that fulfil the criteria."""
        return FunctionFilter(self, *criteria) if criteria else self


class OrderedArgument(ColumnElement[T]):
    """``target ORDER BY ...`` as the last argument of an aggregate.

    Attributes:
        target: the argument.
        order_by: the expressions.
    """

    visit_name = "ordered_argument"

    def __init__(self, target: Any, *order_by: Any) -> None:
        self.target = as_operand(target)
        self.type = self.target.type
        self.order_by = at_least_one(order_by)
        self._key, self._values = combine("ordered argument", self.target, self.order_by)

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.target, self.order_by)

    def _with_parts(self, parts: tuple[Any, ...]) -> OrderedArgument[T]:
        return OrderedArgument(parts[0], *parts[1].clauses)

    def self_group(self, against: Any = None) -> ColumnElement[T]:
        return self


def aggregate_order_by(element: Any, *order_by: Any) -> AggregateOrderBy[Any]:
    """Return a call of an aggregate that reads its rows in an order: ``group_concat(name, ',' ORDER BY id)``.

    Args:
        element: the call.
        order_by: the expressions.

    Raises: TypeError: no expression.
    """
    return AggregateOrderBy(element, *order_by)
