"""The events of sessions, and who hears them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast.event import Dispatch, setup_lock, wrapped

LIFE_EVENTS = (
    "before_attach",
    "after_attach",
    "transient_to_pending",
    "pending_to_transient",
    "pending_to_persistent",
    "persistent_to_transient",
    "persistent_to_deleted",
    "deleted_to_persistent",
    "deleted_to_detached",
    "persistent_to_detached",
    "detached_to_persistent",
    "loaded_as_persistent",
)
"""Called with the session and one object, at each of its moves between states."""

SESSION_EVENTS: dict[str, tuple[str, ...]] = {
    "before_flush": ("session", "flush_context", "instances"),
    "after_flush": ("session", "flush_context"),
    "after_flush_postexec": ("session", "flush_context"),
    "before_commit": ("session",),
    "after_commit": ("session",),
    "after_rollback": ("session",),
    "after_soft_rollback": ("session", "previous_transaction"),
    "after_begin": ("session", "transaction", "connection"),
    "after_transaction_create": ("session", "transaction"),
    "after_transaction_end": ("session", "transaction"),
    "do_orm_execute": ("orm_execute_state",),
    "after_bulk_update": ("update_context",),
    "after_bulk_delete": ("delete_context",),
    **dict.fromkeys(LIFE_EVENTS, ("session", "instance")),
}


def with_state(called: Callable[..., Any], place: int) -> Callable[..., Any]:
    """Return a listener with ``raw=True``: it gets an object's state in the place of the object.

    Args:
        place: of the object among the arguments.
    """

    def call_with_state(*arguments: Any) -> Any:
        return called(*arguments[:place], arguments[place]._sa_instance_state, *arguments[place + 1 :])

    call_with_state.__dict__.update(called.__dict__)
    return call_with_state


class SessionDispatch(Dispatch):
    """The listeners of sessions.

    Args:
        chooses: the class of sessions has a `get_bind` of its own.

    Attributes:
        watched: somebody listens to the lives of objects; asked once where objects move, so that it costs nothing else.
        asked: the statements of loaders are shown before they run: to listeners, or to a `get_bind` that chooses by them.
    """

    def __init__(self, names: Iterable[str], parents: Iterable[Dispatch] = (), chooses: bool = False) -> None:
        self.watched = False
        self.asked = self._chooses = chooses
        super().__init__(names, parents)

    def wrap(self, name: str, fn: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
        called = wrapped(fn, options, self.arguments(name))
        return with_state(called, 1) if options.get("raw") and name in LIFE_EVENTS else called

    def _gather(self, name: str) -> None:
        super()._gather(name)
        if name in LIFE_EVENTS:
            self.watched = any(self.__dict__.get(event) for event in LIFE_EVENTS)
        elif name == "do_orm_execute":
            self.asked = self._chooses or bool(self.do_orm_execute)


def session_class_dispatch(class_: type) -> SessionDispatch:
    """Return the dispatch of a class of sessions; it hears through the classes that it derives from."""
    found: Any = class_.__dict__.get("class_dispatch")
    if found is None:
        with setup_lock:
            found = class_.__dict__.get("class_dispatch")
            if found is None:
                parents = [
                    session_class_dispatch(base) for base in class_.__bases__ if hasattr(base, "core_call_listener")
                ]
                found = SessionDispatch(SESSION_EVENTS, parents, getattr(class_, "has_own_get_bind", False))
                class_.class_dispatch = found  # type: ignore[attr-defined]
    return found  # type: ignore[no-any-return]


def own_dispatch(session: Any) -> SessionDispatch:
    """Return the dispatch of one session, made when somebody listens to it."""
    found = session.__dict__.get("dispatch")
    class_dispatch = session_class_dispatch(type(session))
    if found is None or found is class_dispatch:
        found = session.dispatch = session.holder.dispatch = SessionDispatch(
            SESSION_EVENTS, [class_dispatch], getattr(type(session), "has_own_get_bind", False)
        )
    return found  # type: ignore[no-any-return]
