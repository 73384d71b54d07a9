"""`relationship()`: an attribute that holds related objects, and what it turns into when mappers are configured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, ClassVar, TypeVar

from holdfast.exc import ArgumentError, InvalidRequestError, warn
from holdfast.orm.attributes import RelationshipAttribute, UnheldAttribute
from holdfast.orm.collections import collection_factory, iterate
from holdfast.orm.history import NO_VALUE
from holdfast.orm.links import Link
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.cascades import DEFAULT, CascadeOptions
from holdfast.orm.mapping.join_condition import (
    MANYTOMANY,
    MANYTOONE,
    ONETOMANY,
    JoinRequest,
    RelationshipDirection,
    determine_join,
)
from holdfast.orm.mapping.properties import UNSET, MapperProperty
from holdfast.orm.mapping.relationship_expressions import RelationshipExpressions
from holdfast.orm.state import InstanceState

T = TypeVar("T")

LAZY = (
    "select", "joined", "selectin", "subquery", "immediate", "raise", "raise_on_sql", "noload", "dynamic", "write_only",
    True, False, None,
)  # fmt: skip

UNHELD = frozenset(("dynamic", "write_only"))
"""Ways of loading that never load: the attribute is a handle to ask and to change the collection."""

_LAZY_SYNONYMS = {True: "select", False: "joined", None: "noload"}


class RelationshipProperty(MapperProperty, Mapped[T]):
    """The mapping of one attribute to related objects; made by `relationship`.

    What is known at once: `argument`, `secondary`, `lazy`, `cascade`, `viewonly`, `back_populates`, `passive_deletes`,
    `post_update`, `single_parent`, `info`. After configuration also:

    Attributes:
        mapper: that of the related class; also `entity`.
        direction: `RelationshipDirection`.
        uselist: whether the attribute holds a collection.
        reverse: the relationship that is the other side of this one, or None.
        primaryjoin, secondaryjoin: the conditions of the join.
        marked_primaryjoin: the first one with the columns of the far side as `marks.MarkedColumn`.
        sync_pairs: (source, foreign key) columns: one-to-many from this table to the other, many-to-one from the other
            to this one, many-to-many from this table to the secondary.
        secondary_pairs: (column of the related table, column of the secondary).
        local_columns, remote_columns: the columns of the join on this side, and on the far side.
        order_by: expressions, in a tuple.
        load_by_key: a many-to-one whose condition is the related table's primary key and nothing else.
        link: keeps both sides equal in memory.
        expressions: what comparisons with the attribute mean.
    """

    is_relationship: ClassVar[bool] = True

    mapper: Any
    direction: RelationshipDirection
    primaryjoin: Any
    secondaryjoin: Any
    sync_pairs: tuple[tuple[Any, Any], ...]
    secondary_pairs: tuple[tuple[Any, Any], ...]
    local_columns: tuple[Any, ...]
    remote_columns: tuple[Any, ...]
    order_by: tuple[Any, ...]
    load_by_key: bool
    link: Link

    def __init__(self, argument: Any = None, secondary: Any = None, **given: Any) -> None:
        self.argument = argument
        self.given = {"secondary": secondary, **given}
        self.uselist = given.get("uselist")
        self.viewonly: bool = given.get("viewonly", False)
        self.lazy = _known_lazy(given.get("lazy", "select"))
        self.back_populates: str | None = given.get("back_populates")
        self.backref: Any = given.get("backref")
        self.passive_deletes: Any = given.get("passive_deletes", False)
        self.passive_updates: bool = given.get("passive_updates", True)
        self.post_update: bool = given.get("post_update", False)
        self.single_parent: bool = given.get("single_parent", False)
        self.collection_class: Any = given.get("collection_class")
        self.info: dict[str, Any] = given.get("info") or {}
        self.doc = given.get("doc")
        self.dataclass_options: dict[str, Any] = given.get("dataclass_options", {})
        self.reverse: RelationshipProperty[Any] | None = None
        self.secondary: Any = None
        self.cascade = self._cascades(given.get("cascade"))
        self._check_options()

    def _cascades(self, given: Any) -> CascadeOptions:
        if not self.viewonly:
            return CascadeOptions(DEFAULT if given is None or given is False else given)
        chosen = CascadeOptions("merge" if given is None or given is False else given)
        return CascadeOptions(chosen - {"save-update", "delete", "delete-orphan"})

    def _check_options(self) -> None:
        """Refuse options that exclude each other.

        Raises: ArgumentError.
        """
        if self.backref and self.back_populates:
            raise ArgumentError("backref and back_populates keyword arguments are mutually exclusive")
        if not self.viewonly:
            return
        if self.given.get("sync_backref"):
            raise ArgumentError("sync_backref and viewonly cannot both be True")
        for name in ("passive_deletes", "active_history", "post_update"):
            if self.given.get(name):
                warn(
                    f"Setting {name} on relationship() while also setting viewonly=True does not make sense, as a "
                    "viewonly=True relationship does not perform persistence operations. This configuration may raise "
                    "an error in a future release."
                )

    def copy(self) -> RelationshipProperty[T]:
        """Return the same declaration for another class."""
        return RelationshipProperty(self.argument, **self.given)

    @property
    def entity(self) -> Any:
        """The mapper of the related class."""
        return self.mapper

    @property
    def target(self) -> Any:
        """The related table."""
        return self.mapper.local_table

    @property
    def collection_factory(self) -> Callable[[], Any] | None:
        """What makes an empty collection, or None."""
        return self.link.factory

    @property
    def active_history(self) -> bool:
        """Whether an unloaded value is loaded before it is replaced."""
        return self.link.loads_before

    @property
    def synchronize_pairs(self) -> list[tuple[Any, Any]]:
        """The same as `sync_pairs`, as a list."""
        return list(self.sync_pairs)

    @property
    def secondary_synchronize_pairs(self) -> list[tuple[Any, Any]]:
        """The same as `secondary_pairs`, as a list."""
        return list(self.secondary_pairs)

    @property
    def remote_side(self) -> set[Any]:
        """The columns on the far side."""
        return set(self.remote_columns)

    @property
    def local_remote_pairs(self) -> list[tuple[Any, Any]]:
        """Pairs of a column on this side and the one on the far side that it is compared with."""
        pairs = [
            (key, referred) if self.direction is MANYTOONE else (referred, key) for referred, key in self.sync_pairs
        ]
        return [*pairs, *self.secondary_pairs]

    def members(self, value: Any) -> Iterable[Any]:
        """Return the objects in a value of this attribute: the members of a collection, or the one object."""
        if value is None or value is NO_VALUE:
            return ()
        return iterate(value) if self.uselist else (value,)

    def same_value(self, before: Any, now: Any) -> bool:
        """Whether two references are the same: identity."""
        return before is now

    def attach(self, mapper: Any, key: str) -> None:
        """Make this the attribute `key` of the mapper's class."""
        if getattr(self, "parent", None) not in (None, mapper):
            raise ArgumentError(
                f"relationship {self} is used for a second attribute, {mapper.class_.__name__}.{key}. Each attribute "
                "needs a relationship() of its own; in a mixin it stands under @declared_attr."
            )
        self.key = key
        self.parent = mapper
        type.__setattr__(mapper.class_, key, self.attribute_of(mapper))

    def attribute_of(self, entity: Any) -> RelationshipAttribute[Any]:
        kind: Any = UnheldAttribute if self.lazy in UNHELD else RelationshipAttribute
        return kind(entity, self)  # type: ignore[no-any-return]

    # Configuration, in three rounds over all relationships: what the other side needs is there in the next round.

    def resolve(self, resolver: Any) -> None:
        """Find the related class, the join and all columns.

        Args:
            resolver: turns names, functions and declarations into classes, tables, columns and expressions.

        Raises: ArgumentError, InvalidRequestError: with class and attribute, and what to do.
        """
        given = self.given
        self.mapper = resolver.mapper(self.argument)
        self.secondary = resolver.table(given.get("secondary"))
        join = determine_join(
            JoinRequest(
                str(self),
                self.parent.local_table,
                self.mapper.local_table,
                self.secondary,
                resolver.expression(given.get("primaryjoin")),
                resolver.expression(given.get("secondaryjoin")),
                resolver.columns(given.get("foreign_keys")),
                resolver.columns(given.get("remote_side")),
                self.viewonly,
            )
        )
        self.primaryjoin, self.secondaryjoin = join.primaryjoin, join.secondaryjoin
        self.marked_primaryjoin = join.marked
        self.direction = join.direction
        self.sync_pairs, self.secondary_pairs = join.sync_pairs, join.secondary_pairs
        self.local_columns, self.remote_columns = join.local_columns, join.remote_columns
        self.order_by = resolver.columns(given.get("order_by"))
        if self.uselist is None or self.direction is MANYTOONE:
            self.uselist = self.direction is not MANYTOONE and self.uselist is not False
        key = tuple(referred for referred, _ in self.sync_pairs)
        self.load_by_key = (
            self.direction is MANYTOONE
            and join.is_plain
            and len(key) == len(self.mapper.primary_key)
            and {id(column) for column in key} == {id(column) for column in self.mapper.primary_key}
        )
        self._check_orphans()
        self._check_configured(resolver)
        self.expressions = RelationshipExpressions(self)
        self.link = self._make_link()

    def _make_link(self) -> Link:
        factory = collection_factory(self.collection_class or list) if self.uselist else None
        link = Link(str(self), self.key, target=self.mapper.class_, factory=factory)
        link.cascades = self.cascade.save_update
        link.owns = self.cascade.delete_orphan or self.single_parent
        link.deletes_orphans = self.cascade.delete_orphan
        link.only_one_parent = self.single_parent
        link.validator = self.parent.validators.get(self.key)
        link.write_only = self.lazy == "write_only"
        link.loads_before = not self.viewonly and not self.uselist and not self.load_by_key
        if self.given.get("active_history"):
            link.loads_before = True
        elif self.load_by_key:
            link.find_present = self._finder()
        return link

    def _finder(self) -> Callable[[InstanceState, Any], Any]:
        """Return what finds the object that an unloaded many-to-one refers to in the session's identity map."""
        key_of = {id(referred): key for referred, key in self.sync_pairs}
        names = [self.parent.name_of_column(key_of[id(column)]) for column in self.mapper.primary_key]
        base = self.mapper.base_mapper

        def find(state: InstanceState, instance: Any) -> Any:
            values, old = instance.__dict__, state.old or {}
            key = [old.get(name, values.get(name, NO_VALUE)) for name in names]
            if state.holder is None or any(value is NO_VALUE for value in key):
                return NO_VALUE
            if any(value is None for value in key):
                return None
            found = state.holder.find(base, key[0] if len(key) == 1 else tuple(key))
            return NO_VALUE if found is None else found

        return find

    def _check_configured(self, resolver: Any) -> None:
        """Refuse what makes no sense now that the direction and the columns are known.

        Raises: ArgumentError, InvalidRequestError.
        """
        if self.passive_deletes == "all" and (self.cascade.delete or self.cascade.delete_orphan):
            raise ArgumentError(
                f"On {self}, can't set passive_deletes='all' in conjunction with 'delete' or 'delete-orphan' cascade. "
                "The one leaves related rows alone, the other deletes them."
            )
        if self.lazy in UNHELD and not self.uselist:
            raise InvalidRequestError(
                f"On relationship {self}, '{self.lazy}' loaders cannot be used with many-to-one/one-to-one relationships "
                "and/or uselist=False."
            )
        remote = {id(column) for column in resolver.columns(self.given.get("remote_side"))}
        if remote and remote.isdisjoint(id(column) for column in self.remote_columns):
            raise ArgumentError(
                f"Relationship {self} could not determine any unambiguous local/remote column pairs based on join "
                "condition and remote_side arguments.  Consider using the remote() annotation to accurately mark those "
                "elements of the join condition that are on the remote side of the relationship."
            )

    def _check_orphans(self) -> None:
        if not self.cascade.delete_orphan or self.single_parent or self.direction is ONETOMANY:
            return
        kind = "many-to-one" if self.direction is MANYTOONE else "many-to-many"
        target = self.mapper.class_.__name__
        raise ArgumentError(
            f'For {kind} relationship {self}, delete-orphan cascade is normally configured only on the "one" side of a '
            'one-to-many relationship, and not on the "many" side of a many-to-one or many-to-many relationship.  To '
            f'force this relationship to allow a particular "{target}" object to be referenced by only a single '
            f'"{self.parent.class_.__name__}" object at a time via the {self} relationship, which would allow '
            "delete-orphan "
            "cascade to take place in this direction, set the single_parent=True flag.",
            code="bbf0",
        )

    def connect(self) -> None:
        """Find the other side.

        Raises: InvalidRequestError, ArgumentError: `back_populates` names something that is not the other side.
        """
        name = self.back_populates
        if name is None:
            return
        other = self.mapper.attrs.get(name)
        if other is None:
            raise InvalidRequestError(
                f"Mapper '{self.mapper}' has no property '{name}'.  If this property was indicated from other mappers "
                f"or configure events, ensure registry.configure() has been called. {self} says "
                f"back_populates={name!r}: declare {self.mapper.class_.__name__}.{name} = "
                f"relationship(back_populates={self.key!r}), or correct the name."
            )
        if not other.is_relationship:
            raise InvalidRequestError(
                f"back_populates on relationship '{self}' refers to attribute '{other}' that is not a relationship.  "
                "The back_populates parameter should refer to the name of a relationship on the target class."
            )
        if other.mapper is not self.parent:
            raise ArgumentError(
                f"reverse_property {name!r} on relationship {self} references relationship {other}, which does not "
                f"reference mapper {self.parent}. It leads to {other.mapper.class_.__name__}: name the relationship of "
                f"{self.mapper.class_.__name__} that leads back to {self.parent.class_.__name__}."
            )
        if other.direction is self.direction and self.direction is not MANYTOMANY:
            raise ArgumentError(
                f"{self} and back-reference {other} are both of the same direction {self.direction!r}.  Did you mean "
                f"to set remote_side on the many-to-one side ? {self._remote_side_hint(other)}"
            )
        self.reverse = other
        if not self.viewonly and not other.viewonly and self.given.get("sync_backref") is not False:
            self.link.reverse = other.link
            if other.reverse is None:
                other.reverse, other.link.reverse = self, self.link

    def _remote_side_hint(self, other: RelationshipProperty[Any]) -> str:
        """Return which of two equal sides is to say what is remote, if the annotations tell."""
        single = [side for side in (self, other) if not side.uselist]
        if len(single) != 1:
            return ""
        names = ", ".join(column.key for column in single[0].local_columns)
        return f"{single[0]} holds one object: give it relationship(remote_side=[{names}])."


