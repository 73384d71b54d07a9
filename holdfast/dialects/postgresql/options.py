"""Options of tables, indexes and constraints that PostgreSQL alone understands."""

from typing import Any

OPTIONS: dict[str, dict[str, Any]] = {
    "Table": {
        "ignore_search_path": False, "tablespace": None, "partition_by": None, "with_oids": None, "with": None,
        "on_commit": None, "inherits": None, "using": None,
    },
    "Index": {
        "using": False, "include": None, "where": None, "ops": {}, "concurrently": False, "with": {}, "tablespace": None,
        "nulls_not_distinct": None,
    },
    "PrimaryKeyConstraint": {"include": None},
    "UniqueConstraint": {"include": None, "nulls_not_distinct": None},
    "ForeignKeyConstraint": {"not_valid": False},
    "ForeignKey": {"not_valid": False},
    "CheckConstraint": {"not_valid": False},
}  # fmt: skip
"""See `sql.dialect_options`."""
