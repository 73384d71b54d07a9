"""All types of PostgreSQL under one name: its own, and the common ones that it has too. Defines nothing."""

from holdfast.dialects.postgresql.arrays import ARRAY
from holdfast.dialects.postgresql.bits import BIT
from holdfast.dialects.postgresql.hstores import HSTORE
from holdfast.dialects.postgresql.json import JSON, JSONB, JSONPATH
from holdfast.dialects.postgresql.named_types import DOMAIN, ENUM, NamedType
from holdfast.dialects.postgresql.networks import CIDR, INET, MACADDR, MACADDR8
from holdfast.dialects.postgresql.ranges import (
    DATEMULTIRANGE,
    DATERANGE,
    INT4MULTIRANGE,
    INT4RANGE,
    INT8MULTIRANGE,
    INT8RANGE,
    NUMMULTIRANGE,
    NUMRANGE,
    TSMULTIRANGE,
    TSRANGE,
    TSTZMULTIRANGE,
    TSTZRANGE,
)
from holdfast.dialects.postgresql.search import REGCONFIG, TSQUERY, TSVECTOR
from holdfast.dialects.postgresql.simple_types import (
    BYTEA,
    CITEXT,
    INTERVAL,
    MONEY,
    OID,
    REGCLASS,
    TIME,
    TIMESTAMP,
    UUID,
)
from holdfast.sql.types import (
    BIGINT,
    BOOLEAN,
    CHAR,
    DATE,
    DOUBLE_PRECISION,
    FLOAT,
    INTEGER,
    NUMERIC,
    REAL,
    SMALLINT,
    TEXT,
    VARCHAR,
)

__all__ = [
    "ARRAY", "BIGINT", "BIT", "BOOLEAN", "BYTEA", "CHAR", "CIDR", "CITEXT", "DATE", "DATEMULTIRANGE", "DATERANGE", "DOMAIN",
    "DOUBLE_PRECISION", "ENUM", "FLOAT", "HSTORE", "INET", "INT4MULTIRANGE", "INT4RANGE", "INT8MULTIRANGE", "INT8RANGE",
    "INTEGER", "INTERVAL", "JSON", "JSONB", "JSONPATH", "MACADDR", "MACADDR8", "MONEY", "NUMERIC", "NUMMULTIRANGE",
    "NUMRANGE", "NamedType", "OID", "REAL", "REGCLASS", "REGCONFIG", "SMALLINT", "TEXT", "TIME", "TIMESTAMP",
    "TSMULTIRANGE", "TSQUERY", "TSRANGE", "TSTZMULTIRANGE", "TSTZRANGE", "TSVECTOR", "UUID", "VARCHAR",
]  # fmt: skip
