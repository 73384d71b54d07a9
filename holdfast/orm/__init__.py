"""Mapped classes, relationships, and the Session."""

from holdfast.orm.aliased import AliasedClass, aliased, join, outerjoin, with_parent
from holdfast.orm.appender_query import AppenderQuery
from holdfast.orm.attributes import InstrumentedAttribute, QueryableAttribute
from holdfast.orm.bundles import Bundle, DictBundle
from holdfast.orm.collections import InstrumentedDict, InstrumentedList, InstrumentedSet, attribute_keyed_dict
from holdfast.orm.comparator import PropComparator
from holdfast.orm.loading.criteria import with_loader_criteria
from holdfast.orm.loading.options import (
    Load,
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    noload,
    raiseload,
    selectinload,
    subqueryload,
    undefer,
    undefer_group,
    with_expression,
)
from holdfast.orm.loading.strategies.write_only import WriteOnlyCollection
from holdfast.orm.mapping.base import DynamicMapped, Mapped, WriteOnlyMapped
from holdfast.orm.mapping.columns import MappedColumn, mapped_column
from holdfast.orm.mapping.composites import Composite, CompositeProperty, composite
from holdfast.orm.mapping.declarative import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    DeclarativeMeta,
    MappedAsDataclass,
    as_declarative,
    declarative_base,
)
from holdfast.orm.mapping.declared_attr import declared_attr
from holdfast.orm.mapping.mapper import Mapper
from holdfast.orm.mapping.marks import foreign, remote
from holdfast.orm.mapping.properties import (
    ColumnProperty,
    MappedSQLExpression,
    MapperProperty,
    column_property,
    deferred,
    query_expression,
)
from holdfast.orm.mapping.registry import clear_mappers, configure_mappers, mapper, registry
from holdfast.orm.mapping.relationships import Relationship, RelationshipProperty, backref, dynamic_loader, relationship
from holdfast.orm.mapping.synonyms import Synonym, SynonymProperty, synonym, synonym_for
from holdfast.orm.mapping.validators import reconstructor, validates
from holdfast.orm.query import Query
from holdfast.orm.session.execute_state import ORMExecuteState
from holdfast.orm.session.face import Session, close_all_sessions
from holdfast.orm.session.maker import sessionmaker
from holdfast.orm.session.objects import (
    class_mapper,
    identity_key,
    make_transient,
    make_transient_to_detached,
    object_mapper,
    object_session,
    was_deleted,
)
from holdfast.orm.session.scoped import scoped_session
from holdfast.orm.session.transaction import SessionTransaction, SessionTransactionOrigin
from holdfast.orm.state import InstanceState

__all__ = [
    "with_loader_criteria",
    "dynamic_loader",
    "WriteOnlyMapped",
    "DynamicMapped",
    "WriteOnlyCollection",
    "AppenderQuery",
    "with_expression",
    "undefer_group",
    "undefer",
    "subqueryload",
    "selectinload",
    "raiseload",
    "noload",
    "load_only",
    "lazyload",
    "joinedload",
    "immediateload",
    "defer",
    "defaultload",
    "contains_eager",
    "Load",
    "DictBundle",
    "Bundle",
    "remote",
    "foreign",
    "QueryableAttribute",
    "with_parent",
    "outerjoin",
    "join",
    "aliased",
    "AliasedClass",
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "InstanceState",
    "InstrumentedAttribute",
    "InstrumentedDict",
    "InstrumentedList",
    "InstrumentedSet",
    "Mapped",
    "MappedAsDataclass",
    "MappedColumn",
    "MappedSQLExpression",
    "Mapper",
    "MapperProperty",
    "ORMExecuteState",
    "PropComparator",
    "Query",
    "Relationship",
    "RelationshipProperty",
    "Session",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "Synonym",
    "SynonymProperty",
    "as_declarative",
    "attribute_keyed_dict",
    "backref",
    "class_mapper",
    "clear_mappers",
    "close_all_sessions",
    "column_property",
    "composite",
    "configure_mappers",
    "declarative_base",
    "declared_attr",
    "deferred",
    "identity_key",
    "make_transient",
    "make_transient_to_detached",
    "mapped_column",
    "mapper",
    "object_mapper",
    "object_session",
    "query_expression",
    "reconstructor",
    "registry",
    "relationship",
    "scoped_session",
    "sessionmaker",
    "synonym",
    "synonym_for",
    "validates",
    "was_deleted",
]
