"""Data Mapper: what is known about one mapped class; the SQL layer's entity, the ORM's plan of its columns.

Source: Fowler, PoEAA, Data Mapper and Metadata Mapping.

A mapper is made when its class is declared; relationships are found out later, when mappers are configured
(configuration.py), because they may lead to classes that are declared later. The first use of a class configures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, ClassVar

from holdfast.event import Dispatch, register
from holdfast.exc import ArgumentError, InvalidRequestError, UnmappedColumnError, warn
from holdfast.inspection import register_inspector
from holdfast.orm import instrumentation
from holdfast.orm.links import Link
from holdfast.orm.mapping.composites import CompositeProperty
from holdfast.orm.mapping.inspected import InspectedMapper
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty
from holdfast.orm.mapping.synonyms import SynonymProperty
from holdfast.orm.mapping.validators import reconstructor_of, validators_of
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.node import next_serial

MAPPER_EVENTS = (
    "before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete",
    "before_configured", "after_configured", "mapper_configured",
)  # fmt: skip
# Keywords of `Mapper` that mean nothing without inheritance: they are kept, and have an effect when that is there.
INHERITANCE_ARGUMENTS = frozenset({
    "inherits", "inherit_condition", "inherit_foreign_keys", "polymorphic_on", "polymorphic_identity", "concrete",
    "with_polymorphic", "polymorphic_abstract", "polymorphic_load",
})  # fmt: skip
ARGUMENTS = INHERITANCE_ARGUMENTS | {
    "always_refresh", "version_id_col", "version_id_generator", "allow_partial_pks", "batch", "column_prefix",
    "include_properties", "exclude_properties", "passive_updates", "passive_deletes", "confirm_deleted_rows",
    "eager_defaults", "legacy_is_orphan",
}  # fmt: skip

INSTANCE_EVENTS = ("init", "load", "refresh", "expire", "first_init", "pickle", "unpickle", "refresh_flush")

ALL_MAPPERS = Dispatch((*MAPPER_EVENTS, *INSTANCE_EVENTS))
"""What is listened to on all mappers: ``event.listen(Mapper, "after_configured", ...)``."""

CASCADE_NAMES = {
    "save_update_names": "save_update",
    "delete_names": "delete",
    "delete_orphan_names": "delete_orphan",
    "merge_names": "merge",
    "expunge_names": "expunge",
    "refresh_expire_names": "refresh_expire",
}


class Attributes(Mapping[str, Any]):
    """Mapped attributes by name, as items and as attributes: ``mapper.attrs.name``."""

    __slots__ = ("_by_name",)

    def __init__(self, by_name: dict[str, Any]) -> None:
        self._by_name = by_name

    def __getitem__(self, name: str) -> Any:
        return self._by_name[name]

    def __getattr__(self, name: str) -> Any:
        try:
            return self._by_name[name]
        except KeyError:
            raise AttributeError(name) from None

    def __iter__(self) -> Any:
        # As documented: iterating gives the properties, not their names.
        return iter(self._by_name.values())

    def __len__(self) -> int:
        return len(self._by_name)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    # Lists, as documented: callers index and concatenate them.

    def keys(self) -> list[str]:  # type: ignore[override]
        """Return the names."""
        return list(self._by_name)

    def values(self) -> list[Any]:  # type: ignore[override]
        """Return the properties."""
        return list(self._by_name.values())

    def items(self) -> list[tuple[str, Any]]:  # type: ignore[override]
        """Return pairs of name and property."""
        return list(self._by_name.items())


class Mapper(InspectedMapper):
    """What is known about one mapped class.

    Args:
        class_: the class.
        table: its table.
        properties: attribute name -> property; columns of the table that are not among them get attributes of their
            own.
        registry: the registry that configures this mapper.
        primary_key: the key columns, for tables without a declared key.
        arguments: other ``__mapper_args__``: `ARGUMENTS`.

    Attributes:
        local_table, persist_selectable, selectable: the table.
        serial: number in the keys of statements.
        primary_key: the key columns; `primary_key_names`: their attributes.
        column_names: attributes loaded by default, in the order of the columns; `attribute_names`: all attributes.
        loaded_names: those without the ones that are made of others: composites and synonyms.
        column_set: the attributes of all columns and expressions; `links`: relationship -> `Link`.
        expiring_names: attributes of expressions, whose values a flush of the row makes doubtful.
        active_names: attributes whose value is loaded before it is replaced.
        validators: attribute -> `validators.Validator`.
        save_update_names, delete_names, merge_names, expunge_names ...: relationships that have that cascade.
        state_class: class of the objects' states; `twin`: see `instrumentation.make_twin`.
        configured: whether relationships are known.
        scalar_key: the primary key is one column; `renamed_columns`: attribute -> column key, where they differ.
        memo: room for what higher layers work out once per mapper.
    """

    is_entity: ClassVar[bool] = True
    is_mapper: ClassVar[bool] = True
    is_row_part: ClassVar[bool] = False
    is_selectable: ClassVar[bool] = False

    inherits: None = None
    single: ClassVar[bool] = False
    polymorphic_on: None = None
    _values: tuple[Any, ...] = ()

    save_update_names: tuple[str, ...]
    delete_names: tuple[str, ...]
    delete_orphan_names: tuple[str, ...]
    merge_names: tuple[str, ...]
    expunge_names: tuple[str, ...]
    refresh_expire_names: tuple[str, ...]

    def __init__(
        self,
        class_: type[Any],
        table: Any,
        properties: Mapping[str, MapperProperty],
        registry: Any,
        *,
        primary_key: Iterable[Any] = (),
        arguments: Mapping[str, Any] | None = None,
    ) -> None:
        self.class_ = class_
        self.class_name = self.entity_name = class_.__name__
        self.local_table = self.persist_selectable = self.selectable = table
        self.registry = registry
        self.arguments = dict(arguments or {})
        self._check_arguments()
        self.eager_defaults: Any = self.arguments.get("eager_defaults", "auto")
        self.confirm_deleted_rows: bool = self.arguments.get("confirm_deleted_rows", True)
        self.serial = next_serial()
        self._key = ("entity", self.serial)
        self.base_mapper = self.mapper = self
        self.entity = class_
        self.configured = False
        self.state_class = instrumentation.new_state_class(self)
        self.twin: type[Any] | None = None
        self.dispatch = Dispatch((*MAPPER_EVENTS, *INSTANCE_EVENTS), [ALL_MAPPERS])
        self.memo: dict[str, Any] = {}
        self._properties: dict[str, MapperProperty] = {}
        self.attrs = Attributes(self._properties)
        self._name_of: dict[Any, str] = {}
        self.primary_key: tuple[Any, ...] = tuple(primary_key) or tuple(table.primary_key)
        self._check_mappable()
        type.__setattr__(class_, "__mapper__", self)
        self.validators = validators_of(class_)
        for key, prop in self._ordered(properties):
            self._add(key, prop)
        self._connect_others()
        self._summarise()
        self._check_validators()
        reconstruct = reconstructor_of(class_)
        if reconstruct is not None:
            self.dispatch.append("load", lambda instance, context: reconstruct(instance))
        instrumentation.prepare(self)

    def _check_mappable(self) -> None:
        name = self.class_.__name__
        if not self.primary_key:
            raise ArgumentError(
                f"Mapper {self} could not assemble any primary key columns for mapped table '{self.local_table.name}'. "
                f"{name} needs a column that tells its rows apart, such as id: Mapped[int] = "
                "mapped_column(primary_key=True)."
            )
        if not self.class_.__dictoffset__ or not self.class_.__weakrefoffset__:
            raise ArgumentError(
                f"Class {name} cannot be mapped: its objects have no __dict__ or cannot be referred to weakly. Leave "
                "away __slots__ in the class, or add '__dict__' and '__weakref__' to them."
            )

    def _check_arguments(self) -> None:
        unknown = sorted(set(self.arguments) - ARGUMENTS)
        if unknown:
            raise TypeError(
                f"Mapper.__init__() got an unexpected keyword argument {unknown[0]!r}. It stands in __mapper_args__ of "
                f"{self.class_.__name__}; known are: {', '.join(sorted(ARGUMENTS))}, primary_key, properties."
            )

    def _check_validators(self) -> None:
        for name in self.validators:
            if name not in self._properties:
                warn(
                    f"@validates of {self.class_.__name__} names {name!r}, which is not a mapped attribute: it is never "
                    "called for it."
                )

    def _ordered(self, properties: Mapping[str, MapperProperty]) -> list[tuple[str, MapperProperty]]:
        """Return everything else first, then columns in the order of the table."""
        by_column: dict[Any, tuple[str, MapperProperty]] = {}
        found: list[tuple[str, MapperProperty]] = []
        renamed: dict[str, str] = {}
        for key, prop in properties.items():
            stored = [one for one in prop.columns if self.stores(one)] if isinstance(prop, ColumnProperty) else ()
            if not stored:
                found.append((key, prop))
            for column in stored:
                by_column.setdefault(column, (key, prop))
            if getattr(prop, "map_column", False):
                renamed[key] = prop.name  # type: ignore[attr-defined]
        done: set[str] = set()
        for column in self.local_table.c:
            pair = by_column.get(column)
            if pair is None:
                if not self._is_included(column):
                    continue
                key = (self.arguments.get("column_prefix") or "") + column.key
                pair = renamed.get(key, key), ColumnProperty(column)
            if pair[0] not in done:
                done.add(pair[0])
                found.append(pair)
        return found

    def _is_included(self, column: Any) -> bool:
        """Whether a column that the class does not name gets an attribute of its own."""
        include, exclude = self.arguments.get("include_properties"), self.arguments.get("exclude_properties")
        if include is not None and not _is_named(column, include):
            return False
        return exclude is None or not _is_named(column, exclude)

    # Attributes.

    def _add(self, key: str, prop: MapperProperty) -> None:
        prop.attach(self, key)  # type: ignore[attr-defined]
        self._properties[key] = prop
        if isinstance(prop, ColumnProperty):
            for column in prop.columns:
                self._name_of.setdefault(column, key)

    def _connect_others(self) -> None:
        """Let synonyms and composites find the attributes that they stand for."""
        for prop in list(self._properties.values()):
            if not prop.is_relationship and not isinstance(prop, ColumnProperty):
                prop.connect()  # type: ignore[attr-defined]

    def add_property(self, key: str, prop: Any) -> None:
        """Add an attribute to a class that is mapped already.

        Args:
            key: its name.
            prop: a relationship or another property, or a column that is in the table.
        """
        if not isinstance(prop, MapperProperty):
            prop = ColumnProperty(prop)
        self._add(key, prop)
        self._connect_others()
        self._summarise()
        if prop.is_relationship:
            self.registry.needs_configuration(self)
        elif self.configured:
            self.finish()

    def add_properties(self, dict_of_properties: Mapping[str, Any]) -> None:
        """Add several attributes; see `add_property`."""
        for key, prop in dict_of_properties.items():
            self.add_property(key, prop)

    def take_backref(self, key: str, prop: MapperProperty) -> None:
        """Add the relationship that the other side's ``backref`` makes, while mappers are being configured."""
        self._add(key, prop)
        self._summarise()

    def has_property(self, key: str) -> bool:
        """Whether the class has a mapped attribute of this name."""
        return key in self._properties

    def get_property(self, key: str) -> Any:
        """Return the property of an attribute.

        Raises: InvalidRequestError: there is none.
        """
        self.configure()
        if key not in self._properties:
            raise InvalidRequestError(
                f"Mapper '{self}' has no property '{key}'.  If this property was indicated from other mappers or configure "
                "events, ensure registry.configure() has been called."
            )
        return self._properties[key]

    def get_property_by_column(self, column: Any) -> Any:
        """Return the property that stands for a column."""
        return self._properties[self.name_of_column(column)]

    def name_of_column(self, column: Any) -> str:
        """Return the attribute that stands for a column.

        Raises: UnmappedColumnError: none does.
        """
        found = self._name_of.get(getattr(column, "column", column))
        if found is None:
            raise UnmappedColumnError(f"No column {column} is configured on mapper {self}...")
        return found

    def column_of(self, name: str) -> Any:
        """Return the column of an attribute."""
        return self._properties[name].columns[0]  # type: ignore[attr-defined]

    @property
    def iterate_properties(self) -> Iterable[Any]:
        """All properties."""
        self.configure()
        return self._properties.values()

    @property
    def column_attrs(self) -> Attributes:
        """The properties of columns, by attribute."""
        return Attributes({key: prop for key, prop in self._properties.items() if isinstance(prop, ColumnProperty)})

    @property
    def relationships(self) -> Attributes:
        """The relationships, by attribute."""
        self.configure()
        return Attributes({key: prop for key, prop in self._properties.items() if prop.is_relationship})

    def find_property(self, key: str) -> Any:
        """Return the property of an attribute, or None."""
        return self._properties.get(key)

    def find_relationship(self, key: str) -> Any:
        """Return the relationship of an attribute, or None if it is none."""
        found = self._properties.get(key)
        return found if found is not None and found.is_relationship else None

    @property
    def synonyms(self) -> Attributes:
        """The synonyms, by attribute."""
        return self._of_kind(SynonymProperty)

    @property
    def composites(self) -> Attributes:
        """The attributes made of several columns, by name."""
        return self._of_kind(CompositeProperty)

    def _of_kind(self, kind: type[MapperProperty]) -> Attributes:
        self.configure()
        return Attributes({key: prop for key, prop in self._properties.items() if isinstance(prop, kind)})

    @property
    def all_orm_descriptors(self) -> Attributes:
        """The attributes of the class, by name: mapped ones, and those of extensions such as hybrids."""
        self.configure()
        found: dict[str, Any] = {}
        for class_ in self.class_.__mro__:
            for key, value in vars(class_).items():
                if key in self._properties:
                    found.setdefault(key, getattr(self.class_, key))
                elif getattr(value, "is_attribute_extension", False):
                    found.setdefault(key, value)
        return Attributes(found)

    @property
    def tables(self) -> list[Any]:
        """The tables that objects are stored in."""
        return [self.local_table]

    @property
    def self_and_descendants(self) -> tuple[Mapper, ...]:
        """This mapper."""
        return (self,)

    def adapted(self, expression: Any) -> Any:
        """Return an expression as it stands for this entity: itself; an alias puts its own columns in."""
        return expression

    def attribute(self, key: str) -> Any:
        """Return the class's attribute of a name."""
        return getattr(self.class_, key)

    @property
    def attribute_prefix(self) -> str:
        """What stands before the name of an attribute in messages."""
        return self.class_.__name__

    def stores(self, column: Any) -> bool:
        """Whether something is a column of the mapped table."""
        table = self.local_table
        return getattr(column, "table", None) is table or table.c.contains_column(column)

    def load_with(self, key: str, values: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the deferred attributes that are loaded when one of them is read: those of its group.

        Args:
            key: the attribute.
            values: what is loaded.

        Raises: InvalidRequestError: the attribute is mapped with ``raiseload``.
        """
        prop: Any = self._properties[key]
        if prop.raiseload:
            raise InvalidRequestError(
                f"'{prop}' is not available due to raiseload=True. Load it with the object: "
                f"select(...).options(undefer({prop}))."
            )
        if prop.group is None:
            return (key,)
        return tuple(
            name
            for name, other in self._properties.items()
            if isinstance(other, ColumnProperty) and other.group == prop.group and name not in values
        )

    def isa(self, other: Mapper) -> bool:
        """Whether objects of this mapper are objects of `other` too."""
        return issubclass(self.class_, other.class_)

    def _summarise(self) -> None:
        """Work out once what loaders and the unit of work ask for again and again."""
        self.memo.clear()
        columns = {key: prop for key, prop in self._properties.items() if isinstance(prop, ColumnProperty)}
        self.columns = self.c = ColumnCollection((key, prop.column) for key, prop in columns.items())
        self.column_set = frozenset(columns)
        self.column_names = tuple(key for key, prop in columns.items() if not prop.deferred)
        self.inner_names = tuple(key for key, prop in columns.items() if prop.is_stored or not prop.deferred)
        self._values = tuple(
            value for key in self.column_names if not columns[key].is_stored for value in self.attribute(key)._values
        )
        self.attribute_names = tuple(
            key for key, prop in self._properties.items() if not isinstance(prop, SynonymProperty)
        )
        self.composite_names = frozenset(
            key for key, prop in self._properties.items() if isinstance(prop, CompositeProperty)
        )
        self.loaded_names = tuple(name for name in self.attribute_names if name not in self.composite_names)
        self.active_names = frozenset(key for key, prop in columns.items() if prop.active_history)
        self.expiring_names = tuple(key for key, prop in columns.items() if prop.expire_on_flush and not prop.is_stored)
        self.primary_key_names = tuple(self.name_of_column(column) for column in self.primary_key)
        self.scalar_key = len(self.primary_key_names) == 1
        self.renamed_columns = {
            key: prop.column.key for key, prop in columns.items() if prop.is_stored and key != prop.column.key
        }
        related: dict[str, Any] = {key: prop for key, prop in self._properties.items() if prop.is_relationship}
        self.links: Mapping[str, Link] = MappingProxyType(
            {key: prop.link for key, prop in related.items() if hasattr(prop, "link")}
        )
        for attribute, cascade in CASCADE_NAMES.items():
            names = tuple(key for key, prop in related.items() if getattr(prop.cascade, cascade))
            setattr(self, attribute, names)

    # Configuration.

    def configure(self) -> None:
        """Find out all relationships of the registry, unless that was done."""
        if self.configured:
            return
        self.registry.configure()
        if not self.configured and self not in self.registry.mappers:
            raise InvalidRequestError(
                f"{self} was forgotten by clear_mappers() or registry.dispose() before its first use."
            )

    def finish(self) -> None:
        """Give the class its generated methods; relationships are known now."""
        for prop in self._properties.values():
            if isinstance(prop, ColumnProperty) and prop.is_stored and hasattr(prop.column, "resolve_type"):
                prop.column.resolve_type()
                prop.class_attribute.type = prop.column.type
        self._connect_others()
        self._summarise()
        self.twin = instrumentation.make_twin(self.class_)
        instrumentation.instrument(self)
        self.configured = True

    def dispose(self) -> None:
        """Make the class a plain one again; what it had of its own is back."""
        self.configured = False
        for key in self._properties:
            if key in self.class_.__dict__:
                type.__delattr__(self.class_, key)
        instrumentation.remove(self.class_)

    # The entity protocol of the SQL layer.

    def _entity_columns(self) -> tuple[Any, ...]:
        self.configure()
        return tuple(self._properties[name].class_attribute for name in self.column_names)

    def _all_columns(self) -> tuple[Any, ...]:
        self.configure()
        return tuple(self._properties[name].class_attribute for name in self.inner_names)

    @property
    def attributes(self) -> Any:
        """The mapped class, whose attributes these are."""
        return self.class_

    # Objects and keys.

    def new_instance(self) -> Any:
        """Return an object of the class, made without ``__init__``."""
        return self.class_.__new__(self.class_)

    def key_from_values(self, values: Mapping[str, Any]) -> Any:
        """Return the identity map's key from values by attribute: a scalar, or a tuple for a composite key."""
        names = self.primary_key_names
        return values[names[0]] if len(names) == 1 else tuple(values[name] for name in names)

    def identity_key_from_primary_key(self, primary_key: Iterable[Any], identity_token: Any = None) -> tuple[Any, ...]:
        """Return the public identity key of a primary key."""
        return self.base_mapper.class_, tuple(primary_key), identity_token

    def identity_key_from_instance(self, instance: Any) -> tuple[Any, ...]:
        """Return the public identity key of an object."""
        return self.identity_key_from_primary_key(self.primary_key_from_instance(instance))

    def primary_key_from_instance(self, instance: Any) -> tuple[Any, ...]:
        """Return the values of an object's primary key."""
        return tuple(getattr(instance, name) for name in self.primary_key_names)

    def __str__(self) -> str:
        return f"Mapper[{self.class_.__name__}({self.local_table.name})]"

    def __repr__(self) -> str:
        return f"<Mapper at {id(self):#x}; {self.class_.__name__}>"


def _is_named(column: Any, wanted: Iterable[Any]) -> bool:
    """Whether a list of names and columns holds a column."""
    return any(one in (column.key, column.name) if isinstance(one, str) else one is column for one in wanted)


register_inspector(Mapper, lambda mapper: mapper)


register(lambda target: isinstance(target, Mapper), lambda target, name: target.dispatch)
register(
    lambda target: isinstance(target, type) and "__mapper__" in target.__dict__,
    lambda target, name: target.__mapper__.dispatch,
)
register(lambda target: target is Mapper, lambda target, name: ALL_MAPPERS)
