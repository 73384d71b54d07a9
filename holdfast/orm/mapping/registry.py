"""Registry: the mapped classes that know each other by name, their MetaData, and what annotations mean to them.

Source: Fowler, PoEAA, Registry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from holdfast._util.collections import WeakMembers
from holdfast.event import Dispatch, register, setup_lock
from holdfast.exc import ArgumentError, InvalidRequestError, warn, warn_deprecated
from holdfast.orm import construction, instrumentation
from holdfast.orm.mapping.inheritance.lineage import given_parent, mapped_parent
from holdfast.orm.mapping.mapper_events import ALL_MAPPERS, REGISTRY_EVENTS
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty, column_property
from holdfast.schema import MetaData
from holdfast.sql.coercions import as_from
from holdfast.sql.element import ColumnElement
from holdfast.sql.from_clause import from_of

if TYPE_CHECKING:
    from holdfast.orm.mapping.mapper import Mapper

C = TypeVar("C", bound=type[Any])

_NOTHING: Mapping[str, Any] = MappingProxyType({})

all_registries: WeakMembers[registry] = WeakMembers()
"""Every registry that is in use; `configure_mappers` goes through them."""


class registry:
    """Mapped classes that may name each other in relationships.

    Args:
        metadata: where their tables are collected; by default a new MetaData.
        class_registry: a dict to keep the classes by name in.
        type_annotation_map: Python type -> SQL type, before the usual ones.
        constructor: the ``__init__`` of classes that have none.
    """

    make_base: ClassVar[Callable[..., Any]]
    """Filled by `declarative`: bases are made of registries."""

    def __init__(
        self,
        *,
        metadata: MetaData | None = None,
        class_registry: Any = None,
        type_annotation_map: Mapping[Any, Any] | None = None,
        constructor: Callable[..., None] = construction.construct,
    ) -> None:
        self.metadata = metadata or MetaData()
        self.type_annotation_map: dict[Any, Any] = dict(type_annotation_map or {})
        self.constructor = constructor
        self._classes: dict[str, list[type[Any]]] = {}
        # Programs look classes up in it by name, also where they gave no dictionary of their own.
        self._class_registry: Any = {} if class_registry is None else class_registry
        self.unconfigured: list[Mapper] = []
        self.waiting: list[Callable[[], bool]] = []
        self._mappers: list[Mapper] = []
        self.dispatch = Dispatch(REGISTRY_EVENTS)
        all_registries.add(self)

    @property
    def mappers(self) -> frozenset[Mapper]:
        """The mappers of this registry."""
        return frozenset(self._mappers)

    @property
    def in_order(self) -> list[Mapper]:
        """The mappers of this registry, in the order in which they were made."""
        return self._mappers

    def update_type_annotation_map(self, type_annotation_map: Mapping[Any, Any]) -> None:
        """Add to what annotations mean."""
        self.type_annotation_map.update(type_annotation_map)

    # Names.

    def class_names(self) -> list[str]:
        """Return the names of the classes known here."""
        return list(self._classes)

    def class_named(self, name: str, asking: Mapper) -> type[Any] | None:
        """Return the mapped class of a name, with or without its module.

        Args:
            name: ``Child`` or ``package.module.Child``.
            asking: the mapper whose relationship asks; of several classes of that name, the one in its module is meant.

        Raises: InvalidRequestError: several classes have that name.
        """
        module, _, plain = name.rpartition(".")
        found = self._classes.get(plain, [])
        if module:
            found = [class_ for class_ in found if f".{class_.__module__}".endswith(f".{module}")]
        if len(found) > 1:
            near = [class_ for class_ in found if class_.__module__ == asking.class_.__module__]
            found = near if len(near) == 1 and not module else found
        if len(found) > 1:
            listed = ", ".join(f"{class_.__module__}.{class_.__name__}" for class_ in found)
            raise InvalidRequestError(
                f'Multiple classes found for path "{name}" in the registry of this declarative base. Please use a '
                "fully "
                f"module-qualified path. Candidates are: {listed}."
            )
        return found[0] if found else None

    # Mapping.

    def map_declaratively(self, cls: type[Any], table_options: Mapping[str, Any] = _NOTHING) -> Mapper | None:
        """Map a class by what stands in its body; None where the class says that it is mapped later.

        Args:
            cls: the class; its ``__delay_mapping__``, if there is one, tells whether it waits.
            table_options: more arguments of the table that is made for it.
        """
        if "__mapper__" in cls.__dict__:
            raise InvalidRequestError(
                f"Class {cls!r} already has been instrumented declaratively. A class is mapped once: by its base, or by one "
                "decorator."
            )
        delay = getattr(cls, "__delay_mapping__", None)
        if delay is not None and delay():
            return None
        from holdfast.orm.mapping.mapper import Mapper
        from holdfast.orm.mapping.scan import scan_class

        with setup_lock:
            scanned = scan_class(cls, self, table_options)
            if getattr(cls.__init__, "__objclass__", None) is object:
                type.__setattr__(cls, "__init__", self._constructor_function())
            return self.enter(
                Mapper(
                    cls,
                    scanned.table,
                    scanned.properties,
                    self,
                    primary_key=scanned.primary_key,
                    arguments=scanned.arguments,
                    inherits=given_parent(cls, scanned.arguments) or mapped_parent(cls),
                )
            )

    def map_imperatively(
        self, class_: type[Any], local_table: Any = None, *, properties: Mapping[str, Any] | None = None, **kw: Any
    ) -> Mapper:
        """Map a class to a table that was made before.

        Args:
            class_: the class.
            local_table: its table.
            properties: attribute name -> relationship, Column or ColumnProperty.
            kw: other mapper arguments.

        Raises: ArgumentError: no table, or something else among the properties.
        """
        from holdfast.orm.mapping.declared_properties import key_column
        from holdfast.orm.mapping.mapper import Mapper

        parent = given_parent(class_, kw)
        if local_table is None and parent is None:
            raise ArgumentError(f"map_imperatively() needs the table that {class_.__name__} is to be mapped to.")
        if "__mapper__" in class_.__dict__:
            raise ArgumentError(
                f"Class '{class_}' already has a primary mapper defined. A class is mapped once: derive another one from "
                "it, or map another class to the same table."
            )
        found = {key: _property_of(class_, key, value, local_table) for key, value in (properties or {}).items()}
        if getattr(class_.__init__, "__objclass__", None) is object:
            type.__setattr__(class_, "__init__", self._constructor_function())
        table = None if local_table is None else from_of(as_from(local_table))
        key = [key_column(one, found, table) for one in kw.pop("primary_key", None) or ()]
        with setup_lock:
            return self.enter(Mapper(class_, table, found, self, primary_key=key, arguments=kw, inherits=parent))

    def enter(self, mapper: Mapper) -> Mapper:
        """Take a new mapper among those of this registry; returns it."""
        class_ = mapper.class_
        same = self._classes.setdefault(class_.__name__, [])
        if any(other.__module__ == class_.__module__ for other in same):
            warn(
                f"This declarative base already contains a class with the same class name and module name as "
                f"{class_.__module__}.{class_.__name__}, and will be replaced in the string-lookup table."
            )
            same[:] = [other for other in same if other.__module__ != class_.__module__]
        same.append(class_)
        self._class_registry[class_.__name__] = class_
        self._mappers.append(mapper)
        self.unconfigured.append(mapper)
        return mapper

    def _constructor_function(self) -> Callable[..., None]:
        return self.constructor

    def needs_configuration(self, mapper: Mapper) -> None:
        """Let a mapper that got a new relationship be configured again, at its next use."""
        mapper.configured = False
        instrumentation.prepare(mapper)
        if mapper not in self.unconfigured:
            self.unconfigured.append(mapper)

    def mapped(self, cls: C) -> C:
        """Map a class declaratively; a decorator, for classes without a declarative base."""
        self.map_declaratively(cls)
        return cls

    def as_declarative_base(self, **kw: Any) -> Callable[[type[Any]], Any]:
        """Return a decorator that makes a class a declarative base; takes what `generate_base` takes."""

        def decorate(cls: type[Any]) -> Any:
            return self.generate_base(cls=cls, name=cls.__name__, **kw)

        return decorate

    def generate_base(self, mapper: Any = None, cls: Any = object, name: str = "Base", metaclass: Any = None) -> Any:
        """Return a declarative base over this registry.

        Args:
            mapper: accepted, without effect.
            cls: a class, or several, that the base derives from.
            name: the base's name.
            metaclass: the metaclass; None: `DeclarativeMeta`.
        """
        return registry.make_base(self, cls, name, self.constructor, metaclass)

    def mapped_as_dataclass(self, cls: Any = None, /, **options: Any) -> Any:
        """Make a class a dataclass and map it; a decorator, with or without the options of `dataclasses.dataclass`."""

        def decorate(decorated: C) -> C:
            # Here and not above: most programs have no such classes, and the standard module is a heavy one.
            from holdfast.orm.mapping.dataclass_mapping import make_dataclass

            make_dataclass(decorated, options, self)
            return self.mapped(decorated)

        return decorate if cls is None else decorate(cls)

    def configure(self, cascade: bool = False) -> None:
        """Find out the relationships of all mapped classes.

        Raises: InvalidRequestError, ArgumentError: one of them makes no sense.
        """
        from holdfast.orm.mapping.configuration import configure_registries

        configure_registries([self])

    def dispose(self, cascade: bool = False) -> None:
        """Forget the classes: their names are free again, and they are plain classes, to be mapped anew.

        Args:
            cascade: also forget the registries whose classes relate to these.

        Raises: InvalidRequestError: there are such registries, and `cascade` is off.
        """
        dependents = [one for one in list(all_registries) if one is not self and one._depends_on(self)]
        if dependents and not cascade:
            raise InvalidRequestError(
                "Registry has dependent registries that are not disposed; pass cascade=True to clear these also"
            )
        mappers = list(self._mappers)
        self._classes.clear()
        self._class_registry.clear()
        self.unconfigured.clear()
        self._mappers.clear()
        for mapper in mappers:
            mapper.dispose()
        for one in dependents:
            one.dispose(cascade=True)

    def _depends_on(self, other: registry) -> bool:
        """Whether a class of this registry relates to one of another registry, as far as that is known."""
        related = (prop for mapper in self._mappers for prop in mapper.by_name.values() if prop.is_relationship)
        return any(getattr(prop, "mapper", None) in other._mappers for prop in related)


def mapped_as_dataclass(registry: registry, /, **options: Any) -> Callable[[C], C]:
    """Return a decorator that makes a class a dataclass and maps it; see `registry.mapped_as_dataclass`."""
    return registry.mapped_as_dataclass(**options)  # type: ignore[no-any-return]


def unmapped_dataclass(cls: Any = None, /, **options: Any) -> Any:
    """Make a mixin or abstract class a dataclass, so that mapped dataclasses may derive from it; a decorator."""

    def decorate(decorated: C) -> C:
        # Here and not above: most programs have no such classes, and the standard module is a heavy one.
        from holdfast.orm.mapping.dataclass_mapping import make_dataclass

        make_dataclass(decorated, options)
        return decorated

    return decorate if cls is None else decorate(cls)


def has_inherited_table(cls: type[Any]) -> bool:
    """Whether a class derives from a mapped one: for `declared_attr`, where that decides."""
    return any("__mapper__" in base.__dict__ for base in cls.__mro__[1:])


def configure_mappers() -> None:
    """Find out the relationships of all mapped classes now: errors show here rather than at the first use."""
    from holdfast.orm.mapping.configuration import configure_registries

    configure_registries(all_registries)


def clear_mappers() -> None:
    """Forget all mapped classes of all registries."""
    for one in list(all_registries):
        one.dispose(cascade=True)


def _property_of(class_: type[Any], key: str, value: Any, local_table: Any) -> MapperProperty:
    if isinstance(value, MapperProperty):
        return value
    if isinstance(value, (list, tuple)) and value:
        # Columns of several tables that have the same value.
        return column_property(*value)
    column = getattr(value, "column", value)
    if not isinstance(column, ColumnElement):
        raise ArgumentError(
            f"Property {key!r} of the mapping of {class_.__name__} must be a relationship, a Column or a "
            f"ColumnProperty, not {type(value).__name__}."
        )
    table = getattr(column, "table", None)
    if table is not None and local_table is not None and not local_table.is_derived_from(table):
        raise ArgumentError(
            f"When configuring property '{key}' on Mapper[{class_.__name__}({local_table.name})], column '{column}' is not "
            "represented in the mapper's table. Use the `column_property()` function to force this column to be mapped as a "
            "read-only attribute."
        )
    return ColumnProperty(column)


_classical = registry()


def mapper(
    class_: type[Any], local_table: Any = None, properties: Mapping[str, Any] | None = None, **kw: Any
) -> Mapper:
    """Map a class to a table: the form of the 1.x series; today ``registry().map_imperatively(...)``."""
    warn_deprecated(
        "mapper(Class, table) is the form of the 1.x series; use registry().map_imperatively(Class, table, "
        "properties=...)."
    )
    return _classical.map_imperatively(class_, local_table, properties=properties, **kw)


register(lambda target: isinstance(target, registry), lambda target, name: target.dispatch)
# Programs of the 1.x series listen on the function for what happens to all mappers.
register(lambda target: target is mapper, lambda target, name: ALL_MAPPERS)
