"""Reads the body of a declarative class, its mixins and abstract bases: which attributes are mapped, to which table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Generic, NamedTuple

from holdfast.exc import ArgumentError, InvalidRequestError, MappedAnnotationError, warn
from holdfast.orm.mapping.annotations import Annotation, own_annotations, read_annotation
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.columns import MappedColumn, mapped_column
from holdfast.orm.mapping.composites import CompositeProperty
from holdfast.orm.mapping.declared_attr import is_declared
from holdfast.orm.mapping.inheritance.declared_lineage import inherited_bases, own_setting, share_table
from holdfast.orm.mapping.inheritance.lineage import mapped_parent
from holdfast.orm.mapping.properties import UNSET, ColumnProperty, MapperProperty
from holdfast.orm.mapping.relationships import RelationshipProperty
from holdfast.orm.mapping.type_map import type_for
from holdfast.schema import Column, Table

# Names in a class body that say something about the mapping, or belong to declarative bases.
SETTINGS = frozenset({"metadata", "registry", "type_annotation_map"})

_NOT_MAPPED_ANNOTATION = (
    'Type annotation for "{place}" can\'t be correctly interpreted for Annotated Declarative Table form.  ORM '
    "annotations "
    "should normally make use of the ``Mapped[]`` generic type, or other ORM-compatible generic type, as a container "
    "for the actual type, which indicates the intent that the attribute is mapped. Class variables that are not "
    "intended to be mapped by the ORM should use ClassVar[].  To allow Annotated Declarative to disregard legacy "
    "annotations which don't "
    'use Mapped[] to pass, set "__allow_unmapped__ = True" on the class or a superclass this class. Write {name}: '
    "Mapped[{written}] for a column, {name}: ClassVar[{written}] for anything else."
)


class ScannedClass(NamedTuple):
    """What the body of a class says.

    Attributes:
        table: the table, made or given.
        properties: attribute -> property, in the order of declaration.
        primary_key: key columns named in ``__mapper_args__``.
        arguments: other ``__mapper_args__``.
    """

    table: Any
    properties: dict[str, MapperProperty]
    primary_key: tuple[Any, ...] = ()
    arguments: Mapping[str, Any] = MappingProxyType({})


class _Found:
    """One attribute: where it stands, its value and its annotation."""

    __slots__ = ("name", "owner", "raw", "value")

    def __init__(self, name: str, owner: type[Any], value: Any, raw: Any) -> None:
        self.name = name
        self.owner = owner
        self.value = value
        self.raw = raw

    def place(self, class_: type[Any]) -> str:
        return f"{class_.__name__}.{self.name}"


def scan_class(class_: type[Any], registry: Any, table_options: Mapping[str, Any]) -> ScannedClass:
    """Return what a class is to be mapped to; makes its table, unless ``__table__`` gives one.

    Args:
        class_: the class.
        registry: where its relationships find other classes.
        table_options: arguments of the table beside those of the class.

    Raises: ArgumentError, InvalidRequestError, MappedAnnotationError: with class, attribute and what to do.
    """
    parent = mapped_parent(class_)
    table = own_setting(class_, "__table__")
    properties: dict[str, MapperProperty] = {}
    orders: list[tuple[int, Any]] = []
    found = list(_attributes(class_))
    _give_columns_of_mixins(class_, found)
    for attribute in found:
        prop = _property(class_, attribute, registry, table)
        if prop is None:
            continue
        if isinstance(prop, CompositeProperty):
            for part in _columns_of_composite(class_, attribute, prop, registry, table):
                properties[part.name] = part.value
                orders.append((0, part.value.column))
        properties[attribute.name] = prop
        if isinstance(prop, ColumnProperty) and isinstance(prop.column, Column) and prop.column.table is None:
            orders.append((getattr(attribute.value, "sort_order", 0), prop.column))
    arguments = dict(own_setting(class_, "__mapper_args__") or {})
    properties.update(_given_properties(class_, arguments.pop("properties", None) or {}))
    if table is None:
        declared = [column for _, column in sorted(orders, key=lambda pair: pair[0])]
        if parent is not None and own_setting(class_, "__tablename__") is None:
            share_table(class_, parent, properties, declared)
        else:
            table = _make_table(class_, registry, declared, table_options)
    for name in ("include_properties", "exclude_properties"):
        if arguments.get(name) is not None:
            arguments[name] = [one if isinstance(one, str) else _column_of(one) for one in arguments[name]]
    if arguments.get("column_prefix"):
        properties = _without_own_names(class_, properties)
    key = tuple(_key_column(one, properties, table) for one in arguments.pop("primary_key", ()))
    return ScannedClass(table, properties, key, arguments)


# Which attributes there are.


def _attributes(class_: type[Any]) -> Iterator[_Found]:
    """Yield what the class and its unmapped bases declare, those of the class first; the nearest declaration counts."""
    seen: set[str] = set()
    inherited = inherited_bases(class_)
    for base in class_.__mro__:
        if base in (object, Generic) or base in inherited or base.__dict__.get("__holdfast_base__"):
            continue
        annotations = own_annotations(base)
        for name in merged_order([name for name in base.__dict__ if _is_candidate(name)], list(annotations)):
            if name in seen or not _is_candidate(name):
                continue
            seen.add(name)
            yield _Found(name, base, base.__dict__.get(name, UNSET), annotations.get(name))


def _is_candidate(name: str) -> bool:
    return not (name.startswith("__") and name.endswith("__")) and name not in SETTINGS and not name.startswith("_sa_")


def merged_order(values: list[str], annotated: list[str]) -> list[str]:
    """Return names in the order of a class body, of which Python keeps assignments and annotations in two lists.

    A name in both lists is where one switches from one list to the other.
    """
    merged: list[str] = []
    lists = [values, annotated]
    positions = [0, 0]
    shared = set(values) & set(annotated)
    current = 0
    while positions[0] < len(values) or positions[1] < len(annotated):
        if positions[current] >= len(lists[current]):
            current = 1 - current
            continue
        name = lists[current][positions[current]]
        positions[current] += 1
        if name in shared:
            shared.discard(name)
            current = 1 - current
        elif name not in merged:
            merged.append(name)
    return merged


def _give_columns_of_mixins(class_: type[Any], found: Iterable[_Found]) -> None:
    """Give the class copies of the columns of mixins: ``cls.id`` in a `declared_attr` is to be the class's own."""
    for attribute in found:
        if attribute.owner is class_:
            continue
        if isinstance(attribute.value, MappedColumn):
            attribute.value = attribute.value.copy()
        elif isinstance(attribute.value, Column) and attribute.value.table is None:
            attribute.value = attribute.value._copy_column()
        else:
            continue
        type.__setattr__(class_, attribute.name, attribute.value)


