"""`MutableDict`, `MutableList`, `MutableSet`: Python's containers, telling of every change in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, SupportsIndex, TypeVar

from holdfast.ext.mutable.base import Mutable

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")
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

    @classmethod
    def coerce(cls, key: str, value: Any) -> Any:
        """Return a plain container as one that tells of changes."""
        if isinstance(value, cls):
            return value
        plain = next(base for base in cls.__mro__ if base in (dict, list, set))
        return cls(value) if isinstance(value, plain) else super().coerce(key, value)


class MutableDict(_Container, dict[K, V]):
    """A dict that tells of changes; values in it that are changed in place themselves do not."""

    __setitem__ = _tells(dict.__setitem__)
    __delitem__ = _tells(dict.__delitem__)
    __ior__ = _tells(dict.__ior__)  # type: ignore[assignment]
    setdefault = _tells(dict.setdefault)
    update = _tells(dict.update)
    pop = _tells(dict.pop)
    popitem = _tells(dict.popitem)
    clear = _tells(dict.clear)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return _remake, (type(self), dict(self), self.__getstate__())


class MutableList(_Container, list[T]):
    """A list that tells of changes; members that are changed in place themselves do not."""

    __setitem__ = _tells(list.__setitem__)
    __delitem__ = _tells(list.__delitem__)
    __iadd__ = _tells(list.__iadd__)  # type: ignore[assignment]
    __imul__ = _tells(list.__imul__)
    append = _tells(list.append)
    extend = _tells(list.extend)
    insert = _tells(list.insert)
    pop = _tells(list.pop)
    remove = _tells(list.remove)
    clear = _tells(list.clear)
    sort = _tells(list.sort)
    reverse = _tells(list.reverse)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return _remake, (type(self), list(self), self.__getstate__())


class MutableSet(_Container, set[T]):
    """A set that tells of changes."""

    __iand__ = _tells(set.__iand__)
    __ior__ = _tells(set.__ior__)  # type: ignore[assignment]
    __isub__ = _tells(set.__isub__)
    __ixor__ = _tells(set.__ixor__)  # type: ignore[assignment]
    add = _tells(set.add)
    update = _tells(set.update)
    discard = _tells(set.discard)
    remove = _tells(set.remove)
    pop = _tells(set.pop)
    clear = _tells(set.clear)
    intersection_update = _tells(set.intersection_update)
    difference_update = _tells(set.difference_update)
    symmetric_difference_update = _tells(set.symmetric_difference_update)

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return _remake, (type(self), set(self), self.__getstate__())


def _remake(class_: type[Any], members: Iterable[Any], values: dict[str, Any] | None) -> Any:
    """Return a container as it was pickled."""
    made = class_(members)
    made.__dict__.update(values or {})
    return made
