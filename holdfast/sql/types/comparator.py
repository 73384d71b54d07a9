"""What operators mean for the values of a type: the base of every ``comparator_factory``."""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar

from holdfast.sql import operators
from holdfast.sql.element import hooks
from holdfast.sql.operations import ColumnOperators
from holdfast.sql.operators import Operator

T = TypeVar("T")


class TypeComparator(ColumnOperators):
    """The operators of an expression as its type sees them; a type of its own overrides or adds methods.

    Attributes:
        expr: the expression.
        type: its type.
    """

    __slots__ = ("expr", "type")

    def __init__(self, expr: Any) -> None:
        self.expr = expr
        self.type = expr.type

    def __class_getitem__(cls, item: Any) -> Any:
        return cls

    def __clause_element__(self) -> Any:
        return self.expr

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        """Return the expression ``expr op other``, as all types have it."""
        return hooks.operate(self.expr, op, other, modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        """Return the expression ``other op expr``, as all types have it."""
        return hooks.reverse_operate(self.expr, op, other, modifiers)


class Concatenable:
    """A part of types whose values are joined by ``+``, which is written ``||``: strings, arrays, a type of one's own."""

    class Comparator(TypeComparator):
        """The operators of their expressions."""

        __slots__ = ()

        def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
            if op is operators.add and getattr(other[0], "type", self.type)._family == self.type._family:
                op = operators.concat_op
            return super().operate(op, *other, **modifiers)

    comparator_factory: ClassVar[Any] = Comparator


class Indexable:
    """A part of types whose values have members: ``expression[index]``."""

    class Comparator(TypeComparator):
        """The operators of their expressions."""

        __slots__ = ()

        def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
            if op is operators.getitem:
                return self._item(*other)
            return super().operate(op, *other, **modifiers)

        def _item(self, index: Any) -> Any:
            """Return the expression of a member."""
            raise NotImplementedError(f"{type(self.type).__name__} has no members by index")

    comparator_factory: ClassVar[Any] = Comparator


def dispatch(comparator: Any, op: Operator, other: tuple[Any, ...], modifiers: dict[str, Any]) -> Any:
    """Apply an operator of a type of its own: by the Python method that the type overrides, or by `operate`."""
    name = operators.METHODS.get(op)
    method = None if name is None else getattr(type(comparator), name, None)
    if method is None or method is getattr(ColumnOperators, name or "", None):
        return comparator.operate(op, *other, **modifiers)
    return method(comparator, *other, **modifiers)


def dispatch_reverse(comparator: Any, op: Operator, other: Any, modifiers: dict[str, Any]) -> Any:
    """Apply an operator whose left operand is a plain value."""
    name = operators.METHODS.get(op, "")
    name = f"__r{name[2:]}" if name.startswith("__") else ""
    method = getattr(type(comparator), name, None) if name else None
    if method is None or method is getattr(ColumnOperators, name, None):
        return comparator.reverse_operate(op, other, **modifiers)
    return method(comparator, other, **modifiers)


hooks.dispatch = dispatch
hooks.dispatch_reverse = dispatch_reverse
hooks.plain_comparator = TypeComparator
