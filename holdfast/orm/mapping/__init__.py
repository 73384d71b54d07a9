"""Data Mapper: how classes are mapped to tables. One file per idea; `declarative` is where most programs begin."""

from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.cascades import CascadeOptions
from holdfast.orm.mapping.columns import MappedColumn, mapped_column
from holdfast.orm.mapping.declarative import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    MappedAsDataclass,
    as_declarative,
    declarative_base,
)
from holdfast.orm.mapping.declared_attr import declared_attr
from holdfast.orm.mapping.join_condition import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from holdfast.orm.mapping.mapper import Mapper
from holdfast.orm.mapping.properties import ColumnProperty, MapperProperty
from holdfast.orm.mapping.registry import clear_mappers, configure_mappers, mapper, registry
from holdfast.orm.mapping.relationships import Relationship, RelationshipProperty, backref, relationship

__all__ = [
    "MANYTOMANY",
    "MANYTOONE",
    "ONETOMANY",
    "CascadeOptions",
    "ColumnProperty",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "Mapped",
    "MappedAsDataclass",
    "MappedColumn",
    "Mapper",
    "MapperProperty",
    "Relationship",
    "RelationshipDirection",
    "RelationshipProperty",
    "as_declarative",
    "backref",
    "clear_mappers",
    "configure_mappers",
    "declarative_base",
    "declared_attr",
    "mapped_column",
    "mapper",
    "registry",
    "relationship",
]
