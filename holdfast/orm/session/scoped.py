"""One session per scope, reached through one object: `scoped_session`, by default one per thread."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import wraps
from typing import Any, Generic, TypeVar

from holdfast import exc
from holdfast.event import register
from holdfast.orm.events import session_class_dispatch
from holdfast.orm.session.face import Session
from holdfast.orm.session.places import own
from holdfast.orm.session.registries import ScopedRegistry, ThreadLocalRegistry

S = TypeVar("S")
SyncS = TypeVar("SyncS", bound=Session)


class ScopedSessions(Generic[S]):
    """What both faces share: the registry, and reaching through to the session of the current scope."""

    session_factory: Callable[..., S]
    registry: ScopedRegistry[S]

    def __call__(self, **kw: Any) -> S:
        """Return the session of the current scope, making it with `kw` if there is none.

        Raises: InvalidRequestError: `kw` are given though the session exists.
        """
        if not kw:
            return self.registry()
        if self.registry.has():
            raise exc.InvalidRequestError("Scoped session is already present; no new arguments may be specified.")
        made = self.session_factory(**kw)
        self.registry.set(made)
        return made

    def configure(self, **kw: Any) -> None:
        """Change the keywords of the factory; a session that exists keeps its own."""
        if self.registry.has():
            exc.warn(
                "At least one scoped session is already present.  configure() can not affect sessions that have "
                "already been created."
            )
        self.session_factory.configure(**kw)  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> Any:
        return getattr(self(), name)

    def __contains__(self, instance: object) -> bool:
        return instance in self.registry()  # type: ignore[operator]

    def __iter__(self) -> Any:
        return iter(self.registry())  # type: ignore[call-overload]


class scoped_session(ScopedSessions[SyncS], Generic[SyncS]):
    """A registry of sessions that behaves like the session of the current scope.

    Args:
        session_factory: makes the sessions, usually a `sessionmaker`.
        scopefunc: returns the key of the current scope; None: the thread.
    """

    def __init__(self, session_factory: Callable[..., SyncS], scopefunc: Callable[[], Hashable] | None = None) -> None:
        self.session_factory = session_factory
        self.registry = (
            ThreadLocalRegistry(session_factory) if scopefunc is None else ScopedRegistry(session_factory, scopefunc)
        )

    def remove(self) -> None:
        """Close the session of the current scope, if any, and forget it."""
        if self.registry.has():
            self.registry().close()
        self.registry.clear()

    def query_property(self, query_cls: Any = None) -> Any:
        """Return a class attribute that gives a Query of the class it is read from."""
        registry = self

        class QueryProperty:
            def __get__(self, instance: Any, owner: type) -> Any:
                session = registry()
                return query_cls([owner], session) if query_cls else session.query(owner)

        return QueryProperty()


def show(
    registry: type,
    session: type,
    methods: Iterable[str],
    read_only: Iterable[str],
    settable: Iterable[str],
    static: Iterable[str],
) -> None:
    """Let a registry's class show what its sessions have, so that tools find it and tests can patch it.

    Args:
        registry: the class that gets the names.
        session: the class of the sessions, whose docstrings the names have.
        methods, read_only, settable, static: the names by kind.
    """
    for name in methods:
        setattr(registry, name, _method(registry, session, name))
    for name in read_only:
        setattr(registry, name, _attribute(session, name, settable=False))
    for name in settable:
        setattr(registry, name, _attribute(session, name, settable=True))
    for name in static:
        setattr(registry, name, staticmethod(getattr(session, name)))


def _method(registry: type, session: type, name: str) -> Any:
    """Return the method that calls the one of the current session."""
    original = getattr(session, name)

    @wraps(original)
    def proxy(self: ScopedSessions[Any], *arguments: Any, **keywords: Any) -> Any:
        return getattr(self.registry(), name)(*arguments, **keywords)

    proxy.__qualname__ = f"{registry.__name__}.{name}"
    return proxy


def _attribute(session: type, name: str, settable: bool) -> property:
    """Return the property that reads, and perhaps writes, the attribute of the current session."""

    def write(self: ScopedSessions[Any], value: Any) -> None:
        setattr(self.registry(), name, value)

    return property(
        lambda self: getattr(self.registry(), name),
        write if settable else None,
        doc=getattr(getattr(session, name, None), "__doc__", None),
    )


# What the class shows by itself, so that tools find it and tests can patch it; other names reach a session's own class
# through `__getattr__`.
_METHODS = (
    "add", "add_all", "begin", "begin_nested", "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings",
    "close", "commit", "connection", "delete", "delete_all",
    "enable_relationship_loading", "execute", "expire", "expire_all", "expunge", "expunge_all",
    "flush", "get", "get_bind", "get_one", "is_modified", "merge", "merge_all", "query", "refresh", "reset", "rollback",
    "scalar", "scalars",
)  # fmt: skip
_READ_ONLY = (
    "binds", "deleted", "dirty", "execution_options", "identity_map", "info", "is_active", "new", "no_autoflush",
)  # fmt: skip
show(scoped_session, Session, _METHODS, _READ_ONLY, ("autoflush", "bind"), ("object_session", "identity_key"))


# Each proxy has the same code.
_shown: Any = scoped_session
own(_shown.__call__, _shown.__getattr__, _shown.query, _shown.autoflush.fget)
own(ScopedRegistry.__call__, ThreadLocalRegistry.__call__)


def _dispatch_of(target: Any, name: str) -> Any:
    """Return the listeners of the sessions that a scoped session makes."""
    factory: Any = getattr(target, "session_factory", Session)
    class_ = getattr(factory, "class_", factory)
    if isinstance(class_, type) and issubclass(class_, Session):
        return session_class_dispatch(class_)
    raise exc.ArgumentError(
        "Session event listen on a scoped_session requires that its creation callable is associated with the Session class."
    )


register(lambda target: isinstance(target, scoped_session) or target is scoped_session, _dispatch_of, first=True)
