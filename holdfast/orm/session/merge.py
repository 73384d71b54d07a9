"""Merge: carries the state of objects from elsewhere (detached, cached, unpickled, made by hand) over to the session's own.

One `Merge` is one call: it remembers what became of each object that it met, so that a graph with circles ends and
two objects of one key become one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm import attributes
from holdfast.orm.history import NO_VALUE
from holdfast.orm.missing_values import lost_values
from holdfast.orm.session import lifecycle
from holdfast.orm.state import EXPIRED, InstanceState

_NO_LOAD = (
    "merge() with load=False option does not support objects {}.  flush() all changes on mapped instances before "
    "merging with load=False."
)


async def core_merge(session: Any, instances: Iterable[Any], load: bool, options: Sequence[Any] | None) -> list[Any]:
    """Return the session's objects that the state of `instances` was carried over to, in order; see `Session.merge`."""
    given = list(instances)
    for instance in given:
        lifecycle.state_of(instance)
    if load:
        await session.core_autoflush()
    merge = Merge(session, load, options or ())
    # What is half carried over must not be flushed by the loads in between.
    autoflush, session.autoflush = session.autoflush, False
    try:
        if load and len(given) > 1:
            from holdfast.orm.session.merge_ahead import core_read_ahead

            merge.asked = await core_read_ahead(session, given, merge.options)
        return [await merge.core_one(instance) for instance in given]
    finally:
        session.autoflush = autoflush


