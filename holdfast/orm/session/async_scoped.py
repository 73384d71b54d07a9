"""One AsyncSession per scope, reached through one object: `async_scoped_session`."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, Generic, TypeVar

from holdfast.orm.session.asyncio import AsyncSession
from holdfast.orm.session.places import own
from holdfast.orm.session.registries import ScopedRegistry
from holdfast.orm.session.scoped import ScopedSessions, show

A = TypeVar("A", bound=AsyncSession)


class async_scoped_session(ScopedSessions[A], Generic[A]):
    """A registry of AsyncSessions that behaves like the session of the current scope.

    Args:
        session_factory: makes the sessions, usually an `async_sessionmaker`.
        scopefunc: returns the key of the current scope: `asyncio.current_task`, or what a web framework has for a
            request. A key must not keep what it names alive for ever: call `remove` at the end of each scope.
    """

    def __init__(self, session_factory: Callable[..., A], scopefunc: Callable[[], Hashable]) -> None:
        self.session_factory = session_factory
        self.registry = ScopedRegistry(session_factory, scopefunc)

    async def remove(self) -> None:
        """Close the session of the current scope, if any, and forget it."""
        if self.registry.has():
            await self.registry().close()
        self.registry.clear()


# What the class shows by itself; other names reach a session's own class through `__getattr__`.
_METHODS = (
    "aclose", "add", "add_all", "begin", "begin_nested", "bulk_insert_mappings", "bulk_save_objects",
    "bulk_update_mappings", "close", "commit", "connection", "delete", "delete_all", "execute", "expire", "expire_all",
    "expunge", "expunge_all", "flush", "gather", "get", "get_async_bind", "get_bind", "get_one", "get_or_create",
    "invalidate", "is_modified", "merge", "merge_all", "plan", "refresh", "reset", "rollback", "run_sync", "scalar",
    "scalars", "stream", "stream_scalars", "upsert",
)  # fmt: skip
_READ_ONLY = (
    "binds", "deleted", "dirty", "execution_options", "identity_map", "info", "is_active", "new", "no_autoflush",
    "sync_session",
)  # fmt: skip
show(
    async_scoped_session,
    AsyncSession,
    _METHODS,
    _READ_ONLY,
    ("autoflush", "bind"),
    ("close_all", "identity_key", "object_session"),
)
_shown: Any = async_scoped_session
own(_shown.get, _shown.autoflush.fget)
