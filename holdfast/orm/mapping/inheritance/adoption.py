"""A parent without a table, mapped after its concrete children: to the union of theirs."""

from __future__ import annotations

from collections.abc import Container, Sequence
from typing import Any

from holdfast.orm.mapping.declared_attr import is_declared
from holdfast.orm.mapping.inheritance.concrete import hide_inherited, read_from_union
from holdfast.orm.mapping.mapper import Mapper
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty


def adopt_concrete(
    class_: Any, union: Any, discriminator: Any, mappers: Sequence[Any], declared: Container[str] | None
) -> Mapper:
    """Map a class to a union of tables, and make it the parent of the classes of these tables.

    Args:
        discriminator: the column of the union that tells the class.
        mappers: of all classes below.
        declared: the names of the attributes that it gets; None: one for each column of the union.
    """
    properties: dict[str, MapperProperty] = dict(_made_by_functions(class_))
    arguments: dict[str, Any] = {"polymorphic_on": discriminator, "polymorphic_abstract": True}
    if declared is not None:
        kept = [*[column.key for column in union.primary_key], discriminator.key]
        arguments["include_properties"] = [
            column.key for column in union.c if column.key in declared or column.key in kept
        ]
    mapper = Mapper(class_, union, properties, class_.registry, arguments=arguments)
    class_.registry.enter(mapper)
    for child in mappers:
        mapper.polymorphic_map.update(child.polymorphic_map)
    for child in sorted(mappers, key=lambda one: one.serial):
        child.polymorphic_map = mapper.polymorphic_map
        if child.inherits is None:
            child.inherits = mapper
            child.concrete = True
            mapper.children.append(child)
            hide_inherited(child)
    mapper.with_polymorphic_mappers = tuple(mapper.self_and_descendants)
    read_from_union(mapper, union)
    mapper.memo.clear()
    return mapper


def _made_by_functions(class_: type[Any]) -> list[tuple[str, MapperProperty]]:
    """Return the relationships that functions of the class's body make; its columns are those of the union."""
    found = []
    for base in class_.__mro__:
        for key, value in vars(base).items():
            if is_declared(value) and not key.startswith("__"):
                made = value.__get__(None, class_)
                if isinstance(made, MapperProperty) and not isinstance(made, ColumnProperty):
                    found.append((key, made))
    return found