# What each of them is.


def _property(class_: type[Any], attribute: _Found, registry: Any, table: Any) -> MapperProperty | None:
    """Return the property of one attribute, or None if it is not mapped."""
    if is_declared(attribute.value):
        attribute.raw = attribute.value.annotation()
        attribute.value = attribute.value.fget(class_)
    elif attribute.owner is not class_ and isinstance(attribute.value, MapperProperty):
        raise InvalidRequestError(
            "Mapper properties (i.e. deferred,column_property(), relationship(), etc.) must be declared as "
            "@declared_attr callables on declarative mixin classes.  For dataclass field() objects, use a lambda: "
            f"{attribute.owner.__name__}.{attribute.name} is one of these. Write @declared_attr def "
            f"{attribute.name}(cls): return relationship(...)"
        )
    _warn_of_comma(class_, attribute)
    _check_dataclass_options(class_, attribute)
    annotation = _annotation(class_, attribute, table)
    value = attribute.value
    if isinstance(value, RelationshipProperty):
        return _relationship(class_, attribute, annotation)
    if isinstance(value, CompositeProperty):
        value.declare(annotation)
        return value
    if isinstance(value, ColumnProperty):
        return _column_property(class_, attribute, annotation, registry, table)
    if isinstance(value, MapperProperty):
        return value
    if isinstance(value, Column):
        return _plain_column(class_, attribute, table)
    if isinstance(value, MappedColumn) or (annotation is not None and annotation.is_mapped and value is UNSET):
        return _mapped_column(class_, attribute, annotation, registry, table)
    if annotation is not None and annotation.is_mapped and not hasattr(value, "__get__"):
        raise ArgumentError(
            f"{attribute.place(class_)} is annotated as Mapped[] and has the plain value {value!r}, which maps "
            f"nothing. Write {attribute.name}: Mapped[...] = mapped_column(default={value!r})."
        )
    return None


def _warn_of_comma(class_: type[Any], attribute: _Found) -> None:
    value = attribute.value
    declarations = (MappedColumn, Column, MapperProperty)
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], declarations):
        warn(
            f"Ignoring declarative-like tuple value of attribute '{attribute.place(class_)}': possibly a "
            "copy-and-paste error with a comma accidentally placed at the end of the line?"
        )


def _check_dataclass_options(class_: type[Any], attribute: _Found) -> None:
    options = set(getattr(attribute.value, "dataclass_options", ()))
    if isinstance(attribute.value, MappedColumn):
        options.discard("default")  # that one is also the column's
    if options and not hasattr(class_, "__dataclass_fields__"):
        listed = ", ".join(repr(option) for option in sorted(options))
        raise ArgumentError(
            f"Attribute '{attribute.name}' on class {class_!r} includes dataclasses argument(s): {listed} but class "
            "does not specify SQLAlchemy native dataclass configuration. Derive it from MappedAsDataclass too, or "
            "leave them away."
        )


