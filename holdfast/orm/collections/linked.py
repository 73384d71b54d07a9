"""What all collections of related objects share: telling their relationship before and after each change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar, Protocol

from holdfast.exc import ObjectDereferencedError
from holdfast.orm.state import InstanceState


class Side(Protocol):
    """What a collection tells its relationship."""

    key: str
    name: str

    def check_coming(self, owner: InstanceState, member: Any) -> None:
        """Raise if `member` can not come into the collection."""

    def accepted(self, owner: InstanceState, member: Any, key: Any = ...) -> Any:
        """Return what comes into the collection for `member`, under a key or at a place."""

    def leaving(self, owner: InstanceState, member: Any, key: Any = ...) -> None:
        """Hear that `member` is about to go."""

    def present_again(self, owner: InstanceState, member: Any) -> None:
        """Hear that a member was added that is there already."""

    def before_change(self, owner: InstanceState, collection: Any) -> None:
        """Remember the members as they are."""

    def member_added(self, owner: InstanceState, member: Any) -> None:
        """Make the other side agree that `member` came."""

    def member_removed(self, owner: InstanceState, member: Any) -> None:
        """Make the other side agree that `member` went."""


def copy_of_collection(owner: Any, key: str) -> Any:
    """Return a new, empty collection of the kind that attribute `key` of `owner` has: for unpickling."""
    _ = owner._sa_instance_state  # configures the mapper in a process that has only just imported the class
    return type(owner).__mapper__.by_name[key].link.factory()


class Linked:
    """What list, set and dict have in common.

    Attributes:
        link_side: the relationship that is told about changes; None: a plain collection.
        link_owner: the state of the object that the collection belongs to.
    """

    __slots__ = ()

    link_kind: ClassVar[str]
    link_side: Side | None
    link_owner: InstanceState | None

    def __getattr__(self, name: str) -> Any:
        # A slot (or, in a subclass, an attribute) that nobody has filled: the collection belongs to no object.
        if name in ("link_side", "link_owner"):
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def link_to(self, side: Side, owner: InstanceState) -> None:
        """Make this the collection of an object."""
        self.link_side = side
        self.link_owner = owner

    def link_release(self) -> None:
        """Make this a plain collection: another one has taken its place."""
        self.link_side = self.link_owner = None

    def link_members(self) -> Any:
        """Return the members, to iterate over."""
        return self

    def _side(self) -> Side | None:
        """Return the relationship to tell, or None.

        Raises: ObjectDereferencedError: the owner is gone while its collection is kept: the change would be lost.
        """
        side = self.link_side
        if side is not None and self.link_owner() is None:  # type: ignore[misc]
            raise ObjectDereferencedError(
                f"Can't emit change event for attribute '{side.name}' - parent object of type "
                f"<{self.link_owner.mapper.class_.__name__}> has been garbage collected. "  # type: ignore[union-attr]
                "Keep a reference to the object as long as its collection is changed."
            )
        return side  # type: ignore[misc]

    def _accepted(self, member: Any, *key: Any) -> Any:
        """Return what comes in for `member`: a validator or a listener may change it.

        Args:
            key: where it comes, if the program says that.
        """
        side = self.link_side
        return member if side is None else side.accepted(self.link_owner, member, *key)  # type: ignore[arg-type]

    def _leaving(self, member: Any, *key: Any) -> None:
        """Announce that `member` goes."""
        side = self.link_side
        if side is not None:
            side.leaving(self.link_owner, member, *key)  # type: ignore[arg-type]

    def _present_again(self, member: Any) -> None:
        """Announce that a member was added that is there already."""
        side = self.link_side
        if side is not None:
            side.present_again(self.link_owner, member)  # type: ignore[arg-type]

    def _starting(self, *members: Any) -> Side | None:
        """Announce a change that brings `members`; returns the relationship to tell afterwards."""
        side = self._side()
        if side is not None:
            for member in members:
                side.check_coming(self.link_owner, member)  # type: ignore[arg-type]
            side.before_change(self.link_owner, self)  # type: ignore[arg-type]
        return side

    def _added(self, side: Side | None, member: Any) -> None:
        if side is not None:
            side.member_added(self.link_owner, member)  # type: ignore[arg-type]

    def _removed(self, side: Side | None, member: Any) -> None:
        if side is not None:
            side.member_removed(self.link_owner, member)  # type: ignore[arg-type]

    def _like_this(self) -> Any:
        """Return a new, empty collection that belongs to no object, with what the class keeps besides its members."""
        copied = self.__class__.__new__(self.__class__)
        state = object.__getstate__(self)
        for part in state if isinstance(state, tuple) else (state,):
            for name, value in (part or {}).items():
                if name not in ("link_side", "link_owner"):
                    setattr(copied, name, value)
        return copied

    def _pickled_with(self, state: Any, items: Any = None, pairs: Any = None) -> Any:
        """Return what pickling needs: the owner gives the kind, and takes the members back."""
        owner = None if self.link_owner is None else self.link_owner()
        if owner is None or self.link_side is None:
            return state
        key = self.link_side.key
        return copy_of_collection, (owner, key), (owner, key), items, pairs

    def __setstate__(self, place: tuple[Any, str]) -> None:
        owner, key = place
        self.link_to(type(owner).__mapper__.by_name[key].link, owner._sa_instance_state)


def iterate(collection: Any) -> Iterator[Any]:
    """Yield the members of a linked or plain list, set or dict."""
    return iter(collection.link_members() if isinstance(collection, Linked) else collection)