class Merge:
    """One call of `Session.merge`.

    Args:
        session: that gets the state.
        load: whether the database is asked about objects that are not present.
        options: loader options for what is loaded.

    Attributes:
        asked: what was read ahead, by mapper and key; who is none of the session's objects then has no row.
    """

    __slots__ = ("_became", "_by_key", "_led_here", "_load", "_session", "asked", "options")

    def __init__(self, session: Any, load: bool, options: Sequence[Any]) -> None:
        self._session = session
        self._load = load
        self.options = options
        self.asked: Mapping[tuple[Any, Any], Any] = {}
        self._became: dict[InstanceState, Any] = {}
        self._by_key: dict[tuple[Any, Any], Any] = {}
        self._led_here: set[tuple[InstanceState, Any]] = set()

    async def core_one(self, source: Any) -> Any:
        """Return the session's object for `source`, its state carried over, along the merge cascade.

        Raises:
            InvalidRequestError: `load` is off, and the object has no key or unflushed changes; or its row belongs to an object
                of a class that lacks attributes of it.
            StaleDataError: the source was read from an older version of the row.
        """
        state = lifecycle.state_of(source)
        if state in self._became:
            return self._became[state]
        key = self._key_of(state, source)
        target = None if key is None else await self._core_find(state, key)
        if target is source:
            self._became[state] = source
            return source
        is_new = target is None
        if target is None:
            target = self._new(state, key)
        elif target._sa_instance_state.mapper is not state.mapper:
            _check_class(state, source, target)
        self._became[state] = target
        if key is not None:
            self._by_key[state.mapper.base_mapper, key] = target
        target_state = target._sa_instance_state
        _take_options(state, target_state)
        if state.mapper.version_id_col is not None:
            await self._core_check_version(state, source, target_state, target)
        for prop in state.mapper.by_name.values():
            if prop.is_relationship:
                await self._core_relationship(state, source, target_state, target, prop)
            else:
                self._column(source, target_state, target, prop.key)
        if is_new:
            for listener in state.mapper.dispatch.load:
                listener(target, None)
        return target

    # Whom it goes to.

    def _key_of(self, state: InstanceState, source: Any) -> Any:
        """Return the key under which the object is looked for; None if it cannot be in the database."""
        if state.row_key is not None:
            return state.row_key
        if state.holder is self._session.holder and state.holder is not None:
            exc.warn(
                f"Instance {shown_object(source)} is already pending in this Session yet is being merged again; this "
                "is probably not what you want to do"
            )
        if state.flags & EXPIRED:
            raise exc.DetachedInstanceError(lost_values(source, "merging it"))
        if not self._load:
            raise exc.InvalidRequestError(_NO_LOAD.format("transient (i.e. unpersisted) objects"))
        values = source.__dict__
        parts = [values.get(name) for name in state.mapper.primary_key_names]
        if all(part is None for part in parts) or any(name not in values for name in state.mapper.primary_key_names):
            return None
        if None in parts and not state.mapper.allow_partial_pks:
            return None
        return parts[0] if len(parts) == 1 else tuple(parts)

    async def _core_find(self, state: InstanceState, key: Any) -> Any:
        """Return the session's object of a key: present, made earlier in this call, or loaded; None if there is none."""
        mapper = state.mapper
        found = self._session.holder.find(mapper.base_mapper, key)
        if found is None:
            found = self._by_key.get((mapper.base_mapper, key))
        if found is None and self._load and (mapper.base_mapper, key) not in self.asked:
            found = await self._session.core_get(mapper, key, options=self.options)
        return found

    def _new(self, state: InstanceState, key: Any) -> Any:
        """Return a new object of the session: pending; without `load` persistent, as if it had been loaded."""
        session, mapper = self._session, state.mapper
        if not self._load and state.modified:
            raise exc.InvalidRequestError(_NO_LOAD.format("marked as 'dirty'"))
        target = mapper.class_.__new__(mapper.class_)
        if self._load:
            session.add(target)
        else:
            target._sa_instance_state.row_key = key
            lifecycle.save(session, target)
        return target

    async def _core_check_version(
        self, state: InstanceState, source: Any, target_state: InstanceState, target: Any
    ) -> None:
        """Refuse a source that was read before the row became what the target is; an expired target is read for it."""
        name = state.mapper.name_of_column(state.mapper.version_id_col)
        if target_state.row_key is None or name not in source.__dict__:
            return
        if name not in target.__dict__ and self._load:
            await self._session.core_load_attribute(target_state, target, name)
        theirs, ours = source.__dict__[name], target.__dict__.get(name)
        if ours is not None and theirs != ours:
            raise exc.StaleDataError(
                f"Version id '{theirs}' on merged state {shown_object(source)} does not match existing version "
                f"'{ours}'. Leave the version attribute unset when merging to update the most recent version."
            )

    # What goes over.

    def _column(self, source: Any, target_state: InstanceState, target: Any, name: str) -> None:
        value = source.__dict__.get(name, NO_VALUE)
        if value is NO_VALUE:
            return
        if self._load and not self._is_key_of(target_state, target, name, value):
            attributes.set_attribute(target, name, value)
        else:
            attributes.set_loaded(target_state, target, name, value)

    def _is_key_of(self, target_state: InstanceState, target: Any, name: str, value: Any) -> bool:
        """Whether a value is the part of the key by which an expired target was found: it changes nothing."""
        if name in target.__dict__ or target_state.row_key is None:
            return False
        names = target_state.mapper.primary_key_names
        key = target_state.row_key if len(names) > 1 else (target_state.row_key,)
        return (name, value) in zip(names, key, strict=True)

    async def _core_relationship(
        self, state: InstanceState, source: Any, target_state: InstanceState, target: Any, prop: Any
    ) -> None:
        """Carry the members of a relationship over, each merged itself."""
        name = prop.key
        if not prop.cascade.merge or name not in source.__dict__ or self._came_by_reverse(state, prop):
            return
        value = source.__dict__[name]
        if not prop.uselist:
            member = None if value is None else await self._core_member(value, prop)
            if self._load:
                attributes.set_attribute(target, name, member)
            else:
                attributes.set_loaded(target_state, target, name, member)
            return
        if self._load and target_state.row_key is not None and name not in target.__dict__:
            # So that the flush knows who went.
            await self._session.core_load_attribute(target_state, target, name)
        members = [await self._core_member(member, prop) for member in prop.members(value)]
        if not self._load:
            attributes.set_loaded_collection(target_state, target, name, members)
            return
        link = target_state.mapper.links[name]
        replaced = link.factory()
        replaced.link_fill(members)
        attributes.set_attribute(target, name, replaced)

    def _came_by_reverse(self, state: InstanceState, prop: Any) -> bool:
        """Whether the object was met along the other direction of this relationship, which sets both sides."""
        reverse = prop.reverse
        return self._load and reverse is not None and (state, reverse) in self._led_here

    async def _core_member(self, member: Any, prop: Any) -> Any:
        self._led_here.add((lifecycle.state_of(member), prop))
        return await self.core_one(member)


def _take_options(state: InstanceState, target: InstanceState) -> None:
    """Let the target load later what the source would load, by the loader options that the source came with."""
    options = (state.extra or {}).get("directions")
    if options is not None:
        target.extra = {**(target.extra or {}), "directions": options}
    elif target.extra is not None:
        target.extra.pop("directions", None)


def _check_class(state: InstanceState, source: Any, target: Any) -> None:
    """Refuse an object of a class of whose attributes the session's object of its key has not all.

    The row that it was read from is gone, or has become one of another class: what it carries over would be lost in part.

    Raises: InvalidRequestError.
    """
    theirs = target._sa_instance_state.mapper
    names = [prop.key for prop in state.mapper.by_name.values()]
    missing = [name for name in names if name in source.__dict__ and name not in theirs.by_name]
    if missing:
        raise exc.InvalidRequestError(
            f"Can't merge {shown_object(source)}: the row of its key is now that of {shown_object(target)}, and "
            f"{theirs.class_name} has no {', '.join(missing)}. Delete that object first, or merge one of its class."
        )
