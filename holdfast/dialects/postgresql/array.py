"""Arrays of PostgreSQL, under the path by which some programs import them."""

from holdfast.dialects.postgresql.arrays import All_ as All
from holdfast.dialects.postgresql.arrays import Any_ as Any
from holdfast.dialects.postgresql.arrays import array
from holdfast.dialects.postgresql.types import ARRAY

__all__ = [
    "ARRAY",
    "All",
    "Any",
    "array",
]
