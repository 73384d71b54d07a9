"""A set that keeps the order in which its members came: the constraints and indexes of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, MutableSet
from typing import Any


class OrderedSet(MutableSet[Any]):
    """A set in the order of addition.

    Args:
        members: the first ones.
    """

    def __init__(self, members: Iterable[Any] = ()) -> None:
        self._members = dict.fromkeys(members)

    def add(self, value: Any) -> None:
        """Add a member."""
        self._members[value] = None

    def discard(self, value: Any) -> None:
        """Take a member away if it is there."""
        self._members.pop(value, None)

    def __contains__(self, value: object) -> bool:
        return value in self._members

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._members))

    def __len__(self) -> int:
        return len(self._members)

    def __repr__(self) -> str:
        return "{" + ", ".join(repr(member) for member in self) + "}"
