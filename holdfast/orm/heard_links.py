"""A relationship that somebody listens to, or whose other side somebody listens to: it tells before anything changes.

`Link` knows nothing of listeners. With the first one the links of both directions become `HeardLink`, so that
relationships without listeners pay nothing. The order: what a change causes on the other side is told and done first,
then the listeners of the changed attribute are told, then its value changes. Listeners that were there before the
classes were configured, and with them the other side, are told first of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.exc import InvalidRequestError
from holdfast.orm.attribute_events import (
    NO_KEY,
    OP_APPEND,
    OP_BULK_REPLACE,
    OP_REMOVE,
    OP_REPLACE,
    AttributeDispatch,
    AttributeEventToken,
    fire,
)
from holdfast.orm.collections import iterate, members_given, under_own_keys
from holdfast.orm.history import NO_VALUE
from holdfast.orm.links import Link
from holdfast.orm.missing_values import load_missing, note_change
from holdfast.orm.state import InstanceState

_NOBODY = AttributeDispatch(lambda: None)


class HeardLink(Link):
    """A `Link` that tells who listens."""

    __slots__ = ()

    heard: AttributeDispatch

    def set(self, state: InstanceState, owner: Any, value: Any) -> None:
        """Assign the attribute, as `Link.set` does."""
        if self.many:
            super().set(state, owner, value)
            return
        if state.extra is not None:
            state.extra.pop("setting", None)
        if self.validator is not None:
            value = self.validator(owner, self.key, value)
        self._check(state, value)
        before = self._before(state, owner)
        token = AttributeEventToken(self.key, OP_REPLACE, self)
        value = fire(self.heard.on_set, owner, value, before, token, early=True)
        self._check(state, value)
        if before is not value and self.reverse is not None:
            if before is not None and before is not NO_VALUE:
                self.reverse.lose(before, owner, token)
            if value is not None:
                self.reverse.gain(value, owner, token)
        told = fire(self.heard.on_set, owner, value, before, token, early=False)
        if told is not value:
            self._check(state, told)
            if value is not None and value is not before and self.reverse is not None:
                self.reverse.lose(value, owner, token)
            value = told
        self._store(state, owner, before, value)

    def delete(self, state: InstanceState, owner: Any) -> None:
        """Delete the attribute, as `Link.delete` does."""
        before = owner.__dict__.get(self.key, NO_VALUE)
        if self.many or before is NO_VALUE:
            super().delete(state, owner)
            return
        token = AttributeEventToken(self.key, OP_REMOVE, self)
        fire(self.heard.on_remove, owner, before, token, early=True)
        if before is not None and self.reverse is not None:
            self.reverse.lose(before, owner, token)
        fire(self.heard.on_remove, owner, before, token, early=False)
        self._store(state, owner, before, None)
        del owner.__dict__[self.key]

    def _check(self, state: InstanceState, value: Any) -> None:
        if value is not None:
            self.check_coming(state, value)
            self._check_single_parent(state, value)

    def _store(self, state: InstanceState, owner: Any, before: Any, value: Any) -> None:
        """Put a reference in its place, when all have been told."""
        note_change(state, owner, self.key, before)
        owner.__dict__[self.key] = value
        if before is value:
            return
        if before is not None and before is not NO_VALUE:
            self._parted(before, owner)
        if value is not None:
            self._joined(state, owner, value)

    def _before(self, state: InstanceState, owner: Any) -> Any:
        before = self._reference(state, owner)
        return None if before is NO_VALUE and self.loads_before and state.row_key is None else before

    # What collections tell.

    def accepted(self, owner: InstanceState, member: Any, key: Any = NO_KEY) -> Any:
        """Tell that `member` is about to come; returns what comes in its place."""
        return self._announced(
            owner, super().accepted(owner, member), key, AttributeEventToken(self.key, OP_APPEND, self)
        )

    def _announced(self, state: InstanceState, member: Any, key: Any, token: AttributeEventToken) -> Any:
        instance = state()
        self._check(state, member)
        member = fire(self.heard.on_append, instance, member, token, key=key, early=True)
        self._check(state, member)
        if self.reverse is not None:
            self.reverse.gain(member, instance, token)
        told = fire(self.heard.on_append, instance, member, token, key=key, early=False)
        if told is not member:
            self.check_coming(state, told)
            if self.reverse is not None:
                self.reverse.lose(member, instance, token)
        return told

    def leaving(self, owner: InstanceState, member: Any, key: Any = NO_KEY) -> None:
        """Tell that `member` is about to go."""
        self._dismissed(owner, member, key, AttributeEventToken(self.key, OP_REMOVE, self))

    def _dismissed(self, state: InstanceState, member: Any, key: Any, token: AttributeEventToken) -> None:
        instance = state()
        held = sum(other is member for other in iterate(instance.__dict__.get(self.key, ())))
        fire(self.heard.on_remove, instance, member, token, key=key, early=True)
        if self.reverse is not None and held <= 1:
            self.reverse.lose(member, instance, token)
        fire(self.heard.on_remove, instance, member, token, key=key, early=False)

    def present_again(self, owner: InstanceState, member: Any) -> None:
        """Tell that a member was added that is there already."""
        if self.heard.on_append_wo_mutation:
            token = AttributeEventToken(self.key, OP_APPEND, self)
            fire(self.heard.on_append_wo_mutation, owner(), member, token, key=None)

    def new_collection(self, state: InstanceState, owner: Any, members: Iterable[Any] = ()) -> Any:
        """Give `owner` a new collection, as `Link.new_collection` does."""
        collection = self.factory()  # type: ignore[misc]
        for listener in self.heard.on_init_collection:
            listener(owner, collection, collection)
        collection.link_fill(members)
        collection.link_to(self, state)
        owner.__dict__[self.key] = collection
        return collection

    # What the other side tells.

    def gain(self, owner: Any, partner: Any, token: AttributeEventToken | None = None) -> None:
        """Make this side say that `partner` refers to `owner`, as `Link.gain` does."""
        state = owner._sa_instance_state
        if self._has(owner, partner):
            if self.owns:
                self._note_parent(partner, state)
            return
        token = token or AttributeEventToken(self.key, OP_REPLACE, self)
        if self.many:
            fire(self.heard.on_append, owner, partner, token)
        else:
            before = self._before(state, owner)
            fire(self.heard.on_set, owner, partner, before, token, early=True)
            if before is not None and before is not NO_VALUE and self.reverse is not None:
                self.reverse.lose(before, owner, AttributeEventToken(self.key, OP_REPLACE, self))
            fire(self.heard.on_set, owner, partner, before, token, early=False)
        super().gain(owner, partner)

    def lose(self, owner: Any, partner: Any, token: AttributeEventToken | None = None) -> None:
        """Make this side say that `partner` no longer refers to `owner`, as `Link.lose` does."""
        if token is None:
            # It was told, and done, before the change.
            return
        if self.many:
            fire(self.heard.on_remove, owner, partner, token)
        elif owner.__dict__.get(self.key, partner if owner._sa_instance_state.row_key is not None else None) is partner:
            fire(self.heard.on_set, owner, None, partner, token)
        super().lose(owner, partner)

    def _has(self, owner: Any, partner: Any) -> bool:
        """Whether this side says already that `partner` refers to `owner`."""
        value = owner.__dict__.get(self.key)
        if not self.many:
            return value is partner
        if value is not None:
            return any(member is partner for member in iterate(value))
        pending = (owner._sa_instance_state.extra or {}).get("pending", {}).get(self.key)
        return pending is not None and any(member is partner for member in pending.added)

    def remove_unheld(self, state: InstanceState, owner: Any, member: Any) -> None:
        """Take a member out of a collection that is not in memory, as `Link.remove_unheld` does."""
        self.leaving(state, member)
        super().remove_unheld(state, owner, member)

    # Replacing a collection.

    def _replace(self, state: InstanceState, owner: Any, value: Any) -> None:
        present = owner.__dict__.get(self.key)
        if value is present and present is not None:
            return
        if self.write_only and state.row_key is not None:
            raise InvalidRequestError(
                f'Collection "{self.name}" does not support implicit iteration; collection replacement operations can\'t '
                "be used. Use its methods add(), add_all() and remove()."
            )
        collection = self.factory()  # type: ignore[misc]
        for listener in self.heard.on_init_collection:
            listener(owner, collection, collection)
        value = under_own_keys(collection, value, self)
        members, keys = members_given(collection, value), _keys_of(collection, value)
        token = AttributeEventToken(self.key, OP_BULK_REPLACE, self)
        fire(self.heard.on_bulk_replace, owner, members, token, key=keys)
        for member in members:
            self.check_coming(state, member)
        if present is None and state.row_key is not None:
            present = load_missing(state, owner, self.key)
        before = [] if present is None else list(iterate(present))
        note_change(state, owner, self.key, before)
        collection.link_to(self, state)
        owner.__dict__[self.key] = collection
        self._fill(state, collection, members, keys, before, token)
        self._let_others_go(state, before, collection, token)
        if present is not None:
            for listener in self.heard.on_dispose_collection:
                listener(owner, present, present)
            present.link_release()

    def _fill(
        self,
        state: InstanceState,
        collection: Any,
        members: list[Any],
        keys: list[Any] | None,
        before: list[Any],
        token: Any,
    ) -> None:
        """Put members into the new collection, one by one, telling of those that the old one did not have."""
        known, stayed = {id(member) for member in before}, []
        for place, member in enumerate(members):
            key = NO_KEY if keys is None or place >= len(keys) else keys[place]
            if id(member) in known:
                stayed.append(member)
            else:
                known.add(id(member))
                member = Link.accepted(self, state, member)
                member = self._announced(state, member, key, token)
                self._joined(state, state(), member)
            if key is NO_KEY:
                collection.link_add(member)
            else:
                dict.__setitem__(collection, key, member)
        for member in stayed:
            fire(self.heard.on_append_wo_mutation, state(), member, token, key=None)

    def _let_others_go(self, state: InstanceState, before: list[Any], collection: Any, token: Any) -> None:
        """Tell of the members that the new collection does not have."""
        seen = {id(member) for member in iterate(collection)}
        for member in before:
            if id(member) not in seen:
                seen.add(id(member))
                self._dismissed(state, member, NO_KEY, token)
                self._parted(member, state())


def _keys_of(collection: Any, value: Any) -> list[Any] | None:
    """Return the keys of a dict that is assigned to a collection of that kind."""
    return list(value) if collection.link_kind == "dict" else None


def listen_to(link: Link, dispatch: AttributeDispatch) -> None:
    """Make a link, and the one of the other direction, tell who listens; where nobody does any more, no longer."""
    sides = [one for one in (link, link.reverse) if one is not None]
    for one in sides:
        if not isinstance(one, HeardLink):
            one.__class__ = HeardLink
            one.heard = _NOBODY
    link.heard = dispatch
    if not any(one.heard.is_heard() for one in sides):  # type: ignore[attr-defined]
        for one in sides:
            one.__class__ = Link
    link.loads_before = link.loads_before or (dispatch.is_active and not link.many)
