"""Options of tables, indexes, columns and constraints that SQLite alone understands."""

from typing import Any

OPTIONS: dict[str, dict[str, Any]] = {
    "Table": {"autoincrement": False, "with_rowid": True, "strict": False},
    "Index": {"where": None},
    "Column": {"on_conflict_primary_key": None, "on_conflict_not_null": None, "on_conflict_unique": None},
    "Constraint": {"on_conflict": None},
}
"""See `sql.dialect_options`."""
