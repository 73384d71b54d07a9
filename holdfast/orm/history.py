"""What has changed in an attribute since the last flush: `History`, computed from values before and after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple


class NoValue:
    """The type of `NO_VALUE`: false in conditions, one of its kind also after copying and unpickling."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NO_VALUE"

    def __bool__(self) -> bool:
        return False

    def __reduce__(self) -> str:
        return "NO_VALUE"


NO_VALUE: Any = NoValue()
"""Stands in a history for 'was not loaded'."""


class History(NamedTuple):
    """The values of one attribute, split by what the next flush makes of them.

    Attributes:
        added: values that are new: for a scalar the current one, for a collection the new members.
        unchanged: values that are as the database has them.
        deleted: values that were replaced or removed.
    """

    added: Sequence[Any]
    unchanged: Sequence[Any]
    deleted: Sequence[Any]

    def __bool__(self) -> bool:
        return bool(self.added or self.unchanged or self.deleted)

    def empty(self) -> bool:
        """Whether there is nothing at all: no value is set or loaded."""
        return not self

    def has_changes(self) -> bool:
        """Whether something was added or deleted."""
        return bool(self.added or self.deleted)

    def sum(self) -> list[Any]:
        """Return added, unchanged and deleted values in one list."""
        return [*self.added, *self.unchanged, *self.deleted]

    def non_deleted(self) -> list[Any]:
        """Return added and unchanged values in one list."""
        return [*self.added, *self.unchanged]

    def non_added(self) -> list[Any]:
        """Return unchanged and deleted values in one list."""
        return [*self.unchanged, *self.deleted]


BLANK = History((), (), ())


class PendingChanges:
    """What happened to a collection that is not loaded; applied when it is.

    Attributes:
        added: members that came, in order.
        removed: members that went.
    """

    __slots__ = ("added", "removed")

    def __init__(self) -> None:
        self.added: list[Any] = []
        self.removed: list[Any] = []

    def add(self, member: Any) -> None:
        """Note that `member` came; one that only just went is back."""
        if not _take_out(self.removed, member):
            self.added.append(member)

    def remove(self, member: Any) -> None:
        """Note that `member` went; one that only just came was never there."""
        if not _take_out(self.added, member):
            self.removed.append(member)

    def apply(self, loaded: Iterable[Any]) -> list[Any]:
        """Return the members that the collection has, given those that the database has."""
        gone = {id(member) for member in self.removed}
        members = [member for member in loaded if id(member) not in gone]
        present = {id(member) for member in members}
        return members + [member for member in self.added if id(member) not in present]


def _take_out(members: list[Any], wanted: Any) -> bool:
    """Remove `wanted`, that very object, from a list; returns whether it was there."""
    for position, member in enumerate(members):
        if member is wanted:
            del members[position]
            return True
    return False


def scalar_history(before: Any, now: Any, same: Callable[[Any, Any], bool]) -> History:
    """Return the history of a column or of a reference to one object.

    Args:
        before: the value at the last flush or load; `NO_VALUE` if it was not known.
        now: the value; `NO_VALUE` if there is none.
        same: whether two values are the same to the database.
    """
    if now is NO_VALUE:
        return History([None], (), ()) if before is NO_VALUE else History((), (), [before])
    if before is NO_VALUE:
        return History([now], (), ())
    if before is now or same(before, now):
        return History((), [now], ())
    return History([now], (), [before])


def collection_history(before: Iterable[Any], now: Iterable[Any]) -> History:
    """Return the history of a collection from its members before and now; members are compared by identity."""
    before, now = list(before), list(now)
    before_ids = {id(member) for member in before}
    now_ids = {id(member) for member in now}
    if before_ids == now_ids:
        return History((), now, ())
    return History(
        [member for member in now if id(member) not in before_ids],
        [member for member in now if id(member) in before_ids],
        [member for member in before if id(member) not in now_ids],
    )
