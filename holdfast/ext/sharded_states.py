"""The identity map of a session over several databases: equal keys of two of them are two objects.

While something is done with one shard, that one is the *current* one, and the map shows its objects alone. Between, all are
shown; each state carries the shard that it came from as its identity token.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.state import InstanceState


class StatesOfShard(dict[Any, InstanceState]):
    """The states of one base mapper and one shard; who comes gets the shard's token.

    Attributes:
        shard: the token.
        arrived: where states that come are noted, or None.
    """

    __slots__ = ("arrived", "shard")

    def __init__(self, shard: Any, arrived: list[InstanceState] | None) -> None:
        super().__init__()
        self.shard = shard
        self.arrived = arrived

    def __setitem__(self, key: Any, state: InstanceState) -> None:
        super().__setitem__(key, state)
        if state.extra is None:
            state.extra = {}
        state.extra["identity_token"] = self.shard
        if self.arrived is not None:
            self.arrived.append(state)


class StatesOfAllShards:
    """The states of one base mapper in all shards: to be looked at; who comes goes to the shard of its token."""

    def __init__(self, holder: ShardedMap, base: Any) -> None:
        self._holder = holder
        self._base = base

    def _parts(self) -> list[StatesOfShard]:
        states = self._holder.states
        return [part for base, part in states.items() if base is self._base]

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the state of a key: of several, one whose object is gone, that it be forgotten; else the first."""
        found = [part[key] for part in self._parts() if key in part]
        return next((state for state in found if state() is None), found[0] if found else default)

    def __delitem__(self, key: Any) -> None:
        gone = self.get(key)
        del self._holder.of_shard(self._base, gone.identity_token)[key]

    def values(self) -> list[InstanceState]:
        """Return all states."""
        return [state for part in self._parts() for state in part.values()]

    def __iter__(self) -> Iterator[Any]:
        return iter([key for part in self._parts() for key in part])

    def __len__(self) -> int:
        return sum(map(len, self._parts()))


class _States(dict[Any, Any]):
    """(base mapper, shard) -> states. Asked for a base mapper alone, it gives those of the current shard."""

    __slots__ = ("holder",)

    def get(self, base: Any, default: Any = None) -> Any:
        shard = self.holder.shard
        return StatesOfAllShards(self.holder, base) if shard is None else super().get((base, shard), default)

    def items(self) -> Any:
        """Return pairs of base mapper and states: as many for one mapper as there are shards."""
        return [(base, part) for (base, _), part in list(super().items())]

    def __iter__(self) -> Iterator[Any]:
        return iter(dict.fromkeys(base for base, _ in self.items()))

    def __getitem__(self, base: Any) -> Any:
        return super().__getitem__(base) if isinstance(base, tuple) else self.get(base)


class ShardedMap(IdentityMap):
    """The objects of one session over several databases.

    Attributes:
        shard: the token of the current one; None: something is done that concerns no shard, or all of them.
    """

    __slots__ = ("shard",)

    def __init__(self, session: Any) -> None:
        super().__init__(session, session.dispatch)
        self.shard: Any = None
        self.states: _States = _States()
        self.states.holder = self

    @contextmanager
    def at(self, shard: Any) -> Iterator[None]:
        """Make a shard the current one for a while."""
        before, self.shard = self.shard, shard
        try:
            yield
        finally:
            self.shard = before

    def of_shard(self, base: Any, shard: Any) -> StatesOfShard:
        """Return the states of one shard, to read and to fill."""
        place = (base, shard)
        if place not in self.states:
            dict.__setitem__(self.states, place, StatesOfShard(shard, self.arrived))
        return self.states[place]  # type: ignore[no-any-return]

    def by_key(self, base_mapper: Any) -> Any:
        """Return the states of one base mapper in the current shard; in all, if there is none."""
        return self.states.get(base_mapper) if self.shard is None else self.of_shard(base_mapper, self.shard)

    def beside(self, state: InstanceState) -> Any:
        """Return the states among which one stands, or is to stand: those of its own shard."""
        shard = self.shard if state.identity_token is None else state.identity_token
        return self.of_shard(state.mapper.base_mapper, shard)

    def watch(self) -> list[InstanceState]:
        """Note from now on which states come; returns the list that they will be in."""
        self.arrived = []
        for part in self.states.values():
            part.arrived = self.arrived
        return self.arrived

    def get(self, identity_key: Any, default: Any = None) -> Any:
        """Return the object of a public identity key ``(class, (key, ...), token)``."""
        token = identity_key[2] if len(identity_key) > 2 else None
        with self.at(self.shard if token is None else token):
            return super().get(identity_key, default)
