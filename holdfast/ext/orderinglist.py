"""`ordering_list`: a list of related objects that writes each one's place into an attribute of it.

``relationship(order_by="Bullet.position", collection_class=ordering_list("position"))``
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, SupportsIndex, TypeVar

T = TypeVar("T")

OrderingFunc = Callable[[int, Sequence[Any]], object]


def ordering_list(
    attr: str,
    count_from: int | None = None,
    ordering_func: OrderingFunc | None = None,
    reorder_on_append: bool = False,
) -> Callable[[], OrderingList[Any]]:
    """Return a `collection_class`: a list that keeps its members' places in an attribute.

    Args:
        attr: the attribute.
        count_from: the place of the first member; 0 by default.
        ordering_func: (index, list) -> place, where counting is not enough.
        reorder_on_append: give a member that has a place already a new one when it is appended.
    """
    function = ordering_func
    if function is None:
        function = count_from_0 if not count_from else count_from_n_factory(count_from)

    def make() -> OrderingList[Any]:
        return OrderingList(attr, function, reorder_on_append)

    return make


def count_from_0(index: int, collection: Sequence[Any]) -> int:
    """Return the place of a member, counted from 0."""
    return index


def count_from_1(index: int, collection: Sequence[Any]) -> int:
    """Return the place of a member, counted from 1."""
    return index + 1


def count_from_n_factory(start: int) -> OrderingFunc:
    """Return the function that counts from `start`."""

    def count(index: int, collection: Sequence[Any]) -> int:
        return index + start

    return count


class OrderingList(list[T]):
    """A list that keeps its members' places in an attribute of theirs.

    Args:
        ordering_attr: the attribute.
        ordering_func: (index, list) -> place.
        reorder_on_append: give a member that has a place already a new one when it is appended.
    """

    def __init__(
        self, ordering_attr: str, ordering_func: OrderingFunc | None = None, reorder_on_append: bool = False
    ) -> None:
        super().__init__()
        self.ordering_attr = ordering_attr
        self.ordering_func: OrderingFunc = ordering_func or count_from_0
        self.reorder_on_append = reorder_on_append

    def reorder(self) -> None:
        """Write all places anew: after changes that the list does not see, such as `sort`."""
        for index, member in enumerate(self):
            self._place(index, member, True)

    def _place(self, index: int, member: Any, again: bool) -> None:
        if again or getattr(member, self.ordering_attr) is None:
            setattr(member, self.ordering_attr, self.ordering_func(index, self))

    def append(self, entity: T) -> None:
        super().append(entity)
        self._place(len(self) - 1, entity, self.reorder_on_append)

    def extend(self, entities: Iterable[T]) -> None:
        for entity in entities:
            self.append(entity)

    def insert(self, index: SupportsIndex, entity: T) -> None:
        super().insert(index, entity)
        self.reorder()

    def remove(self, entity: T) -> None:
        super().remove(entity)
        self.reorder()

    def pop(self, index: SupportsIndex = -1) -> T:
        entity = super().pop(index)
        self.reorder()
        return entity

    def __setitem__(self, index: Any, entity: Any) -> None:
        super().__setitem__(index, entity)
        self.reorder()

    def __delitem__(self, index: Any) -> None:
        super().__delitem__(index)
        self.reorder()