def _known_lazy(lazy: Any) -> Any:
    if lazy not in LAZY:
        known = ", ".join(repr(one) for one in LAZY if isinstance(one, str))
        raise ArgumentError(f"relationship(lazy={lazy!r}) is not a way of loading; known are: {known}.")
    return lazy if isinstance(lazy, str) else _LAZY_SYNONYMS[lazy]


class Relationship(RelationshipProperty[T]):
    """What `relationship` returns; `RelationshipProperty` is the older name."""


class Backref:
    """The other side of a relationship, to be made when mappers are configured; see `backref`."""

    def __init__(self, name: str, options: dict[str, Any]) -> None:
        self.name = name
        self.options = options


def backref(name: str, **kwargs: Any) -> Backref:
    """Return the other side for ``relationship(backref=...)``, with options of its own.

    Args:
        name: its attribute on the related class.
        kwargs: as for `relationship`.
    """
    return Backref(name, kwargs)


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
        options.setdefault("remote_side", list(prop.local_columns))
    other: RelationshipProperty[Any] = Relationship(prop.parent, back_populates=prop.key, **options)
    prop.back_populates = wanted.name
    return wanted.name, other


def relationship(
    argument: Any = None,
    secondary: Any = None,
    *,
    uselist: bool | None = None,
    collection_class: Any = None,
    primaryjoin: Any = None,
    secondaryjoin: Any = None,
    back_populates: str | None = None,
    order_by: Any = None,
    backref: Any = None,
    overlaps: str | None = None,
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
    doc: str | None = None,
    dataclass_metadata: Any = None,
) -> Relationship[Any]:
    """Declare an attribute that holds related objects.

    Args:
        argument: the related class, its name, or a function that returns it; without it the annotation says it.
        secondary: for many-to-many, the table between (or its name).
        uselist: whether the attribute holds a collection; by default the annotation and the direction say it.
        collection_class: list, set, dict-like, or what makes one; see `orm.collections`.
        primaryjoin, secondaryjoin: the conditions of the join, where the foreign keys do not say it.
        back_populates: the relationship on the other class that is the other side of this one.
        backref: the same, but made by this declaration: a name, or `backref(name, ...)`.
        order_by: how a loaded collection is ordered.
        cascade: which operations go on to the related objects; "save-update, merge" by default.
        viewonly: loaded, never written.
        lazy: when related objects are loaded; "select": when the attribute is first read.
        passive_deletes: related rows are left to ON DELETE of the database; "all": not touched at all.
        foreign_keys: the columns that count as foreign keys.
        remote_side: the columns on the far side; needed where a table refers to itself.
        single_parent: a related object may have only one parent along this relationship.
        post_update: the foreign key is written in an UPDATE of its own, for rows that refer to each other.
        active_history: the value before a change is loaded, if it is not there.
        init, repr, default, default_factory, compare, kw_only, hash, dataclass_metadata: for dataclasses.
        passive_updates, enable_typechecks, join_depth, innerjoin, distinct_target_key, load_on_pending, query_class,
        info,         omit_join, overlaps, sync_backref, doc: kept for what they concern.

    Returns: the declaration, to be assigned to the attribute.
    """
    given = {
        "uselist": uselist, "collection_class": collection_class, "primaryjoin": primaryjoin,
        "secondaryjoin": secondaryjoin, "back_populates": back_populates, "order_by": order_by, "backref": backref,
        "overlaps": overlaps, "post_update": post_update, "cascade": cascade, "viewonly": viewonly, "lazy": lazy,
        "passive_deletes": passive_deletes, "passive_updates": passive_updates, "active_history": active_history,
        "enable_typechecks": enable_typechecks, "foreign_keys": foreign_keys, "remote_side": remote_side,
        "join_depth": join_depth, "single_parent": single_parent, "innerjoin": innerjoin,
        "distinct_target_key": distinct_target_key, "load_on_pending": load_on_pending, "query_class": query_class,
        "info": info, "omit_join": omit_join, "sync_backref": sync_backref, "doc": doc,
    }  # fmt: skip
    dataclass = {
        "init": init, "repr": repr, "default": default, "default_factory": default_factory, "compare": compare,
        "kw_only": kw_only, "hash": hash,
    }  # fmt: skip
    given["dataclass_options"] = {name: value for name, value in dataclass.items() if value is not UNSET}
    return Relationship(argument, secondary, **given)


def dynamic_loader(argument: Any = None, **kw: Any) -> Relationship[Any]:
    """Declare a collection that is asked by a Query: `relationship` with ``lazy="dynamic"``."""
    return relationship(argument, lazy="dynamic", **kw)
