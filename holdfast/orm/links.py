"""Keeps both sides of a relationship equal in memory, whichever side changes and however it is changed.

Each direction of a relationship has a `Link`; two directions of one relationship are each other's `reverse`. A program
changes one side (`set`, or a method of a collection); that side then tells the other one with `gain` and `lose`, which
change memory and history and tell nobody further, except that who gains a new partner on a to-one side leaves the old.

A side that is not loaded is not loaded for this: a collection queues what happened (`history.PendingChanges`), a
reference takes the new value and remembers that it does not know the old one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast import exc
from holdfast.orm.collections import iterate, members_given, under_own_keys
from holdfast.orm.history import NO_VALUE, PendingChanges
from holdfast.orm.missing_values import load_before_change, load_missing, note_change
from holdfast.orm.ownership import Ownership
from holdfast.orm.state import GONE, InstanceState


class Link(Ownership):
    """One direction of a relationship, as its objects use it.

    Attributes:
        name: ``Parent.children``, for messages.
        key: the attribute's name.
        many: a collection, or a reference to one object.
        target: the class of the members; None: not checked.
        factory: makes an empty collection; None for a reference.
        reverse: the other direction, or None.
        cascades: new members come into the session of the object (the save-update cascade).
        owns: members without a parent are orphans, to be deleted (the delete-orphan cascade).
        deletes_orphans: of the two reasons to own, the delete-orphan cascade.
        only_one_parent: the same, or ``single_parent=True``: a member may have only one parent along this link.
        loads_before: an unloaded value is loaded before it is replaced, because its row must change too.
        loads_on_pending: an object without a row, but with a key to refer by, loads too, once it is in a session.
        validator: checks or changes members before they come (`mapping.validators.Validator`), or None.
        write_only: the collection is never read as a whole, so that it can not be replaced.
        heard: the listeners, once there are any (`heard_links`).
        find_present: (state, instance, is_read) -> the object that an unloaded reference means if the session has it,
            else `NO_VALUE`; None if that can not be known.
    """

    __slots__ = (
        "cascades",
        "deletes_orphans",
        "factory",
        "find_present",
        "heard",
        "key",
        "loads_before",
        "loads_on_pending",
        "many",
        "name",
        "only_one_parent",
        "owns",
        "reverse",
        "target",
        "validator",
        "write_only",
    )  # fmt: skip

    def __init__(self, name: str, key: str, *, target: type[Any] | None, factory: Callable[[], Any] | None) -> None:
        self.name = name
        self.key = key
        self.many = factory is not None
        self.target = target
        self.factory = factory
        self.reverse: Link | None = None
        self.cascades = True
        self.owns = False
        self.deletes_orphans = False
        self.only_one_parent = False
        self.loads_before = False
        self.loads_on_pending = False
        self.write_only = False
        self.find_present: Callable[[InstanceState, Any, bool], Any] | None = None
        self.validator: Any = None

    # What a program does.

    def set(self, state: InstanceState, owner: Any, value: Any) -> None:
        """Assign the attribute: one object or None, or a collection that replaces the present one."""
        if state.extra is not None:
            state.extra.pop("setting", None)
        if self.many:
            self._replace(state, owner, value)
            return
        if self.validator is not None:
            value = self.validator(owner, self.key, value)
        if value is not None:
            self.check_coming(state, value)
            self._check_single_parent(state, value)
        before = self._reference(state, owner)
        note_change(state, owner, self.key, before)
        owner.__dict__[self.key] = value
        if before is value:
            return
        if before is not None and before is not NO_VALUE:
            self._parted(before, owner)
        if value is not None:
            self._joined(state, owner, value)

    def delete(self, state: InstanceState, owner: Any) -> None:
        """Delete the attribute: what it refers to, loaded or not, is let go.

        Raises: AttributeError: there is no value.
        """
        values = owner.__dict__
        if self.key not in values and (state.row_key is None or self.key in (state.old or ())):
            raise AttributeError(f"{self.name} object does not have a value")
        if not self.many:
            self.set(state, owner, None)
        elif self.key in values:
            values[self.key].clear()
        else:
            load_missing(state, owner, self.key, False).clear()
        del values[self.key]

    def add_unheld(self, state: InstanceState, owner: Any, member: Any) -> None:
        """Add a member to a collection that is not in memory (dynamic, write-only)."""
        member = self.accepted(state, member)
        self.check_coming(state, member)
        self._check_single_parent(state, member)
        self._take_in(state, owner, member)
        self._joined(state, owner, member)

    def remove_unheld(self, state: InstanceState, owner: Any, member: Any) -> None:
        """Take a member out of a collection that is not in memory."""
        self._let_go(state, owner, member)
        self._parted(member, owner)

    def new_collection(self, state: InstanceState, owner: Any, members: Iterable[Any] = ()) -> Any:
        """Give `owner` a new collection that holds `members`; nobody is told, nothing is recorded."""
        collection = self.factory()  # type: ignore[misc]
        collection.link_fill(members)
        collection.link_to(self, state)
        owner.__dict__[self.key] = collection
        return collection

    # What collections tell (`collections.Side`).

    def check_member(self, member: Any) -> None:
        """Refuse what can not be related.

        Raises: UnmappedInstanceError, ArgumentError.
        """
        if self.target is None or isinstance(member, self.target):
            return
        if getattr(type(member), "__mapper__", None) is None:
            raise exc.UnmappedInstanceError(
                member,
                f"{type(member).__name__!r} object has no attribute '_sa_instance_state'; "
                f"{self.name} takes objects of the mapped class {self.target.__name__}.",
            )
        raise exc.ArgumentError(
            f"Attribute {self.key!r} on class {self.name.rpartition('.')[0]!r} doesn't handle objects of type "
            f"{type(member)}; {self.name} takes objects of {self.target.__name__}."
        )

    def check_coming(self, owner: InstanceState, member: Any) -> None:
        """Refuse what can not be related, or not come into the session of `owner`: nothing has changed by then.

        Raises: UnmappedInstanceError, ArgumentError, InvalidRequestError.
        """
        self.check_member(member)
        if not self.cascades or owner.holder is None:
            return
        state = member._sa_instance_state
        # What is in the session and stays, and what is new, need not be asked.
        is_here = state.holder is owner.holder and not state.flags & GONE
        if not is_here and (state.holder is not None or state.row_key is not None or state.flags):
            owner.holder.check_adopted(member)

    def accepted(self, owner: InstanceState, member: Any, key: Any = None) -> Any:
        """Return what comes into the collection for `member`: the validator may put something else in its place."""
        return member if self.validator is None else self.validator(owner(), self.key, member)

    def leaving(self, owner: InstanceState, member: Any, key: Any = None) -> None:
        """Hear that `member` is about to go."""

    def present_again(self, owner: InstanceState, member: Any) -> None:
        """Hear that a member was added that is there already."""

    def before_change(self, owner: InstanceState, collection: Any) -> None:
        """Remember the members as the database has them, at the first change."""
        if owner.row_key is not None and (owner.old is None or self.key not in owner.old):
            note_change(owner, owner(), self.key, list(iterate(collection)))

    def member_added(self, owner: InstanceState, member: Any) -> None:
        """Make the other side agree that `member` came into the collection of `owner`."""
        self._check_single_parent(owner, member)
        self._joined(owner, owner(), member)

    def member_removed(self, owner: InstanceState, member: Any) -> None:
        """Make the other side agree that `member` went; one that the list holds twice is still there."""
        instance = owner()
        if self.validator is not None:
            self.validator.removed(instance, self.key, member)
        if not any(other is member for other in iterate(instance.__dict__.get(self.key, ()))):
            self._parted(member, instance)

    # What the other side tells.

    def gain(self, owner: Any, partner: Any, token: Any = None) -> None:
        """`partner` now refers to `owner`: make this side say so too.

        Args:
            token: what began the change, for listeners.
        """
        state = owner._sa_instance_state
        if self.validator is not None and self.validator.include_backrefs:
            self.validator(owner, self.key, partner)
        if self.owns:
            self._note_parent(partner, state)
        if self.many:
            self._take_in(state, owner, partner)
            return
        before = self._reference(state, owner)
        note_change(state, owner, self.key, before)
        # Also where it was so, unread: a reference that counts as changed and has no value would be one that was deleted.
        owner.__dict__[self.key] = partner
        if before is not partner and before is not None and before is not NO_VALUE:
            self._parted(before, owner)

    def lose(self, owner: Any, partner: Any, token: Any = None) -> None:
        """`partner` no longer refers to `owner`: make this side say so too."""
        state = owner._sa_instance_state
        if self.validator is not None and self.validator.include_backrefs:
            if self.many:
                self.validator.removed(owner, self.key, partner)
            else:
                self.validator(owner, self.key, None)
        if self.owns:
            self._note_parting(partner, state)
        if self.many:
            self._let_go(state, owner, partner)
            return
        values = owner.__dict__
        now = values.get(self.key, NO_VALUE)
        if now is partner or (now is NO_VALUE and state.row_key is not None):
            note_change(state, owner, self.key, partner)
            values[self.key] = None

    def replaced(self, former: Any, owner: Any) -> None:
        """`former`, whom nobody had told, was what `owner` referred to before it was given another partner."""
        if self.owns:
            self._note_parting(former, owner._sa_instance_state)
        reverse = self.reverse
        if reverse is not None and (reverse.many or former.__dict__.get(reverse.key) is owner):
            reverse.lose(former, owner)

    # How it is done.

    def _joined(self, state: InstanceState, owner: Any, member: Any) -> None:
        if self.owns:
            self._note_parent(member, state)
        if self.reverse is not None:
            self.reverse.gain(member, owner)
        if self.cascades and state.holder is not None:
            state.holder.adopt(owner, member)

    def _parted(self, member: Any, owner: Any) -> None:
        if self.owns:
            self._note_parting(member, owner._sa_instance_state)
        if self.reverse is not None:
            self.reverse.lose(member, owner)
        if self.deletes_orphans and member._sa_instance_state.row_key is None:
            self._release_orphan(member, member._sa_instance_state)

    def _reference(self, state: InstanceState, owner: Any) -> Any:
        """Return what a reference to one object has been so far; `NO_VALUE` if that is not known."""
        now = owner.__dict__.get(self.key, NO_VALUE)
        if now is not NO_VALUE or state.row_key is None or (state.old is not None and self.key in state.old):
            return now
        if self.loads_before:
            return load_before_change(state, owner, self.key)
        return NO_VALUE if self.find_present is None else self.find_present(state, owner, False)

    def _replace(self, state: InstanceState, owner: Any, value: Any) -> None:
        """Put a new collection in the place of the present one; only who comes and who goes is told."""
        present = owner.__dict__.get(self.key)
        if value is present and present is not None:
            return
        if self.write_only and state.row_key is not None:
            raise exc.InvalidRequestError(
                f'Collection "{self.name}" does not support implicit iteration; collection replacement operations can\'t '
                "be used. Use its methods add(), add_all() and remove()."
            )
        collection = self.factory()  # type: ignore[misc]
        value = under_own_keys(collection, value, self)
        members = members_given(collection, value)
        if self.validator is not None:
            members = [self.accepted(state, member) for member in members]
            value = dict(zip(value, members, strict=True)) if collection.link_kind == "dict" else members
        for member in members:
            self.check_coming(state, member)
        if present is None and state.row_key is not None:
            present = load_missing(state, owner, self.key)
        before = [] if present is None else list(iterate(present))
        note_change(state, owner, self.key, before)
        stayed = {id(member) for member in members}
        if present is not None:
            present.link_release()
        owner.__dict__[self.key] = collection
        for member in {id(one): one for one in before}.values():
            if id(member) not in stayed:
                self._parted(member, owner)
        self._bring(state, owner, collection, value, members, {id(member) for member in before})
        collection.link_to(self, state)

    def _bring(
        self, state: InstanceState, owner: Any, collection: Any, value: Any, members: list[Any], known: set[int]
    ) -> None:
        """Fill a new collection one by one: what a member brings into the session comes before the next member.

        Args:
            value: what the program has assigned; `members`: the members in it.
            known: identities of those that were in the collection before.
        """
        keys = list(value) if collection.link_kind == "dict" else None
        for place, member in enumerate(members):
            if keys is None:
                collection.link_add(member)
            else:
                collection[keys[place]] = member
            if id(member) not in known:
                known.add(id(member))
                self._check_single_parent(state, member)
                self._joined(state, owner, member)

    def _take_in(self, state: InstanceState, owner: Any, member: Any) -> None:
        collection = owner.__dict__.get(self.key)
        if collection is not None:
            self.before_change(state, collection)
            if collection.link_kind == "dict":
                self._make_room(owner, collection, member)
            collection.link_add(member)
        elif state.row_key is None:
            self.new_collection(state, owner, (member,))
        else:
            self._pending(state, owner).add(member)

    def _make_room(self, owner: Any, collection: Any, member: Any) -> None:
        """Part with who stands under the key of a new member."""
        present = collection.get(collection.link_key(member))
        if present is not None and present is not member:
            collection.link_discard(present)
            self._parted(present, owner)

    def _let_go(self, state: InstanceState, owner: Any, member: Any) -> None:
        collection = owner.__dict__.get(self.key)
        if collection is not None:
            self.before_change(state, collection)
            collection.link_discard(member)
        elif state.row_key is not None:
            self._pending(state, owner).remove(member)

    def _pending(self, state: InstanceState, owner: Any) -> PendingChanges:
        """Return the queue of a collection that is not loaded."""
        note_change(state, owner, self.key, NO_VALUE)
        if state.extra is None:
            state.extra = {}
        pending: dict[str, PendingChanges] = state.extra.setdefault("pending", {})
        return pending.setdefault(self.key, PendingChanges())
