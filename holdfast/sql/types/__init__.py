"""SQL types: what Python values mean in the database, and back."""

from holdfast.sql.types.array import ARRAY
from holdfast.sql.types.base import (
    Codec,
    ExternalType,
    NullType,
    TypeEngine,
    UserDefinedType,
    to_instance,
    type_of_literal,
)
from holdfast.sql.types.binary import BINARY, BLOB, VARBINARY, LargeBinary
from holdfast.sql.types.comparator import Concatenable, Indexable
from holdfast.sql.types.decorator import TypeDecorator, Variant
from holdfast.sql.types.enumeration import Enum
from holdfast.sql.types.interval import Interval
from holdfast.sql.types.json import JSON
from holdfast.sql.types.literals import NULL_TYPE
from holdfast.sql.types.numeric import (
    BIGINT,
    BOOLEAN,
    DECIMAL,
    DOUBLE,
    DOUBLE_PRECISION,
    FLOAT,
    INT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    BigInteger,
    Boolean,
    Double,
    Float,
    Integer,
    MatchType,
    Numeric,
    NumericCommon,
    SmallInteger,
)
from holdfast.sql.types.pickled import PickleType
from holdfast.sql.types.row import TupleType
from holdfast.sql.types.schema_type import SchemaType
from holdfast.sql.types.string import CHAR, CLOB, NCHAR, NVARCHAR, TEXT, VARCHAR, String, Text, Unicode, UnicodeText
from holdfast.sql.types.temporal import DATE, DATETIME, TIME, TIMESTAMP, Date, DateTime, Time
from holdfast.sql.types.uuid import UUID, Uuid

__all__ = [
    "ARRAY",
    "BIGINT",
    "BINARY",
    "BLOB",
    "BOOLEAN",
    "CHAR",
    "CLOB",
    "DATE",
    "DATETIME",
    "DECIMAL",
    "DOUBLE",
    "DOUBLE_PRECISION",
    "FLOAT",
    "INT",
    "INTEGER",
    "JSON",
    "NCHAR",
    "NULL_TYPE",
    "NUMERIC",
    "NVARCHAR",
    "REAL",
    "SMALLINT",
    "TEXT",
    "TIME",
    "TIMESTAMP",
    "UUID",
    "VARBINARY",
    "VARCHAR",
    "BigInteger",
    "Boolean",
    "Codec",
    "Concatenable",
    "Date",
    "DateTime",
    "Double",
    "Enum",
    "ExternalType",
    "Float",
    "Indexable",
    "Integer",
    "Interval",
    "LargeBinary",
    "MatchType",
    "NullType",
    "Numeric",
    "NumericCommon",
    "PickleType",
    "SchemaType",
    "SmallInteger",
    "String",
    "Text",
    "Time",
    "TupleType",
    "TypeDecorator",
    "TypeEngine",
    "Unicode",
    "UnicodeText",
    "UserDefinedType",
    "Uuid",
    "Variant",
    "to_instance",
    "type_of_literal",
]
