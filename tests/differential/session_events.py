"""Every event that a session and its mappers tell while a random program runs, written into the program's log."""

from __future__ import annotations

from typing import Any

LIFE = (
    "before_attach", "after_attach", "transient_to_pending", "pending_to_transient", "pending_to_persistent",
    "persistent_to_transient", "persistent_to_deleted", "deleted_to_persistent", "deleted_to_detached",
    "persistent_to_detached", "detached_to_persistent", "loaded_as_persistent",
)  # fmt: skip
ROWS = ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete")
WORK = ("before_commit", "after_commit", "after_rollback")
FLUSH = ("before_flush", "after_flush", "after_flush_postexec")


def listen_to_session(lib: Any, target: Any, note: Any) -> None:
    """Tell of every event of sessions.

    Args:
        target: a class of sessions.
        note: is given the event's name and perhaps an object.
    """

    def listen(name: str, function: Any) -> None:
        lib.event.listen(target, name, function)

    for name in LIFE:
        listen(name, lambda session, instance, name=name: note(name, instance))
    for name in WORK:
        listen(name, lambda session, name=name: note(name))
    for name in ("after_transaction_create", "after_transaction_end"):
        listen(name, lambda session, transaction, name=name: note(f"{name} {transaction.nested}"))
    listen("before_flush", lambda session, context, instances: note("before_flush"))
    listen("after_flush", lambda session, context: note("after_flush"))
    listen("after_flush_postexec", lambda session, context: note("after_flush_postexec"))
    listen("after_begin", lambda session, transaction, connection: note("after_begin"))
    listen("after_soft_rollback", lambda session, previous: note(f"after_soft_rollback {previous.nested}"))
    listen("after_bulk_update", lambda context: note("after_bulk_update"))
    listen("after_bulk_delete", lambda context: note("after_bulk_delete"))


def listen_to_mapper(lib: Any, class_: Any, note: Any) -> None:
    """Tell of every row that is written, and of every object that is loaded, refreshed or expired.

    Args:
        class_: the base class of mapped ones.
        note: is given the event's name and an object.
    """
    for name in ROWS:
        lib.event.listen(class_, name, lambda mapper, connection, target, name=name: note(name, target), propagate=True)
    lib.event.listen(class_, "load", lambda target, context: note("load", target), propagate=True)
    mappers = list(lib.inspect(class_).self_and_descendants)
    later = {name for one in mappers for name in one.relationships.keys()} | {"note", "bark", "level"}  # noqa: SIM118

    def refreshed(target: Any, context: Any, names: Any) -> None:
        # Of an object that a query meets again SQLAlchemy tells that its relationships may be loaded lazily.
        if names is None or set(names) - later:
            note("refresh", target)

    lib.event.listen(class_, "refresh", refreshed, propagate=True)

    def expired(target: Any, names: Any) -> None:
        # SQLAlchemy tells of None for an object that is gone from memory.
        if target is not None and (names is None or set(names) - later):
            note("expire", target)

    lib.event.listen(class_, "expire", expired, propagate=True)
