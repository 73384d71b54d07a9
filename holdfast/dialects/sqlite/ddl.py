"""What differs in SQLite's CREATE: AUTOINCREMENT, ON CONFLICT, WITHOUT ROWID, STRICT, names of indexes, partial ones."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.ddl import DDLCompiler
from holdfast.compiler.identifiers import quote
from holdfast.exc import CompileError
from holdfast.sql.types import Integer

_CONFLICTS = frozenset(("ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"))


class SQLiteDDLCompiler(DDLCompiler):
    """Writes SQLite's CREATE and DROP."""

    def column_specification(self, column: Any) -> str:
        parts = [quote(column.name, self.dialect, column.quote), self.column_type(column), self.default_of(column)]
        if not column.nullable:
            parts.append("NOT NULL" + _on_conflict(column.dialect_options["sqlite"]["on_conflict_not_null"]))
        if _counts_itself(column):
            conflict = _on_conflict(column.dialect_options["sqlite"]["on_conflict_primary_key"])
            parts.append(f"PRIMARY KEY{conflict} AUTOINCREMENT")
        if column.computed is not None:
            parts.append(self.computed(column))
        return " ".join(part for part in parts if part)

    def primary_key(self, key: Any, name: str) -> str | None:
        columns = list(key.columns)
        if len(columns) == 1 and _counts_itself(columns[0]):
            return None
        return self._with_conflict(super().primary_key(key, name), key, "on_conflict_primary_key")

    def unique(self, constraint: Any, name: str) -> str | None:
        return self._with_conflict(super().unique(constraint, name), constraint, "on_conflict_unique")

    def _with_conflict(self, text: str | None, constraint: Any, option: str) -> str | None:
        """Return a constraint with its ON CONFLICT, or that of its only column."""
        conflict = constraint.dialect_options["sqlite"]["on_conflict"]
        columns = list(constraint.columns)
        if conflict is None and len(columns) == 1:
            conflict = columns[0].dialect_options["sqlite"][option]
        return None if text is None else text + _on_conflict(conflict)

    def constraint(self, constraint: Any) -> str | None:
        text = super().constraint(constraint)
        if text is not None and constraint.visit_name == "check":
            text += _on_conflict(constraint.dialect_options["sqlite"]["on_conflict"])
        return text

    def foreign_key(self, constraint: Any, name: str) -> str | None:
        # A foreign key can not leave its database, and a schema is a database of its own.
        if constraint.referred_table.schema != constraint.table.schema:
            return None
        return super().foreign_key(constraint, name)

    def referred_name(self, constraint: Any, table: Any) -> str:
        return quote(table.name, self.dialect, table.quote)

    def table_options(self, table: Any) -> str:
        options = table.dialect_options["sqlite"]
        words = [] if options["with_rowid"] is not False else ["WITHOUT ROWID"]
        words += ["STRICT"] if options["strict"] is True else []
        return "\n " + ",\n ".join(words) if words else ""

    def visit_create_index(self, ddl: Any, **keywords: Any) -> str:
        index = self.checked_index(ddl.element)
        table = index.table
        schema_name = self.dialect.schema_of(table)
        schema = f"{quote(schema_name, self.dialect)}." if schema_name else ""
        unique = "UNIQUE " if index.unique else ""
        guard = "IF NOT EXISTS " if ddl.if_not_exists else ""
        text = f"CREATE {unique}INDEX {guard}{schema}{self.index_name(index)} ON {self.referred_name(None, table)}"
        text += f" ({self.index_parts(index)})"
        where = index.dialect_options["sqlite"]["where"]
        return text if where is None else f"{text} WHERE {self.inline(where)}"


def _counts_itself(column: Any) -> bool:
    """Return True for the key of a table with ``sqlite_autoincrement=True``.

    Raises: CompileError: it asks to be counted, and is one of several columns of the key.
    """
    is_alone = len(column.table.primary_key.columns) == 1
    if column.primary_key and column.autoincrement is True and not is_alone:
        raise CompileError("SQLite does not support autoincrement for composite primary keys")
    if not column.primary_key or not is_alone or not column.table.dialect_options["sqlite"]["autoincrement"]:
        return False
    return isinstance(column.type, Integer) and not column.foreign_keys


def _on_conflict(action: str | None) -> str:
    if action is None:
        return ""
    if action.upper() not in _CONFLICTS:
        raise CompileError(f"Unexpected SQL phrase: {action!r}; ON CONFLICT knows {', '.join(sorted(_CONFLICTS))}")
    return f" ON CONFLICT {action}"
