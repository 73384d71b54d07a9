"""Small collections: sets by identity, a set that keeps nothing alive, and a bounded memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar
from weakref import ref

M = TypeVar("M")
K = TypeVar("K")
V = TypeVar("V")


class IdentitySet:
    """A set whose members are equal only to themselves, whatever their ``__eq__`` says; in the order of addition."""

    __slots__ = ("_members",)

    def __init__(self, members: Iterable[Any] = ()) -> None:
        self._members = {id(member): member for member in members}

    def add(self, member: Any) -> None:
        """Add a member."""
        self._members[id(member)] = member

    def discard(self, member: Any) -> None:
        """Take a member away if it is there."""
        self._members.pop(id(member), None)

    def __contains__(self, member: object) -> bool:
        return id(member) in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._members.values()))

    def __len__(self) -> int:
        return len(self._members)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IdentitySet):
            return self._members.keys() == other._members.keys()
        if isinstance(other, (set, frozenset, list, tuple)):
            return self._members.keys() == {id(member) for member in other}
        return NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __or__(self, other: Iterable[Any]) -> IdentitySet:
        return IdentitySet([*self, *other])

    def __sub__(self, other: Iterable[Any]) -> IdentitySet:
        left = IdentitySet(other)
        return IdentitySet(member for member in self if member not in left)

    def __and__(self, other: Iterable[Any]) -> IdentitySet:
        right = IdentitySet(other)
        return IdentitySet(member for member in self if member in right)

    def __repr__(self) -> str:
        return f"IdentitySet({list(self._members.values())!r})"


class WeakMembers(Generic[M]):
    """Objects that are kept track of and not kept alive, in the order of addition.

    A thread may go through them while others add; `weakref.WeakSet` raises an error then.
    """

    __slots__ = ("_members",)

    def __init__(self) -> None:
        self._members: dict[int, ref[M]] = {}

    def add(self, member: M) -> None:
        """Add a member."""
        members, key = self._members, id(member)
        # The reference is called before the member's memory, and so its identity, is another's.
        members[key] = ref(member, lambda gone: members.pop(key, None))

    def discard(self, member: M) -> None:
        """Take a member away if it is there."""
        self._members.pop(id(member), None)

    def __iter__(self) -> Iterator[M]:
        for reference in list(self._members.values()):
            member = reference()
            if member is not None:
                yield member


class BoundedMemory(Generic[K, V]):
    """A dictionary that never grows beyond its bound: when full, the older half goes.

    Dropping half at once spreads the cost; looking up costs what a dictionary costs.

    Args:
        bound: entries kept at most.
    """

    __slots__ = ("_entries", "bound", "get")

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._entries: dict[K, V] = {}
        self.get = self._entries.get

    def __setitem__(self, key: K, value: V) -> None:
        entries = self._entries
        if len(entries) >= self.bound:
            for old in list(entries)[: self.bound // 2 or 1]:
                entries.pop(old, None)
        entries[key] = value

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()
