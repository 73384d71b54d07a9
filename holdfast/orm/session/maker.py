"""Makes sessions that are configured alike: `sessionmaker`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Generic, TypeVar, overload

from holdfast.event import register
from holdfast.orm.events import session_class_dispatch
from holdfast.orm.session.face import Session
from holdfast.orm.session.places import own

S = TypeVar("S", bound=Session)


class sessionmaker(Generic[S]):
    """A factory of sessions.

    Args:
        bind: the Engine or Connection of the sessions; may be given later by `configure`.
        class_: the class of the sessions.
        autoflush, expire_on_commit, info, ...: keywords of `Session`; each call may override them.
    """

    class_: type[S]

    @overload
    def __init__(self: sessionmaker[Session], bind: Any = ..., **kw: Any) -> None: ...
    @overload
    def __init__(self, bind: Any = ..., *, class_: type[S], **kw: Any) -> None: ...
    def __init__(
        self,
        bind: Any = None,
        *,
        class_: Any = Session,
        autoflush: bool = True,
        expire_on_commit: bool = True,
        info: dict[Any, Any] | None = None,
        **kw: Any,
    ) -> None:
        kw["bind"] = bind
        kw["autoflush"] = autoflush
        kw["expire_on_commit"] = expire_on_commit
        if info is not None:
            kw["info"] = info
        self.kw = kw
        # A class of its own, so that listeners can be bound to the sessions of this maker alone.
        self.class_ = type(class_.__name__, (class_,), {})

    def __call__(self, **local_kw: Any) -> S:
        """Return a new session; `local_kw` override the maker's keywords."""
        if not local_kw:
            return self.class_(**self.kw)
        merged = {**self.kw, **local_kw}
        if "info" in self.kw and "info" in local_kw:
            merged["info"] = {**self.kw["info"], **local_kw["info"]}
        return self.class_(**merged)

    def begin(self) -> AbstractContextManager[S]:
        """Return a block with a new session and its transaction: commits at the end, rolls back after an error."""
        return self._begin()

    @contextmanager
    def _begin(self) -> Iterator[S]:
        session = self()
        with session, session.begin():
            yield session

    @staticmethod
    def object_session(instance: object) -> Session | None:
        """Return the session that an object is in, or None."""
        return Session.object_session(instance)

    @staticmethod
    def identity_key(*arguments: Any, **keywords: Any) -> tuple[Any, ...]:
        """Return the key of an object, or of a class and a key; see `orm.identity_key`."""
        return Session.identity_key(*arguments, **keywords)

    def configure(self, **new_kw: Any) -> None:
        """Change the keywords of the sessions made from now on."""
        self.kw.update(new_kw)

    def __repr__(self) -> str:
        keywords = ", ".join(f"{name}={value!r}" for name, value in self.kw.items())
        return f"{type(self).__name__}(class_={self.class_.__name__!r}, {keywords})"


own(sessionmaker.__call__, sessionmaker._begin.__wrapped__)  # type: ignore[attr-defined]
register(lambda target: isinstance(target, sessionmaker), lambda target, name: session_class_dispatch(target.class_))
