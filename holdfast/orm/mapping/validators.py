"""`validates` and `reconstructor`: methods of a mapped class that are called when values are set, or objects loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

from holdfast.exc import ArgumentError, InvalidRequestError

F = TypeVar("F", bound=Callable[..., Any])

_VALIDATOR = "_holdfast_validates"
_RECONSTRUCTOR = "_holdfast_reconstructs"


class Validator(NamedTuple):
    """One method that looks at the values of attributes.

    Attributes:
        function: (object, attribute, value) -> value to be set; with `include_removes` also whether it is removed.
        options: ``include_removes``: the method also hears of what is removed; ``include_backrefs``: also of what the
            other side of a relationship causes.
    """

    function: Callable[..., Any]
    options: Mapping[str, bool]

    @property
    def include_removes(self) -> bool:
        """Whether the method also hears of what is removed."""
        return self.options["include_removes"]

    @property
    def include_backrefs(self) -> bool:
        """Whether the method also hears of what the other side of a relationship causes."""
        return self.options["include_backrefs"]

    def __call__(self, instance: Any, key: str, value: Any) -> Any:
        """Return the value to be set."""
        if self.include_removes:
            return self.function(instance, key, value, False)
        return self.function(instance, key, value)

    def removed(self, instance: Any, key: str, value: Any) -> None:
        """Tell the method what was removed."""
        if self.include_removes:
            self.function(instance, key, value, True)


def validates(*names: str, include_removes: bool = False, include_backrefs: bool = True) -> Callable[[F], F]:
    """Return a decorator for a method that checks or changes values before they are set.

    Args:
        names: the attributes, columns and relationships.
        include_removes: the method takes a fourth argument, ``is_remove``, and also hears of what is removed.
        include_backrefs: call it also for what the other side of a relationship causes.

    Returns: decorator of ``def check(self, key, value): return value``.

    Raises: ArgumentError: it was written without names.
    """

    if names and callable(names[0]):
        raise ArgumentError(
            f"@validates takes the names of attributes: @validates('name') def {names[0].__name__}(...)"
        )

    def decorate(function: F) -> F:
        options = {"include_removes": include_removes, "include_backrefs": include_backrefs}
        setattr(function, _VALIDATOR, (names, options))
        return function

    return decorate


def reconstructor(fn: F) -> F:
    """Mark a method of a mapped class: it is called with each object that was loaded, where ``__init__`` is not."""
    setattr(fn, _RECONSTRUCTOR, True)
    return fn


def validators_of(class_: type[Any]) -> dict[str, Validator]:
    """Return the validators of a class and its bases by attribute; the nearest one counts.

    Raises: InvalidRequestError: one class has two for the same attribute.
    """
    found: dict[str, Validator] = {}
    for base in reversed(class_.__mro__):
        own: dict[str, Validator] = {}
        for value in vars(base).values():
            given = getattr(value, _VALIDATOR, None)
            if not isinstance(given, tuple):
                continue
            names, options = given
            for name in names:
                if name in own:
                    raise InvalidRequestError(
                        f"A validation function for mapped attribute {name!r} on mapper {class_.__mapper__} already "  # type: ignore[attr-defined]
                        f"exists. {base.__name__} has {own[name].function.__name__}() and {value.__name__}(): leave one."
                    )
                own[name] = Validator(value, options)
        found.update(own)
    return found


def reconstructor_of(class_: type[Any]) -> Callable[[Any], None] | None:
    """Return the method that is called with loaded objects, or None."""
    for base in class_.__mro__:
        for name, value in vars(base).items():
            if getattr(value, _RECONSTRUCTOR, False) is True:
                return getattr(class_, name)  # type: ignore[no-any-return]
    return None
