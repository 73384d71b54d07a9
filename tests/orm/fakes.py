"""An identity map without a session, for tests of objects that would need one."""

from collections.abc import Callable
from typing import Any

from holdfast.orm.attributes import instance_state, set_loaded, set_loaded_collection


class FakeMap:
    """Stands for the identity map of a session: remembers what objects tell it, loads what a test gave it.

    Attributes:
        loadable: (object's key, attribute) -> value or members that `load_missing` brings.
        loads: what was loaded, in order.
        adopted: (parent, child) as the save-update cascade told them.
    """

    def __init__(self) -> None:
        self.session: Any = self
        self.states: dict[Any, dict[Any, Any]] = {}
        self.new: dict[Any, Any] = {}
        self.dirty: dict[Any, Any] = {}
        self.deleted: dict[Any, Any] = {}
        self.loadable: dict[tuple[Any, str], Any] = {}
        self.loads: list[tuple[Any, str]] = []
        self.adopted: list[tuple[Any, Any]] = []

    def adopt(self, parent: Any, child: Any) -> None:
        self.adopted.append((parent, child))

    def find(self, base_mapper: Any, key: Any) -> Any:
        state = self.states.get(base_mapper, {}).get(key)
        return None if state is None else state()

    def load_missing(self, state: Any, instance: Any, key: str, is_read: bool = True) -> Any:
        self.loads.append((state.row_key, key))
        value = self.loadable.get((state.row_key, key))
        link = state.mapper.links.get(key)
        if link is not None and link.many:
            return set_loaded_collection(state, instance, key, value or [])
        set_loaded(state, instance, key, value)
        return value

    def persist(self, instance: Any, key: Any) -> Any:
        """Make an object persistent and clean; returns it."""
        state = instance_state(instance)
        state.row_key, state.holder, state.old = key, self, None
        self.states.setdefault(state.mapper.base_mapper, {})[key] = state
        return instance

    def loaded(self, class_: Callable[..., Any], key: Any, **values: Any) -> Any:
        """Return a persistent object with these column values, as a loader makes it."""
        instance = class_.__new__(class_)  # type: ignore[call-overload]
        instance.__dict__.update(values)
        return self.persist(instance, key)
