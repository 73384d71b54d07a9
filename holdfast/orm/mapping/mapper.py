"""Data Mapper: what is known about one mapped class; the SQL layer's entity, the ORM's plan of its columns.

Source: Fowler, PoEAA, Data Mapper and Metadata Mapping.

A mapper is made when its class is declared; relationships are found out later, when mappers are configured
(configuration.py), because they may lead to classes that are declared later. The first use of a class configures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from holdfast.event import register, setup_lock
from holdfast.exc import ArgumentError, InvalidRequestError, warn
from holdfast.inspection import register_inspector
from holdfast.orm import instrumentation
from holdfast.orm.attribute_events import AttributeDispatch, HeardColumn
from holdfast.orm.mapping.heard_attributes import inherit_listeners, put_to_work
from holdfast.orm.mapping.inheritance import lineage
from holdfast.orm.mapping.inheritance.discriminator import refuse_instance, settle_discriminator
from holdfast.orm.mapping.inheritance.inherited_properties import all_properties
from holdfast.orm.mapping.inheritance.kind import HierarchyMapper
from holdfast.orm.mapping.mapper_arguments import check_arguments
from holdfast.orm.mapping.mapper_events import MapperDispatch, of_all, of_mapper
from holdfast.orm.mapping.named_attributes import Attributes
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty
from holdfast.orm.mapping.selectables import reduced_key
from holdfast.orm.mapping.summary import summarise
from holdfast.orm.mapping.validators import reconstructor_of, validators_of
from holdfast.sql.node import next_serial


class Mapper(HierarchyMapper):
    """What is known about one mapped class.

    Args:
        class_: the class.
        table: its table; None: that of the class it inherits from.
        properties: attribute name -> property; columns of the table that are not among them get attributes of their
            own.
        registry: the registry that configures this mapper.
        primary_key: the key columns, for tables without a declared key.
        arguments: other ``__mapper_args__``: `ARGUMENTS`.
        inherits: the mapper of the class that this one inherits from.

    Attributes:
        local_table: the table; `persist_selectable`, `selectable`: it too, or the join of it with those of the parents.
        tables: those that objects have a row in, such that others refer to first: several for a join.
        serial: number in the keys of statements.
        primary_key: the key columns; `primary_key_names`: their attributes.
        by_name: the properties, by attribute; `attrs`: the same for programs, which are to find all that a backref makes.
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
        inherits: Mapper | None = None,
    ) -> None:
        self.class_ = class_
        self.class_name = self.entity_name = class_.__name__
        self.registry = registry
        self.arguments = dict(arguments or {})
        check_arguments(self)
        self.inherits = inherits
        self.children = []
        lineage.settle(self, table)
        self.selectable = self.persist_selectable
        self.eager_defaults: Any = self.arguments.get("eager_defaults", "auto")
        self.always_refresh = bool(self.arguments.get("always_refresh", False))
        self.batch = bool(self.arguments.get("batch", True))
        self.confirm_deleted_rows: bool = self.arguments.get("confirm_deleted_rows", True)
        self.serial = next_serial()
        self._key = ("entity", self.serial)
        self.mapper = self
        # Where `get` looks without asking the database.
        self.present_under = None if self.always_refresh else self.base_mapper
        self.entity = class_
        self.configured = False
        self.state_class = instrumentation.new_state_class(self)
        self.twin: type[Any] | None = None
        self.dispatch = MapperDispatch(class_, self)
        for listener in self.dispatch.instrument_class:
            listener(self, class_)
        self.attribute_dispatches: dict[str, AttributeDispatch] = {}
        self.heard_columns: dict[str, HeardColumn] = {}
        self.memo: dict[str, Any] = {}
        self._properties: dict[str, MapperProperty] = {}
        self.by_name = Attributes(self._properties)
        self._name_of: dict[Any, str] = {}
        self.primary_key: tuple[Any, ...] = tuple(primary_key) or reduced_key(self.base_mapper.local_table)
        if inherits is not None and not self.concrete:
            self.primary_key = inherits.primary_key
        self._check_mappable()
        type.__setattr__(class_, "__mapper__", self)
        # Older programs ask the class by this name for its attributes.
        type.__setattr__(class_, "_sa_class_manager", self.class_manager)
        self.validators = validators_of(class_)
        for key, prop in all_properties(self, properties):
            self._add(key, prop)
        settle_discriminator(self)
        self._connect_others()
        summarise(self)
        self._check_validators()
        reconstruct = reconstructor_of(class_)
        if reconstruct is not None:
            self.dispatch.append("load", lambda instance, context: reconstruct(instance))
        if self.polymorphic_abstract:
            self.dispatch.append("init", refuse_instance)
        instrumentation.prepare(self)
        self.attach_to_hierarchy()
        inherit_listeners(self)
        for listener in self.dispatch.class_instrument:
            listener(class_)
        for listener in self.dispatch.after_mapper_constructed:
            listener(self, class_)

    def listeners_changed(self) -> None:
        """Generate the methods of the class anew: somebody listens to what they do, or no longer does."""
        if self.configured:
            put_to_work(self)
            instrumentation.instrument(self)

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

    def _check_validators(self) -> None:
        for name in self.validators:
            if name not in self._properties:
                warn(
                    f"@validates of {self.class_.__name__} names {name!r}, which is not a mapped attribute: it is never "
                    "called for it."
                )

    def _add(self, key: str, prop: MapperProperty) -> None:
        if isinstance(prop, ColumnProperty) and getattr(prop.columns[0], "is_left_out", False):
            return
        if self.inherits is not None and prop is self.inherits.find_property(key):
            self._inherit(key, prop)
        else:
            prop.attach(self, key)  # type: ignore[attr-defined]
        self._properties[key] = prop
        if isinstance(prop, ColumnProperty):
            for column in prop.columns:
                self._name_of.setdefault(column, key)

    def _connect_others(self) -> None:
        """Let synonyms and composites find the attributes that they stand for."""
        for prop in list(self._properties.values()):
            if not prop.is_relationship and not isinstance(prop, ColumnProperty):
                if prop.parent is self:
                    prop.connect()  # type: ignore[attr-defined]
                else:
                    type.__setattr__(self.class_, prop.key, prop.attribute_of(self))

    def add_property(self, key: str, prop: Any) -> None:
        """Add an attribute to a class that is mapped already.

        Args:
            key: its name.
            prop: a relationship or another property, or a column that is in the table.
        """
        if not isinstance(prop, MapperProperty):
            prop = ColumnProperty(prop)
        with setup_lock:
            self._add(key, prop)
            self._connect_others()
            summarise(self)
            if prop.is_relationship:
                self.registry.needs_configuration(self)
            elif self.configured:
                self.finish()
            for child in self.children:
                child.inherit_later(key, prop)

    def add_properties(self, dict_of_properties: Mapping[str, Any]) -> None:
        """Add several attributes; see `add_property`."""
        for key, prop in dict_of_properties.items():
            self.add_property(key, prop)

    def take_backref(self, key: str, prop: MapperProperty) -> None:
        """Add the relationship that the other side's ``backref`` makes, while mappers are being configured."""
        self._add(key, prop)
        summarise(self)
        for child in self.children:
            if not child.concrete and key not in child._properties:
                child.take_backref(key, prop)

    def column_of(self, name: str) -> Any:
        """Return the column of an attribute."""
        return self._properties[name].columns[0]  # type: ignore[attr-defined]

    def find_property(self, key: str) -> Any:
        """Return the property of an attribute, or None."""
        return self._properties.get(key)

    def find_relationship(self, key: str) -> Any:
        """Return the relationship of an attribute, or None if it is none."""
        found = self._properties.get(key)
        return found if found is not None and found.is_relationship else None

    def instead_of(self, key: str) -> str:
        """Return what a statement sets in the place of a relationship, as the end of a message; nothing for other names."""
        relationship = self.find_relationship(key)
        if relationship is None:
            return ""
        own = [self.class_.__name__ + "." + name for name in map(self._name_of.get, relationship.near_columns) if name]
        if relationship.direction.name != "MANYTOONE":
            own = []
        where = f"set {' and '.join(sorted(own))}" if own else "its key is in the other table: change the rows there"
        return f" {self.class_.__name__}.{key} is a relationship; {where}."

    @property
    def attribute_prefix(self) -> str:
        """What stands before the name of an attribute in messages."""
        return self.class_.__name__

    def stores(self, column: Any) -> bool:
        """Whether something is a column of the mapped table, or of one of a parent's."""
        place = getattr(column, "table", None)
        return any(place is table or table.c.contains_column(column) for table in self.own_tables)

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
        for key, prop in self._properties.items():
            if isinstance(prop, ColumnProperty) and prop.is_stored and hasattr(prop.column, "resolve_type"):
                prop.column.resolve_type()
                self.attribute(key).type = prop.column.type
        self._connect_others()
        summarise(self)
        self.twin = instrumentation.make_twin(self.class_)
        put_to_work(self)
        instrumentation.instrument(self)
        self.configured = True

    def dispose(self) -> None:
        """Make the class a plain one again; what it had of its own is back."""
        for listener in self.dispatch.class_uninstrument:
            listener(self.class_)
        self.configured = False
        for key in self._properties:
            if key in self.class_.__dict__:
                type.__delattr__(self.class_, key)
        instrumentation.remove(self.class_)
        if self.inherits is not None and self in self.inherits.children:
            self.inherits.children.remove(self)

    # The entity protocol of the SQL layer.

    def _entity_columns(self) -> tuple[Any, ...]:
        self.configure()
        if self.has_layout:
            return self.row_layout.expressions  # type: ignore[union-attr]
        return tuple([self.attribute(name) for name in self.column_names])

    def _all_columns(self) -> tuple[Any, ...]:
        self.configure()
        if self.has_layout:
            return self._lay_out(lambda mapper: mapper.inner_names).expressions
        return tuple([self.attribute(name) for name in self.inner_names])

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

    def __reduce__(self) -> Any:
        return mapper_of_class, (self.class_,)

    def __str__(self) -> str:
        return f"Mapper[{self.class_.__name__}({self.local_table.name})]"

    def __repr__(self) -> str:
        return f"<Mapper at {id(self):#x}; {self.class_.__name__}>"


def mapper_of_class(class_: type[Any]) -> Any:
    """Return the mapper of a class: for unpickling."""
    return class_.__mapper__  # type: ignore[attr-defined]


register_inspector(Mapper, lambda mapper: mapper)


register(lambda target: isinstance(target, Mapper), of_mapper)
register(lambda target: target is Mapper, of_all, first=True)
