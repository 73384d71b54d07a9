"""Schemas: tables, columns, constraints, and their creation."""

from holdfast.schema.column import Column
from holdfast.schema.constraints import (
    CheckConstraint,
    ColumnCollectionConstraint,
    Constraint,
    PrimaryKeyConstraint,
    UniqueConstraint,
)
from holdfast.schema.ddl import (
    DDL,
    AddConstraint,
    BaseDDLElement,
    CheckFirst,
    CreateColumn,
    CreateEnumType,
    CreateIndex,
    CreateSchema,
    CreateSequence,
    CreateTable,
    DDLElement,
    DropColumnComment,
    DropConstraint,
    DropConstraintComment,
    DropEnumType,
    DropIndex,
    DropSchema,
    DropSequence,
    DropTable,
    DropTableComment,
    ExecutableDDLElement,
    SetColumnComment,
    SetConstraintComment,
    SetTableComment,
)
from holdfast.schema.defaults import ColumnDefault, DefaultClause, DefaultGenerator, FetchedValue
from holdfast.schema.foreign_keys import ForeignKey, ForeignKeyConstraint
from holdfast.schema.indexes import Index
from holdfast.schema.items import SchemaItem
from holdfast.schema.metadata import MetaData
from holdfast.schema.naming import conv
from holdfast.schema.sentinel import insert_sentinel
from holdfast.schema.sequences import BLANK_SCHEMA, Computed, Identity, Sequence
from holdfast.schema.sorting import sort_tables, sort_tables_and_constraints
from holdfast.schema.table import Table
from holdfast.schema.typed_columns import Named, TypedColumns
from holdfast.schema.views import CreateTableAs, CreateView, DropView

__all__ = [
    "BLANK_SCHEMA", "DDL", "AddConstraint", "BaseDDLElement", "CheckConstraint", "CheckFirst", "Column",
    "ColumnCollectionConstraint", "ColumnDefault", "Computed", "Constraint", "CreateColumn", "CreateEnumType",
    "CreateIndex", "CreateSchema", "CreateSequence", "CreateTable", "CreateTableAs", "CreateView", "DDLElement",
    "DefaultClause", "DefaultGenerator", "DropColumnComment", "DropConstraint", "DropConstraintComment",
    "DropEnumType", "DropIndex", "DropSchema", "DropSequence", "DropTable", "DropTableComment", "DropView",
    "ExecutableDDLElement", "FetchedValue", "ForeignKey", "ForeignKeyConstraint", "Identity", "Index", "MetaData", "Named",
    "PrimaryKeyConstraint", "SchemaItem", "Sequence", "SetColumnComment", "SetConstraintComment", "SetTableComment",
    "Table", "TypedColumns", "UniqueConstraint", "conv", "insert_sentinel", "sort_tables", "sort_tables_and_constraints",
]  # fmt: skip
