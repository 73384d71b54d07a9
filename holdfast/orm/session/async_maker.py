"""Factories of AsyncSessions that are configured alike."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, Generic, TypeVar, overload

from holdfast.orm.session.asyncio import AsyncSession
from holdfast.orm.session.places import own

A = TypeVar("A", bound=AsyncSession)


class async_sessionmaker(Generic[A]):
    """A factory of AsyncSessions that are configured alike.

    Args:
        bind: the AsyncEngine; may be given later by `configure`.
        class_: the class of the sessions.
        kw: keywords of `AsyncSession` and `Session`; each call may override them.
    """

    @overload
    def __init__(self: async_sessionmaker[AsyncSession], bind: Any = ..., **kw: Any) -> None: ...
    @overload
    def __init__(self, bind: Any = ..., *, class_: type[A], **kw: Any) -> None: ...
    def __init__(
        self,
        bind: Any = None,
        *,
        class_: Any = AsyncSession,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None:
        kw.update(bind=bind, autoflush=autoflush, expire_on_commit=expire_on_commit)
        if info is not None:
            kw["info"] = info
        self.kw = kw
        self.class_: type[A] = type(class_.__name__, (class_,), {})

    def __call__(self, **local_kw: Any) -> A:
        """Return a new session."""
        return self.class_(**{**self.kw, **local_kw})

    def begin(self) -> AbstractAsyncContextManager[A]:
        """Return a block with a new session and its transaction."""
        return self._begin()

    @asynccontextmanager
    async def _begin(self) -> AsyncIterator[A]:
        async with self() as session, session.begin():
            yield session  # type: ignore[misc]

    def configure(self, **new_kw: Any) -> None:
        """Change the keywords of the sessions made from now on."""
        self.kw.update(new_kw)


own(async_sessionmaker.__call__, async_sessionmaker._begin.__wrapped__)  # type: ignore[attr-defined]
