"""What each declared attribute of a class is: a column, a relationship, another property, or nothing mapped."""

from __future__ import annotations

from collections.abc import Mapping
from types import FunctionType
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError, MappedAnnotationError, warn
from holdfast.orm.mapping.annotations import Annotation, read_annotation
from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.columns import MappedColumn, mapped_column
from holdfast.orm.mapping.composites import CompositeProperty
from holdfast.orm.mapping.declared_attr import is_declared
from holdfast.orm.mapping.declared_attributes import DeclaredAttribute
from holdfast.orm.mapping.properties import UNSET, ColumnProperty, MapperProperty
from holdfast.orm.mapping.relationships import RelationshipProperty
from holdfast.orm.mapping.type_map import type_for
from holdfast.orm.mapping.type_resolution import heard_type
from holdfast.schema import Column
from holdfast.schema.column import type_instead_of
from holdfast.schema.items import SchemaItem
from holdfast.sql.types import TypeEngine

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


def property_of(class_: type[Any], attribute: DeclaredAttribute, registry: Any, table: Any) -> MapperProperty | None:
    """Return the property of one attribute, or None if it is not mapped."""
    if is_declared(attribute.value):
        attribute.raw = attribute.value.annotation()
        attribute.value = attribute.value.__get__(None, class_)
        if not isinstance(attribute.value, (MapperProperty, Column, MappedColumn)):
            # A hybrid, a proxy, a plain value: the class has it under the name of the function.
            type.__setattr__(class_, attribute.name, attribute.value)
            if hasattr(type(attribute.value), "__set_name__"):
                attribute.value.__set_name__(class_, attribute.name)
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
    if annotation is not None and annotation.is_mapped:
        _check_plain_value(class_, attribute)
    return None


def _check_plain_value(class_: type[Any], attribute: DeclaredAttribute) -> None:
    """Refuse a value that is no declaration, where the annotation says that there is one.

    Raises: ArgumentError
    """
    value = attribute.value
    what, meant = f"the plain value {value!r}", f"mapped_column(default={value!r})"
    if isinstance(value, FunctionType) and value.__module__.startswith("holdfast."):
        what, meant = f"the function {value.__name__} itself", f"{value.__name__}()"
    elif isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine)):
        what, meant = f"the type {value!r}", f"mapped_column({value!r})"
    elif hasattr(value, "__get__"):
        return
    raise ArgumentError(
        f"{attribute.place(class_)} is annotated as Mapped[] and has {what}, which maps nothing. Write {attribute.name}: "
        f"Mapped[...] = {meant}."
    )


def _warn_of_comma(class_: type[Any], attribute: DeclaredAttribute) -> None:
    value = attribute.value
    declarations = (MappedColumn, Column, MapperProperty)
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], declarations):
        warn(
            f"Ignoring declarative-like tuple value of attribute '{attribute.place(class_)}': possibly a "
            "copy-and-paste error with a comma accidentally placed at the end of the line?"
        )


def _check_dataclass_options(class_: type[Any], attribute: DeclaredAttribute) -> None:
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


def _annotation(class_: type[Any], attribute: DeclaredAttribute, table: Any) -> Annotation | None:
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


def _relationship(class_: type[Any], attribute: DeclaredAttribute, annotation: Annotation | None) -> MapperProperty:
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
    class_: type[Any], attribute: DeclaredAttribute, annotation: Annotation | None, registry: Any, table: Any
) -> ColumnProperty:
    """Return a `column_property`; a column that is declared inside it is that of the attribute."""
    prop: ColumnProperty = attribute.value
    inner = prop.columns[0]
    if isinstance(inner, MappedColumn):
        part = DeclaredAttribute(attribute.name, attribute.owner, inner, attribute.raw)
        completed = _mapped_column(class_, part, annotation, registry, table)
        prop.columns = [completed.column, *prop.columns[1:]]
    elif isinstance(inner, Column) and inner.table is None:
        prop.columns = [_plain_column(class_, DeclaredAttribute(attribute.name, attribute.owner, inner, None), table).column,
                        *prop.columns[1:]]  # fmt: skip
    prop.columns = [column_of(one) for one in prop.columns]
    return prop


