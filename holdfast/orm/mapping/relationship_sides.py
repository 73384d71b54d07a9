"""The two sides of a relationship: finding the one that `back_populates` names, making the one that `backref` asks for."""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.orm.attributes import QueryableAttribute
from holdfast.orm.mapping.join_request import MANYTOMANY
from holdfast.orm.mapping.relationship_declaration import Backref
from holdfast.orm.mapping.relationships import Relationship, RelationshipProperty


def connect(prop: RelationshipProperty[Any]) -> None:
    """Find the other side.

    Raises: InvalidRequestError, ArgumentError: `back_populates` names something that is not the other side.
    """
    name = prop.back_populates = _name_given(prop.back_populates)
    if name is None:
        return
    other = prop.mapper.by_name.get(name)
    if other is None:
        raise InvalidRequestError(
            f"Mapper '{prop.mapper}' has no property '{name}'.  If this property was indicated from other mappers "
            f"or configure events, ensure registry.configure() has been called. {prop} says "
            f"back_populates={name!r}: declare {prop.mapper.class_.__name__}.{name} = "
            f"relationship(back_populates={prop.key!r}), or correct the name."
        )
    if not other.is_relationship:
        raise InvalidRequestError(
            f"back_populates on relationship '{prop}' refers to attribute '{other}' that is not a relationship.  "
            "The back_populates parameter should refer to the name of a relationship on the target class."
        )
    if not other.mapper.is_kin(prop.parent):
        raise ArgumentError(
            f"reverse_property {name!r} on relationship {prop} references relationship {other}, which does not "
            f"reference mapper {prop.parent}. It leads to {other.mapper.class_.__name__}: name the relationship of "
            f"{prop.mapper.class_.__name__} that leads back to {prop.parent.class_.__name__}."
        )
    if other.direction is prop.direction and prop.direction is not MANYTOMANY:
        raise ArgumentError(
            f"{prop} and back-reference {other} are both of the same direction {prop.direction!r}.  Did you mean "
            f"to set remote_side on the many-to-one side ? {_remote_side_hint(prop, other)}"
        )
    prop.reverse = other
    if not prop.viewonly and not other.viewonly and prop.given.get("sync_backref") is not False:
        prop.link.reverse = other.link
        if other.reverse is None:
            other.reverse, other.link.reverse = prop, prop.link


def _name_given(given: Any) -> str | None:
    """Return the name that ``back_populates`` says: itself, or by a function that returns it or the attribute.

    Raises: ArgumentError: the function returns something else.
    """
    found = given() if callable(given) else given
    if isinstance(found, QueryableAttribute):
        return found.key
    if found is None or isinstance(found, str):
        return found
    raise ArgumentError(
        f"Invalid back_populates value: {found!r}. It is the name of a relationship on the related class, or a function "
        "that returns the attribute: back_populates=lambda: Child.parent."
    )


def _remote_side_hint(prop: RelationshipProperty[Any], other: RelationshipProperty[Any]) -> str:
    """Return which of two equal sides is to say what is remote, if the annotations tell."""
    single = [side for side in (prop, other) if not side.uselist]
    if len(single) != 1:
        return ""
    names = ", ".join(column.key for column in single[0].near_columns)
    return f"{single[0]} holds one object: give it relationship(remote_side=[{names}])."


def make_backref(prop: RelationshipProperty[Any]) -> tuple[str, RelationshipProperty[Any]]:
    """Return the name and the declaration of the other side that a relationship's `backref` asks for.

    Raises: ArgumentError: the related class has an attribute of that name.
    """
    wanted = prop.backref if isinstance(prop.backref, Backref) else Backref(str(prop.backref), {})
    if prop.mapper.has_property(wanted.name):
        raise ArgumentError(
            f"Error creating backref '{wanted.name}' on relationship '{prop}': property of that name exists on mapper "
            f"'{prop.mapper}'"
        )
    options = dict(wanted.options)
    options.setdefault("viewonly", prop.viewonly)
    if prop.secondary is not None:
        options.setdefault("secondary", prop.secondary)
        options.setdefault("primaryjoin", prop.secondaryjoin)
        options.setdefault("secondaryjoin", prop.primaryjoin)
    else:
        options.setdefault("primaryjoin", prop.primaryjoin)
    if prop.given.get("foreign_keys") is not None or prop.given.get("primaryjoin") is not None:
        options.setdefault("foreign_keys", [key for _, key in (*prop.sync_pairs, *prop.secondary_pairs)])
    if prop.parent is prop.mapper and prop.secondary is None:
        options.setdefault("remote_side", list(prop.near_columns))
    other: RelationshipProperty[Any] = Relationship(prop.parent, back_populates=prop.key, **options)
    prop.back_populates = wanted.name
    return wanted.name, other
