"""`Mapped`: the annotation that says 'this attribute is mapped', and what type checkers make of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from holdfast.orm.attributes import InstrumentedAttribute
from holdfast.sql.operations import SQLCoreOperations

T_co = TypeVar("T_co", covariant=True)


class Mapped(Generic[T_co]):
    """A mapped attribute whose values have the type in brackets: ``name: Mapped[str]``.

    On the class it is an expression (`InstrumentedAttribute`), on an instance a value.
    """

    __slots__ = ()

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[T_co]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T_co: ...
        def __get__(self, instance: object | None, owner: Any) -> InstrumentedAttribute[T_co] | T_co: ...
        def __set__(self, instance: Any, value: SQLCoreOperations[T_co] | T_co) -> None: ...
        def __delete__(self, instance: Any) -> None: ...


class DynamicMapped(Mapped[T_co]):
    """A collection that is asked by a Query: ``DynamicMapped["Order"]`` is `relationship` with ``lazy="dynamic"``."""

    __slots__ = ()


class WriteOnlyMapped(Mapped[T_co]):
    """A collection that is never loaded: ``WriteOnlyMapped["Order"]`` is `relationship` with ``lazy="write_only"``."""

    __slots__ = ()


LAZY_OF = {DynamicMapped: "dynamic", WriteOnlyMapped: "write_only"}
"""Annotation -> the way of loading that it says."""
