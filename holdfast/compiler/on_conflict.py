"""Writes ON CONFLICT."""

from __future__ import annotations

from typing import Any

from holdfast.compiler.identifiers import quote
from holdfast.compiler.select import SelectCompiler
from holdfast.sql.columns import ColumnClause


class OnConflictCompiler(SelectCompiler):
    """Writes what happens to a row of an INSERT that violates a unique constraint."""

    def on_conflict(self, insert: Any) -> str:
        """Return the clause, or nothing where the statement has none."""
        action = getattr(insert, "_conflict", None)
        if action is None:
            return ""
        if action == "duplicate key":
            self.refuse_unless(self.capabilities.duplicate_key, insert)
            return self._on_duplicate_key(insert)
        self.refuse_unless(self.capabilities.on_conflict, insert)
        text = f" ON CONFLICT{self._conflict_target(insert)}"
        if action == "nothing":
            return f"{text} DO NOTHING"
        updates = ", ".join(f"{self._target_of(column)} = {self.process(value)}" for column, value in insert._updates)
        return f"{text} DO UPDATE SET {updates}{self.where(' WHERE ', insert._update_where)}"

    def _target_of(self, column: Any) -> str:
        """Return a column, or a member of one, as the place of a value."""
        return self.quote(column.name) if isinstance(column, ColumnClause) else self.process(column, within_table=False)

    def _on_duplicate_key(self, insert: Any) -> str:
        # The rows of a SELECT take no name.
        alias = self.capabilities.inserted_alias if insert._select is None else None
        if alias is not None and alias == insert.table.name:
            alias = f"{alias}_1"
        context = {"inserted": insert._inserted, "inserted_as": alias, "within_table": True}
        updates = ", ".join(
            f"{self.quote(column.name)} = {self.process(value, **context)}" for column, value in insert._updates
        )
        named = "" if alias is None else f" AS {alias}"
        return f"{named} ON DUPLICATE KEY UPDATE {updates}"

    def _conflict_target(self, insert: Any) -> str:
        if insert._constraint is not None:
            return f" ON CONSTRAINT {quote(insert._constraint, self.dialect)}"
        if not insert._target:
            return ""
        # An index is one of the table's own: its columns stand without the table.
        elements = self.listed(insert._target, within_table=False)
        criteria = " AND ".join(self.criterion(criterion, within_table=False) for criterion in insert._target_where)
        return f" ({elements})" + (f" WHERE {criteria}" if criteria else "")
