"""Dicts whose values are related objects, under keys that the program chooses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from holdfast.orm.collections.linked import Linked

NO_KEY = object()
"""Stands for the key of a member that is not to be in the dict."""

T = TypeVar("T")
K = TypeVar("K")


class LinkedDict(Linked, Generic[K, T]):
    """The changing methods of a dict whose values are the members; stands before `dict` among the bases."""

    __slots__ = ()
    link_kind = "dict"
    link_takes_keys = False
    """Keys come from the members, also of a dict that is assigned."""

    def link_key(self, member: Any, side: Any = None) -> Any:
        """Return the key that `member` stands under.

        Args: side: the relationship, for messages; None: that of the collection.
        """
        raise TypeError(
            f"{type(self).__name__} does not know under which key a member belongs; give the relationship a "
            "collection_class such as attribute_keyed_dict('name')."
        )

    def link_members(self) -> Any:
        return self.values()

    def link_add(self, member: Any) -> None:
        """Put under its key without telling anybody; one without a key stays away if that is wanted."""
        key = self.link_key(member)
        if key is not NO_KEY:
            dict.__setitem__(self, key, member)  # type: ignore[index]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Put all under their keys without telling anybody."""
        for member in members:
            self.link_add(member)

    def link_discard(self, member: Any) -> None:
        """Remove wherever it is without telling anybody: its key may have changed meanwhile."""
        for key in [key for key, value in self.items() if value is member]:
            dict.__delitem__(self, key)  # type: ignore[arg-type]

    def __setitem__(self, key: K, member: T) -> None:
        before = dict.get(self, key)  # type: ignore[call-overload]
        if before is member and before is not None:
            self._present_again(member)
            return
        if before is not None:
            self._leaving(before, key)
        member = self._accepted(member, key)
        side = self._starting(member)
        super().__setitem__(key, member)  # type: ignore[misc]
        if before is not None and before is not member:
            self._removed(side, before)
        if before is not member:
            self._added(side, member)

    def __delitem__(self, key: K) -> None:
        self.pop(key)

    def pop(self, key: K, *default: Any) -> Any:
        if key not in self:
            return dict.pop(self, key, *default)  # type: ignore[call-overload]
        side = self._starting()
        self._leaving(self[key], key)  # type: ignore[index]
        member = super().pop(key)  # type: ignore[misc]
        self._removed(side, member)
        return member

    def popitem(self) -> tuple[K, T]:
        for key in reversed(self):  # type: ignore[call-overload]
            return key, self.pop(key)
        raise KeyError("popitem(): dictionary is empty")

    def clear(self) -> None:
        for key in list(self):
            self.pop(key)

    def setdefault(self, key: K, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]  # type: ignore[index]

    def update(self, *others: Any, **named: Any) -> None:
        for key, member in dict(*others, **named).items():
            self[key] = member

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __copy__(self) -> dict[K, T]:
        copied: dict[K, T] = self._like_this()
        dict.update(copied, self)  # type: ignore[arg-type]
        return copied

    def __reduce_ex__(self, protocol: Any) -> Any:
        pairs = list(self.items())
        reduced = self._pickled_with((dict, (pairs,)))
        return reduced if reduced[0] is dict else (*reduced[:2], reduced[2], None, iter(pairs))


class InstrumentedDict(LinkedDict[K, T], dict[K, T]):
    """A dict of related objects under keys that the program chooses."""

    __slots__ = ("link_owner", "link_side")
