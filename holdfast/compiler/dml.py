"""Writes UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.dml_columns import Setting
from holdfast.compiler.insert import InsertCompiler
from holdfast.compiler.linting import lint
from holdfast.sql.dml_clauses import ColumnValue
from holdfast.sql.froms import FromList
from holdfast.sql.hierarchies import watch, with_kind


class DmlCompiler(InsertCompiler):
    """Writes statements that change rows."""

    def visit_update(self, update: Any, top: bool = False, **context: Any) -> str:
        update = self._with_kind(update)
        pairs = self.set_pairs(update)
        if not pairs:
            raise exc.CompileError(f"UPDATE of '{update.table.name}' sets nothing; give it values()")
        others = self._other_froms(update)
        self._around.append([update.table, *others])
        words = "".join(f"{word} " for word in self.words(update._prefixes))
        if others and self.capabilities.updates_several:
            tables = self.sources(update, [update.table, *others])
            text = f"UPDATE {words}{tables} SET {self._assignments(update, pairs, True)}"
        else:
            assignments = self._assignments(update, pairs)
            text = f"UPDATE {words}{self.sources(update, [update.table])} SET {assignments}"
            if others:
                text += " FROM " + self.sources(update, others)
        text += self.where(" WHERE ", update._where) + self.row_limit(update)
        text += self.extensions(update, "post_criteria", " ", "")
        self._around.pop()
        if self.lints and others:
            lint("UPDATE", [update.table, *others], update._where, self._name_of)
        made = self._made_by_change(update, pairs) if top else ()
        return text + self.returning(update, top, made)

    def _with_kind(self, statement: Any) -> Any:
        """Return a statement of a class without a table of its own with the condition that a row is of that class."""
        if not watch.kinds or statement.entity is None:
            return statement
        settled, criteria = with_kind(statement)
        self.keep_values(criteria)
        return settled

    def _assignments(self, update: Any, pairs: list[tuple[Any, Any]], with_table: bool = False) -> str:
        """Return what SET is followed by."""
        target = self.process if with_table else self._target_of
        written = []
        with self.setting(Setting(update, pairs, self.value_text)):
            for column, value in pairs:
                written.append(f"{target(column)}={self.value_text(column, value)}")
        return ", ".join(written)

    def row_limit(self, statement: Any) -> str:
        """Return LIMIT of UPDATE and DELETE, where the statement has one that is for this database."""
        limit = statement.row_limit_for(self.dialect.name)
        if limit is None:
            return ""
        return f" LIMIT {limit if isinstance(limit, int) else self.process(limit)}"

    def visit_delete(self, delete: Any, top: bool = False, **context: Any) -> str:
        delete = self._with_kind(delete)
        others = self._other_froms(delete)
        self._around.append([delete.table, *others])
        words = "".join(f"{word} " for word in self.words(delete._prefixes))
        is_renamed = delete.table.visit_name == "alias" and not self.capabilities.delete_alias
        if (others or is_renamed) and self.capabilities.deletes_from_several:
            tables = self.sources(delete, [delete.table, *others])
            text = f"DELETE {words}FROM {self.process(delete.table)} USING {tables}"
        else:
            text = f"DELETE {words}FROM {self.sources(delete, [delete.table])}"
            if others:
                text += self.dialect.delete_using_text(self.sources(delete, others))
        text += self.where(" WHERE ", delete._where) + self.row_limit(delete)
        text += self.extensions(delete, "post_criteria", " ", "")
        self._around.pop()
        if self.lints and others:
            lint("DELETE", [delete.table, *others], delete._where, self._name_of)
        made = self._made_by_change(delete, []) if top else ()
        return text + self.returning(delete, top, made)

    def _made_by_change(self, statement: Any, pairs: list[tuple[Any, Any]]) -> tuple[Any, ...]:
        """Return the columns that `return_defaults` asks for: those given, else those that the database makes."""
        defaults = statement._return_defaults
        if defaults is None:
            return ()
        if statement._returning:
            raise exc.CompileError(
                "Can't compile statement that includes returning() and return_defaults() simultaneously"
            )
        in_sql = [column for column, value in pairs if value is not None and not isinstance(value, ColumnValue)]
        wanted = set(map(id, (*(defaults or in_sql), *statement._supplemental)))
        made = tuple(column for column in statement.table.c if id(column) in wanted)
        self.key_made = tuple(column.key for column in made)
        return made

    def _other_froms(self, statement: Any) -> list[Any]:
        """Return the FROM elements that values and criteria need beside the table itself."""
        values = [clause.value for clause in statement._set]
        found = FromList([statement.table])
        found.add(getattr(statement, "_using", ()))
        if statement.entity is None:
            # A statement of tables may set columns of others, where the database changes several at once.
            found.add(
                clause.column.table for clause in statement._set if getattr(clause.column, "table", None) is not None
            )
        found.add(source for part in (*values, *statement._where) for source in part._froms)
        hidden = {id(part) for source in found.elements for part in source._hidden}
        return [source for source in found.elements[1:] if id(source) not in hidden]
