"""``ARRAY`` with the operators that PostgreSQL has for it; `array`, an expression made of members."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from holdfast.dialects.postgresql import operators as pg
from holdfast.sql import operators
from holdfast.sql.binds import BindParameter
from holdfast.sql.coercions import as_argument
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import Grouping
from holdfast.sql.functions import known
from holdfast.sql.functions.generic import type_of_arguments
from holdfast.sql.node import Node, combine
from holdfast.sql.operators import Operator
from holdfast.sql.types import ARRAY as CommonARRAY
from holdfast.sql.types import NULL_TYPE, to_instance
from holdfast.sql.types.base import NullType

T = TypeVar("T")


class ARRAY(CommonARRAY[T]):
    """Arrays of values of one type, as lists: ``INTEGER[]``.

    Args:
        item_type: the type of the members.
        as_tuple: values read are tuples, which can be looked up in sets.
        dimensions: arrays of arrays: how deep; None: as deep as each value is.
        zero_indexes: positions count from 0, as in Python.
    """

    class Comparator(CommonARRAY.Comparator):
        """The operators of array expressions."""

        __slots__ = ()

        def contains(self, *arg: Any, **kw: Any) -> Any:
            """Return the condition that all members of another array are in this one, in any order."""
            return self.operate(pg.CONTAINS, *arg)

        def contained_by(self, other: Any) -> Any:
            """Return the condition that all members are in another array."""
            return self.operate(pg.CONTAINED_BY, other)

        def overlap(self, other: Any) -> Any:
            """Return the condition that both arrays have a member in common."""
            return self.operate(pg.OVERLAP, other)

    comparator_factory = Comparator


class array(ColumnElement[T]):
    """``ARRAY[a, b]``: an array made of values and expressions; lists inside are arrays of it made by `array` too.

    Args:
        clauses: the members.
        type_: the type of the members; by default that of the first one that has a type.
    Attributes:
        clauses: the members as expressions.
    """

    visit_name = "array"
    stringify_dialect = "postgresql"

    def __init__(self, clauses: Iterable[Any], *, type_: Any = None, **kw: Any) -> None:
        # A value that has no type of its own has that of the members.
        members = [_typed(as_argument(clause), type_) for clause in clauses]
        self._fill(tuple(members), _type_of(members, type_), type_ is not None)

    def _fill(self, members: tuple[Any, ...], type_: Any, is_typed: bool) -> None:
        self.clauses = tuple(member.self_group(operators.comma_op) for member in members)
        self.type = type_
        # An empty array has a type only where it is said.
        self.is_typed = is_typed
        self._key, self._values = combine(("array", type_._type_key, is_typed), *self.clauses)

    @property
    def _children(self) -> tuple[Node, ...]:
        return self.clauses

    def _with_parts(self, parts: tuple[Any, ...]) -> array:
        new = object.__new__(array)
        new._fill(parts, self.type, self.is_typed)
        return new

    def __iter__(self) -> Any:  # type: ignore[override]
        return iter(self.clauses)

    def __len__(self) -> int:
        return len(self.clauses)

    def self_group(self, against: Operator | None = None) -> ColumnElement[Any]:
        return Grouping(self) if against is operators.getitem else self

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        """Return the expression ``array op other``; a list beside it is an array of its kind."""
        if op is not operators.getitem:
            other = tuple(self._beside(one) for one in other)
        return super().operate(op, *other, **modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        """Return the expression ``other op array``."""
        return super().reverse_operate(op, self._beside(other), **modifiers)

    def _beside(self, other: Any) -> Any:
        return array(other, type_=self.type.item_type) if isinstance(other, (list, tuple)) else other


def _typed(member: Any, type_: Any) -> Any:
    untyped = type_ is not None and isinstance(member, BindParameter) and isinstance(member.type, NullType)
    return member.copy(type=to_instance(type_)) if untyped else member


def _type_of(members: list[Any], given: Any) -> ARRAY:
    """Return the type of an array: that of its first member that has one, or what was given; one deeper than an array."""
    first: Any = next((one.type for one in members if not isinstance(one.type, NullType)), NULL_TYPE)
    item = first if given is None else to_instance(given)
    inner = next((one for one in (item, first) if isinstance(one, CommonARRAY)), None)
    if inner is None:
        return ARRAY(item)
    deeper = 2 if inner.dimensions is None else inner.dimensions + 1
    return ARRAY(item.item_type if isinstance(item, CommonARRAY) else item, dimensions=deeper)


def Any_(other: Any, arrexpr: Any, operator: Operator = operators.eq) -> ColumnElement[bool]:
    """Return ``other operator ANY (array)``; `holdfast.any_` is the modern form."""
    return arrexpr.any(other, operator)  # type: ignore[no-any-return]


def All_(other: Any, arrexpr: Any, operator: Operator = operators.eq) -> ColumnElement[bool]:
    """Return ``other operator ALL (array)``; `holdfast.all_` is the modern form."""
    return arrexpr.all(other, operator)  # type: ignore[no-any-return]


def array_agg(*arg: Any, **kw: Any) -> Any:
    """Return ``array_agg(...)`` with a result of PostgreSQL's `ARRAY`, whose operators it so has."""
    arguments = [as_argument(argument) for argument in arg]
    if kw.get("type_") is None:
        found = type_of_arguments(arguments)
        kw["type_"] = found if isinstance(found, CommonARRAY) else ARRAY(found, dimensions=1)
    return known.array_agg(*arguments, **kw)
