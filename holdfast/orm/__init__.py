"""Mapped classes, relationships, and the Session."""

from typing import TYPE_CHECKING

from holdfast._util.rooms import entered_at_first_use
from holdfast.orm.aliased import AliasedClass, aliased, join, outerjoin, with_parent
from holdfast.orm.attribute_states import AttributeState
from holdfast.orm.attributes import InstrumentedAttribute, QueryableAttribute
from holdfast.orm.collections import (
    InstrumentedDict,
    InstrumentedList,
    InstrumentedSet,
    KeyFuncDict,
    MappedCollection,
    attribute_keyed_dict,
    attribute_mapped_collection,
    column_keyed_dict,
    column_mapped_collection,
    keyfunc_mapping,
    mapped_collection,
)
from holdfast.orm.comparator import PropComparator
from holdfast.orm.history import NO_VALUE
from holdfast.orm.identity_map import IdentityMap
from holdfast.orm.inspection_attr import InspectionAttr, InspectionAttrInfo, NotExtension
from holdfast.orm.loading.criteria import with_loader_criteria
from holdfast.orm.loading.option_functions import (
    contains_eager,
    defaultload,
    defer,
    immediateload,
    joinedload,
    lazyload,
    load_only,
    noload,
    raiseload,
    selectin_polymorphic,
    selectinload,
    subqueryload,
    undefer,
    undefer_group,
    with_expression,
)
from holdfast.orm.loading.options import Load
from holdfast.orm.loading.settings import UserDefinedOption
from holdfast.orm.mapping.base import DynamicMapped, Mapped, WriteOnlyMapped
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
from holdfast.orm.mapping.mapper_events import EXT_SKIP
from holdfast.orm.mapping.marks import foreign, remote
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
from holdfast.orm.mapping.relationship_declaration import backref, dynamic_loader, relationship
from holdfast.orm.mapping.synonyms import Synonym, SynonymProperty, synonym, synonym_for
from holdfast.orm.mapping.validators import reconstructor, validates
from holdfast.orm.polymorphic_aliases import with_polymorphic
from holdfast.orm.session.execute_state import ORMExecuteState
from holdfast.orm.session.face import Session, close_all_sessions
from holdfast.orm.session.maker import sessionmaker
from holdfast.orm.session.objects import (
    as_typed_table,
    class_mapper,
    identity_key,
    make_transient,
    make_transient_to_detached,
    object_mapper,
    object_session,
    was_deleted,
)
from holdfast.orm.session.transaction import SessionTransaction, SessionTransactionOrigin
from holdfast.orm.state import InstanceState
from holdfast.sql.from_statement import FromStatement

if TYPE_CHECKING:
    from holdfast.orm.appender_query import AppenderQuery
    from holdfast.orm.bundles import Bundle, DictBundle
    from holdfast.orm.loading.merging import merge_frozen_result
    from holdfast.orm.loading.object_lines import QueryContext
    from holdfast.orm.loading.strategies.write_only import WriteOnlyCollection
    from holdfast.orm.mapping.cascades import CascadeOptions
    from holdfast.orm.mapping.class_manager import ClassManager
    from holdfast.orm.mapping.inheritance.unions import polymorphic_union
    from holdfast.orm.mapping.join_request import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
    from holdfast.orm.mapping.mapper import Mapper
    from holdfast.orm.mapping.relationships import Relationship, RelationshipProperty
    from holdfast.orm.mapping.type_resolution import TypeResolve
    from holdfast.orm.query import Query
    from holdfast.orm.session.scoped import scoped_session
    from holdfast.orm.session.stateless import StatelessSession
    from holdfast.orm.unit_of_work.flush import UOWTransaction

