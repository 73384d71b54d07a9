"""What ``inspect(User)`` tells beside what the library itself asks a mapper: the documented attributes, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from holdfast.exc import ArgumentError, InvalidRequestError, UnmappedColumnError
from holdfast.exc.shown import on_one_line
from holdfast.orm.inspection_attr import InspectionAttr
from holdfast.orm.mapping.class_manager import ClassManager
from holdfast.orm.mapping.composites import CompositeProperty
from holdfast.orm.mapping.named_attributes import Attributes
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty
from holdfast.orm.mapping.synonyms import SynonymProperty


class InspectedMapper(InspectionAttr):
    """The part of `Mapper` that programs read."""

    represents_outer_join: ClassVar[bool] = False

    arguments: dict[str, Any]
    class_: type[Any]
    base_mapper: Any
    primary_key: tuple[Any, ...]
    primary_key_names: tuple[str, ...]
    by_name: Attributes
    _properties: dict[str, Any]
    _name_of: dict[Any, str]
    local_table: Any

    def configure(self) -> None:
        """Find out all relationships of the registry, unless that was done."""
        raise NotImplementedError

    def _argument(self, name: str, default: Any) -> Any:
        return self.arguments.get(name, default)

    @property
    def entity_namespace(self) -> type[Any]:
        """The mapped class, whose attributes names in ``filter_by`` are."""
        return self.class_

    @property
    def allow_partial_pks(self) -> bool:
        """Whether a composite key that is NULL in part is a key."""
        return bool(self._argument("allow_partial_pks", True))

    @property
    def passive_updates(self) -> bool:
        """Whether the database changes the foreign keys that refer to a primary key that changes."""
        return bool(self._argument("passive_updates", True))

    @property
    def passive_deletes(self) -> bool:
        """Whether the database deletes the rows of tables that this one's key leads to."""
        return bool(self._argument("passive_deletes", False))

    @property
    def class_manager(self) -> ClassManager:
        """What the mapping has done to the class."""
        return ClassManager(self)

    @property
    def primary_mapper(self) -> Any:
        """The mapper of the class: this one, since a class has one."""
        return self

    # Arguments, as they were given.

    legacy_is_orphan = property(lambda self: bool(self._argument("legacy_is_orphan", False)), doc="As it was given.")
    column_prefix = property(lambda self: self._argument("column_prefix", None), doc="As it was given.")
    include_properties = property(lambda self: self._argument("include_properties", None), doc="As it was given.")
    exclude_properties = property(lambda self: self._argument("exclude_properties", None), doc="As it was given.")
    inherit_foreign_keys = property(lambda self: self._argument("inherit_foreign_keys", None), doc="As it was given.")

    def _name_in_mixin(self, column: Any) -> str | None:
        """Return the attribute by which a class above the mapped one has a column: only its copy knows the name."""
        found = (name for base in self.class_.__mro__ for name, value in vars(base).items() if value is column)
        return next(found, None)

    @property
    def version_id_col(self) -> Any:
        """The column that counts the versions of a row, or None."""
        given = self._argument("version_id_col", None)
        if given is None:
            return None
        columns: Any = self.local_table.c
        column = given if isinstance(given, str) else getattr(given, "column", given)
        if isinstance(column, str) or column not in self._name_of:
            # A name; or the column of a mixin, of which the table has a copy.
            key = column if isinstance(column, str) else column.key or self._name_in_mixin(column)
            if key is None or key not in columns:
                raise ArgumentError(
                    f"version_id_col of {self.class_.__name__} is a column of its table "
                    f"{self.local_table.name}; it has no column {key!r}."
                )
            column = columns[key]
        return column

    @property
    def version_id_generator(self) -> Any:
        """What makes the next version's number, or None."""
        return self._argument("version_id_generator", None)

    # Attributes.

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
                f"Mapper '{self}' has no property '{on_one_line(key)}'.  If this property was indicated from other mappers or configure "
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
    def attrs(self) -> Attributes:
        """All properties, by attribute; those among them that the other side of a relationship makes."""
        self.configure()
        return self.by_name

    @property
    def relationships(self) -> Attributes:
        """The relationships, by attribute."""
        self.configure()
        return Attributes({key: prop for key, prop in self._properties.items() if prop.is_relationship})

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

    # Objects and keys.

    def identity_key_from_primary_key(self, primary_key: Iterable[Any], identity_token: Any = None) -> tuple[Any, ...]:
        """Return the public identity key of a primary key."""
        return self.base_mapper.class_, tuple(primary_key), identity_token

    def identity_key_from_row(self, row: Any, identity_token: Any = None, adapter: Any = None) -> tuple[Any, ...]:
        """Return the public identity key of a row that has the columns of the primary key.

        Args:
            row: a Row, or a mapping of columns.
            identity_token: the third part of the key.
            adapter: puts other columns in the place of those of the key: an object with ``columns``, or None.
        """
        values: Any = getattr(row, "_mapping", row)
        columns = [one if adapter is None else adapter.columns[one] for one in self.primary_key]
        return self.identity_key_from_primary_key([values[one] for one in columns], identity_token)

    def identity_key_from_instance(self, instance: Any) -> tuple[Any, ...]:
        """Return the public identity key of an object."""
        return self.identity_key_from_primary_key(self.primary_key_from_instance(instance))

    def primary_key_from_instance(self, instance: Any) -> tuple[Any, ...]:
        """Return the values of an object's primary key."""
        return tuple(getattr(instance, name) for name in self.primary_key_names)

    def cascade_iterator(self, type_: str, state: Any, halt_on: Any = None) -> Iterator[tuple[Any, Any, Any, Any]]:
        """Yield the loaded objects that a cascade reaches from an object: object, its mapper, its state, its values.

        Args:
            type_: the cascade's name, such as ``"save-update"``.
            state: of the object to start from.
            halt_on: state -> True where the way ends.
        """
        seen = {id(state)}
        waiting = [state]
        name = type_.replace("-", "_")
        while waiting:
            current = waiting.pop(0)
            instance = current()
            for prop in current.mapper.relationships.values():
                if not getattr(prop.cascade, name, False) or prop.key not in instance.__dict__:
                    continue
                for member in prop.members(instance.__dict__[prop.key]):
                    found = member._sa_instance_state
                    if id(found) in seen or (halt_on is not None and halt_on(found)):
                        continue
                    seen.add(id(found))
                    waiting.append(found)
                    yield member, found.mapper, found, member.__dict__
