"""Reads the body of a declarative class: to which table it is mapped, with which properties."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from holdfast.orm.mapping.composites import CompositeProperty
from holdfast.orm.mapping.declared_attributes import (
    check_fields_of_mixins,
    check_reserved,
    declared_attributes,
    give_columns_of_mixins,
    once_per_column,
)
from holdfast.orm.mapping.declared_properties import (
    column_of,
    columns_of_composite,
    given_properties,
    key_column,
    property_of,
    without_own_names,
)
from holdfast.orm.mapping.declared_table import make_table
from holdfast.orm.mapping.inheritance.declared_lineage import own_setting, share_table
from holdfast.orm.mapping.inheritance.lineage import mapped_parent
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty
from holdfast.schema import Column


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


def scan_class(class_: type[Any], registry: Any, table_options: Mapping[str, Any]) -> ScannedClass:
    """Return what a class is to be mapped to; makes its table, unless ``__table__`` gives one.

    Args:
        class_: the class.
        registry: where its relationships find other classes.
        table_options: arguments of the table beside those of the class.

    Raises: ArgumentError, InvalidRequestError, MappedAnnotationError: with class, attribute and what to do.
    """
    check_reserved(class_)
    parent = mapped_parent(class_)
    table = own_setting(class_, "__table__")
    properties: dict[str, MapperProperty] = {}
    orders: list[tuple[int, Any]] = []
    found = once_per_column(class_, declared_attributes(class_))
    check_fields_of_mixins(class_, found)
    give_columns_of_mixins(class_, found)
    for attribute in found:
        prop = property_of(class_, attribute, registry, table)
        if prop is None:
            continue
        if isinstance(prop, CompositeProperty):
            for part in columns_of_composite(class_, attribute, prop, registry, table):
                properties[part.name] = part.value
                orders.append((0, part.value.column))
        properties[attribute.name] = prop
        if isinstance(prop, ColumnProperty) and isinstance(prop.column, Column) and prop.column.table is None:
            orders.append((getattr(attribute.value, "sort_order", 0), prop.column))
    arguments = dict(own_setting(class_, "__mapper_args__") or {})
    properties.update(given_properties(class_, arguments.pop("properties", None) or {}))
    if table is None:
        declared = [column for _, column in sorted(orders, key=lambda pair: pair[0])]
        if parent is not None and own_setting(class_, "__tablename__") is None:
            share_table(class_, parent, properties, declared)
        else:
            table = make_table(class_, registry, declared, table_options)
    for name in ("include_properties", "exclude_properties"):
        if arguments.get(name) is not None:
            arguments[name] = [one if isinstance(one, str) else column_of(one) for one in arguments[name]]
    if arguments.get("column_prefix"):
        properties = without_own_names(class_, properties)
    key = tuple(key_column(one, properties, table) for one in arguments.pop("primary_key", ()))
    return ScannedClass(table, properties, key, arguments)
