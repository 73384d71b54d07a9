"""`MutableDict`, `MutableList`, `MutableSet`: Python's containers, telling of every change in place."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, ClassVar, SupportsIndex, TypeVar, cast

from holdfast.ext.mutable.base import Mutable

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
C = TypeVar("C", bound=type[Any])
F = TypeVar("F", bound=Callable[..., Any])


def _tells(method: F) -> F:
    """Return a method that does what that of the container does, and then tells of the change."""

    @wraps(method)
    def change(self: Any, *arguments: Any, **keywords: Any) -> Any:
        result = method(self, *arguments, **keywords)
        self.changed()
        return result

    return change  # type: ignore[return-value]


class _Container(Mutable):
    """What the three share: made of the plain container, pickled as its members."""

    _plain: ClassVar[Any]
    """Python's own class of it."""

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Return a plain container as one that tells of changes."""
        if isinstance(value, cls):
            return value
        return cast(Any, cls)(value) if isinstance(value, cls._plain) else super().coerce(key, value)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        # What a database may keep, in a column of pickles, names public things alone.
        return type(self), (self._plain(self),), self.__getstate__()


def _telling(plain: type[Any], *names: str) -> Callable[[C], C]:
    """Decorate a container: these methods do what those of Python's own class do, and then tell of the change."""

    def decorate(class_: C) -> C:
        class_._plain = plain
        for name in names:
            setattr(class_, name, _tells(getattr(plain, name)))
        return class_

    return decorate


@_telling(dict, "__setitem__", "__delitem__", "__ior__", "setdefault", "update", "pop", "popitem", "clear")
class MutableDict(_Container, dict[K, V]):
    """A dict that tells of changes; values in it that are changed in place themselves do not."""


@_telling(
    list, "__setitem__", "__delitem__", "__iadd__", "__imul__", "append", "extend", "insert", "pop", "remove", "clear",
    "sort", "reverse",
)  # fmt: skip
class MutableList(_Container, list[T]):
    """A list that tells of changes; members that are changed in place themselves do not."""


@_telling(
    set, "__iand__", "__ior__", "__isub__", "__ixor__", "add", "update", "discard", "remove", "pop", "clear",
    "intersection_update", "difference_update", "symmetric_difference_update",
)  # fmt: skip
class MutableSet(_Container, set[T]):
    """A set that tells of changes."""


for _class in (MutableDict, MutableList, MutableSet):
    _class.__module__ = "holdfast.ext.mutable"
