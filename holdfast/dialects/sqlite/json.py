"""JSON of SQLite, under the path by which some programs import it."""

from holdfast.dialects.sqlite import JSON, JSONB

__all__ = [
    "JSON",
    "JSONB",
]
