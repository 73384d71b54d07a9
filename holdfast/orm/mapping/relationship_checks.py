"""What `relationship()` refuses: options that exclude each other, and what makes no sense once the join is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError, warn
from holdfast.orm.mapping.join_request import MANYTOONE, ONETOMANY

LAZY = (
    "select", "joined", "selectin", "subquery", "immediate", "raise", "raise_on_sql", "noload", "dynamic", "write_only",
    True, False, None,
)  # fmt: skip

UNHELD = frozenset(("dynamic", "write_only"))
"""Ways of loading that never load: the attribute is a handle to ask and to change the collection."""

_LAZY_SYNONYMS = {True: "select", False: "joined", None: "noload"}


def known_lazy(lazy: Any) -> Any:
    """Return the canonical name of a way of loading.

    Raises: ArgumentError: there is none of that name.
    """
    if lazy not in LAZY:
        known = ", ".join(repr(one) for one in LAZY if isinstance(one, str))
        raise ArgumentError(f"relationship(lazy={lazy!r}) is not a way of loading; known are: {known}.")
    return lazy if isinstance(lazy, str) else _LAZY_SYNONYMS[lazy]


def check_options(prop: Any) -> None:
    """Refuse options that exclude each other.

    Raises: ArgumentError.
    """
    if prop.backref and prop.back_populates:
        raise ArgumentError("backref and back_populates keyword arguments are mutually exclusive")
    if not (prop.backref is None or isinstance(prop.backref, (str, tuple))):
        raise ArgumentError(
            f"relationship(backref={prop.backref!r}) names no attribute of the other class: give a string, or "
            "backref('name', ...) for one with options."
        )
    if prop.given.get("omit_join"):
        warn(
            "setting omit_join to True is not supported; selectin loading of this relationship may not work correctly if "
            "this flag is set explicitly.  omit_join optimization is automatically detected for conditions under which it "
            "is supported."
        )
    if not prop.viewonly:
        return
    if prop.given.get("sync_backref"):
        raise ArgumentError("sync_backref and viewonly cannot both be True")
    for name in ("passive_deletes", "active_history", "post_update"):
        if prop.given.get(name):
            warn(
                f"Setting {name} on relationship() while also setting viewonly=True does not make sense, as a "
                "viewonly=True relationship does not perform persistence operations. This configuration may raise "
                "an error in a future release."
            )


def check_configured(prop: Any, resolver: Any) -> None:
    """Refuse what makes no sense now that the direction and the columns are known.

    Raises: ArgumentError, InvalidRequestError.
    """
    _check_orphans(prop)
    if prop.given.get("secondaryjoin") is not None and prop.secondary is None:
        raise ArgumentError(
            f"Property {prop} specified with secondary join condition but no secondary argument. Name the table between the "
            "two, relationship(secondary=...), or leave secondaryjoin out."
        )
    if prop.passive_deletes == "all" and (prop.cascade.delete or prop.cascade.delete_orphan):
        raise ArgumentError(
            f"On {prop}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade. "
            "The one leaves related rows alone, the other deletes them."
        )
    if prop.lazy in UNHELD and not prop.uselist:
        raise InvalidRequestError(
            f"On relationship {prop}, '{prop.lazy}' loaders cannot be used with many-to-one/one-to-one relationships "
            "and/or uselist=False."
        )
    _check_remote_side(prop, resolver.columns(prop.given.get("remote_side")))


def _check_remote_side(prop: Any, given: Sequence[Any]) -> None:
    """Warn of a remote side that is the near one; refuse one that is neither."""
    far, near = ({id(column) for column in columns} for columns in (prop.remote_columns, prop.near_columns))
    if any(id(column) in far for column in given):
        return
    for column in given:
        if id(column) in near:
            warn(
                f"Expression {column} is marked as 'remote', but these column(s) are local to the local side.  The remote() "
                "annotation is needed only for a self-referential relationship where both sides of the relationship refer to "
                f"the same tables. Leave remote_side of {prop} out: {prop.parent.class_name} and {prop.mapper.class_name} have "
                "tables of their own."
            )
            return
    if given:
        raise ArgumentError(
            f"Relationship {prop} could not determine any unambiguous local/remote column pairs based on join "
            "condition and remote_side arguments.  Consider using the remote() annotation to accurately mark those "
            "elements of the join condition that are on the remote side of the relationship."
        )


def _check_orphans(prop: Any) -> None:
    if not prop.cascade.delete_orphan or prop.single_parent or prop.direction is ONETOMANY:
        return
    kind = "many-to-one" if prop.direction is MANYTOONE else "many-to-many"
    target = prop.mapper.class_.__name__
    raise ArgumentError(
        f'For {kind} relationship {prop}, delete-orphan cascade is normally configured only on the "one" side of a '
        'one-to-many relationship, and not on the "many" side of a many-to-one or many-to-many relationship.  To '
        f'force this relationship to allow a particular "{target}" object to be referenced by only a single '
        f'"{prop.parent.class_.__name__}" object at a time via the {prop} relationship, which would allow '
        "delete-orphan "
        "cascade to take place in this direction, set the single_parent=True flag.",
        code="bbf0",
    )
