"""PostgreSQL: its dialect and its INSERT."""

from holdfast.dialects.postgresql.dialect import PostgreSQLDialect
from holdfast.dialects.postgresql.dialect import PostgreSQLDialect as dialect
from holdfast.dialects.postgresql.dml import Insert, insert
from holdfast.dialects.postgresql.factory import make_dialect, shares_connection
from holdfast.sql.functions import array_agg
from holdfast.sql.ordered_aggregates import OrderedArgument as aggregate_order_by

__all__ = [
    "Insert",
    "PostgreSQLDialect",
    "dialect",
    "insert",
    "make_dialect",
    "shares_connection",
    "aggregate_order_by",
    "array_agg",
]
