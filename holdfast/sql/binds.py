"""Bound parameters: the places where a value travels beside the SQL text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.exc import InvalidRequestError
from holdfast.sql.element import ColumnElement
from holdfast.sql.node import Key, Values
from holdfast.sql.operators import Operator
from holdfast.sql.types import Integer, NullType, to_instance, type_of_literal

T = TypeVar("T")

NULL_TYPE = NullType()


class NoArgument:
    """The type of `NO_ARG`: no value was given, which is not the same as None."""

    def __repr__(self) -> str:
        return "NO_ARG"


NO_ARG: Any = NoArgument()


class BindParameter(ColumnElement[T]):
    """A parameter of a statement.

    Attributes:
        key: the name; of a unique parameter the base to which the compiler adds a number (``x`` -> ``x_1``).
        value: the value given with the statement; None if there is none.
        unique: every object of this kind gets a name of its own.
        required: the execution must give a value.
        callable: gives the value at the time of execution, or None.
        expanding: the value is a list, and the placeholder becomes one per member.
        literal_execute: the value is written into the text at the time of execution.
    """

    __slots__ = ("callable", "expanding", "key", "literal_execute", "required", "unique", "value")

    visit_name = "bindparam"

    key: str
    value: Any

    def __init__(
        self,
        key: str | None,
        value: Any = NO_ARG,
        type_: Any = None,
        unique: bool = False,
        required: bool | None = None,
        callable_: Callable[[], Any] | None = None,
        expanding: bool = False,
        literal_execute: bool = False,
    ) -> None:
        if required is None:
            required = value is NO_ARG and callable_ is None
        if value is NO_ARG:
            value = None
        self.key = "param" if key is None else key
        self.unique = unique or key is None
        self.value = value
        self.required = required
        self.callable = callable_
        self.expanding = expanding
        self.literal_execute = literal_execute
        self._set_type(_type_for(type_, value, expanding))

    def _set_type(self, type_: Any) -> None:
        self.type = type_
        flags = (
            self.unique
            | self.required << 1
            | self.expanding << 2
            | self.literal_execute << 3
            | (self.callable is not None) << 4
        )
        self._key: Key = ("b", self.key, flags, type_._type_key)

    @property
    def _values(self) -> Values:  # type: ignore[override]
        return (self,)

    @property
    def _key_without_name(self) -> str:  # type: ignore[override]
        return "_no_label" if self.unique else self.key

    @property
    def effective_value(self) -> Any:
        """The value now: what `callable` gives, or `value`."""
        return self.value if self.callable is None else self.callable()

    def copy(self, **changes: Any) -> BindParameter[T]:
        """Return a parameter that differs in the given slots (``type`` among them)."""
        new: BindParameter[T] = object.__new__(type(self))
        for name in BindParameter.__slots__:
            setattr(new, name, changes[name] if name in changes else getattr(self, name))
        new._set_type(changes.get("type", self.type))
        return new

    def another(self, value: Any) -> BindParameter[T]:
        """Return a parameter like this one, made for a plain value, for another value of the same class."""
        new: BindParameter[T] = object.__new__(BindParameter)
        new.key = self.key
        new.unique = self.unique
        new.value = value
        new.required = False
        new.callable = None
        new.expanding = new.literal_execute = False
        new.type = self.type
        new._key = self._key
        return new

    def with_value(self, value: Any) -> BindParameter[T]:
        """Return a parameter of the same name and type that has this value."""
        type_ = self.type
        if isinstance(type_, NullType):
            type_ = _type_for(None, value, self.expanding)
        return self.copy(value=value, required=False, callable=None, type=type_)

    def render_literal_execute(self) -> BindParameter[T]:
        """Return a parameter whose value the compiler writes into the text when the statement is executed."""
        return self.copy(literal_execute=True)


def _type_for(type_: Any, value: Any, expanding: bool) -> Any:
    if type_ is not None:
        return to_instance(type_)
    if value is None:
        return NULL_TYPE
    if expanding:
        return type_of_literal(value[0]) if isinstance(value, (list, tuple)) and value else NULL_TYPE
    return type_of_literal(value)


class RowCount(ColumnElement[int]):
    """The plain number in LIMIT and OFFSET: a parameter of one slot, since most statements that fetch a page need it.

    Attributes:
        value: the number of rows.
    """

    __slots__ = ("effective_value",)

    visit_name = "row_count"

    key = "param"
    unique = True
    required = False
    callable = None
    expanding = False
    literal_execute = False
    type: Any = Integer()
    _key = "row_count"

    def __init__(self, value: int) -> None:
        self.effective_value = value

    @property
    def _values(self) -> Values:  # type: ignore[override]
        return (self,)

    @property
    def value(self) -> int:
        """The number."""
        return self.effective_value


def bind_compared_to(
    element: ColumnElement[Any], op: Operator, value: Any, expanding: bool = False
) -> BindParameter[Any]:
    """Return the parameter for a plain value on the other side of `op` from `element`: named and typed after it.

    Args:
        element: the expression on the other side.
        op: the operator; the type of the parameter may depend on it.
        value: the plain value; with `expanding`, the list of values.
        expanding: the parameter takes a list.
    """
    sample = value
    if expanding:
        sample = next((member for member in value if member is not None), None) if value else None
    type_ = element.type if expanding and sample is None else element.type.coerce_compared_value(op, sample)
    return BindParameter(element._bind_base, value, type_, unique=True, expanding=expanding)


def bindparam(
    key: str | None,
    value: Any = NO_ARG,
    type_: Any = None,
    unique: bool = False,
    required: bool | None = None,
    quote: bool | None = None,
    callable_: Callable[[], Any] | None = None,
    expanding: bool = False,
    isoutparam: bool = False,
    literal_execute: bool = False,
) -> BindParameter[Any]:
    """Return a parameter to be given a value later, or now.

    Args:
        key: its name in the parameters of the execution.
        value: the value, if it is known; it may still be replaced at the execution.
        type_: its SQL type; by default that of the value, or of what it is compared with.
        unique: let the compiler add a number to the name, so that several of the same name do not meet.
        required: whether the execution must give a value; by default: if neither `value` nor `callable_` is given.
        quote: accepted for the sake of older programs; parameter names are never quoted.
        callable_: a function without arguments that gives the value at the time of execution.
        expanding: the value is a list for IN.
        isoutparam: parameters that a procedure fills; no supported database has them.
        literal_execute: write the value into the text at the time of execution.

    Raises:
        InvalidRequestError: `isoutparam` is true.
    """
    if isoutparam:
        raise InvalidRequestError("No supported database has OUT parameters; leave isoutparam away.")
    return BindParameter(key, value, type_, unique, required, callable_, expanding, literal_execute)


def literal(value: Any, type_: Any = None, literal_execute: bool = False) -> BindParameter[Any]:
    """Return `value` as a SQL expression: a parameter under a name of the compiler's choice.

    Args:
        value: any Python value.
        type_: its SQL type; by default the one for its Python class.
        literal_execute: write the value into the text at the time of execution.
    """
    return BindParameter(None, value, type_, unique=True, literal_execute=literal_execute)


def outparam(key: str, type_: Any = None) -> BindParameter[Any]:
    """Return a parameter that a procedure fills.

    Raises: InvalidRequestError: always; no supported database has them.
    """
    return bindparam(key, type_=type_, isoutparam=True)
