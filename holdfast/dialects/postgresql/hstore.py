"""HSTORE, under the path by which some programs import it."""

from holdfast.dialects.postgresql.hstores import hstore
from holdfast.dialects.postgresql.types import HSTORE

__all__ = [
    "HSTORE",
    "hstore",
]