def _annotation(class_: type[Any], attribute: _Found, table: Any) -> Annotation | None:
    """Return the annotation of an attribute, if it concerns the mapping.

    Raises: MappedAnnotationError: it lacks ``Mapped[]``.
    """
    if attribute.raw is None:
        return None
    annotation = read_annotation(attribute.owner, attribute.name, attribute.raw)
    if annotation.is_class_variable or is_declared(attribute.value):
        return None
    if annotation.is_mapped:
        return annotation
    may_be_plain = (
        getattr(class_, "__allow_unmapped__", False)
        or table is not None
        or hasattr(class_, "__dataclass_fields__")
        or isinstance(attribute.value, Column)
        or (attribute.owner is not class_ and not isinstance(attribute.value, (MappedColumn, MapperProperty)))
        or hasattr(attribute.value, "__get__")
    )
    if may_be_plain:
        return annotation if isinstance(attribute.value, MapperProperty) else None
    written = attribute.raw.__name__ if isinstance(attribute.raw, type) else str(attribute.raw).replace("typing.", "")
    raise MappedAnnotationError(
        _NOT_MAPPED_ANNOTATION.format(place=attribute.place(class_), name=attribute.name, written=written), code="zlpr"
    )


def _relationship(class_: type[Any], attribute: _Found, annotation: Annotation | None) -> MapperProperty:
    prop: RelationshipProperty[Any] = attribute.value
    if annotation is None:
        if prop.argument is None:
            raise ArgumentError(
                f'Python typing annotation is required for attribute "{attribute.place(class_)}" when primary '
                f'argument(s) for "Relationship" construct are None or not present. Write {attribute.name}: '
                'Mapped["Other"] = relationship(), or relationship("Other").'
            )
        return prop
    container, target = annotation.relation()
    if prop.argument is None:
        prop.argument = target
    if container is not None:
        # The direction says whether it is a collection: a foreign key of its own refers to one object, whatever is written.
        if prop.collection_class is None:
            prop.collection_class = container
    elif prop.uselist is None and annotation.is_mapped:
        prop.uselist = prop.collection_class is not None or annotation.lazy is not None
    if annotation.lazy is not None:
        prop.lazy = annotation.lazy
    return prop


def _column_property(
    class_: type[Any], attribute: _Found, annotation: Annotation | None, registry: Any, table: Any
) -> ColumnProperty:
    """Return a `column_property`; a column that is declared inside it is that of the attribute."""
    prop: ColumnProperty = attribute.value
    inner = prop.columns[0]
    if isinstance(inner, MappedColumn):
        part = _Found(attribute.name, attribute.owner, inner, attribute.raw)
        completed = _mapped_column(class_, part, annotation, registry, table)
        prop.columns = (completed.column, *prop.columns[1:])
    elif isinstance(inner, Column) and inner.table is None:
        prop.columns = (_plain_column(class_, _Found(attribute.name, attribute.owner, inner, None), table).column,
                        *prop.columns[1:])  # fmt: skip
    prop.columns = tuple(_column_of(one) for one in prop.columns)
    return prop


def _columns_of_composite(
    class_: type[Any], attribute: _Found, prop: CompositeProperty, registry: Any, table: Any
) -> list[_Found]:
    """Return the columns that are declared inside a composite, as attributes of their own."""
    if prop.composite_class is None:
        raise ArgumentError(
            f"composite {attribute.place(class_)} needs the class of its values: {attribute.name}: Mapped[Point] = "
            "composite(...), or composite(Point, ...)."
        )
    options = {name: value for name, value in prop.options.items() if name != "column_template" and value}
    template = prop.options.get("column_template")
    attrs = prop.attrs or tuple(mapped_column() for _ in prop.attribute_names())
    names, types = prop.attribute_names(), prop.attribute_types()
    found: list[_Found] = []
    taken: list[Any] = []
    for position, one in enumerate(attrs):
        taken.append(one)
        if not isinstance(one, MappedColumn) or one._column is not None:
            continue
        part_name = names[position] if position < len(names) else f"{attribute.name}_{position}"
        name = one.name or (template % part_name if template else part_name)
        one.property_options = {**one.property_options, **options}
        annotated = types[position] if position < len(types) else None
        if one.type is not None and not hasattr(prop.composite_class, "__dataclass_fields__"):
            # The arguments of an __init__ are not the columns: they say nothing about NULL where a type is given.
            annotated = None
        raw = None if annotated is None else Mapped[annotated]  # type: ignore[valid-type]
        part = _Found(name, class_, one, raw)
        annotation = None if raw is None else read_annotation(class_, name, raw)
        part.value = _mapped_column(class_, part, annotation, registry, table)
        taken[-1] = part.value
        found.append(part)
    prop.attrs = tuple(taken)
    return found