__all__ = [
    "AliasedClass",
    "AppenderQuery",
    "AttributeState",
    "Bundle",
    "CascadeOptions",
    "ClassManager",
    "ColumnProperty",
    "Composite",
    "CompositeProperty",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeclarativeMeta",
    "DictBundle",
    "DynamicMapped",
    "EXT_SKIP",
    "FromStatement",
    "IdentityMap",
    "InspectionAttr",
    "InspectionAttrInfo",
    "InstanceState",
    "InstrumentedAttribute",
    "InstrumentedDict",
    "InstrumentedList",
    "InstrumentedSet",
    "KeyFuncDict",
    "Load",
    "MANYTOMANY",
    "MANYTOONE",
    "Mapped",
    "MappedAsDataclass",
    "MappedCollection",
    "MappedColumn",
    "MappedSQLExpression",
    "Mapper",
    "MapperProperty",
    "NO_VALUE",
    "NotExtension",
    "ONETOMANY",
    "ORMExecuteState",
    "PropComparator",
    "Query",
    "QueryContext",
    "QueryableAttribute",
    "Relationship",
    "RelationshipDirection",
    "RelationshipProperty",
    "Session",
    "SessionTransaction",
    "SessionTransactionOrigin",
    "StatelessSession",
    "Synonym",
    "SynonymProperty",
    "TypeResolve",
    "UOWTransaction",
    "UserDefinedOption",
    "WriteOnlyCollection",
    "WriteOnlyMapped",
    "add_mapped_attribute",
    "aliased",
    "as_declarative",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "backref",
    "as_typed_table",
    "class_mapper",
    "clear_mappers",
    "close_all_sessions",
    "column_keyed_dict",
    "column_mapped_collection",
    "column_property",
    "composite",
    "configure_mappers",
    "contains_eager",
    "declarative_base",
    "declarative_mixin",
    "declared_attr",
    "defaultload",
    "defer",
    "deferred",
    "dynamic_loader",
    "foreign",
    "has_inherited_table",
    "identity_key",
    "immediateload",
    "join",
    "joinedload",
    "keyfunc_mapping",
    "lazyload",
    "load_only",
    "make_transient",
    "make_transient_to_detached",
    "mapped_as_dataclass",
    "mapped_collection",
    "mapped_column",
    "mapper",
    "merge_frozen_result",
    "noload",
    "object_mapper",
    "object_session",
    "orm_insert_sentinel",
    "outerjoin",
    "polymorphic_union",
    "query_expression",
    "raiseload",
    "reconstructor",
    "registry",
    "relationship",
    "remote",
    "scoped_session",
    "selectinload",
    "sessionmaker",
    "subqueryload",
    "synonym",
    "synonym_for",
    "undefer",
    "undefer_group",
    "unmapped_dataclass",
    "validates",
    "was_deleted",
    "with_expression",
    "with_loader_criteria",
    "with_parent",
    "with_polymorphic",
    "selectin_polymorphic",
]

__getattr__, __dir__ = entered_at_first_use(
    __name__,
    {
        "AppenderQuery": "holdfast.orm.appender_query",
        "Bundle": "holdfast.orm.bundles",
        "CascadeOptions": "holdfast.orm.mapping.cascades",
        "ClassManager": "holdfast.orm.mapping.class_manager",
        "DictBundle": "holdfast.orm.bundles",
        "MANYTOMANY": "holdfast.orm.mapping.join_request",
        "MANYTOONE": "holdfast.orm.mapping.join_request",
        "Mapper": "holdfast.orm.mapping.mapper",
        "merge_frozen_result": "holdfast.orm.loading.merging",
        "ONETOMANY": "holdfast.orm.mapping.join_request",
        "polymorphic_union": "holdfast.orm.mapping.inheritance.unions",
        "Query": "holdfast.orm.query",
        "QueryContext": "holdfast.orm.loading.object_lines",
        "Relationship": "holdfast.orm.mapping.relationships",
        "RelationshipDirection": "holdfast.orm.mapping.join_request",
        "RelationshipProperty": "holdfast.orm.mapping.relationships",
        "scoped_session": "holdfast.orm.session.scoped",
        "StatelessSession": "holdfast.orm.session.stateless",
        "TypeResolve": "holdfast.orm.mapping.type_resolution",
        "UOWTransaction": "holdfast.orm.unit_of_work.flush",
        "WriteOnlyCollection": "holdfast.orm.loading.strategies.write_only",
    },
)
