"""Turns what a caller gives as a class and a primary key into a mapper and the identity map's key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc

SCALARS = frozenset((int, str))
"""Classes of values that are keys as they stand."""


def entity_of(entity: Any) -> Any:
    """Return the mapper of a mapped class.

    Raises: NoInspectionAvailable: it is not one.
    """
    mapper = getattr(entity, "__mapper__", None)
    if mapper is None and getattr(entity, "is_mapper", False):
        mapper = entity
    if mapper is None or entity.__class__ is mapper.class_:
        raise not_a_class(entity)
    return mapper


def not_a_class(entity: Any) -> exc.NoInspectionAvailable:
    """Return the error for what stands where a mapped class belongs."""
    return exc.NoInspectionAvailable(
        f"Expected mapped class or mapper, got: {entity!r}. "
        + getattr(
            entity,
            "__why_not_mapped__",
            "Derive the class from your DeclarativeBase and give it a __tablename__, or pass the mapped class itself, "
            "not an instance.",
        )
    )


def no_such_row(entity: Any) -> exc.NoResultFound:
    """Return the error for `get_one`, without the key: it may be nobody else's business."""
    return exc.NoResultFound(
        f"No row was found when one was required: {entity_of(entity).class_name} has none of this primary key. Session.get() "
        "gives None in its place."
    )


def key_from_identity(mapper: Any, identity: Any) -> Any:
    """Return the identity map's key for a primary key as callers write it.

    Args:
        identity: a scalar; a tuple or list in the order of the key's columns; a dict by attribute name.

    Returns: a scalar, or a tuple for a composite key.

    Raises:
        InvalidRequestError: the number of values or the names do not fit.
        ArgumentError: a value that cannot be a key (a mapped object, an unhashable value).
    """
    if mapper.scalar_key and identity.__class__ in SCALARS:
        return identity
    names = mapper.primary_key_names
    if isinstance(identity, Mapping):
        if set(identity) != set(names):
            raise exc.InvalidRequestError(
                f"Incorrect names of values in identifier to formulate primary key for session.get(); primary key "
                f"attribute names are {', '.join(repr(name) for name in names)}"
            )
        values = tuple(identity[name] for name in names)
    elif isinstance(identity, (tuple, list)):
        values = tuple(identity)
    else:
        values = (identity,)
    if len(values) != len(names):
        raise exc.InvalidRequestError(
            "Incorrect number of values in identifier to formulate primary key for session.get(); primary key columns "
            f"are {', '.join(repr(str(column)) for column in mapper.primary_key)}"
        )
    for name, value in zip(names, values, strict=True):
        if hasattr(value, "_sa_instance_state") or hasattr(value, "__clause_element__"):
            raise exc.ArgumentError(
                f"The primary key value for {mapper.class_name}.{name} is {type(value).__name__}, not a plain value; "
                "pass the key itself, for example session.get(User, other.user_id)."
            )
        try:
            hash(value)
        except TypeError:
            raise exc.ArgumentError(
                f"The primary key value for {mapper.class_name}.{name} is of type {type(value).__name__}, which has no "
                "hash and so can not be a key."
            ) from None
    return values[0] if len(values) == 1 else values