def _given_properties(class_: type[Any], given: Mapping[str, Any]) -> dict[str, MapperProperty]:
    """Return the ``properties`` of ``__mapper_args__``."""
    return {key: value if isinstance(value, MapperProperty) else ColumnProperty(_column_of(value))
            for key, value in given.items()}  # fmt: skip


def _without_own_names(class_: type[Any], properties: dict[str, MapperProperty]) -> dict[str, MapperProperty]:
    """Return the properties but for columns that stand under their own name: these get the prefix of ``column_prefix``."""
    kept: dict[str, MapperProperty] = {}
    for name, prop in properties.items():
        if type(prop) is ColumnProperty and prop.column.key == name and not prop.deferred:
            if name in class_.__dict__:
                type.__delattr__(class_, name)
        else:
            kept[name] = prop
    return kept


def _key_column(one: Any, properties: Mapping[str, Any], table: Any) -> Any:
    """Return a column of ``__mapper_args__["primary_key"]``, which may be given by its name."""
    if not isinstance(one, str):
        return _column_of(one)
    return properties[one].column if isinstance(properties.get(one), ColumnProperty) else table.c[one]


def _plain_column(class_: type[Any], attribute: _Found, table: Any) -> ColumnProperty:
    """Return the property of a `Column` in the class body."""
    column = attribute.value
    if column.name is None:
        column.name = attribute.name
    if column.key is None:
        column.key = attribute.name
    _check_in_table(class_, attribute, column, table)
    return ColumnProperty(column)


def _mapped_column(
    class_: type[Any], attribute: _Found, annotation: Annotation | None, registry: Any, table: Any
) -> ColumnProperty:
    declared: MappedColumn[Any] = mapped_column() if attribute.value is UNSET else attribute.value
    place = attribute.place(class_)
    if table is not None:
        if (
            declared._column is None
            and declared.name is None
            and attribute.value is UNSET
            and attribute.name in table.c
        ):
            return ColumnProperty(table.c[attribute.name])
        _check_in_table(class_, attribute, declared.column, table)
    for extra in annotation.extras if annotation is not None else ():
        if isinstance(extra, MappedColumn):
            declared = declared.with_base(extra)
    type_ = None
    if declared.type is None:
        if annotation is not None:
            # A foreign key takes the type of what it refers to only where the annotation is silent.
            type_ = type_for(annotation, registry.type_annotation_map, place, attribute.name)
        elif not declared.has_foreign_key:
            raise ArgumentError(
                f'Python typing annotation is required for attribute "{place}" when primary argument(s) for '
                '"MappedColumn" '
                f"construct are None or not present. Write {attribute.name}: Mapped[int] = mapped_column(...), or "
                "mapped_column(Integer)."
            )
    attribute.value = declared
    return declared.complete(attribute.name, annotation, type_)


def _check_in_table(class_: type[Any], attribute: _Found, column: Any, table: Any) -> None:
    if table is not None and column.table is not table and not table.c.contains_column(column):
        raise ArgumentError(
            f"Can't add additional column '{attribute.name}' when specifying __table__. {class_.__name__}.__table__ is "
            f"'{getattr(table, 'name', table)}': declare the column there, or leave __table__ away and give a __tablename__."
        )


# The table.


def _make_table(class_: type[Any], registry: Any, columns: list[Any], options: Mapping[str, Any]) -> Any:
    name = own_setting(class_, "__tablename__")
    if name is None:
        raise InvalidRequestError(
            f"Class {class_!r} does not have a __table__ or __tablename__ specified and does not inherit from an "
            f"existing table-mapped class. Give {class_.__name__} a __tablename__, or __abstract__ = True if it is "
            "only a base."
        )
    items, keywords = _table_args(class_)
    metadata = getattr(class_, "metadata", None) or registry.metadata
    table = Table(name, metadata, *columns, *items, **{**keywords, **options})
    type.__setattr__(class_, "__table__", table)
    return table


def _table_args(class_: type[Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    given = own_setting(class_, "__table_args__")
    if given is None:
        return (), {}
    if isinstance(given, dict):
        return (), given
    if not isinstance(given, tuple):
        raise ArgumentError(
            f"__table_args__ value must be a tuple, dict, or None. That of {class_.__name__} is a "
            f"{type(given).__name__}: a single constraint needs a comma after it, (Index(...),)."
        )
    if given and isinstance(given[-1], dict):
        return given[:-1], given[-1]
    return given, {}


def _column_of(declared: Any) -> Any:
    return declared.__clause_element__() if hasattr(declared, "__clause_element__") else declared
