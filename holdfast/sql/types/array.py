"""Arrays, where the database has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from holdfast.exc import ArgumentError, warn_deprecated
from holdfast.sql import operators
from holdfast.sql.element import hooks
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import Processor, TypeEngine, to_instance
from holdfast.sql.types.comparator import Concatenable, Indexable

Convert = Callable[[Any], Any]

T = TypeVar("T")


class ARRAY(Indexable, Concatenable, TypeEngine[Sequence[T]]):
    """Arrays of values of one type, as lists: ``INTEGER[]``.

    ``column[5]`` is a member, ``column[2:7]`` a part; positions count from 1, as in SQL.

    Args:
        item_type: the type of the members.
        as_tuple: values read are tuples, which can be looked up in sets.
        dimensions: arrays of arrays: how deep; None: as deep as each value is.
        zero_indexes: positions count from 0, as in Python.

    Raises: ArgumentError: `item_type` is an array itself; say `dimensions`.
    """

    operator_classes = OperatorClass.ARRAY
    visit_name = "ARRAY"
    _arguments = ("item_type", "as_tuple", "dimensions", "zero_indexes")
    _family = "array"
    _is_general = True

    def __init__(
        self, item_type: Any, as_tuple: bool = False, dimensions: int | None = None, zero_indexes: bool = False
    ) -> None:
        self.item_type = to_instance(item_type)
        if isinstance(self.item_type, ARRAY):
            raise ValueError("Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype")
        self.as_tuple = as_tuple
        self.dimensions = dimensions
        self.zero_indexes = zero_indexes

    def __repr__(self) -> str:
        return super().__repr__().replace("item_type=", "", 1)

    @property
    def python_type(self) -> type[Any]:
        return list

    @property
    def hashable(self) -> bool:  # type: ignore[override]
        """Values can be looked up in a set."""
        return self.as_tuple

    def compare_values(self, x: Any, y: Any) -> bool:
        return bool(x == y)

    def bind_processor(self, dialect: Any) -> Processor | None:
        codec, depth = dialect.codec(self.item_type), self._depth
        return lambda value: _each(value, codec.bind, depth, list)

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        codec, depth = dialect.codec(self.item_type), self._depth
        kind = tuple if self.as_tuple else list
        if codec.result is None and kind is list:
            return None
        return lambda value: _each(value, codec.result, depth, kind)

    @property
    def _depth(self) -> int | None:
        """How deep values are; None: as each of them is."""
        return 1 if self.dimensions is None and self.item_type._holds_lists else self.dimensions

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(dialect.array_literal(value, self))

    def _member_type(self) -> TypeEngine[Any]:
        if self.dimensions is None or self.dimensions == 1:
            return self.item_type  # type: ignore[no-any-return]
        new = self.copy()
        new.dimensions = self.dimensions - 1
        return new  # type: ignore[no-any-return]

    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        """The operators of array expressions."""

        __slots__ = ()

        def _item(self, index: Any) -> Any:
            shift = 1 if self.type.zero_indexes else 0
            if isinstance(index, slice):
                if index.step is not None:
                    raise ArgumentError("An array's part has a beginning and an end, no step")
                return hooks.array_part(self.expr, _moved(index.start, shift), _moved(index.stop, shift), self.type)
            array: Any = getattr(self.type, "impl_instance", self.type)
            return hooks.member(self.expr, operators.getitem, _moved(index, shift), None, array._member_type())

        def any(self, other: Any, operator: Any = None) -> Any:
            """Return ``other operator ANY (array)``; `any_` is the modern form."""
            return self._quantified("any", other, operator)

        def all(self, other: Any, operator: Any = None) -> Any:
            """Return ``other operator ALL (array)``; `all_` is the modern form."""
            return self._quantified("all", other, operator)

        def _quantified(self, word: str, other: Any, operator: Any) -> Any:
            warn_deprecated(
                f"The ARRAY.Comparator.any() and ARRAY.Comparator.all() methods are deprecated; write "
                f"{word}_(array): value == {word}_(column)."
            )
            return hooks.quantified(word.upper(), self.expr, other, operator or operators.eq, self.type.item_type)

        def contains(self, *arg: Any, **kw: Any) -> Any:
            """Return the condition that the array holds all members of another one, on databases that have it."""
            raise NotImplementedError(
                "ARRAY.contains() not implemented for the base ARRAY type; please use the dialect-specific ARRAY type"
            )

    comparator_factory = Comparator


def _moved(index: Any, shift: int) -> Any:
    return index + shift if shift and index is not None else index


def _each(value: Any, convert: Convert | None, dimensions: int | None, kind: type[Any]) -> Any:
    """Convert the members of an array, however deep it is."""
    if value is None:
        return None
    if isinstance(value, (str, bytes)):
        raise TypeError("An array's value is a list of its members, not a string")
    if dimensions == 1 or (dimensions is None and not any(isinstance(member, (list, tuple)) for member in value)):
        if convert is None:
            return kind(value)
        return kind([None if member is None else convert(member) for member in value])
    deeper = None if dimensions is None else dimensions - 1
    return kind([_each(member, convert, deeper, kind) for member in value])
