"""JSON of MySQL and MariaDB, under the path by which some programs import it."""

from holdfast.dialects.mysql import JSON

__all__ = [
    "JSON",
]
