"""`collection_adapter`: one way to look at any collection of related objects, whatever its class."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.orm.collections.linked import Linked


class CollectionAdapter:
    """What a collection of an object holds, and whose it is.

    Attributes:
        data: the collection itself.
    """

    __slots__ = ("data",)

    def __init__(self, data: Linked) -> None:
        self.data: Any = data

    @property
    def owner_state(self) -> Any:
        """The state of the object whose collection it is."""
        return self.data.link_owner

    @property
    def attr(self) -> Any:
        """The class's attribute."""
        state = self.data.link_owner
        return getattr(state.mapper.class_, self.data.link_side.key)

    def append_with_event(self, item: Any, initiator: Any = None) -> None:
        """Add a member, as the program would: the other side follows."""
        kind = self.data.link_kind
        if kind == "dict":
            self.data[self.data.link_key(item)] = item
        elif kind == "set":
            self.data.add(item)
        else:
            self.data.append(item)

    def append_without_event(self, item: Any) -> None:
        """Add a member; nobody is told."""
        self.data.link_add(item)

    def remove_with_event(self, item: Any, initiator: Any = None) -> None:
        """Remove a member, as the program would: the other side follows."""
        if self.data.link_kind == "dict":
            del self.data[self.data.link_key(item)]
        else:
            self.data.remove(item)

    def remove_without_event(self, item: Any) -> None:
        """Remove a member; nobody is told."""
        self.data.link_discard(item)

    def clear_with_event(self, initiator: Any = None) -> None:
        """Remove all members, as the program would."""
        for member in list(self):
            self.remove_with_event(member)

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self.data.link_members()))

    def __len__(self) -> int:
        return len(list(self.data.link_members()))

    def __bool__(self) -> bool:
        return True


def collection_adapter(collection: Any) -> CollectionAdapter | None:
    """Return the view of a collection; None if it belongs to no object."""
    if not isinstance(collection, Linked) or collection.link_side is None:
        return None
    return CollectionAdapter(collection)
