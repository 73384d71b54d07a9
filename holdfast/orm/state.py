"""The tracking state of one mapped instance: a weak reference to the object that also knows its identity and history.

One allocation serves as both: `InstanceState` subclasses `weakref.ref`. Calling the state returns the object or None.
Each mapper has its own subclass with the mapper as a class attribute, so a row costs no slot for it.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable
from typing import Any, ClassVar, Protocol, TypeAlias

from holdfast.orm.attribute_states import AttributeStates
from holdfast.orm.history import NO_VALUE
from holdfast.orm.inspection_attr import InspectionAttr

EXPIRED = 1
GONE = 2
WAS_DELETED = 4
PARTLY_EXPIRED = 8
PARTIAL = 16


# `InstanceState` has properties of these names.
Values: TypeAlias = dict[str, Any]
Anything: TypeAlias = object


# Of what `InstanceState.extra` has.
_PICKLED = ("pending", "expired", "identity_token", "directions")


class Holder(Protocol):
    """What a state needs of the identity map that holds it (`identity_map.IdentityMap`)."""

    new: dict[Any, object]
    dirty: dict[Any, object]
    deleted: dict[Any, object]

    @property
    def session(self) -> Any: ...


class InstanceState(weakref.ref, InspectionAttr):  # type: ignore[type-arg]
    """Identity, history and place of one mapped instance.

    Attributes:
        row_key: the primary key, a scalar, or a tuple if it is composite; None until the row exists.
        holder: the identity map of the session that the object is in; None while transient or detached.
        old: values before the first unflushed change, by attribute name (`NO_VALUE`: was not loaded); None when clean.
            For a collection: the list of members as they were at the last flush or load. An object without a row
            (`row_key` is None) keeps none: all it has is new.
        flags: bits `EXPIRED` (all values were dropped and come from the row at the next read), `GONE` (a flush of the
            running transaction deleted the row), `WAS_DELETED` (that transaction was committed), `PARTLY_EXPIRED` (some values
            were dropped), `PARTIAL` (some were left out by options); a row that is met fills them in.
        extra: rarely needed facts by name; None if none. "pending": {relationship: `PendingChanges`}; "expired": the
            names of deferred columns that were expired by name, those that are loaded again among them; "parents":
            {relationship link: state of the parent, or None once it was taken away}; "setting": a relationship is being
            set through the class's own ``__setattr__``; "directions": what the loader options that it came with say of
            what it loads later; "known": the values that `make_transient` found, which are not new; ...
        peers: the group of objects that were loaded together; None or not there: loaded alone.
    """

    __slots__ = ("extra", "flags", "holder", "old", "peers", "row_key")

    # Written by loaders alone; without a value for all other objects, which are in no group.
    peers: Any

    mapper: ClassVar[Any]

    # What `inspect()` gives tells by these what it is.
    is_instance: ClassVar[bool] = True

    row_key: Any
    holder: Any
    old: Values | None
    flags: int
    extra: Values | None

    # A weak reference compares and hashes by its object; a state is itself.
    __hash__ = object.__hash__

    def __eq__(self, other: Anything) -> bool:
        return self is other

    def __ne__(self, other: Anything) -> bool:
        return self is not other

    # A copied object has a state of its own, made by copying.py; a state that is met on the way copies to nothing.

    def __copy__(self) -> None:
        return None

    def __deepcopy__(self, memo: Values) -> None:
        return None

    def __reduce_ex__(self, protocol: Any) -> Any:
        """Pickle as the object and the facts: never as a weak reference, never with the session."""
        instance = self()
        if instance is None:
            raise TypeError(f"The state of a {self.mapper.class_name} that no longer exists cannot be pickled.")
        extra = {name: self.extra[name] for name in _PICKLED if name in self.extra} if self.extra else {}
        if self.mapper.dispatch.pickle:
            told: Values = {"instance": instance}
            for listener in self.mapper.dispatch.pickle:
                listener(instance, told)
            extra["pickled"] = {name: value for name, value in told.items() if name != "instance"}
        return restore_state, (instance, self.row_key, self.old, self.flags, extra or None)

    # Where the object is in its life.

    @property
    def transient(self) -> bool:
        """Whether the object has no row and is in no session."""
        return self.row_key is None and not self._attached

    @property
    def pending(self) -> bool:
        """Whether the object is in a session and has no row yet."""
        return self.row_key is None and self._attached

    @property
    def persistent(self) -> bool:
        """Whether the object is in a session and has a row."""
        return self.row_key is not None and self._attached and not self.flags & GONE

    @property
    def deleted(self) -> bool:
        """Whether a flush of the running transaction deleted the object's row."""
        return self.row_key is not None and self._attached and bool(self.flags & GONE)

    @property
    def detached(self) -> bool:
        """Whether the object has, or had, a row and is in no session."""
        return self.row_key is not None and not self._attached

    @property
    def was_deleted(self) -> bool:
        """Whether the row was deleted, in the running or in a committed transaction."""
        return bool(self.flags & (GONE | WAS_DELETED))

    @property
    def manager(self) -> Any:
        """What the mapping has done to the class: its instrumented attributes by name."""
        return self.mapper.class_manager

    @property
    def has_identity(self) -> bool:
        """Whether the object has a primary key in the database."""
        return self.row_key is not None

    @property
    def _attached(self) -> bool:
        holder = self.holder
        return holder is not None and holder.session is not None

    @property
    def session(self) -> Any:
        """The session that the object is in, or None."""
        return None if self.holder is None else self.holder.session

    @property
    def session_id(self) -> int | None:
        """The number that messages give the session, or None."""
        session = self.session
        return None if session is None else session.hash_key

    @property
    def info(self) -> Values:
        """The program's own facts about this object; not stored."""
        if self.extra is None:
            self.extra = {}
        return self.extra.setdefault("info", {})  # type: ignore[no-any-return]

    @property
    def async_session(self) -> Any:
        """The AsyncSession that the object is in, or None."""
        session = self.session
        face = None if session is None else session.async_face
        return None if face is None else face()

    @property
    def object(self) -> Any:
        """The object, or None if it is gone."""
        return self()

    def obj(self) -> Any:
        """Return the object, or None if it is gone."""
        return self()

    @property
    def class_(self) -> type[Any]:
        """The mapped class."""
        return self.mapper.class_  # type: ignore[no-any-return]

    @property
    def dict(self) -> Values:
        """The object's ``__dict__``: its loaded and its set values; empty if the object is gone."""
        instance = self()
        return {} if instance is None else instance.__dict__

    @property
    def identity(self) -> tuple[Any, ...] | None:
        """The primary key as a tuple, or None."""
        key = self.row_key
        if key is None:
            return None
        return key if len(self.mapper.primary_key) > 1 else (key,)

    @property
    def identity_key(self) -> tuple[Any, ...] | None:
        """The key ``(class, primary key, identity token)`` of the session's identity map, or None."""
        identity = self.identity
        return None if identity is None else (self.mapper.base_mapper.class_, identity, self.identity_token)

    @property
    def key(self) -> tuple[Any, ...] | None:
        """Same as `identity_key`."""
        return self.identity_key

    @property
    def identity_token(self) -> Any:
        """What tells equal keys of several databases apart, or None; see `holdfast.ext.horizontal_shard`."""
        return None if self.extra is None else self.extra.get("identity_token")

    # What is loaded and what has changed.

    @property
    def attrs(self) -> AttributeStates:
        """The mapped attributes by name, each with `value`, `loaded_value` and `history`."""
        return AttributeStates(self)

    @property
    def modified(self) -> bool:
        """Whether something was set since the last flush or load."""
        if self.row_key is not None:
            return bool(self.old)
        return any(_is_set(self.dict[name]) for name in self._set_names() if name in self.mapper.by_name)

    def _set_names(self) -> list[str]:
        """Return what an object without a row was given; what it had as a persistent one counts once it is replaced."""
        values, known = self.dict, (self.extra or {}).get("known", {})
        return [name for name, value in values.items() if name not in known or known[name] is not value]

    @property
    def committed_state(self) -> Values:
        """What changed attributes had before, by name; of an object without a row nothing."""
        return dict(self.old or {})

    @property
    def unmodified(self) -> set[str]:
        """The names of the attributes that were not set since the last flush or load."""
        changed = (self.old or ()) if self.row_key is not None else self._set_names()
        return {name for name in self.mapper.attribute_names if name not in changed}

    @property
    def unloaded(self) -> set[str]:
        """The names of the attributes that have no value in memory."""
        values = self.dict
        return {name for name in self.mapper.loaded_names if name not in values}

    @property
    def unloaded_expirable(self) -> set[str]:
        """Same as `unloaded`; a name of old."""
        return self.unloaded

    def unmodified_intersection(self, keys: Iterable[str]) -> set[str]:
        """Return those of `keys` that were not set since the last flush or load."""
        return self.unmodified.intersection(keys)

    @property
    def expired(self) -> bool:
        """Whether all values were dropped and come from the row at the next read."""
        return bool(self.flags & EXPIRED)

    @property
    def expired_attributes(self) -> set[str]:
        """The names of the attributes that were dropped: the next read brings them from the row.

        Those that the program has set since are among them, until all others are there again.
        """
        values, old = self.dict, self.old or {}
        names: set[str] = set()
        if self.extra is not None:
            names |= self.extra.get("expired", names)
        if self.flags & (EXPIRED | PARTLY_EXPIRED):
            names.update(self.mapper.attribute_names if self.flags & EXPIRED else self.mapper.column_names)
        return {name for name in names if name not in values or old.get(name) is NO_VALUE}

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self()!r}>"


def restore_state(instance: Any, key: Any, old: Values | None, flags: int, extra: Values | None) -> InstanceState:
    """Give an unpickled object its state; it is detached, or transient if it never had a row."""
    state: InstanceState = instance._sa_instance_state
    pickled = extra.pop("pickled", {}) if extra else {}
    state.row_key, state.old, state.flags, state.extra = key, old, flags, extra or None
    for listener in state.mapper.dispatch.unpickle:
        listener(instance, {"instance": instance, **pickled})
    return state


def _is_set(value: Any) -> bool:
    """Whether a transient object's value was given to it: an empty collection is there after a mere read."""
    return not (hasattr(value, "link_owner") and len(value) == 0)
