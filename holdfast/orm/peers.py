"""Peers: objects that came into the session together, so that what is loaded for two of them is loaded for all.

A group is nothing but a mark that its members' states carry; who belongs to it is found by looking through the identity
map, which happens once per statement that serves them all. So a row that nobody lazy-loads from pays one store.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from holdfast.exc import ArgumentError

Mark: TypeAlias = tuple[int, int]
"""Tells whether something was written since: the session's epoch, and the statements sent that may have written."""


def check_mode(mode: Any) -> None:
    """Refuse what `lazy_batching` can not be; None says nothing.

    Raises: ArgumentError.
    """
    if mode not in (None, "peers", "one", "raise"):
        raise ArgumentError(f"lazy_batching is 'peers', 'one' or 'raise', not {mode!r}")


class Stash:
    """What one statement brought for peers that have not asked for it yet.

    Attributes:
        mark: of the moment when it was read.
        found: state of a peer -> what is its: members, or a row.
        fresh: targets of references that this statement brought into the session and nobody has seen yet, by id.
        before: states of the related class that the session had before.
        mappers: base mappers whose rows it came from.
    """

    __slots__ = ("__weakref__", "before", "found", "fresh", "mappers", "mark")

    def __init__(self, mark: Mark, mappers: Iterable[Any]) -> None:
        self.mark = mark
        self.found: dict[Any, Any] = {}
        self.fresh: dict[int, Any] = {}
        self.before: set[Any] = set()
        self.mappers = frozenset(mappers)

    def seen(self, members: Iterable[Any]) -> None:
        """The program gets these objects: they are as old as it knows."""
        for member in members:
            self.fresh.pop(id(member), None)


class Peers:
    """A group.

    Args:
        mode: what the statement that loaded it says of `lazy_batching`; None: nothing.

    Attributes:
        touched: what one member was loaded alone for: relationships, or names of columns.
        stashes: what was loaded for all of them, by the same.
    """

    __slots__ = ("mode", "stashes", "touched")

    def __init__(self, mode: str | None = None) -> None:
        self.mode = mode
        self.touched: set[Any] = set()
        self.stashes: dict[Any, Stash] = {}
