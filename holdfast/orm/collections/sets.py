"""Sets of related objects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Generic, TypeVar

from holdfast.orm.collections.linked import Linked

T = TypeVar("T")


class LinkedSet(Linked, Generic[T]):
    """The changing methods of a set; stands before `set` among the bases."""

    __slots__ = ()
    link_kind = "set"

    def link_add(self, member: Any) -> None:
        """Add without telling anybody."""
        set.add(self, member)  # type: ignore[arg-type]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Add all without telling anybody."""
        set.update(self, members)  # type: ignore[arg-type]

    def link_discard(self, member: Any) -> None:
        """Remove without telling anybody."""
        set.discard(self, member)  # type: ignore[arg-type]

    def add(self, item: T) -> None:
        if item in self:
            self._present_again(item)
            return
        item = self._accepted(item)
        side = self._starting(item)
        super().add(item)  # type: ignore[misc]
        self._added(side, item)

    def discard(self, item: T) -> None:
        if item in self:
            self.remove(item)

    def remove(self, item: T) -> None:
        side = self._starting()
        if item in self:
            self._leaving(item)
        super().remove(item)  # type: ignore[misc]
        self._removed(side, item)

    def pop(self) -> T:
        for item in self:  # type: ignore[attr-defined]
            self.remove(item)
            return item  # type: ignore[no-any-return]
        raise KeyError("pop from an empty set")

    def clear(self) -> None:
        for item in list(self):
            self.remove(item)

    def update(self, *others: Iterable[T]) -> None:
        for other in others:
            for item in list(other):
                self.add(item)

    def difference_update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for item in list(other):
                self.discard(item)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._become(set.intersection(self, *others))  # type: ignore[arg-type]

    def symmetric_difference_update(self, other: Iterable[T]) -> None:
        self._become(set.symmetric_difference(self, other))  # type: ignore[arg-type]

    def _become(self, wanted: set[Any]) -> None:
        self.difference_update(set(self) - wanted)
        self.update(wanted)

    def __ior__(self, other: Any) -> Any:
        return self._in_place(self.update, other)

    def __isub__(self, other: Any) -> Any:
        return self._in_place(self.difference_update, other)

    def __iand__(self, other: Any) -> Any:
        return self._in_place(self.intersection_update, other)

    def __ixor__(self, other: Any) -> Any:
        return self._in_place(self.symmetric_difference_update, other)

    def _in_place(self, change: Callable[[Any], None], other: Any) -> Any:
        if not isinstance(other, (set, frozenset)):
            return NotImplemented
        change(other)
        return self

    def __copy__(self) -> set[T]:
        copied: set[T] = self._like_this()
        set.update(copied, self)
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Members may refer to the set: they are put in when all of them are complete, so they go with the state.
        reduced = self._pickled_with((set, (list(self),)))
        if reduced[0] is set:
            return reduced
        return (*reduced[:2], (*reduced[2], list(self)))

    def __setstate__(self, place: Any) -> None:
        owner, key, members = place
        set.update(self, members)  # type: ignore[arg-type]
        super().__setstate__((owner, key))


class InstrumentedSet(LinkedSet[T], set[T]):  # type: ignore[misc]
    """A set of related objects."""

    __slots__ = ("link_owner", "link_side")
