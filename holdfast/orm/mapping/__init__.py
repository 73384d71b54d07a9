"""Data Mapper: how classes are mapped to tables. One file per idea; `declarative` is where most programs begin."""

from holdfast.orm.mapping.base import Mapped
from holdfast.orm.mapping.cascades import CascadeOptions
from holdfast.orm.mapping.columns import MappedColumn, mapped_column, orm_insert_sentinel
from holdfast.orm.mapping.composites import Composite, CompositeProperty, composite
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
from holdfast.orm.mapping.join_condition import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from holdfast.orm.mapping.mapper import Mapper
from holdfast.orm.mapping.properties import (
    ColumnProperty,
    MappedSQLExpression,
    MapperProperty,
    column_property,
    deferred,
    query_expression,
)
from holdfast.orm.mapping.registry import (
    clear_mappers,
    configure_mappers,
    has_inherited_table,
    mapped_as_dataclass,
    mapper,
    registry,
    unmapped_dataclass,
)
from holdfast.orm.mapping.relationship_declaration import relationship
from holdfast.orm.mapping.relationship_sides import backref
from holdfast.orm.mapping.relationships import Relationship, RelationshipProperty
from holdfast.orm.mapping.synonyms import Synonym, SynonymProperty, synonym, synonym_for
from holdfast.orm.mapping.validators import reconstructor, validates

__all__ = [
    "CascadeOptions",
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "MANYTOMANY",
    "MANYTOONE",
    "Mapped",
    "MappedAsDataclass",
    "MappedColumn",
    "MappedSQLExpression",
    "Mapper",
    "MapperProperty",
    "ONETOMANY",
    "Relationship",
    "RelationshipDirection",
    "RelationshipProperty",
    "Synonym",
    "SynonymProperty",
    "add_mapped_attribute",
    "as_declarative",
    "backref",
    "clear_mappers",
    "column_property",
    "composite",
    "configure_mappers",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "deferred",
    "has_inherited_table",
    "mapped_as_dataclass",
    "mapped_column",
    "mapper",
    "orm_insert_sentinel",
    "query_expression",
    "reconstructor",
    "registry",
    "relationship",
    "synonym",
    "synonym_for",
    "unmapped_dataclass",
    "validates",
]
