"""The base of all SQL types, and the codec that a dialect makes of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from holdfast.exc import ArgumentError

T = TypeVar("T")
Processor = Callable[[Any], Any]


class Codec(NamedTuple):
    """How values of one type travel on one dialect; None is never passed to its functions.

    Attributes:
        bind: Python value -> driver value; None: as it is.
        result: driver value -> Python value; None: as it is.
        result_code: the same as source for generated loaders, with ``{}`` for the variable.
        result_names: the names that `result_code` uses.
    """

    bind: Processor | None = None
    result: Processor | None = None
    result_code: str | None = None
    result_names: Mapping[str, Any] = MappingProxyType({})


PLAIN = Codec()


class TypeEngine(Generic[T]):
    """A SQL type; instances are immutable.

    Subclasses that have arguments name them in `_arguments`: they make up equality, keys and repr.
    """

    visit_name: ClassVar[str] = "null"
    _arguments: ClassVar[tuple[str, ...]] = ()

    # Which types a result may have; "" has no arithmetic of its own.
    _family: ClassVar[str] = ""

    _variants: Mapping[str, TypeEngine[Any]] = {}

    # The text in standard SQL; filled by the compiler, which lies above.
    _standard_text: ClassVar[Callable[[Any], str]] = staticmethod(lambda type_: type(type_).__name__)

    @property
    def python_type(self) -> type[Any]:
        """The Python class of the values.

        Raises: NotImplementedError: the type has none.
        """
        raise NotImplementedError(f"{type(self).__name__} has no Python type")

    @property
    def _key(self) -> tuple[Any, ...]:
        """The type's part in the keys of expressions."""
        try:
            return self.__dict__["_cached_key"]  # type: ignore[no-any-return]
        except KeyError:
            key = (type(self), *[_hashable(getattr(self, name)) for name in self._arguments])
            if self._variants:
                key += tuple((name, variant._key) for name, variant in self._variants.items())
            self.__dict__["_cached_key"] = key
            return key

    # -- values --------------------------------------------------------------------------------------------------------

    def bind_processor(self, dialect: Any) -> Processor | None:
        """Return the function that turns a Python value into the driver's, or None if there is nothing to do."""
        return None

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        """Return the function that turns the driver's value into a Python value, or None if there is nothing to do."""
        return None

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        """Return the function that writes a value as SQL text, or None if the type cannot."""
        return None

    # -- expressions ---------------------------------------------------------------------------------------------------

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """Return the type of a plain value on the other side of an operator: this one, if the value fits it."""
        other = type_of_literal(value)
        if isinstance(other, NullType) or other._family == self._family:
            return self
        return other

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        """Return the type of ``this op other``."""
        return self

    # -- variants ------------------------------------------------------------------------------------------------------

    def with_variant(self, type_: Any, *dialect_names: str) -> TypeEngine[T]:
        """Return this type with another one in its place on some dialects.

        Args:
            type_: the other type.
            dialect_names: such as ``"sqlite"``.
        """
        if not dialect_names:
            raise ArgumentError("At least one dialect name is required")
        new = self.copy()
        variant = to_instance(type_)
        new._variants = {**self._variants, **dict.fromkeys(dialect_names, variant)}
        return new

    def copy(self, **keywords: Any) -> Any:
        """Return an equal type of its own."""
        new = object.__new__(type(self))
        new.__dict__.update({name: value for name, value in self.__dict__.items() if name != "_cached_key"})
        return new

    def dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return the type that stands for this one on a dialect."""
        return self._variants.get(dialect.name, self)

    def compile(self, dialect: Any = None) -> str:
        """Return the type's SQL text."""
        return str(dialect.type_text(self)) if dialect is not None else self._standard_text(self)

    def __str__(self) -> str:
        return self.compile()

    def __repr__(self) -> str:
        import inspect  # here and not above: it is a heavy one

        parameters = inspect.signature(type(self)).parameters
        shown = ", ".join(
            f"{name}={getattr(self, name)!r}"
            for name in self._arguments
            if name in parameters and getattr(self, name) != parameters[name].default
        )
        return f"{type(self).__name__}({shown})"


def _hashable(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


class NullType(TypeEngine[None]):
    """The type of what has no known type; values travel as they are."""

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return type_of_literal(value)

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        return self


class UserDefinedType(TypeEngine[T]):
    """A type of the program's own: ``get_col_spec`` gives its name in CREATE TABLE."""

    visit_name = "user_defined"
    cache_ok: bool | None = None

    def get_col_spec(self, **keywords: Any) -> str:
        """Return the type's SQL text."""
        raise NotImplementedError(f"{type(self).__name__}.get_col_spec() must give the SQL text of the type")

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self

    @property
    def _key(self) -> tuple[Any, ...]:
        # What the program's class depends on is unknown: the instance stands for itself.
        return (self,)


def to_instance(type_: Any) -> Any:
    """Return a type as an instance.

    Args:
        type_: a type, or its class.

    Raises: ArgumentError: neither.
    """
    if isinstance(type_, TypeEngine):
        return type_
    if isinstance(type_, type) and issubclass(type_, TypeEngine):
        return type_()
    if type_ is None:
        return NullType()
    raise ArgumentError(
        f"{type_!r} is not a SQL type. Use a type of holdfast such as Integer or String(50), not a Python class or value."
    )


LITERAL_TYPES: dict[type, TypeEngine[Any]] = {}
"""Python class -> the SQL type of its plain values; filled by `literals.py`."""


def type_of_literal(value: Any) -> TypeEngine[Any]:
    """Return the SQL type for a Python value; `NullType` for a class that has none."""
    found = LITERAL_TYPES.get(value.__class__)
    if found is not None:
        return found
    for class_ in type(value).__mro__:
        if class_ in LITERAL_TYPES:
            return LITERAL_TYPES[class_]
    return LITERAL_TYPES[type(None)]
