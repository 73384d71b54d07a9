"""The events of engines, connections and pools, with the names of their arguments; who hears them all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast import exc
from holdfast.compiler.public_dialect import Dialect
from holdfast.event import Dispatch, setup_lock

_CURSOR = ("conn", "cursor", "statement", "parameters", "context", "executemany")
_EXECUTE = ("conn", "clauseelement", "multiparams", "params", "execution_options")

CONNECTION_EVENTS: dict[str, tuple[str, ...]] = {
    "before_execute": _EXECUTE,
    "after_execute": (*_EXECUTE, "result"),
    "before_cursor_execute": _CURSOR,
    "after_cursor_execute": _CURSOR,
    "handle_error": ("exception_context",),
    "begin": ("conn",),
    "commit": ("conn",),
    "rollback": ("conn",),
    "savepoint": ("conn", "name"),
    "rollback_savepoint": ("conn", "name", "context"),
    "release_savepoint": ("conn", "name", "context"),
    "begin_twophase": ("conn", "xid"),
    "prepare_twophase": ("conn", "xid"),
    "commit_twophase": ("conn", "xid", "is_prepared"),
    "rollback_twophase": ("conn", "xid", "is_prepared"),
    "engine_connect": ("conn",),
    "engine_disposed": ("engine",),
    "set_connection_execution_options": ("conn", "opts"),
    "set_engine_execution_options": ("engine", "opts"),
    "do_connect": ("dialect", "conn_rec", "cargs", "cparams"),
    "do_execute": ("cursor", "statement", "parameters", "context"),
    "do_execute_no_params": ("cursor", "statement", "context"),
    "do_executemany": ("cursor", "statement", "parameters", "context"),
    # Of drivers that are told the types of parameters beforehand; none of those here is.
    "do_setinputsizes": ("inputsizes", "cursor", "statement", "parameters", "context"),
}

STATEMENT_EVENTS = (
    "before_execute",
    "after_execute",
    "before_cursor_execute",
    "after_cursor_execute",
    "do_execute",
    "do_execute_no_params",
    "do_executemany",
)
"""Events for whose sake statements are sent the long way."""
EXECUTING = ("do_execute", "do_execute_no_params", "do_executemany")

_RECORD = ("dbapi_connection", "connection_record")

POOL_EVENTS: dict[str, tuple[str, ...]] = {
    "connect": _RECORD,
    "first_connect": _RECORD,
    "checkout": (*_RECORD, "connection_proxy"),
    "checkin": _RECORD,
    "reset": (*_RECORD, "reset_state"),
    "invalidate": (*_RECORD, "exception"),
    "soft_invalidate": (*_RECORD, "exception"),
    "close": _RECORD,
    "detach": _RECORD,
    "close_detached": ("dbapi_connection",),
}

CHANGED_EVENTS = ("engine_connect", "before_execute", "after_execute", "reset")
"""Events whose listeners had other arguments in the 1.x series."""

_RETURNING = (
    "before_execute",
    "before_cursor_execute",
    "handle_error",
    "do_connect",
    "do_execute",
    "do_execute_no_params",
    "do_executemany",
)


DIALECT_EVENTS = ("do_connect", "do_execute", "do_execute_no_params", "do_executemany", "handle_error")
"""Events of what an engine's driver does: all engines that `execution_options` made of one share them."""


def _check_returning(name: str, listener: Any) -> None:
    if getattr(listener, "returns", False) and name not in _RETURNING:
        raise exc.ArgumentError(
            "Only the 'before_execute', 'before_cursor_execute' and 'handle_error' engine event listeners accept the "
            "'retval=True' argument."
        )


class EngineDispatch(Dispatch):
    """Listeners to an engine, its connections or its pool."""

    def wrap(self, name: str, fn: Any, options: dict[str, Any]) -> Any:
        if name in CHANGED_EVENTS:
            from holdfast.engine.older_listeners import of_today

            fn = of_today(name, fn, options, self.arguments(name) or ())
        return super().wrap(name, fn, options)


class ConnectionDispatch(EngineDispatch):
    """Listeners to connections: to one, to those of an engine, to all.

    Attributes:
        logs: statements are written to the log.
        watched: statements are listened to or logged; the one thing that a connection asks before it sends.
        executes: listeners may execute statements themselves, on the driver's cursor: no mark may go along with one.
    """

    def __init__(self, parents: Sequence[ConnectionDispatch] = (), logs: bool = False) -> None:
        self.logs = logs
        self.watched = logs
        self.executes = False
        super().__init__(CONNECTION_EVENTS, parents)

    def _gather(self, name: str) -> None:
        super()._gather(name)
        if name in STATEMENT_EVENTS:
            self._look()

    def _look(self) -> None:
        self.watched = self.logs or any(self.__dict__.get(name) for name in STATEMENT_EVENTS)
        self.executes = any(self.__dict__.get(name) for name in EXECUTING)

    def log(self, logs: bool) -> None:
        """Note whether statements are logged, here and in all that hear through this dispatch."""
        self.logs = logs
        self._look()
        for child in self._children:
            child.log(logs)  # type: ignore[attr-defined]

    def append(self, name: str, listener: Any, first: bool = False) -> None:
        """Add a listener.

        Raises: ArgumentError: its result is to count, and the event knows none.
        """
        _check_returning(name, listener)
        super().append(name, listener, first)


class DerivedDispatch(ConnectionDispatch):
    """Listeners to an engine that was made of another one; they are told before those of that other."""

    own_first = True


class OwnDispatch(DerivedDispatch):
    """Listeners to one connection alone."""


_of_dialects: dict[type, Dispatch] = {}


def dialect_class_dispatch(class_: type) -> Dispatch:
    """Return the dispatch of a class of dialects: it hears the engines of all its dialects, and those of derived classes."""
    found = _of_dialects.get(class_)
    if found is None:
        with setup_lock:
            parents = [dialect_class_dispatch(base) for base in class_.__bases__ if issubclass(base, Dialect)]
            names = {name: CONNECTION_EVENTS[name] for name in DIALECT_EVENTS}
            found = _of_dialects.setdefault(class_, DialectDispatch(names, parents))
    return found


class DialectDispatch(Dispatch):
    """Listeners to a class of dialects."""

    def append(self, name: str, listener: Any, first: bool = False) -> None:
        """Add a listener.

        Raises: ArgumentError: its result is to count, and the event knows none.
        """
        _check_returning(name, listener)
        super().append(name, listener, first)


engine_class_dispatch = ConnectionDispatch()
"""Listeners on the class `Engine`: they hear every engine."""
