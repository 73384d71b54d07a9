"""Declarative mapping, under the path by which some programs import it."""

from holdfast.orm.mapping.declarative import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    MappedAsDataclass,
    add_mapped_attribute,
    as_declarative,
    declarative_base,
    declarative_mixin,
)
from holdfast.orm.mapping.declared_attr import declared_attr
from holdfast.orm.mapping.registry import has_inherited_table, mapped_as_dataclass, registry, unmapped_dataclass
from holdfast.orm.mapping.synonyms import synonym_for

__all__ = [
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "MappedAsDataclass",
    "add_mapped_attribute",
    "as_declarative",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "has_inherited_table",
    "mapped_as_dataclass",
    "registry",
    "synonym_for",
    "unmapped_dataclass",
]
