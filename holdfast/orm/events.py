"""The events of sessions and mappers, and who hears them."""

from __future__ import annotations

from typing import Any

from holdfast.event import Dispatch

SESSION_EVENTS = (
    "before_flush",
    "after_flush",
    "after_flush_postexec",
    "before_commit",
    "after_commit",
    "after_rollback",
    "after_soft_rollback",
    "after_begin",
    "after_transaction_create",
    "after_transaction_end",
)


def session_class_dispatch(class_: type) -> Dispatch:
    """Return the dispatch of a class of sessions; it hears through the classes that it derives from."""
    found: Any = class_.__dict__.get("_class_dispatch")
    if found is None:
        parents = [session_class_dispatch(base) for base in class_.__bases__ if base is not object]
        found = Dispatch(SESSION_EVENTS, parents)
        class_._class_dispatch = found  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


def own_dispatch(session: Any) -> Dispatch:
    """Return the dispatch of one session, made when somebody listens to it."""
    found = session.__dict__.get("dispatch")
    class_dispatch = session_class_dispatch(type(session))
    if found is None or found is class_dispatch:
        found = session.dispatch = Dispatch(SESSION_EVENTS, [class_dispatch])
    return found  # type: ignore[no-any-return]
