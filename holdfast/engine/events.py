"""The events of engines and connections, and who hears them: a connection's, its engine's, those of all engines."""

from __future__ import annotations

from holdfast.event import Dispatch

CONNECTION_EVENTS = (
    "before_execute",
    "after_execute",
    "before_cursor_execute",
    "after_cursor_execute",
    "handle_error",
    "begin",
    "commit",
    "rollback",
    "savepoint",
    "rollback_savepoint",
    "release_savepoint",
    "engine_connect",
    "engine_disposed",
    "do_connect",
)

engine_class_dispatch = Dispatch(CONNECTION_EVENTS)
"""Listeners on the class `Engine`: they hear every engine."""
