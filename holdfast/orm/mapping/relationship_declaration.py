"""`relationship()` and its kin: how a class declares an attribute that holds related objects."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from holdfast import exc
from holdfast.orm.mapping.properties import UNSET
from holdfast.orm.peers import check_mode

if TYPE_CHECKING:
    from holdfast.orm.mapping.relationships import Relationship


def relationship(
    argument: Any = None,
    secondary: Any = None,
    *,
    uselist: bool | None = None,
    collection_class: Any = None,
    primaryjoin: Any = None,
    secondaryjoin: Any = None,
    back_populates: str | Callable[[], Any] | None = None,
    order_by: Any = None,
    backref: Any = None,
    overlaps: str | None = None,
    comparator_factory: Any = None,
    post_update: bool = False,
    cascade: Any = None,
    viewonly: bool = False,
    init: bool = UNSET,
    repr: bool = UNSET,
    default: Any = UNSET,
    default_factory: Any = UNSET,
    compare: bool = UNSET,
    kw_only: bool = UNSET,
    hash: bool | None = UNSET,
    lazy: Any = "select",
    lazy_batching: str | None = None,
    passive_deletes: Any = False,
    passive_updates: bool = True,
    active_history: bool = False,
    enable_typechecks: bool = True,
    foreign_keys: Any = None,
    remote_side: Any = None,
    join_depth: int | None = None,
    single_parent: bool = False,
    innerjoin: bool = False,
    distinct_target_key: bool | None = None,
    load_on_pending: bool = False,
    query_class: Any = None,
    info: dict[str, Any] | None = None,
    omit_join: Any = None,
    sync_backref: bool | None = None,
    cascade_backrefs: Literal[False] = False,
    doc: str | None = None,
    dataclass_metadata: Any = UNSET,
) -> Relationship[Any]:
    """Declare an attribute that holds related objects.

    Args:
        argument: the related class, its name, or a function that returns it; without it the annotation says it.
        secondary: for many-to-many, the table between (or its name).
        uselist: whether the attribute holds a collection; by default the annotation and the direction say it.
        collection_class: list, set, dict-like, or what makes one; see `orm.collections`.
        primaryjoin, secondaryjoin: the conditions of the join, where the foreign keys do not say it.
        back_populates: the relationship on the other class that is the other side of this one: its name, or a function
            that returns the attribute, ``lambda: Child.parent``.
        backref: the same, but made by this declaration: a name, or `backref(name, ...)`.
        comparator_factory: class of the comparisons; see `RelationshipProperty.Comparator`.
        order_by: how a loaded collection is ordered.
        cascade: which operations go on to the related objects; "save-update, merge" by default.
        viewonly: loaded, never written.
        lazy: when related objects are loaded; "select": when the attribute is first read.
        lazy_batching: what the second lazy load among objects loaded together does, where the session is not to say it:
            "peers", "one" or "raise".
        passive_deletes: related rows are left to ON DELETE of the database; "all": not touched at all.
        foreign_keys: the columns that count as foreign keys.
        remote_side: the columns on the far side; needed where a table refers to itself.
        single_parent: a related object may have only one parent along this relationship.
        post_update: the foreign key is written in an UPDATE of its own, for rows that refer to each other.
        active_history: the value before a change is loaded, if it is not there.
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: for dataclasses.
        passive_updates, enable_typechecks, join_depth, innerjoin, distinct_target_key, load_on_pending, query_class,
        info, omit_join, overlaps, sync_backref, doc: kept for what they concern.
        cascade_backrefs: of 1.x; only False is left.

    Returns: the declaration, to be assigned to the attribute.
    """
    check_mode(lazy_batching)
    if cascade_backrefs:
        raise exc.ArgumentError(
            "The 'cascade_backrefs' parameter passed to relationship() may only be set to False. Objects come into a session "
            "by session.add(), or along the relationship whose attribute was changed."
        )
    given = {
        "uselist": uselist, "collection_class": collection_class, "primaryjoin": primaryjoin,
        "secondaryjoin": secondaryjoin, "back_populates": back_populates, "order_by": order_by, "backref": backref,
        "overlaps": overlaps, "comparator_factory": comparator_factory, "post_update": post_update, "cascade": cascade, "viewonly": viewonly, "lazy": lazy,
        "lazy_batching": lazy_batching,
        "passive_deletes": passive_deletes, "passive_updates": passive_updates, "active_history": active_history,
        "enable_typechecks": enable_typechecks, "foreign_keys": foreign_keys, "remote_side": remote_side,
        "join_depth": join_depth, "single_parent": single_parent, "innerjoin": innerjoin,
        "distinct_target_key": distinct_target_key, "load_on_pending": load_on_pending, "query_class": query_class,
        "info": info, "omit_join": omit_join, "sync_backref": sync_backref, "doc": doc,
    }  # fmt: skip
    dataclass = {
        "init": init, "repr": repr, "default": default, "default_factory": default_factory, "compare": compare,
        "kw_only": kw_only, "hash": hash, "metadata": dataclass_metadata,
    }  # fmt: skip
    given["dataclass_options"] = {name: value for name, value in dataclass.items() if value is not UNSET}
    from holdfast.orm.mapping.relationships import Relationship  # with all that is known of joins

    return Relationship(argument, secondary, **given)


def dynamic_loader(argument: Any = None, **kw: Any) -> Relationship[Any]:
    """Declare a collection that is asked by a Query: `relationship` with ``lazy="dynamic"``."""
    return relationship(argument, lazy="dynamic", **kw)


class Backref(NamedTuple):
    """The other side of a relationship, to be made when mappers are configured; see `backref`."""

    name: str
    options: dict[str, Any]


def backref(name: str, **kwargs: Any) -> Backref:
    """Return the other side for ``relationship(backref=...)``, with options of its own.

    Args:
        name: its attribute on the related class.
        kwargs: as for `relationship`.
    """
    return Backref(name, kwargs)
