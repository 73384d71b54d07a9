"""Arrays of PostgreSQL, under the path by which some programs import them."""

from holdfast.dialects.postgresql import ARRAY, All, Any, array

__all__ = [
    "ARRAY",
    "All",
    "Any",
    "array",
]
