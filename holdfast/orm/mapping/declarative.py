"""Declarative classes: `DeclarativeBase` and its relatives, whose subclasses map themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from holdfast.exc import InvalidRequestError, warn_deprecated
from holdfast.orm import construction
from holdfast.orm.mapping.columns import MappedColumn, mapped_column
from holdfast.orm.mapping.declared_attributes import check_reserved
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty
from holdfast.orm.mapping.registry import registry as registry_class
from holdfast.orm.mapping.relationship_declaration import backref, relationship
from holdfast.schema import Column, MetaData

if TYPE_CHECKING:
    from holdfast.orm.mapping.mapper import Mapper


def add_attribute(class_: type[Any], key: str, value: Any) -> bool:
    """Map an attribute that is assigned to a class which is mapped already; returns whether it is to be mapped."""
    mapper = class_.__dict__.get("__mapper__")
    if mapper is None:
        return False
    if isinstance(value, MappedColumn):
        value = value.complete(key, None, None)
    elif isinstance(value, Column):
        value.name, value.key = value.name or key, value.key or key
        value = ColumnProperty(value)
    if not isinstance(value, MapperProperty):
        return False
    if isinstance(value, ColumnProperty) and isinstance(value.column, MappedColumn):
        value.columns = (value.column.complete(key, None, None).column, *value.columns[1:])
    if isinstance(value, ColumnProperty) and isinstance(value.column, Column) and value.column.table is None:
        if value.column.name is None:
            value.column.name = key
        value.column.key = value.column.key or key
        mapper.local_table.append_column(value.column)
    mapper.add_property(key, value)
    return True


def add_mapped_attribute(target: type[Any], key: str, attr: Any) -> None:
    """Map one more attribute of a class that is mapped already, whatever its metaclass.

    Args:
        target: the class.
        key: the attribute's name.
        attr: a column, `mapped_column`, `relationship` or another mapped property.
    """
    if not add_attribute(target, key, attr):
        type.__setattr__(target, key, attr)


def declarative_mixin(cls: type[Any]) -> type[Any]:
    """Mark a class as a mixin of declarative classes; of no effect, for checkers of the older kind."""
    return cls


class DeclarativeAttributeIntercept(type):
    """Metaclass of declarative bases: ``User.orders = relationship(...)`` is mapped after the class."""

    def __setattr__(cls, key: str, value: Any) -> None:
        if not add_attribute(cls, key, value):
            type.__setattr__(cls, key, value)

    def __delattr__(cls, key: str) -> None:
        mapper = cls.__dict__.get("__mapper__")
        if mapper is not None and mapper.has_property(key):
            raise NotImplementedError(
                "Can't un-map individual mapped attributes on a mapped class. "
                f"{cls.__name__}.{key} stays; registry.dispose() makes plain classes of all mapped ones."
            )
        type.__delattr__(cls, key)


class DeclarativeMeta(DeclarativeAttributeIntercept):
    """Metaclass of the bases that `declarative_base` makes: maps each class as it is made."""

    metadata: MetaData
    registry: registry_class

    def __init__(cls, classname: str, bases: Any, dict_: Any, **kw: Any) -> None:
        type.__init__(cls, classname, bases, dict_)
        found = getattr(cls, "registry", None)
        if isinstance(found, registry_class) and "registry" not in dict_ and not dict_.get("__abstract__"):
            found.map_declaratively(cls)


class _Base:
    """What `DeclarativeBase` and `DeclarativeBaseNoMeta` share."""

    __holdfast_base__ = True

    registry: ClassVar[registry_class]
    metadata: ClassVar[MetaData]
    __table__: ClassVar[Any]
    __mapper__: ClassVar[Mapper]
    __tablename__: Any

    def __init__(self, **kw: Any) -> None:
        construction.set_each(self, kw)

    def __init_subclass__(cls, **kw: Any) -> None:
        if any(base.__dict__.get("__holdfast_base__") for base in cls.__bases__):
            if "__tablename__" in cls.__dict__ or "__table__" in cls.__dict__:
                name = next(base.__name__ for base in cls.__bases__ if base.__dict__.get("__holdfast_base__"))
                raise InvalidRequestError(
                    f"Cannot use {name!r} directly as a declarative base class. Create a Base by creating a subclass "
                    f"of it. Write class Base({name}): pass, then class {cls.__name__}(Base): ..."
                )
            _set_up_base(cls)
            super().__init_subclass__(**kw)
            return
        super().__init_subclass__(**kw)
        if not cls.__dict__.get("__abstract__"):
            check_reserved(cls)
            cls.registry.map_declaratively(cls)


setattr(_Base.__init__, construction.CONSTRUCTOR, True)


def _set_up_base(cls: Any) -> None:
    """Give a new declarative base its registry and MetaData, its own or those it names."""
    found = cls.__dict__.get("registry")
    if found is None:
        found = registry_class(metadata=cls.__dict__.get("metadata"))
        cls.registry = found
    found.update_type_annotation_map(cls.__dict__.get("type_annotation_map") or {})
    if "metadata" not in cls.__dict__:
        cls.metadata = found.metadata


class DeclarativeBase(_Base, metaclass=DeclarativeAttributeIntercept):
    """Base of declarative classes: ``class Base(DeclarativeBase): pass``, then ``class User(Base): ...``.

    A base may have ``metadata``, ``registry`` and ``type_annotation_map`` as class attributes, and columns that all its
    classes get.
    """

    __holdfast_base__ = True


class DeclarativeBaseNoMeta(_Base):
    """As `DeclarativeBase`, without a metaclass: attributes assigned to a class later are not mapped."""

    __holdfast_base__ = True


@dataclass_transform(field_specifiers=(mapped_column, relationship, backref))
class MappedAsDataclass:
    """Makes mapped classes dataclasses: ``class Base(MappedAsDataclass, DeclarativeBase): pass``.

    The keywords of a class statement are those of `dataclasses.dataclass`: ``class User(Base, repr=False)``. Another
    function that makes dataclasses is given as ``dataclass_callable``.
    """

    def __init_subclass__(
        cls,
        init: bool | None = None,
        repr: bool | None = None,
        eq: bool | None = None,
        order: bool | None = None,
        unsafe_hash: bool | None = None,
        match_args: bool | None = None,
        kw_only: bool | None = None,
        dataclass_callable: Callable[..., type[Any]] | None = None,
        **kw: Any,
    ) -> None:
        given = {
            "init": init, "repr": repr, "eq": eq, "order": order, "unsafe_hash": unsafe_hash, "match_args": match_args,
            "kw_only": kw_only, "dataclass_callable": dataclass_callable,
        }  # fmt: skip
        inherited: Mapping[str, Any] = getattr(cls, "_sa_dataclass_options", {})
        options = {**inherited, **{name: value for name, value in given.items() if value is not None}}
        type.__setattr__(cls, "_sa_dataclass_options", options)
        if not any(base.__dict__.get("__holdfast_base__") for base in cls.__bases__):
            # Here and not above: most programs have no such classes, and the standard module is a heavy one.
            from holdfast.orm.mapping.dataclass_mapping import make_dataclass

            make_dataclass(cls, options)
        super().__init_subclass__(**kw)


def declarative_base(
    *,
    metadata: MetaData | None = None,
    mapper: Any = None,
    cls: Any = object,
    name: str = "Base",
    class_registry: Any = None,
    type_annotation_map: Mapping[Any, Any] | None = None,
    constructor: Callable[..., None] | None = construction.construct,
    metaclass: Any = DeclarativeMeta,
) -> Any:
    """Return a new base for declarative classes; the form of before `DeclarativeBase`.

    Args:
        metadata: where tables are collected.
        mapper: accepted, without effect.
        cls: a class, or several, that the base derives from.
        name: the base's name.
        class_registry: a dict to keep the classes by name in.
        type_annotation_map: Python type -> SQL type.
        constructor: the ``__init__`` of classes that have none; None: that of `object`.
        metaclass: the metaclass.
    """
    found = registry_class(
        metadata=metadata,
        class_registry=class_registry,
        type_annotation_map=type_annotation_map,
        constructor=constructor or object.__init__,
    )
    return generate_base(found, cls, name, constructor, metaclass)


def generate_base(
    found: registry_class,
    cls: Any = object,
    name: str = "Base",
    constructor: Callable[..., None] | None = None,
    metaclass: Any = None,
) -> Any:
    """Return a declarative base over a registry."""
    metaclass = DeclarativeMeta if metaclass is None else metaclass
    bases = cls if isinstance(cls, tuple) else (cls,)
    body: dict[str, Any] = {"registry": found, "metadata": found.metadata, "__abstract__": True}
    if constructor is not None:
        body["__init__"] = constructor
    if isinstance(cls, type):
        body["__doc__"] = cls.__doc__ if cls is not object else None
    return metaclass(name, bases, body)


registry_class.make_base = staticmethod(generate_base)  # type: ignore[assignment]


def as_declarative(**kw: Any) -> Callable[[type[Any]], Any]:
    """Return a decorator that makes a class a declarative base; takes what `declarative_base` takes."""

    def decorate(cls: type[Any]) -> Any:
        return declarative_base(cls=cls, name=cls.__name__, **kw)

    return decorate


def declarative_base_of_old(*args: Any, **kw: Any) -> Any:
    """Return a declarative base, with a warning: the import path is that of the 1.x series."""
    warn_deprecated(
        "holdfast.ext.declarative.declarative_base() is the import path of the 1.x series; write "
        "from holdfast.orm import declarative_base, or derive a class from DeclarativeBase."
    )
    return declarative_base(*args, **kw)
