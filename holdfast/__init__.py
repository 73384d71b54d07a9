"""Holdfast: an object-relational mapper that keeps objects and rows in step, at the driver's speed."""

from holdfast.engine.adapted import AdaptedConnection
from holdfast.engine.connection import Connection
from holdfast.engine.cursor_result import CursorResult
from holdfast.engine.engine import Engine
from holdfast.engine.execution_context import ExceptionContext, ExecutionContext
from holdfast.engine.plugins import CreateEnginePlugin
from holdfast.engine.pool import Pool
from holdfast.engine.pooled import ConnectionPoolEntry, ManagesConnection, PoolProxiedConnection, PoolResetState
from holdfast.engine.queue_pool import AssertionPool, AsyncAdaptedQueuePool, QueuePool
from holdfast.engine.reflection import Inspector
from holdfast.engine.result import (
    ChunkedIteratorResult,
    FilterResult,
    FrozenResult,
    IteratorResult,
    MappingResult,
    MergedResult,
    Result,
    ScalarResult,
    TupleResult,
    result_tuple,
)
from holdfast.engine.row import Row, RowMapping
from holdfast.engine.small_pools import NullPool, SingletonThreadPool, StaticPool
from holdfast.engine.transaction import NestedTransaction, RootTransaction, Transaction
from holdfast.engine.two_phase import TwoPhaseTransaction
from holdfast.engine.url import URL, make_url
from holdfast.engine_factory import create_engine, create_mock_engine, create_pool_from_url, engine_from_config
from holdfast.inspection import inspect
from holdfast.schema import (
    BLANK_SCHEMA,
    DDL,
    BaseDDLElement,
    CheckConstraint,
    CheckFirst,
    Column,
    ColumnDefault,
    Computed,
    Constraint,
    CreateTable,
    CreateTableAs,
    CreateView,
    DDLElement,
    DefaultClause,
    DropTable,
    DropView,
    ExecutableDDLElement,
    FetchedValue,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    Table,
    UniqueConstraint,
)
from holdfast.sql import (
    Alias,
    AliasedReturnsRows,
    ColumnCollection,
    ColumnOperators,
    CompoundSelect,
    Executable,
    Exists,
    GenerativeSelect,
    Operators,
    ScalarSelect,
    Selectable,
    SelectBase,
    SelectLabelStyle,
    SQLColumnExpression,
    UpdateBase,
    ValuesBase,
    custom_op,
)
from holdfast.sql.binds import BindParameter, bindparam, literal
from holdfast.sql.boolean import and_, not_, or_
from holdfast.sql.columns import ColumnClause, column, literal_column
from holdfast.sql.constants import False_, Null, True_, false, null, true
from holdfast.sql.conversions import Case, Cast, Extract, TryCast, TypeCoerce
from holdfast.sql.cte import CTE, cte
from holdfast.sql.dml import Delete, Update, delete, update
from holdfast.sql.element import ClauseElement, ColumnElement
from holdfast.sql.expressions import BinaryExpression, BooleanClauseList, ClauseList, Grouping, Tuple, UnaryExpression
from holdfast.sql.functions import Function, FunctionElement, func
from holdfast.sql.insert import Insert, insert
from holdfast.sql.labels import Label
from holdfast.sql.lateral import Lateral, TableSample, lateral, tablesample
from holdfast.sql.naming import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
)
from holdfast.sql.ordered_aggregates import AggregateOrderBy, aggregate_order_by
from holdfast.sql.public import (
    asc,
    between,
    case,
    cast,
    collate,
    desc,
    distinct,
    extract,
    label,
    nulls_first,
    nulls_last,
    nullsfirst,
    nullslast,
    try_cast,
    tuple_,
    type_coerce,
)
from holdfast.sql.quantified import CollectionAggregate, all_, any_
from holdfast.sql.quoted_name import quoted_name
from holdfast.sql.select import Select, exists, select
from holdfast.sql.selectable import FromClause, Join, Subquery, TableClause, alias, join, outerjoin, table
from holdfast.sql.set_operations import except_, except_all, intersect, intersect_all, union, union_all
from holdfast.sql.table_valued import TableValuedAlias, TableValuedColumn, TableValueType
from holdfast.sql.text import TextClause, text
from holdfast.sql.textual_select import TextualSelect
from holdfast.sql.types import TupleType
from holdfast.sql.values import ScalarValues, Values, values
from holdfast.sql.windows import (
    FrameClause,
    FrameClauseType,
    FunctionFilter,
    Over,
    WithinGroup,
    funcfilter,
    over,
    within_group,
)
from holdfast.types import (
    ARRAY,
    BIGINT,
    BINARY,
    BLOB,
    BOOLEAN,
    CHAR,
    CLOB,
    DATE,
    DATETIME,
    DECIMAL,
    DOUBLE,
    DOUBLE_PRECISION,
    FLOAT,
    INT,
    INTEGER,
    JSON,
    NCHAR,
    NUMERIC,
    NVARCHAR,
    REAL,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    UUID,
    VARBINARY,
    VARCHAR,
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    NumericCommon,
    PickleType,
    SmallInteger,
    String,
    Text,
    Time,
    TypeDecorator,
    Unicode,
    UnicodeText,
    Uuid,
)

