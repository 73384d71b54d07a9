"""The attributes of one mapped instance, each by itself: its value in memory, and what the next flush makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

from holdfast.orm.history import BLANK, NO_VALUE, History, PendingChanges, collection_history, scalar_history


class Tracked(Protocol):
    """What is asked of an instance's state (`state.InstanceState`); calling it gives the instance."""

    mapper: ClassVar[Any]

    @property
    def row_key(self) -> Any: ...

    @property
    def old(self) -> dict[str, Any] | None: ...

    @property
    def extra(self) -> dict[str, Any] | None: ...

    @property
    def dict(self) -> dict[str, Any]: ...

    def __call__(self) -> Any: ...


class AttributeState:
    """One attribute of one instance, as ``inspect(instance).attrs.<name>`` gives it.

    Attributes:
        state: the instance's state.
        key: the attribute's name.
    """

    __slots__ = ("key", "state")

    def __init__(self, state: Tracked, key: str) -> None:
        self.state = state
        self.key = key

    @property
    def loaded_value(self) -> Any:
        """The value in memory, or `NO_VALUE`; nothing is loaded."""
        return self.state.dict.get(self.key, NO_VALUE)

    @property
    def value(self) -> Any:
        """The value; it is loaded if need be."""
        return getattr(self.state(), self.key)

    @property
    def history(self) -> History:
        """The changes since the last flush; nothing is loaded."""
        return visible_history(self.state, self.state(), self.key)

    def load_history(self) -> History:
        """Return the changes since the last flush, after loading the value."""
        _ = self.value
        return self.history


class AttributeStates:
    """The attributes of one instance by name, as items and as attributes; iterating gives their states."""

    __slots__ = ("_state",)

    def __init__(self, state: Tracked) -> None:
        self._state = state

    def __getitem__(self, key: str) -> AttributeState:
        if key not in self:
            raise KeyError(key)
        return AttributeState(self._state, key)

    def __getattr__(self, key: str) -> AttributeState:
        if key not in self:
            raise AttributeError(key)
        return AttributeState(self._state, key)

    def __contains__(self, key: str) -> bool:
        return key in self._state.mapper.by_name

    def __iter__(self) -> Iterator[AttributeState]:
        return iter(self.values())

    def __len__(self) -> int:
        return len(self._state.mapper.by_name)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the state of an attribute, or `default` if there is none of that name."""
        return AttributeState(self._state, key) if key in self else default

    def keys(self) -> list[str]:
        """Return the names."""
        return list(self._state.mapper.attribute_names)

    def values(self) -> list[AttributeState]:
        """Return the attributes' states."""
        return [AttributeState(self._state, key) for key in self.keys()]

    def items(self) -> list[tuple[str, AttributeState]]:
        """Return pairs of name and state."""
        return [(one.key, one) for one in self.values()]


def history_of(state: Tracked, instance: Any, key: str) -> History:
    """Return the changes of one attribute since the last flush or load; nothing is loaded."""
    attribute = state.mapper.by_name[key]
    if hasattr(attribute, "history"):  # a composite: made of its columns' histories
        return attribute.history(state, instance)  # type: ignore[no-any-return]
    values = instance.__dict__
    now = values.get(key, NO_VALUE)
    old = state.old
    is_changed = old is not None and key in old
    if getattr(attribute, "uselist", False):
        if now is NO_VALUE:
            return _unloaded_collection_history(state, key)
        members = now.link_members()
        if is_changed:
            return collection_history(old[key] or (), members)  # type: ignore[index]
        return collection_history(() if state.row_key is None else members, members)
    if is_changed:
        return scalar_history(old[key], now, attribute.same_value)  # type: ignore[index]
    if now is NO_VALUE:
        return BLANK
    return History([now], (), ()) if state.row_key is None else History((), [now], ())


def visible_history(state: Tracked, instance: Any, key: str) -> History:
    """Return the changes of one attribute as programs see them: a collection that is not loaded has none."""
    if key not in instance.__dict__ and getattr(state.mapper.by_name[key], "uselist", False):
        return BLANK
    return history_of(state, instance, key)


def _unloaded_collection_history(state: Tracked, key: str) -> History:
    before = (state.old or {}).get(key) or ()
    pending = ((state.extra or {}).get("pending") or {}).get(key)
    if not isinstance(pending, PendingChanges):
        return History((), (), list(before)) if before else BLANK
    return History(list(pending.added), (), list(pending.removed))
