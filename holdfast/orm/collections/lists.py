"""Lists of related objects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, SupportsIndex, TypeVar

from holdfast.orm.collections.linked import Linked, Side

T = TypeVar("T")


class LinkedList(Linked, Generic[T]):
    """The changing methods of a list; stands before `list` among the bases."""

    __slots__ = ()
    link_kind = "list"

    def link_add(self, member: Any) -> None:
        """Append without telling anybody."""
        super().append(member)  # type: ignore[misc]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Append all without telling anybody."""
        if self.__class__ is InstrumentedList:
            list.extend(self, members)  # type: ignore[arg-type]
            return
        # A class of the program's own may want to see each of them.
        for member in members:
            super().append(member)  # type: ignore[misc]

    def link_discard(self, member: Any) -> None:
        """Take `member`, that very object, out wherever it is, without telling anybody."""
        for position in reversed(positions_of(self, member)):  # type: ignore[arg-type]
            super().__delitem__(position)  # type: ignore[misc]

    def append(self, item: T) -> None:
        item = self._accepted(item)
        side = self._starting(item)
        super().append(item)  # type: ignore[misc]
        self._added(side, item)

    def extend(self, items: Iterable[T]) -> None:
        for item in list(items):
            self.append(item)

    def __iadd__(self, items: Iterable[T]) -> Any:
        self.extend(items)
        return self

    def insert(self, index: SupportsIndex, item: T) -> None:
        item = self._accepted(item, index)
        side = self._starting(item)
        super().insert(index, item)  # type: ignore[misc]
        self._added(side, item)

    def remove(self, item: T) -> None:
        position = self.index(item)
        side = self._starting()
        self._leaving(self[position])  # type: ignore[index]
        self._removed(side, super().pop(position))  # type: ignore[misc]

    def pop(self, index: SupportsIndex = -1) -> T:
        side = self._starting()
        if len(self):  # type: ignore[arg-type]
            self._leaving(self[index], index)  # type: ignore[index]
        item: T = super().pop(index)  # type: ignore[misc]
        self._removed(side, item)
        return item

    def clear(self) -> None:
        side = self._starting()
        members = list(self)
        for member in members:
            self._leaving(member)
        super().clear()  # type: ignore[misc]
        for member in members:
            self._removed(side, member)

    def __setitem__(self, index: Any, value: Any) -> None:
        before = self[index] if isinstance(index, slice) else [self[index]]  # type: ignore[index]
        place = index.start or 0 if isinstance(index, slice) else index
        for number, member in enumerate(before):
            self._leaving(member, place + number)
        if isinstance(index, slice):
            value = [self._accepted(one, place + number) for number, one in enumerate(value)]
        else:
            value = self._accepted(value, index)
        after = value if isinstance(index, slice) else [value]
        side = self._starting(*after)
        if side is not None and isinstance(index, slice) and index.step in (None, 1):
            self._replace_range(side, index, before, after)
            return
        super().__setitem__(index, value)  # type: ignore[misc]
        for member in before:
            self._removed(side, member)
        stayed = {id(member) for member in before}
        for member in after:
            if id(member) not in stayed:
                self._added(side, member)

    def _replace_range(self, side: Side, index: slice, before: list[Any], after: list[Any]) -> None:
        """Put members in the place of others one by one: what one brings into the session comes before the next one."""
        start = index.indices(len(self))[0]  # type: ignore[arg-type]
        super().__delitem__(index)  # type: ignore[misc]
        stayed = {id(member) for member in after}
        for member in before:
            if id(member) not in stayed:
                self._removed(side, member)
        known = {id(member) for member in before}
        for place, member in enumerate(after, start):
            super().insert(place, member)  # type: ignore[misc]
            if id(member) not in known:
                self._added(side, member)

    def __delitem__(self, index: Any) -> None:
        members = self[index] if isinstance(index, slice) else [self[index]]  # type: ignore[index]
        side = self._starting()
        for member in members:
            self._leaving(member, index)
        super().__delitem__(index)  # type: ignore[misc]
        for member in members:
            self._removed(side, member)

    def __imul__(self, count: SupportsIndex) -> Any:
        raise TypeError("a collection of related objects can not be multiplied: it would hold each member many times")

    def __copy__(self) -> list[T]:
        copied: list[T] = self._like_this()
        list.extend(copied, self)  # type: ignore[arg-type]
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._pickled_with((list, (list(self),)), iter(self))


def positions_of(members: list[Any], wanted: Any) -> list[int]:
    """Return where in a list that very object is.

    Only objects that compare by identity may be searched for with ``==``, which is much faster.
    """
    if type(wanted).__eq__ is not object.__eq__:
        return [position for position, member in enumerate(members) if member is wanted]
    found: list[int] = []
    start = 0
    try:
        while True:
            start = list.index(members, wanted, start) + 1
            found.append(start - 1)
    except ValueError:
        return [position for position in found if members[position] is wanted]


class InstrumentedList(LinkedList[T], list[T]):
    """A list of related objects."""

    __slots__ = ("link_owner", "link_side")
