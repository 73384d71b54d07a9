"""Schemas: tables, columns, constraints, and their creation."""

from holdfast.schema.column import Column
from holdfast.schema.constraints import (
    CheckConstraint,
    ColumnCollectionConstraint,
    Constraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    SchemaItem,
    UniqueConstraint,
)
from holdfast.schema.ddl import CreateIndex, CreateTable, DropIndex, DropTable
from holdfast.schema.defaults import ColumnDefault, DefaultClause, FetchedValue
from holdfast.schema.metadata import MetaData
from holdfast.schema.table import Table

__all__ = [
    "CheckConstraint",
    "Column",
    "ColumnCollectionConstraint",
    "ColumnDefault",
    "Constraint",
    "CreateIndex",
    "CreateTable",
    "DefaultClause",
    "DropIndex",
    "DropTable",
    "FetchedValue",
    "ForeignKey",
    "ForeignKeyConstraint",
    "Index",
    "MetaData",
    "PrimaryKeyConstraint",
    "SchemaItem",
    "Table",
    "UniqueConstraint",
]
