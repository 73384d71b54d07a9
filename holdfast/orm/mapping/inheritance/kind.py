"""What a mapper knows of its hierarchy: the part of `Mapper` that concerns parents, children and the class of a row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.orm.mapping.inheritance import lineage, wide
from holdfast.orm.mapping.inheritance.concrete import hide_inherited, in_union, read_from_union, union_layout
from holdfast.orm.mapping.inheritance.discriminator import kind_criterion, tell_by
from holdfast.orm.mapping.inheritance.row_layout import RowLayout, default_names, has_further_columns, layout_of
from holdfast.orm.mapping.inspected import InspectedMapper
from holdfast.orm.mapping.summary import summarise
from holdfast.sql.from_clause import Join


class HierarchyMapper(InspectedMapper):
    """A mapper as one of a hierarchy; one without parent and children is a hierarchy of its own.

    Attributes:
        inherits: the mapper of the class that it inherits from, or None; `children`: those that inherit from it.
        base_mapper: the root, whose identity map the objects are in.
        single: its objects are rows of the parent's table; `concrete`: of a table of their own that repeats the parent's
            columns; otherwise of several tables, joined.
        own_tables: the tables of its objects, the root's first; `local_table`: the last one.
        persist_selectable: the join of these.
        inherit_condition: joins `local_table` with the parent's; `inherit_pairs`: the columns that it makes equal.
        polymorphic_on: the column or expression that tells the class of a row; `polymorphic_name`: its attribute.
        polymorphic_identity: its value for objects of this class; `polymorphic_map`: value -> mapper, for all of them.
        polymorphic_abstract: there are no objects of this very class.
        discriminator: (attribute, value) that new objects get, or None.
        union: what a SELECT reads the objects of concrete classes from; None: from the table.
        with_polymorphic_mappers: this one and the subclasses whose columns come along with its objects; empty: none do.
    """

    inherits: Any
    children: list[Any]
    base_mapper: Any
    single: bool = False
    concrete: bool = False
    own_tables: tuple[Any, ...]
    tables: list[Any]
    local_table: Any
    persist_selectable: Any
    selectable: Any
    inherit_condition: Any
    inherit_pairs: tuple[tuple[Any, Any], ...]
    polymorphic_on: Any = None
    polymorphic_name: str | None = None
    polymorphic_identity: Any = None
    polymorphic_map: Any
    polymorphic_abstract: bool = False
    discriminator: tuple[str, Any] | None = None
    with_polymorphic_mappers: tuple[Any, ...] = ()
    union: Any = None
    memo: dict[str, Any]
    class_name: str
    serial: int

    @property
    def row_layout(self) -> RowLayout | None:
        """What stands in a row of the class, where that is not one column per attribute; None: `column_names`."""
        if "row_layout" not in self.memo:
            self.memo["row_layout"] = self._lay_out(default_names) if self.has_layout else None
        return self.memo["row_layout"]  # type: ignore[no-any-return]

    @property
    def has_layout(self) -> bool:
        """Whether a row of the class is more than one column per attribute."""
        return bool(self.with_polymorphic_mappers) or has_further_columns(self)

    def _lay_out(self, names_of: Any) -> RowLayout:
        return self.layout_for(self, self.with_polymorphic_mappers[1:], names_of, self.attribute, self.adapted)

    def layout_for(self, entity: Any, others: Any, names_of: Any, attribute: Any, column_for: Any) -> RowLayout:
        """Return the layout of an alias of this class, or of the class where its tables have other names; `layout_of`."""
        lay_out = union_layout if self.is_union else layout_of
        return lay_out(entity, others, names_of, attribute, column_for)

    def adapted(self, expression: Any) -> Any:
        """Return an expression as it stands for this entity: itself; an alias puts its own columns in."""
        return expression if self.union is None else in_union(self, expression)

    def attribute(self, key: str) -> Any:
        """Return the class's attribute of a name."""
        return getattr(self.class_, key)

    def attach_to_hierarchy(self) -> None:
        """Let parents know their new child, and all work out anew what depends on it."""
        lineage.enter(self)
        if self.concrete and self.inherits is not None:
            hide_inherited(self)
        for one in lineage.to_root(self):
            wide.widen(one)

    def read_together(self, union: Any, name: str) -> None:
        """Read the objects of this class and of its concrete children from a union.

        Args: name: its column that tells the class.
        """
        self.with_polymorphic_mappers = tuple(lineage.descendants(self))
        read_from_union(self, union)
        tell_by(self, union.c[name])
        summarise(self)

    @property
    def primary_base_mapper(self) -> Any:
        """The root of the hierarchy."""
        return self.base_mapper

    @property
    def polymorphic_load(self) -> Any:
        """How attributes of this class come with objects of the parent: "inline", "selectin", or None."""
        return self._argument("polymorphic_load", None)

    @property
    def with_polymorphic(self) -> Any:
        """The argument of this name."""
        return self._argument("with_polymorphic", None)

    def wide(self, classes: Any, innerjoin: bool = False) -> tuple[list[Any], Any]:
        """Return the mappers of a class and of subclasses, with those between, and the join of their tables.

        Args: classes: "*", or mapped classes.
        """
        self.configure()
        mappers = wide.mappers_of(self, classes)
        return mappers, wide.joined(self, mappers, innerjoin)

    @property
    def self_and_descendants(self) -> tuple[Any, ...]:
        """This mapper and all that inherit from it, level by level."""
        return tuple(lineage.descendants(self))

    @property
    def is_polymorphic(self) -> bool:
        """Whether rows of this class may be objects of others."""
        return bool(self.children) and self.polymorphic_name is not None

    @property
    def own_identities(self) -> frozenset[Any]:
        """The discriminators of rows that are in the tables of this class and no others."""
        return frozenset(
            one.polymorphic_identity for one in lineage.descendants(self) if one.local_table is self.local_table
        )

    @property
    def is_union(self) -> bool:
        """Whether rows of this class come from several tables, and are objects of classes that share no attributes."""
        return self.union is not None and any(child.concrete for child in self.children)

    @property
    def flush_place(self) -> tuple[Any, ...]:
        """Where rows of the class stand among those that do not depend on each other: by name; children with their parent."""
        root = list(lineage.to_root(self))[-1]
        if not self.concrete or root is self:
            return self.class_name, self.serial, 0
        if root.local_table is root.union:
            return root.class_name, root.serial, root.union.tables.index(self.local_table)
        return root.class_name, root.serial, lineage.descendants(root).index(self)

    @property
    def in_hierarchy(self) -> bool:
        """Whether there are other classes in the hierarchy that share tables with it."""
        return self.base_mapper is not self or any(not child.concrete for child in self.children)

    def isa(self, other: Any) -> bool:
        """Whether objects of this mapper are objects of `other` too."""
        return self is other or any(one is other for one in lineage.to_root(self))

    def iterate_to_root(self) -> Iterator[Any]:
        """Yield this mapper and those that it inherits from, the root last."""
        return lineage.to_root(self)

    def polymorphic_iterator(self) -> Iterator[Any]:
        """Yield this mapper and those that inherit from it."""
        return iter(lineage.descendants(self))

    def common_parent(self, other: Any) -> bool:
        """Whether both mappers have the same base."""
        return self.base_mapper is other.base_mapper  # type: ignore[no-any-return]

    def is_kin(self, other: Any) -> bool:
        """Whether both classes are of one hierarchy, concrete ones included."""
        return list(lineage.to_root(self))[-1] is list(lineage.to_root(other))[-1]

    def is_sibling(self, other: Any) -> bool:
        """Whether both mappers have the same base, and neither inherits from the other."""
        return self.common_parent(other) and not self.isa(other) and not other.isa(self)

    def key_names_in(self, table: Any) -> Iterator[str]:
        """Yield the attributes that hold the primary key in one of the tables, in the order of the key.

        Raises: ArgumentError: the inherit conditions make no column of the table equal to one of the key.
        """
        for column in self.primary_key:
            found = lineage.joined_key(self, column, table)
            if found is None:
                raise ArgumentError(
                    f"{self}: the inherit condition of table '{table.name}' says nothing about {column}. Rows of both tables "
                    "need the same primary key."
                )
            yield self.name_of_column(found)

    @property
    def version_id_col(self) -> Any:
        """The column that counts the versions of a row, or None; it is that of the root."""
        if self.inherits is not None and not self.concrete and "version_id_col" not in self.arguments:
            return self.inherits.version_id_col
        return super().version_id_col

    @property
    def version_id_generator(self) -> Any:
        """What makes the next version's number, or None."""
        if self.inherits is not None and not self.concrete and "version_id_col" not in self.arguments:
            return self.inherits.version_id_generator
        return super().version_id_generator

    @property
    def passive_deletes(self) -> bool:
        """Whether the database deletes the row of this table with that of the parent's; it holds for all subclasses too."""
        inherited = self.inherits is not None and not self.concrete and self.inherits.passive_deletes
        return bool(inherited or super().passive_deletes)

    def root_column(self, column: Any) -> Any:
        """Return the column of a parent's table that inherit conditions make equal to one; itself, if there is none."""
        for one in lineage.to_root(self) if self.inherits is not None else ():
            for upper, lower in one.inherit_pairs:
                if lower is column:
                    column = upper
                    break
        return column

    def owns(self, table: Any) -> bool:
        """Whether a FROM element is one of the tables of the objects, or what they are read from."""
        if any(table is one for one in self.own_tables) or (self.union is not None and table is self.union):
            return True
        return self.is_of_join and any(table is one for one in self.tables)

    @property
    def is_of_join(self) -> bool:
        """Whether the class itself is mapped to a join, whose tables are all its own."""
        return isinstance(self.own_tables[0], Join)

    @property
    def has_several_tables(self) -> bool:
        """Whether an object has a row in each of several tables."""
        return len(self.own_tables) > 1 or self.is_of_join

    def _kind_criterion(self) -> Any:
        """Return the condition that a row is an object of this class, where the table has others too; else None."""
        if not self.single or self.polymorphic_on is None:
            return None
        return kind_criterion(self, self.polymorphic_on)

    def kind_criterion_in(self, source: Any) -> Any:
        """Return the same condition on another FROM element that has the table's columns, such as an alias."""
        if not self.single or self.polymorphic_on is None:
            return None
        column = source.corresponding_column(self.polymorphic_on)
        return kind_criterion(self, self.polymorphic_on if column is None else column)

    def _inherit(self, key: str, prop: Any) -> None:
        """Give the class the attribute of an inherited property, unless it has something else under that name."""
        present = self.class_.__dict__.get(key)
        if present is None or getattr(present, "is_attribute", False):
            type.__setattr__(self.class_, key, prop.attribute_of(self))

    def inherit_later(self, key: str, prop: Any) -> None:
        """Take over a property that the parent got after this class was mapped."""
        if not self.concrete and key not in self._properties:
            self.add_property(key, prop)  # type: ignore[attr-defined]
