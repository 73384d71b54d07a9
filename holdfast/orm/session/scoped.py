"""One session per scope, reached through one object: `scoped_session`, by default one per thread."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from holdfast import exc
from holdfast.orm.session.face import Session
from holdfast.orm.session.places import own

S = TypeVar("S", bound=Session)


class scoped_session(Generic[S]):
    """A registry of sessions that behaves like the session of the current scope.

    Args:
        session_factory: makes the sessions, usually a `sessionmaker`.
        scopefunc: returns the key of the current scope; None: the thread.
    """

    def __init__(self, session_factory: Callable[..., S], scopefunc: Callable[[], Hashable] | None = None) -> None:
        self.session_factory = session_factory
        self._scopefunc = scopefunc
        self._local = threading.local()
        self._by_scope: dict[Hashable, S] = {}

    def __call__(self, **kw: Any) -> S:
        """Return the session of the current scope, making it with `kw` if there is none.

        Raises: InvalidRequestError: `kw` are given though the session exists.
        """
        present = self._current()
        if present is not None:
            if kw:
                raise exc.InvalidRequestError("Scoped session is already present; no new arguments may be specified.")
            return present
        made = self.session_factory(**kw)
        if self._scopefunc is None:
            self._local.session = made
        else:
            self._by_scope[self._scopefunc()] = made
        return made

    def _current(self) -> S | None:
        if self._scopefunc is None:
            return getattr(self._local, "session", None)
        return self._by_scope.get(self._scopefunc())

    @property
    def registry(self) -> Callable[..., S]:
        """The call that returns the current session."""
        return self

    def remove(self) -> None:
        """Close the session of the current scope, if any, and forget it."""
        present = self._current()
        if present is None:
            return
        present.close()
        if self._scopefunc is None:
            del self._local.session
        else:
            del self._by_scope[self._scopefunc()]

    def configure(self, **kw: Any) -> None:
        """Change the keywords of the factory; a session that exists keeps its own."""
        if self._current() is not None:
            exc.warn(
                "At least one scoped session is already present.  configure() can not affect sessions that have "
                "already been created."
            )
        self.session_factory.configure(**kw)  # type: ignore[attr-defined]

    def query_property(self, query_cls: Any = None) -> Any:
        """Return a class attribute that gives a Query of the class it is read from."""
        registry = self

        class QueryProperty:
            def __get__(self, instance: Any, owner: type) -> Any:
                session = registry()
                return query_cls([owner], session) if query_cls else session.query(owner)

        return QueryProperty()

    def __getattr__(self, name: str) -> Any:
        return getattr(self(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("autoflush", "bind"):
            setattr(self(), name, value)
        else:
            object.__setattr__(self, name, value)

    def __contains__(self, instance: object) -> bool:
        return instance in self()

    def __iter__(self) -> Any:
        return iter(self())


own(scoped_session.__call__, scoped_session.__getattr__)
