"""The asynchronous face under a test that was written for the synchronous one: the same lines, over AsyncSession.

The other way round than `tests.support.faces`: there a test is awaited, and the synchronous session answers it; here a test
calls `session.commit()`, and it is `AsyncSession.commit` that is awaited for it, on a loop of the test's own. What only a
read starts (a lazy load, an expired value) goes to that loop as in `run_sync`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Self, TypeVar
from unittest.mock import patch

from holdfast import Engine, create_engine
from holdfast.engine.bridge import local
from holdfast.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from holdfast.orm import Session
from tests.support.faces import AWAITED

T = TypeVar("T")


class Loop:
    """A loop that the test's own thread drives, one call at a time.

    While it is entered, the thread is a bridge: synchronous calls on the async engine's sessions are legal.
    """

    caller = None

    def __enter__(self) -> Self:
        self._runner = asyncio.Runner()
        self.loop = self._runner.get_loop()
        local.bridge = self
        return self

    def __exit__(self, *error: object) -> None:
        local.bridge = None
        self._runner.close()

    def call(self, make: Callable[[], Awaitable[T]]) -> T:
        """Await ``make()`` to its end. Meanwhile the thread is a loop's and no bridge."""

        async def body() -> T:
            return await make()

        local.bridge = None
        try:
            return self._runner.run(body())
        finally:
            local.bridge = self

    def session(self, engine: AsyncEngine, **options: Any) -> Session:
        """Return the Session behind a new AsyncSession; what the latter awaits is awaited where the test calls it."""
        return self._with_methods(AsyncSession(engine, **options))

    @contextmanager
    def every_session(self) -> Iterator[None]:
        """Put an AsyncSession before each Session that is made, of whatever class."""
        original = Session.__init__

        def with_face(session: Session, *arguments: Any, **keywords: Any) -> None:
            original(session, *arguments, **keywords)
            self._with_methods(AsyncSession(sync_session_class=lambda **_: session))  # type: ignore[arg-type]

        with patch.object(Session, "__init__", with_face):
            yield

    def _with_methods(self, face: AsyncSession) -> Session:
        session = face.sync_session
        # The reference from the session to its face is weak.
        vars(session)["_awaited_face"] = face
        for name in AWAITED - {"begin_nested"}:
            vars(session)[name] = self._awaited(getattr(face, name), getattr(session, name))
        return session

    def _awaited(self, method: Callable[..., Awaitable[Any]], plain: Callable[..., Any]) -> Callable[..., Any]:
        def called(*arguments: Any, **keywords: Any) -> Any:
            if local.bridge is self:
                return self.call(lambda: method(*arguments, **keywords))
            # A listener calls it, on the loop or in a bridge of its own: what it gets there is the synchronous method.
            return plain(*arguments, **keywords)

        return called


@contextmanager
def engines_on(urls: Iterable[Any], face: str, **options: Any) -> Iterator[list[Engine]]:
    """Give engines for a test that is written synchronously, and close them.

    Args:
        urls: the addresses, their drivers included.
        face: "sync", or "async": the Engine behind an AsyncEngine, usable as in `run_sync`; an AsyncSession stands before
            each Session that is made meanwhile.
        options: of the engines.
    """
    if face == "sync":
        engines = [create_engine(url, **options) for url in urls]
        try:
            yield engines
        finally:
            for engine in engines:
                engine.dispose()
        return
    with Loop() as loop, loop.every_session():
        async_engines = [create_async_engine(url, **options) for url in urls]
        try:
            yield [engine.sync_engine for engine in async_engines]
        finally:
            for async_engine in async_engines:
                loop.call(async_engine.dispose)


@contextmanager
def engine_on(url: Any, face: str, **options: Any) -> Iterator[Engine]:
    """Give one engine for a test that is written synchronously; see `engines_on`."""
    with engines_on([url], face, **options) as (engine,):
        yield engine
