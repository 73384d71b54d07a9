"""What can be asked of an object, and done with it, without its session at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast import exc
from holdfast.orm.session.lifecycle import state_of
from holdfast.orm.state import PARTLY_EXPIRED, WAS_DELETED


def object_session(instance: object) -> Any:
    """Return the session that an object is in, or None."""
    holder = state_of(instance).holder
    return None if holder is None else holder.session


def has_identity(instance: object) -> bool:
    """Return True if the object has a row, in a session or not."""
    return bool(state_of(instance).has_identity)


def was_deleted(instance: object) -> bool:
    """Return True if the object's row was deleted by a flush of its session, whether or not that was committed."""
    return state_of(instance).was_deleted


def make_transient(instance: object) -> None:
    """Make an object one without a row, in no session; its values stay.

    Args:
        instance: a mapped object in any state.
    """
    state = state_of(instance)
    session = object_session(instance)
    if session is not None:
        session.expunge(instance)
    if state.row_key is not None:
        values, changed = instance.__dict__, state.old or ()
        known = {name: values[name] for name in state.mapper.attribute_names if name in values and name not in changed}
        state.extra = {**(state.extra or {}), "known": known}
    state.row_key = None
    state.flags = 0
    state.old = None
    if state.extra is not None:
        state.extra.pop("pending", None)
        state.extra.pop("expired", None)


def make_transient_to_detached(instance: object) -> None:
    """Make a transient object with a primary key one that has a row: what it lacks is read once it is in a session.

    Args:
        instance: a transient object whose primary key is set.

    Raises: InvalidRequestError: it is in a session, has a row already, or has no primary key.
    """
    state = state_of(instance)
    if state.session is not None or state.row_key is not None:
        raise exc.InvalidRequestError("Given object must be transient")
    values = instance.__dict__
    parts = [values.get(name) for name in state.mapper.primary_key_names]
    if None in parts:
        raise exc.InvalidRequestError(
            f"Given object has no primary key: set {', '.join(state.mapper.primary_key_names)} of the "
            f"{state.mapper.class_name} before it is made a detached one."
        )
    state.row_key = parts[0] if len(parts) == 1 else tuple(parts)
    state.flags = (state.flags & ~WAS_DELETED) | PARTLY_EXPIRED
    state.old = None


def enable_relationship_loading(session: Any, instance: object) -> None:
    """Let an object load its relationships through a session that it is not in; see `Session`."""
    state = state_of(instance)
    if state.extra is None:
        state.extra = {}
    state.extra["loads_relationships"] = session.holder


def identity_key(
    class_: Any = None,
    ident: Any = None,
    *,
    instance: object = None,
    row: Any = None,
    identity_token: Any = None,
) -> tuple[Any, ...]:
    """Return the key ``(class, primary key, identity token)`` under which a session keeps an object.

    Args:
        class_: a mapped class, with `ident` or `row`.
        ident: the primary key: a scalar, or a tuple.
        instance: a mapped object, in the place of a class.
        row: a Row that holds the primary key columns.
        identity_token: the third part of the key.

    Raises: ArgumentError: other combinations.
    """
    if instance is not None:
        mapper = state_of(instance).mapper
        key: Sequence[Any] = [getattr(instance, name) for name in mapper.primary_key_names]
        return mapper.base_mapper.class_, tuple(key), identity_token
    if class_ is None:
        raise exc.ArgumentError("class or instance is required")
    mapper = class_mapper(class_)
    if row is not None:
        key = [row._mapping[column] for column in mapper.primary_key]
    elif ident is not None:
        key = ident if isinstance(ident, (list, tuple)) else (ident,)
    else:
        raise exc.ArgumentError("ident or row is required")
    return mapper.base_mapper.class_, tuple(key), identity_token


def class_mapper(class_: Any, configure: bool = True) -> Any:
    """Return the mapper of a class.

    Raises: UnmappedClassError: it is not mapped.
    """
    mapper = getattr(class_, "__mapper__", None)
    if mapper is None:
        raise exc.UnmappedClassError(class_)
    if configure:
        mapper.configure()
    return mapper


def object_mapper(instance: object) -> Any:
    """Return the mapper of an object's class."""
    return state_of(instance).mapper


def as_typed_table(cls: Any, typed_columns_cls: Any = None, /) -> Any:
    """Return the table of a mapped class.

    Args:
        typed_columns_cls: a class derived from `TypedColumns`, whose columns the table has for type checkers; None: that in
            the class's annotation ``__typed_cols__``.

    Raises: UnmappedClassError: it is not mapped.
    """
    return class_mapper(cls, configure=False).local_table
