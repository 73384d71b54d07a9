"""MATCH ... AGAINST, under the path by which some programs import it."""

from holdfast.dialects.mysql import match

__all__ = [
    "match",
]
