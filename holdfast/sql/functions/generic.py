"""Functions with a class of their own: known by name to `func`, with a type for their result."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from holdfast.exc import warn
from holdfast.sql.coercions import as_argument
from holdfast.sql.functions.element import Function
from holdfast.sql.types import ARRAY, NULL_TYPE

T = TypeVar("T")

DEFAULT_PACKAGE = "_default"

_REGISTRY: dict[str, dict[str, Callable[..., Any]]] = {}
"""Package -> identifier in lower case -> what makes the call."""


def register_function(identifier: str, fn: Callable[..., Any], package: str = DEFAULT_PACKAGE) -> None:
    """Make ``func.identifier(...)`` call `fn`; `GenericFunction` registers its subclasses itself.

    Args:
        identifier: the name below `func`, in any case.
        fn: takes the arguments and gives an expression.
        package: the name before it: ``func.package.identifier(...)``.
    """
    functions = _REGISTRY.setdefault(package, {})
    known = str(identifier).lower()
    if known in functions:
        warn(f"The GenericFunction '{known}' is already registered and is going to be overridden.")
    functions[known] = fn


def registered(names: tuple[str, ...]) -> Callable[..., Any] | None:
    """Return what was registered under ``func.a`` or ``func.package.a``, or None."""
    if len(names) > 2:
        return None
    package = names[0] if len(names) == 2 else DEFAULT_PACKAGE
    return _REGISTRY.get(package, {}).get(str(names[-1]).lower())


class GenericFunction(Function[T]):
    """A function with a class; each subclass is known to `func` under its name.

    A subclass may set ``type`` (of the result), ``name`` (in SQL), ``identifier`` and ``package`` (below `func`), and
    ``inherit_cache = True`` (its text depends on its arguments alone).
    """

    inherit_cache = True
    identifier: ClassVar[str]
    package: ClassVar[str]
    _register: ClassVar[bool] = True

    def __init_subclass__(cls, **keywords: Any) -> None:
        super().__init_subclass__(**keywords)
        own = cls.__dict__
        name = own.get("name", cls.__name__)
        identifier = own.get("identifier", name)
        if isinstance(name, str):
            cls.name = name
        cls.identifier = identifier
        if own.get("_register", True):
            register_function(identifier, cls, own.get("package", DEFAULT_PACKAGE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        arguments = kwargs.pop("_arguments", None)
        if arguments is None:
            arguments = [as_argument(argument, self.name) for argument in args]
        type_ = kwargs.pop("type_", None)
        self._fill(arguments, getattr(self, "type", None) if type_ is None else type_)


class AnsiFunction(GenericFunction[T]):
    """A function that standard SQL writes without parentheses."""

    inherit_cache = True
    _register = False


class ReturnTypeFromArgs(GenericFunction[T]):
    """A function whose result has the type of its arguments."""

    inherit_cache = True
    _register = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        arguments = [as_argument(argument, self.name) for argument in args]
        kwargs.setdefault("type_", type_of_arguments(arguments))
        super().__init__(**kwargs, _arguments=arguments)


class ReturnTypeFromOptionalArgs(ReturnTypeFromArgs[T]):
    """A function whose result has the type of its arguments, some of which may be NULL."""

    inherit_cache = True
    _register = False


class OrderedSetAgg(GenericFunction[T]):
    """An aggregate with WITHIN GROUP: its result has the type of what it is ordered by."""

    inherit_cache = True
    _register = False

    # With several arguments it gives an array.
    _array_of_several: ClassVar[bool] = False

    def within_group_type(self, within_group: Any) -> Any:
        first = within_group.order_by.clauses[0].type
        if self._array_of_several and len(self.clause_expr.clauses) > 1:
            return array_of(first)
        return first


def type_of_arguments(arguments: list[Any]) -> Any:
    """Return the type of the first argument that has one."""
    return next((one.type for one in arguments if one.type._type_key != NULL_TYPE._type_key), NULL_TYPE)


def array_of(type_: Any, **how: Any) -> Any:
    """Return the type of an array of `type_`; an array itself stays what it is."""
    return type_ if isinstance(type_, ARRAY) else ARRAY(type_, **how)
