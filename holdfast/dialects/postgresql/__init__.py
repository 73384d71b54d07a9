"""PostgreSQL: its dialect, types, constraints and INSERT."""

# From the module of its name, here and below: who imports that module later would put it in the place of the class.
from holdfast.dialects.postgresql.altered_types import (
    AddDomainCheck,
    AddEnumValue,
    DropDomainCheck,
    RenameEnumValue,
    SetDomainDefault,
    SetDomainNotNull,
    ValidateDomainCheck,
)
from holdfast.dialects.postgresql.array import array
from holdfast.dialects.postgresql.arrays import All_ as All
from holdfast.dialects.postgresql.arrays import Any_ as Any
from holdfast.dialects.postgresql.arrays import array_agg
from holdfast.dialects.postgresql.bits import BitString
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect
from holdfast.dialects.postgresql.distinct import distinct_on
from holdfast.dialects.postgresql.dml import Insert, insert
from holdfast.dialects.postgresql.driver_dialects import PGDialect_psycopg as dialect
from holdfast.dialects.postgresql.exclusion import ExcludeConstraint
from holdfast.dialects.postgresql.factory import (
    class_for,
    default_driver,
    knows_driver,
    make_dialect,
    shares_connection,
)
from holdfast.dialects.postgresql.hstore import hstore
from holdfast.dialects.postgresql.inspector import PGInspector
from holdfast.dialects.postgresql.listening import AsyncListener, Listener, Notification
from holdfast.dialects.postgresql.named_types import CreateDomainType, CreateEnumType, DropDomainType, DropEnumType
from holdfast.dialects.postgresql.range_values import MultiRange, Range
from holdfast.dialects.postgresql.ranges import AbstractMultiRange, AbstractRange, AbstractSingleRange
from holdfast.dialects.postgresql.search import (
    phraseto_tsquery,
    plainto_tsquery,
    to_tsquery,
    to_tsvector,
    ts_headline,
    websearch_to_tsquery,
)
from holdfast.dialects.postgresql.types import (
    ARRAY,
    BIGINT,
    BIT,
    BOOLEAN,
    BYTEA,
    CHAR,
    CIDR,
    CITEXT,
    DATE,
    DATEMULTIRANGE,
    DATERANGE,
    DOMAIN,
    DOUBLE_PRECISION,
    ENUM,
    FLOAT,
    HSTORE,
    INET,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    INTEGER,
    INTERVAL,
    JSON,
    JSONB,
    JSONPATH,
    MACADDR,
    MACADDR8,
    MONEY,
    NUMERIC,
    NUMMULTIRANGE,
    NUMRANGE,
    OID,
    REAL,
    REGCLASS,
    REGCONFIG,
    SMALLINT,
    TEXT,
    TIME,
    TIMESTAMP,
    TSMULTIRANGE,
    TSQUERY,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
    TSVECTOR,
    UUID,
    VARCHAR,
    NamedType,
)
from holdfast.sql.ordered_aggregates import OrderedArgument as aggregate_order_by

__all__ = [
    "ARRAY", "BIGINT", "BIT", "BOOLEAN", "BYTEA", "CHAR", "CIDR", "CITEXT", "DATE", "DATEMULTIRANGE", "DATERANGE",
    "DOMAIN", "DOUBLE_PRECISION", "ENUM", "FLOAT", "HSTORE", "INET", "INT4MULTIRANGE", "INT4RANGE", "INT8MULTIRANGE",
    "INT8RANGE", "INTEGER", "INTERVAL", "JSON", "JSONB", "JSONPATH", "MACADDR", "MACADDR8", "MONEY", "NUMERIC",
    "NUMMULTIRANGE", "NUMRANGE", "OID", "REAL", "REGCLASS", "REGCONFIG", "SMALLINT", "TEXT", "TIME", "TIMESTAMP",
    "TSMULTIRANGE", "TSQUERY", "TSRANGE", "TSTZMULTIRANGE", "TSTZRANGE", "TSVECTOR", "UUID", "VARCHAR",
    "AbstractMultiRange", "AbstractRange", "AbstractSingleRange", "AddDomainCheck", "AddEnumValue", "All", "Any",
    "AsyncListener", "BitString", "CreateDomainType", "CreateEnumType", "DropDomainCheck", "DropDomainType", "DropEnumType",
    "ExcludeConstraint", "Insert", "Listener", "MultiRange", "NamedType", "Notification", "PGInspector",
    "PostgreSQLDialect", "Range", "RenameEnumValue", "SetDomainDefault", "SetDomainNotNull", "ValidateDomainCheck",
    "aggregate_order_by", "array", "array_agg", "dialect", "distinct_on",
    "hstore", "insert", "class_for", "default_driver", "knows_driver", "make_dialect", "phraseto_tsquery", "plainto_tsquery", "shares_connection", "to_tsquery",
    "to_tsvector", "ts_headline", "websearch_to_tsquery",
]  # fmt: skip
