"""The Session as programs see it: identity map, unit of work and transaction in one holding zone, called synchronously."""

from __future__ import annotations

import gc
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from holdfast import defaults, exc
from holdfast.event import register
from holdfast.orm import statement_forms  # noqa: F401 - how statements of mapped classes are shown and pickled
from holdfast.orm.events import own_dispatch, session_class_dispatch
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.peers import check_mode
from holdfast.orm.session import handles  # noqa: F401 - where attributes find those of unloaded collections
from holdfast.orm.session.autocommit import warn_of_mode
from holdfast.orm.session.binds import bind_keys, check_bind
from holdfast.orm.session.bulk import BulkSession
from holdfast.orm.session.ending import SessionEnding
from holdfast.orm.session.execute_state import NOTHING
from holdfast.orm.session.facts import SessionFacts
from holdfast.orm.session.holding import SessionHolding
from holdfast.orm.session.objects import identity_key, object_session
from holdfast.orm.session.places import here, own_codes
from holdfast.orm.session.reading import SessionReading
from holdfast.orm.session.transaction import SessionTransaction

if TYPE_CHECKING:
    from holdfast.orm.query import Query

_JOIN_MODES = ("conditional_savepoint", "rollback_only", "control_fully", "create_savepoint")


class Session(SessionFacts, SessionHolding, SessionReading, BulkSession, SessionEnding):
    """A holding zone for mapped objects, and the transaction they live in.

    Args:
        bind: the Engine, or a Connection whose transaction the session joins.
        autoflush: send pending changes before each query.
        expire_on_commit: after a commit, objects read their row again at the next access.
        autobegin: begin a transaction at the first use; otherwise `begin()` must be called.
        binds: mapped class, mapper or Table -> Engine or Connection, where several databases take part.
        info: the program's own facts about the session.
        query_cls: the class that `query()` makes.
        autocommit: the mode of the 1.x series: without `begin()`, each call is a transaction of its own.
        join_transaction_mode: what commit and rollback do to the transaction of a Connection given as `bind`.
        twophase: commit in two phases, so that several databases agree.
        close_resets_only: False: after `close()` the session refuses all work.
        execution_options: options of every statement of the session.
        lazy_batching: what the second lazy load among objects loaded together does: "peers" loads for all of them, "one"
            for each by itself, "raise" raises. None: `holdfast.defaults`.
        future, enable_baked_queries: accepted as documented; they change nothing.

    A session serves one thread or one task at a time.
    """

    enable_baked_queries = True
    """What was given; it changes nothing: every statement's compiled form is kept."""

    def __init__(
        self,
        bind: Any = None,
        *,
        autoflush: bool = True,
        future: bool = True,
        expire_on_commit: bool = True,
        autobegin: bool = True,
        twophase: bool = False,
        binds: Mapping[Any, Any] | None = None,
        enable_baked_queries: bool = True,
        info: Mapping[Any, Any] | None = None,
        query_cls: type[Query[Any]] | None = None,
        autocommit: bool = False,
        join_transaction_mode: str = "conditional_savepoint",
        close_resets_only: bool = True,
        execution_options: Mapping[str, Any] = NOTHING,
        lazy_batching: str | None = None,
    ) -> None:
        if future is not True:
            raise exc.ArgumentError("The 'future' parameter passed to Session() may only be set to True.")
        if join_transaction_mode not in _JOIN_MODES:
            raise exc.ArgumentError(
                f"invalid selection for join_transaction_mode: {join_transaction_mode!r}; choose one of "
                f"{', '.join(map(repr, _JOIN_MODES))}"
            )
        if lazy_batching is not None:
            check_mode(lazy_batching)
        if not enable_baked_queries:
            self.enable_baked_queries = False
        if autocommit:
            warn_of_mode()
        if bind is not None:
            check_bind(bind)
        self.lazy_batching = lazy_batching or defaults.current.lazy_batching
        self.bind = bind
        self.binds = {}
        for target, engine in binds.items() if binds else ():
            self.binds.update(dict.fromkeys(bind_keys(target), engine))
        self.autoflush = autoflush
        self.expire_on_commit = expire_on_commit
        self.autobegin = autobegin
        self.twophase = twophase
        self.join_transaction_mode = join_transaction_mode
        self.close_resets_only = close_resets_only
        self.execution_options = execution_options
        self.query_cls = query_cls
        # In the object, though the class says them too: from there they are read several times as fast (CPython 3.11).
        self.autocommit = autocommit
        self.is_async = self.is_closed = self.flushing = False
        self.owner = self.block = None
        self.dispatch = self.class_dispatch or session_class_dispatch(type(self))
        self.transaction: SessionTransaction | None = None
        self.holder = IdentityMap(self, self.dispatch)
        self._info = dict(info) if info else None
        self._hash_key = 0
        frame = sys._getframe(1)
        self._opened: Any = (frame.f_code, frame.f_lasti) if id(frame.f_code) not in own_codes else here(frame)

    @classmethod
    def object_session(cls, instance: object) -> Session | None:
        """Return the session that an object is in, or None."""
        return object_session(instance)  # type: ignore[no-any-return]

    @classmethod
    def identity_key(cls, *arguments: Any, **keywords: Any) -> tuple[Any, ...]:
        """Return the key ``(class, primary key, token)`` of an object, or of a class and a key; see `orm.identity_key`."""
        return identity_key(*arguments, **keywords)

    @classmethod
    def close_all(cls) -> None:
        """Close all sessions: the form of old of `close_all_sessions`."""
        exc.warn_deprecated("The Session.close_all() method is deprecated. Please refer to close_all_sessions().")
        close_all_sessions()

    def __enter__(self) -> Session:
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        self.close()


def close_all_sessions() -> None:
    """Close every session there is, of all classes and makers; for the end of test runs."""
    # Asked of the collector: a register of all sessions would cost at each new one.
    for found in [each for each in gc.get_objects() if issubclass(type(each), Session)]:
        found.close()


register(
    lambda target: isinstance(target, type) and issubclass(target, Session),
    lambda target, name: session_class_dispatch(target),
)
register(lambda target: isinstance(target, Session), lambda target, name: own_dispatch(target))