def columns_of_composite(
    class_: type[Any], attribute: DeclaredAttribute, prop: CompositeProperty, registry: Any, table: Any
) -> list[DeclaredAttribute]:
    """Return the columns that are declared inside a composite, as attributes of their own."""
    if prop.composite_class is None:
        raise ArgumentError(
            f'Python typing annotation is required for attribute "{attribute.place(class_)}" when primary argument(s) for '
            '"Composite" construct are None or not present. It is the class of the values: '
            f"{attribute.name}: Mapped[Point] = composite(...), or composite(Point, ...)."
        )
    options = {name: value for name, value in prop.options.items() if name != "column_template" and value}
    template = prop.options.get("column_template")
    attrs = prop.attrs or tuple(mapped_column() for _ in prop.attribute_names())
    names, types = prop.attribute_names(), prop.attribute_types()
    found: list[DeclaredAttribute] = []
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
        part = DeclaredAttribute(name, class_, one, raw)
        annotation = None if raw is None else read_annotation(class_, name, raw)
        part.value = _mapped_column(class_, part, annotation, registry, table)
        taken[-1] = part.value
        found.append(part)
    prop.attrs = tuple(taken)
    return found


def given_properties(class_: type[Any], given: Mapping[str, Any]) -> dict[str, MapperProperty]:
    """Return the ``properties`` of ``__mapper_args__``."""
    return {key: value if isinstance(value, MapperProperty) else ColumnProperty(column_of(value))
            for key, value in given.items()}  # fmt: skip


def without_own_names(class_: type[Any], properties: dict[str, MapperProperty]) -> dict[str, MapperProperty]:
    """Return the properties but for columns that stand under their own name: these get the prefix of ``column_prefix``."""
    kept: dict[str, MapperProperty] = {}
    for name, prop in properties.items():
        if type(prop) is ColumnProperty and prop.column.key == name and not prop.deferred:
            if name in class_.__dict__:
                type.__delattr__(class_, name)
        else:
            kept[name] = prop
    return kept


def key_column(one: Any, properties: Mapping[str, Any], table: Any) -> Any:
    """Return a column of ``__mapper_args__["primary_key"]``, which may be given by its name."""
    if not isinstance(one, str):
        return column_of(one)
    if isinstance(properties.get(one), ColumnProperty):
        return properties[one].column  # type: ignore[attr-defined]
    if one not in table.c:
        raise ArgumentError(
            f"Can't determine primary_key column {one!r} - no attribute is mapped to this name. Table '{table.name}' has the "
            f"columns {', '.join(table.c.keys())}."
        )
    return table.c[one]


def _plain_column(class_: type[Any], attribute: DeclaredAttribute, table: Any) -> ColumnProperty:
    """Return the property of a `Column` in the class body."""
    column = attribute.value
    if column.name is None:
        column.name = attribute.name
    if column.key is None:
        column.key = attribute.name
    _check_in_table(class_, attribute, column, table)
    return ColumnProperty(column)


def _mapped_column(
    class_: type[Any], attribute: DeclaredAttribute, annotation: Annotation | None, registry: Any, table: Any
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
            type_ = heard_type(registry, class_, attribute.name, annotation)
            if type_ is None:
                type_ = type_for(annotation, registry.type_annotation_map, place, attribute.name)
        elif not declared.has_foreign_key:
            _check_items(declared, place)
            raise ArgumentError(
                f'Python typing annotation is required for attribute "{place}" when primary argument(s) for '
                '"MappedColumn" '
                f"construct are None or not present. Write {attribute.name}: Mapped[int] = mapped_column(...), or "
                "mapped_column(Integer)."
            )
    attribute.value = declared
    _check_items(declared, place)
    try:
        return declared.complete(attribute.name, annotation, type_)
    except ArgumentError as error:
        raise ArgumentError(f"{error.args[0]} It stands in {place}.") from error


def _check_items(declared: MappedColumn[Any], place: str) -> None:
    """Refuse what is neither a type nor a part of a column.

    Raises: ArgumentError
    """
    for item in declared.items:
        if not isinstance(item, SchemaItem):
            raise ArgumentError(
                f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}.{type_instead_of(item)} It "
                f"stands in {place}: {place.rpartition('.')[2]} = mapped_column({item!r})."
            )


def _check_in_table(class_: type[Any], attribute: DeclaredAttribute, column: Any, table: Any) -> None:
    if table is not None and column.table is not table and not table.c.contains_column(column):
        raise ArgumentError(
            f"Can't add additional column '{attribute.name}' when specifying __table__. {class_.__name__}.__table__ is "
            f"'{getattr(table, 'name', table)}': declare the column there, or leave __table__ away and give a __tablename__."
        )


def column_of(declared: Any) -> Any:
    return declared.__clause_element__() if hasattr(declared, "__clause_element__") else declared
