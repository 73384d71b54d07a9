"""What the faces of MySQL and of MariaDB both offer: INSERT, LIMIT, MATCH and the types."""

from holdfast.dialects.mysql.choices import ENUM, SET
from holdfast.dialects.mysql.dml import Insert, insert, limit
from holdfast.dialects.mysql.factory import class_for, default_driver, knows_driver, make_dialect, shares_connection
from holdfast.dialects.mysql.match import match
from holdfast.dialects.mysql.numbers import (
    BIGINT,
    BIT,
    DECIMAL,
    DOUBLE,
    FLOAT,
    INTEGER,
    MEDIUMINT,
    NUMERIC,
    REAL,
    SMALLINT,
    TINYINT,
    YEAR,
)
from holdfast.dialects.mysql.strings import (
    CHAR,
    LONGBLOB,
    LONGTEXT,
    MEDIUMBLOB,
    MEDIUMTEXT,
    NCHAR,
    NVARCHAR,
    TEXT,
    TINYBLOB,
    TINYTEXT,
    VARCHAR,
)
from holdfast.dialects.mysql.times import DATETIME, TIME, TIMESTAMP
from holdfast.sql.types import BINARY, BLOB, BOOLEAN, DATE, JSON, VARBINARY

__all__ = [
    "Insert", "insert", "limit", "class_for", "default_driver", "knows_driver", "make_dialect", "match", "shares_connection",
    "BIGINT", "BINARY", "BIT", "BLOB", "BOOLEAN", "CHAR", "DATE", "DATETIME", "DECIMAL", "DOUBLE", "ENUM", "FLOAT",
    "INTEGER", "JSON", "LONGBLOB", "LONGTEXT", "MEDIUMBLOB", "MEDIUMINT", "MEDIUMTEXT", "NCHAR", "NUMERIC", "NVARCHAR",
    "REAL", "SET", "SMALLINT", "TEXT", "TIME", "TIMESTAMP", "TINYBLOB", "TINYINT", "TINYTEXT", "VARBINARY", "VARCHAR",
    "YEAR",
]  # fmt: skip
