"""`declared_attr`: an attribute of a mixin that is made anew for each class that gets it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from holdfast.orm.mapping.base import Mapped

T = TypeVar("T")


class _DirectiveOf(Generic[T]):
    """A class-level setting such as ``__tablename__``, made by a function of the class."""

    def __init__(self, fn: Callable[[Any], T]) -> None:
        self.fget = getattr(fn, "__func__", fn)
        self.__doc__ = self.fget.__doc__

    def __get__(self, instance: object, owner: Any) -> T:
        return self.fget(owner)


class declared_attr(Mapped[T]):
    """A column or relationship made by a function of the class; a decorator for mixins.

    ``declared_attr.directive`` marks settings such as ``__tablename__``; ``declared_attr.cascading`` makes the attribute
    anew also for classes that inherit from a mapped one, which otherwise have it from their parent.

    Args:
        fn: class -> `mapped_column`, `relationship`, or a value.
    """

    def __init__(self, fn: Callable[[Any], Mapped[T]]) -> None:
        self.fget = getattr(fn, "__func__", fn)
        self.__doc__ = self.fget.__doc__

    directive = _DirectiveOf
    is_cascading: ClassVar[bool] = False

    @staticmethod
    def cascading(fn: Callable[[Any], Mapped[T]]) -> declared_attr[T]:
        """Mark a function that makes an attribute of each class, also of those that inherit from a mapped one."""
        return _Cascading(fn)

    if not TYPE_CHECKING:

        def __get__(self, instance, owner):
            return self.fget(owner)

    def annotation(self) -> Any:
        """Return what the function is annotated to return, or None."""
        return getattr(self.fget, "__annotations__", {}).get("return")


class _Cascading(declared_attr[T]):
    """What ``declared_attr.cascading`` returns."""

    is_cascading = True


def is_declared(value: Any) -> bool:
    """Whether a class attribute is made by a function."""
    return isinstance(value, declared_attr)
