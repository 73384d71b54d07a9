"""Events of attributes: who listens to values being set, appended and removed, and what they are told.

An attribute that nobody listens to has no dispatch at all: the first listener makes it, and its class's
``__setattr__`` is generated anew, or its relationship becomes a `heard_links.HeardLink`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Sequence
from typing import Any

from holdfast.event import Dispatch, wrapped
from holdfast.orm.events import with_state
from holdfast.orm.history import NO_VALUE

ATTRIBUTE_EVENTS = {
    "set": ("target", "value", "oldvalue", "initiator"),
    "append": ("target", "value", "initiator"),
    "append_wo_mutation": ("target", "value", "initiator"),
    "remove": ("target", "value", "initiator"),
    "bulk_replace": ("target", "values", "initiator"),
    "init_scalar": ("target", "value", "dict_"),
    "init_collection": ("target", "collection", "collection_adapter"),
    "dispose_collection": ("target", "collection", "collection_adapter"),
    "modified": ("target", "initiator"),
}
KEYED = {"append": "key", "append_wo_mutation": "key", "remove": "key", "bulk_replace": "keys"}
"""Events that tell a key with ``include_key=True``, and how they call it."""


class EventOp(enum.Enum):
    """What was done, in the words of `AttributeEventToken.op`."""

    APPEND = enum.auto()
    REMOVE = enum.auto()
    REPLACE = enum.auto()
    BULK_REPLACE = enum.auto()
    MODIFIED = enum.auto()


OP_APPEND, OP_REMOVE, OP_REPLACE = EventOp.APPEND, EventOp.REMOVE, EventOp.REPLACE
OP_BULK_REPLACE, OP_MODIFIED = EventOp.BULK_REPLACE, EventOp.MODIFIED


class NoKey(enum.Enum):
    """Stands for the key of a member that came or went without one."""

    NO_KEY = enum.auto()


NO_KEY = NoKey.NO_KEY


class AttributeEventToken:
    """What began a change: the same one for all events that it causes, on both sides of a relationship.

    Attributes:
        key: the attribute that the program changed.
        op: an `EventOp`.
        impl: the relationship at run time; None for a column.
    """

    __slots__ = ("impl", "key", "op")

    def __init__(self, key: str, op: EventOp, impl: Any = None) -> None:
        self.key = key
        self.op = op
        self.impl = impl

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AttributeEventToken) and (other.key, other.op, other.impl) == (
            self.key, self.op, self.impl,
        )  # fmt: skip

    def __hash__(self) -> int:
        return hash((self.key, self.op))

    def __repr__(self) -> str:
        return f"<AttributeEventToken {self.key} {self.op.name}>"


class AttributeDispatch(Dispatch):
    """The listeners of one attribute of a class.

    Args:
        changed: called when somebody begins or ceases to listen.
        is_configured: whether the relationships of the class are known by now.
        of_heirs: makes the dispatch of listeners that hear of subclasses too; None: this is one.

    Attributes:
        is_active: a listener wants the value before a change, loaded if need be.
        on_set, on_append ...: the listeners of each event.
    """

    _prefix = "on_"

    def __init__(
        self,
        changed: Callable[[], None],
        of_heirs: Callable[[], AttributeDispatch] | None = None,
        is_configured: Callable[[], bool] = lambda: True,
        parents: Sequence[Dispatch] = (),
    ) -> None:
        self.is_active = False
        self._changed: Callable[[], None] = _nothing
        self._of_heirs = of_heirs
        self._is_configured = is_configured
        super().__init__(ATTRIBUTE_EVENTS, parents)
        self._changed = changed

    @property
    def heirs(self) -> Dispatch | None:  # type: ignore[override]
        """The listeners of this attribute in the class and all that derive from it."""
        return None if self._of_heirs is None else self._of_heirs()

    def is_heard(self) -> bool:
        """Whether anybody listens."""
        return any(getattr(self, f"on_{name}") for name in ATTRIBUTE_EVENTS)

    def wrap(self, name: str, fn: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
        if options.get("active_history"):
            self.is_active = True
            for child in self._children:
                child.is_active = True  # type: ignore[attr-defined]
        takes_key = bool(options.get("include_key")) and name in KEYED
        names = (*ATTRIBUTE_EVENTS[name], KEYED[name]) if takes_key else ATTRIBUTE_EVENTS[name]
        called = _with_key(wrapped(fn, options, names), name, bool(options.get("named"))) if takes_key else None
        called = called or wrapped(fn, options, names)
        if options.get("raw"):
            called = with_state(called, 0)
        return called if self._is_configured() else _early(called)

    def _gather(self, name: str) -> None:
        super()._gather(name)
        self._changed()


def _nothing() -> None:
    """Stand for the function to call until the dispatch is complete."""


def _with_key(called: Callable[..., Any], event: str, is_named: bool) -> Callable[..., Any]:
    """Return a function that takes the key as its last argument and passes it by name."""

    def call_with_key(*arguments: Any) -> Any:
        if is_named:
            return called(*arguments)
        return called(*arguments[:-1], **{KEYED[event]: arguments[-1]})

    call_with_key.__dict__.update(called.__dict__)
    call_with_key.takes_key = True  # type: ignore[attr-defined]
    return call_with_key


def _early(called: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that is marked: it began to listen before the other side of the relationship did."""

    def call_early(*arguments: Any) -> Any:
        return called(*arguments)

    call_early.__dict__.update(called.__dict__)
    call_early.is_early = True  # type: ignore[attr-defined]
    return call_early


def fire(
    listeners: Sequence[Callable[..., Any]],
    target: Any,
    value: Any,
    *rest: Any,
    key: Any = NO_KEY,
    early: bool | None = None,
) -> Any:
    """Call listeners that are told of a value.

    Args:
        early: only those that listen since before the class was configured, or only the others; None: all. The other
            side of a relationship, which listens from then on, comes in between.

    Returns: the value; what the last one with ``retval=True`` returned in its place.
    """
    for listener in listeners:
        if early is not None and getattr(listener, "is_early", False) is not early:
            continue
        arguments = (target, value, *rest, key) if getattr(listener, "takes_key", False) else (target, value, *rest)
        returned = listener(*arguments)
        if getattr(listener, "returns", False):
            value = returned
    return value


class HeardColumn:
    """A column attribute that somebody listens to.

    Attributes:
        dispatch: the listeners.
    """

    __slots__ = ("dispatch", "key")

    def __init__(self, key: str, dispatch: AttributeDispatch) -> None:
        self.key = key
        self.dispatch = dispatch

    def set(self, instance: Any, value: Any) -> Any:
        """Tell who listens that a value is about to be set; returns the one that is."""
        if not self.dispatch.on_set:
            return value
        before = instance.__dict__.get(self.key, NO_VALUE)
        return fire(self.dispatch.on_set, instance, value, before, AttributeEventToken(self.key, OP_REPLACE))

    def remove(self, instance: Any) -> None:
        """Tell who listens that the value is about to be deleted."""
        if self.dispatch.on_remove:
            value = instance.__dict__[self.key]
            fire(self.dispatch.on_remove, instance, value, AttributeEventToken(self.key, OP_REMOVE))
