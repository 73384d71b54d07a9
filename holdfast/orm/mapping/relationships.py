"""`relationship()`: an attribute that holds related objects, and what it turns into when mappers are configured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from holdfast.exc import ArgumentError, warn
from holdfast.orm.attribute_kinds import ComparedRelationshipAttribute, ComparedUnheldAttribute
from holdfast.orm.attributes import RelationshipAttribute, UnheldAttribute
from holdfast.orm.collections import iterate
from holdfast.orm.comparator import RelationshipComparator
from holdfast.orm.history import NO_VALUE
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.cascades import DEFAULT, CascadeOptions
from holdfast.orm.mapping.join_condition import determine_join
from holdfast.orm.mapping.join_request import MANYTOONE, JoinRequest
from holdfast.orm.mapping.relationship_checks import UNHELD, check_configured, check_options, known_lazy
from holdfast.orm.mapping.relationship_expressions import RelationshipExpressions
from holdfast.orm.mapping.relationship_facts import RelationshipFacts
from holdfast.orm.mapping.relationship_link import make_link

T = TypeVar("T")

_PLAIN: tuple[Any, Any] = (RelationshipAttribute, UnheldAttribute)
_COMPARED: tuple[Any, Any] = (ComparedRelationshipAttribute, ComparedUnheldAttribute)


class RelationshipProperty(RelationshipFacts, Mapped[T]):
    """The mapping of one attribute to related objects; made by `relationship`.

    What is known at once: `argument`, `secondary`, `lazy`, `cascade`, `viewonly`, `back_populates`, `passive_deletes`,
    `post_update`, `single_parent`, `info`. After configuration also:

    Attributes:
        mapper: that of the related class; `entity`: it too, or an alias of the class that the relationship leads to.
        direction: `RelationshipDirection`.
        uselist: whether the attribute holds a collection.
        reverse: the relationship that is the other side of this one, or None.
        primaryjoin, secondaryjoin: the conditions of the join.
        marked_primaryjoin: the first one with the columns of the far side as `marks.MarkedColumn`.
        sync_pairs: (source, foreign key) columns: one-to-many from this table to the other, many-to-one from the other
            to this one, many-to-many from this table to the secondary.
        secondary_pairs: (column of the related table, column of the secondary).
        near_columns, remote_columns: the columns of the join on this side, and on the far side.
        order_by: expressions, in a tuple.
        load_by_key: a many-to-one whose condition is the related table's primary key and nothing else; `key_columns`:
            then the columns of this side, in the order of that key.
        may_repeat: the rows of one object may have a related one more than once: of a table between two, or by a join of one's
            own.
        link: keeps both sides equal in memory.
        expressions: what comparisons with the attribute mean.
    """

    Comparator: ClassVar[type[RelationshipComparator]] = RelationshipComparator

    primaryjoin: Any
    secondaryjoin: Any
    order_by: tuple[Any, ...]
    load_by_key: bool
    may_repeat: bool
    key_columns: tuple[Any, ...]

    def __init__(self, argument: Any = None, secondary: Any = None, **given: Any) -> None:
        self.argument = argument
        self.given = {"secondary": secondary, **given}
        self.uselist = given.get("uselist")
        self.viewonly: bool = given.get("viewonly", False)
        self.lazy = known_lazy(given.get("lazy", "select"))
        self.back_populates: Any = given.get("back_populates")
        self.backref: Any = given.get("backref")
        self.backref_is_made = False
        self.passive_deletes: Any = given.get("passive_deletes", False)
        self.passive_updates: bool = given.get("passive_updates", True)
        self.post_update: bool = given.get("post_update", False)
        self.single_parent: bool = given.get("single_parent", False)
        self.collection_class: Any = given.get("collection_class")
        self.info: dict[str, Any] = given.get("info") or {}
        self.doc = given.get("doc")
        self.comparator_factory: Any = given.get("comparator_factory")
        self.dataclass_options: dict[str, Any] = given.get("dataclass_options", {})
        self.reverse: RelationshipProperty[Any] | None = None
        self.secondary: Any = None
        self.cascade = self._cascades(given.get("cascade"))
        check_options(self)

    def _cascades(self, given: Any) -> CascadeOptions:
        if not self.viewonly:
            return CascadeOptions(DEFAULT if given is None or given is False else given)
        chosen = CascadeOptions("merge" if given is None or given is False else given)
        return CascadeOptions(chosen - {"save-update", "delete", "delete-orphan"})

    def copy(self) -> RelationshipProperty[T]:
        """Return the same declaration for another class."""
        return RelationshipProperty(self.argument, **self.given)

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
        if getattr(self, "parent", None) is mapper and self.key != key:
            warn(
                f"ORM mapped property {self} being assigned to attribute {key!r} is already associated with attribute "
                f"{self.key!r}. The attribute will be de-associated from {self.key!r}."
            )
        self.key = key
        self.parent = mapper
        type.__setattr__(mapper.class_, key, self.attribute_of(mapper))

    def attribute_of(self, entity: Any) -> RelationshipAttribute[Any]:
        kinds = _COMPARED if self.comparator_factory is not None else _PLAIN
        return kinds[self.lazy in UNHELD](entity, self)

    # Configuration, in three rounds over all relationships: what the other side needs is there in the next round.

    def resolve(self, resolver: Any) -> None:
        """Find the related class, the join and all columns.

        Args:
            resolver: turns names, functions and declarations into classes, tables, columns and expressions.

        Raises: ArgumentError, InvalidRequestError: with class and attribute, and what to do.
        """
        given = self.given
        self.entity = resolver.entity(self.argument)
        self.mapper = self.entity.mapper
        self.secondary = resolver.table(given.get("secondary"))
        join = determine_join(
            JoinRequest(
                str(self),
                self.parent.local_table,
                self.mapper.local_table if self.entity.is_mapper else self.entity.selectable,
                self.secondary,
                resolver.expression(given.get("primaryjoin")),
                resolver.expression(given.get("secondaryjoin")),
                resolver.columns(given.get("foreign_keys")),
                resolver.columns(given.get("remote_side")),
                self.viewonly,
                self.parent.tables,
                self.mapper.tables if self.entity.is_mapper else (),
            )
        )
        self.primaryjoin, self.secondaryjoin = join.primaryjoin, join.secondaryjoin
        self.marked_primaryjoin = join.marked
        self.direction = join.direction
        self.sync_pairs, self.secondary_pairs = join.sync_pairs, join.secondary_pairs
        if not self.entity.is_mapper:
            self.sync_pairs = tuple(tuple(map(self.entity.mapped_column, pair)) for pair in join.sync_pairs)
        self.near_columns, self.remote_columns = join.local_columns, join.remote_columns
        self.order_by = resolver.columns(given.get("order_by"))
        if self.uselist is None:
            self.uselist = self.direction is not MANYTOONE
        local_of = {id(self.mapper.root_column(referred)): local for referred, local in join.looked_up}
        self.load_by_key = (
            self.direction is MANYTOONE
            and self.entity.is_mapper
            and not self.uselist
            and len(local_of) == len(join.looked_up)
            and local_of.keys() == {id(column) for column in self.mapper.primary_key}
        )
        self.key_columns = tuple(local_of[id(column)] for column in self.mapper.primary_key) if self.load_by_key else ()
        is_plain = self.secondary is None and given.get("primaryjoin") is None
        self.may_repeat = not is_plain or not self.entity.is_mapper or self.mapper.is_of_join
        check_configured(self, resolver)
        self.expressions = RelationshipExpressions(self)
        self.link = make_link(self)

    def means_nothing(self, key: Sequence[Any]) -> bool:
        """Whether a foreign key has no object: it is NULL, or is in part and the related mapper allows no such key."""
        return None in key and (not self.mapper.allow_partial_pks or key.count(None) == len(key))


class Relationship(RelationshipProperty[T]):
    """What `relationship` returns; `RelationshipProperty` is the older name."""
