"""Registries: one object per scope, made when it is first asked for; for `scoped_session`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class ScopedRegistry(Generic[T]):
    """One object per scope.

    Args:
        createfunc: makes the object of a scope.
        scopefunc: returns the key of the current scope.
    """

    def __init__(self, createfunc: Callable[..., T], scopefunc: Callable[[], Hashable]) -> None:
        self.createfunc = createfunc
        self.scopefunc = scopefunc
        self.registry: dict[Hashable, T] = {}

    def __call__(self) -> T:
        """Return the object of the current scope, making it if there is none."""
        key = self.scopefunc()
        try:
            return self.registry[key]
        except KeyError:
            return self.registry.setdefault(key, self.createfunc())

    def has(self) -> bool:
        """Return True if the current scope has an object."""
        return self.scopefunc() in self.registry

    def set(self, obj: T) -> None:
        """Give the current scope an object."""
        self.registry[self.scopefunc()] = obj

    def clear(self) -> None:
        """Forget the object of the current scope, if any."""
        self.registry.pop(self.scopefunc(), None)


class ThreadLocalRegistry(ScopedRegistry[T]):
    """One object per thread; it goes with the thread.

    Args:
        createfunc: makes the object of a thread.
    """

    def __init__(self, createfunc: Callable[..., T]) -> None:
        super().__init__(createfunc, threading.get_ident)
        self._local: Any = threading.local()

    def __call__(self) -> T:
        if not self.has():
            self._local.value = self.createfunc()
        return self._local.value  # type: ignore[no-any-return]

    def has(self) -> bool:
        """Return True if the current thread has an object."""
        return hasattr(self._local, "value")

    def set(self, obj: T) -> None:
        """Give the current thread an object."""
        self._local.value = obj

    def clear(self) -> None:
        """Forget the object of the current thread, if any."""
        if self.has():
            del self._local.value
