"""`PropComparator`: comparisons of mapped attributes that a program defines itself, by ``comparator_factory``."""

from __future__ import annotations

from typing import Any

from holdfast.sql.operations import SQLCoreOperations
from holdfast.sql.operators import Operator


class PropComparator(SQLCoreOperations[Any]):
    """What the operators of an attribute mean; a program derives its own class from it.

    ``class CaseInsensitive(ColumnProperty.Comparator)`` may define ``__eq__``, other operators, or `operate` for all of
    them; what it leaves alone means what it means for the column.

    Attributes:
        prop: the mapped property; also `property`.
        parent: the mapper, or the alias whose attribute it is.
    """

    def __init__(self, prop: Any, parententity: Any, expression: Any = None) -> None:
        self.prop = self.property = prop
        self.parent = self._parententity = parententity
        self._expression = expression

    def __clause_element__(self) -> Any:
        return self._expression

    @property
    def expression(self) -> Any:
        """The column or expression."""
        return self.__clause_element__()

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        return op(self.__clause_element__(), *other, **modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        return self.__clause_element__().reverse_operate(op, other, **modifiers)

    def __hash__(self) -> int:
        return object.__hash__(self)


class RelationshipComparator(PropComparator):
    """What the operators of a relationship mean; a program derives its own class from it."""

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Return EXISTS: a member of the collection fulfils the criteria."""
        return self.__clause_element__().any(criterion, **kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Return EXISTS: the related object fulfils the criteria."""
        return self.__clause_element__().has(criterion, **kwargs)

    def contains(self, other: Any, **modifiers: Any) -> Any:
        """Return the condition that the collection holds an object."""
        return self.__clause_element__().contains(other, **modifiers)

    def of_type(self, entity: Any) -> Any:
        """Return the relationship as one to another entity."""
        return self.__clause_element__().of_type(entity)

    def and_(self, *criteria: Any) -> Any:
        """Return the relationship as a join target with more conditions."""
        return self.__clause_element__().and_(*criteria)


def compare_by(comparator: Any, op: Operator, others: tuple[Any, ...], modifiers: dict[str, Any]) -> Any:
    """Return ``comparator op others`` as its class defines it: by the operator's own method, which it may override.

    Args:
        comparator: of a program's class.
        op: the operator.
        others, modifiers: as for `operate`.
    """
    if op.function is not None and not modifiers:
        return op.function(comparator, *others)
    plain = op.name.removesuffix("_op")
    method = getattr(type(comparator), plain, None) or getattr(type(comparator), f"{plain}_", None)
    if method is None:
        return comparator.operate(op, *others, **modifiers)
    return method(comparator, *others, **modifiers)
