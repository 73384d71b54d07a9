"""Options of tables, indexes, keys and statements that MySQL alone understands."""

from typing import Any

OPTIONS: dict[str, dict[str, Any]] = {
    "Table": {"*": None},
    "Index": {"using": None, "length": None, "prefix": None, "with_parser": None},
    "PrimaryKeyConstraint": {"using": None},
    "Update": {"limit": None},
    "Delete": {"limit": None},
}
"""See `sql.dialect_options`."""
