"""HSTORE, under the path by which some programs import it."""

from holdfast.dialects.postgresql import HSTORE, hstore

__all__ = [
    "HSTORE",
    "hstore",
]
