"""ANY and ALL: a comparison with every value of an array or a subquery."""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError
from holdfast.sql import operators
from holdfast.sql.coercions import as_argument, as_operand
from holdfast.sql.element import ColumnElement, hooks
from holdfast.sql.node import Node
from holdfast.sql.operators import Operator

_MIRRORED = {
    operators.eq: operators.eq,
    operators.ne: operators.ne,
    operators.lt: operators.gt,
    operators.le: operators.ge,
    operators.gt: operators.lt,
    operators.ge: operators.le,
}


class CollectionAggregate(ColumnElement[Any]):
    """``ANY (array or subquery)``, ``ALL (...)``; stands on the right side of a comparison.

    Attributes:
        word: "ANY" or "ALL".
        element: the array or the subquery.
    """

    visit_name = "collection_aggregate"

    def __init__(self, word: str, element: Any) -> None:
        self.word = word
        self.element = element
        self.type = element.type
        self._key = (word, element._key)
        self._values = element._values

    @property
    def _children(self) -> tuple[Node, ...]:
        return (self.element,)

    def _with_parts(self, parts: tuple[Any, ...]) -> CollectionAggregate:
        return CollectionAggregate(self.word, parts[0])

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        """Return the comparison with the aggregate on its right side.

        Raises: ArgumentError: the operator is no comparison.
        """
        mirrored = _MIRRORED.get(op)
        if mirrored is None or len(other) != 1:
            raise ArgumentError("Only comparison operators may be used with ANY/ALL")
        return hooks.operate(self._other_side(other[0], op), mirrored, (self,), {})

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        """Return the comparison with a plain value on its left side."""
        if op not in _MIRRORED:
            raise ArgumentError("Only comparison operators may be used with ANY/ALL")
        return hooks.operate(self._other_side(other, op), op, (self,), {})

    def _other_side(self, other: Any, op: Operator) -> Any:
        """Return the operand beside the aggregate; a plain value has the type of the array's members."""
        item_type = getattr(self.element.type, "item_type", None)
        return as_operand(other, self.element, op) if item_type is None else as_argument(other, None, item_type)


hooks.quantify = CollectionAggregate


def any_(expr: Any) -> CollectionAggregate:
    """Return ``ANY (expr)``: a comparison with it is true if it is true for some value of the array or subquery."""
    return CollectionAggregate("ANY", as_operand(expr))


def all_(expr: Any) -> CollectionAggregate:
    """Return ``ALL (expr)``: a comparison with it is true if it is true for every value of the array or subquery."""
    return CollectionAggregate("ALL", as_operand(expr))
