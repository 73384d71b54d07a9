"""Expressions of PostgreSQL, under the path by which some programs import them."""

from holdfast.dialects.postgresql import (
    ExcludeConstraint,
    aggregate_order_by,
    array_agg,
    distinct_on,
    phraseto_tsquery,
    plainto_tsquery,
    to_tsquery,
    to_tsvector,
    ts_headline,
    websearch_to_tsquery,
)

__all__ = [
    "ExcludeConstraint",
    "aggregate_order_by",
    "array_agg",
    "distinct_on",
    "phraseto_tsquery",
    "plainto_tsquery",
    "to_tsquery",
    "to_tsvector",
    "ts_headline",
    "websearch_to_tsquery",
]