__version__ = "0.1.0"

__all__ = [
    "ARRAY", "BIGINT", "BINARY", "BLANK_SCHEMA", "BLOB", "BOOLEAN", "CHAR", "CLOB", "CTE", "DATE", "DATETIME", "DDL",
    "DECIMAL", "DOUBLE", "DOUBLE_PRECISION", "FLOAT", "INT", "INTEGER", "JSON", "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY", "LABEL_STYLE_NONE", "LABEL_STYLE_TABLENAME_PLUS_COL", "NCHAR", "NUMERIC",
    "NVARCHAR", "REAL", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "URL", "UUID", "VARBINARY", "VARCHAR",
    "AdaptedConnection", "AggregateOrderBy", "Alias", "AliasedReturnsRows", "AssertionPool", "AsyncAdaptedQueuePool",
    "BaseDDLElement", "BigInteger", "BinaryExpression", "BindParameter", "Boolean", "BooleanClauseList", "Case",
    "Cast", "CheckConstraint", "CheckFirst", "ChunkedIteratorResult", "ClauseElement", "ClauseList",
    "CollectionAggregate", "Column", "ColumnClause", "ColumnCollection", "ColumnDefault", "ColumnElement",
    "ColumnOperators", "CompoundSelect", "Computed", "Connection", "ConnectionPoolEntry", "Constraint",
    "CreateEnginePlugin", "CreateTable", "CreateTableAs", "CreateView", "CursorResult", "DDLElement", "Date",
    "DateTime", "DefaultClause", "Delete", "Double", "DropTable", "DropView", "Engine", "Enum", "ExceptionContext",
    "Executable", "ExecutableDDLElement", "ExecutionContext", "Exists", "Extract", "False_", "FetchedValue",
    "FilterResult", "Float", "ForeignKey", "ForeignKeyConstraint", "FrameClause", "FrameClauseType", "FromClause",
    "FrozenResult", "Function", "FunctionElement", "FunctionFilter", "GenerativeSelect", "Grouping", "Identity",
    "Index", "Insert", "Inspector", "Integer", "Interval", "IteratorResult", "Join", "Label", "LargeBinary",
    "Lateral", "ManagesConnection", "MappingResult", "MergedResult", "MetaData", "NestedTransaction", "Null",
    "NullPool", "Numeric", "NumericCommon", "Operators", "Over", "PickleType", "Pool", "PoolProxiedConnection",
    "PoolResetState", "PrimaryKeyConstraint", "QueuePool", "Result", "RootTransaction", "Row", "RowMapping",
    "SQLColumnExpression", "ScalarResult", "ScalarSelect", "ScalarValues", "Select", "SelectBase", "SelectLabelStyle",
    "Selectable", "Sequence", "SingletonThreadPool", "SmallInteger", "StaticPool", "String", "Subquery", "Table",
    "TableClause", "TableSample", "TableValueType", "TableValuedAlias", "TableValuedColumn", "Text", "TextClause",
    "TextualSelect", "Time", "Transaction", "True_", "TryCast", "Tuple", "TupleResult", "TupleType",
    "TwoPhaseTransaction", "TypeCoerce", "TypeDecorator", "UnaryExpression", "Unicode", "UnicodeText",
    "UniqueConstraint", "Update", "UpdateBase", "Uuid", "Values", "ValuesBase", "WithinGroup", "__version__",
    "aggregate_order_by", "alias", "all_", "and_", "any_", "asc", "between", "bindparam", "case", "cast", "collate",
    "column", "create_engine", "create_mock_engine", "create_pool_from_url", "cte", "custom_op", "delete", "desc",
    "distinct", "engine_from_config", "except_", "except_all", "exists", "extract", "false", "func", "funcfilter",
    "insert", "inspect", "intersect", "intersect_all", "join", "label", "lateral", "literal", "literal_column",
    "make_url", "not_", "null", "nulls_first", "nulls_last", "nullsfirst", "nullslast", "or_", "outerjoin", "over",
    "quoted_name", "result_tuple", "select", "table", "tablesample", "text", "true", "try_cast", "tuple_",
    "type_coerce", "union", "union_all", "update", "values", "within_group",
]  # fmt: skip
