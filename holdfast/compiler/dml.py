"""Writes INSERT, UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.inserted_values import InsertedValuesCompiler, has_python_default
from holdfast.compiler.linting import lint
from holdfast.compiler.on_conflict import OnConflictCompiler
from holdfast.sql.binds import BindParameter
from holdfast.sql.dml import ColumnValue, MemberClause
from holdfast.sql.froms import FromList
from holdfast.sql.naming import LABEL_STYLE_NONE, name_columns


class DmlCompiler(InsertedValuesCompiler, OnConflictCompiler):
    """Writes statements that change rows.

    Args:
        column_keys: columns whose values come with the execution; None: none was said.
        fetches_key: an INSERT of one row brings back what the database makes of its key.

    Attributes:
        key_made: the keys of the columns whose values the INSERT brings back, though nobody asked for rows.
    """

    def __init__(
        self,
        dialect: Any,
        statement: Any,
        literal_binds: bool = False,
        column_keys: tuple[str, ...] | None = None,
        fetches_key: bool = False,
    ) -> None:
        super().__init__(dialect, statement, literal_binds)
        self.key_made: tuple[str, ...] = ()
        self._fetches_key = fetches_key
        self._column_keys = column_keys

    def _set_pairs(self, statement: Any) -> list[tuple[Any, Any]]:
        """Return (column, value node or None for a parameter), in the order of the table."""
        given = {id(clause.column): clause.value for clause in statement._set}
        keys = self._column_keys
        if keys is None and not statement._set and not getattr(statement, "_rows", ()):
            keys = tuple(statement.table.c.keys()) if self._shows_all(statement) else ()
        by_key = set(keys or ())
        unknown = by_key - set(statement.table.c.keys())
        if unknown:
            raise exc.CompileError(
                f"Unconsumed column names: {', '.join(sorted(map(str, unknown)))}. The table '{statement.table.name}' has the "
                f"columns {', '.join(statement.table.c.keys())}."
            )
        is_ordered = getattr(statement, "_ordered", False)
        # Parts of columns stand first, in their own order.
        first = [clause for clause in statement._set if is_ordered or isinstance(clause, MemberClause)]
        pairs = [(clause.column, clause.value) for clause in first]
        for key, column in statement.table.c.items():
            if id(column) in given:
                if not is_ordered:
                    pairs.append((column, given[id(column)]))
            elif key in by_key:
                pairs.append((column, None))
            elif self._column_keys is None:
                # Shown without an execution: as the execution will write it.
                if has_python_default(column, "default" if statement.is_insert else "onupdate"):
                    pairs.append((column, None))
                else:
                    self._add_sql_default(statement, column, pairs)
            else:
                self._add_sql_default(statement, column, pairs)
        return pairs

    def _add_sql_default(self, statement: Any, column: Any, pairs: list[tuple[Any, Any]]) -> None:
        default = self.sql_default(statement, column)
        if default is not None:
            pairs.append((column, default))

    def _shows_all(self, statement: Any) -> bool:
        return "_set" not in statement.__dict__

    def visit_insert(self, insert: Any, top: bool = False, **context: Any) -> str:
        words = "".join(f"{word} " for word in self.words(insert._prefixes))
        into = f"INSERT {words}INTO {self.process(insert.table)}"
        if insert._select is not None:
            # What RETURNING makes up is numbered first, though it stands last.
            returning, behind = self.written_apart(lambda: self._returning(insert, top))
            columns, select = self.select_of(insert)
            names = ", ".join(self.quote(column.name) for column in columns)
            conflict = self.on_conflict(insert)
            self.slots += behind
            return f"{into} ({names}) {select}{conflict}{returning}"
        if insert._rows:
            return into + self.rows_of(insert) + self.on_conflict(insert) + self._returning(insert, top)
        pairs = self._set_pairs(insert)
        key = self._made_of_key(insert, pairs) if top and self._fetches_key else ()
        if not pairs:
            return f"{into} {self.capabilities.empty_row}{self.on_conflict(insert)}{self._returning(insert, top, key)}"
        names = ", ".join(self._target_of(column) for column, _ in pairs)
        values = ", ".join(self.value_of(column, value) for column, value in pairs)
        return f"{into} ({names}) VALUES ({values}){self.on_conflict(insert)}{self._returning(insert, top, key)}"

    def _made_of_key(self, insert: Any, pairs: list[tuple[Any, Any]]) -> tuple[Any, ...]:
        """Return the columns whose values the database makes and only RETURNING tells: those of the key, and what
        `return_defaults` asks for.
        """
        defaults = insert._return_defaults
        if insert._returning and defaults is not None:
            raise exc.CompileError(
                "Can't compile statement that includes returning() and return_defaults() simultaneously"
            )
        wanted = defaults is not None
        if insert._returning or insert._inline or not self.capabilities.insert_returning:
            return ()
        if self.capabilities.lastrowid and not wanted:
            return ()
        given = {id(column): value for column, value in pairs}
        table = insert.table
        made = []
        others = (
            [column for column in table.c if not column.primary_key and _is_wanted(column, defaults)] if wanted else []
        )
        for column in (*getattr(table, "primary_key", ()), *others):
            if id(column) in given:
                value = given[id(column)]
                is_made = value is not None and not isinstance(value, BindParameter)
            else:
                is_made = column.server_default is not None or column is table.autoincrement_column
            if is_made:
                made.append(column)
        self.key_made = tuple(column.key for column in made)
        return tuple(made)

    def visit_update(self, update: Any, top: bool = False, **context: Any) -> str:
        pairs = self._set_pairs(update)
        if not pairs:
            raise exc.CompileError(f"UPDATE of '{update.table.name}' sets nothing; give it values()")
        others = self._other_froms(update)
        self._around.append([update.table, *others])
        words = "".join(f"{word} " for word in self.words(update._prefixes))
        if others and self.capabilities.updates_several:
            tables = self.listed([update.table, *others], as_from=True)
            text = f"UPDATE {words}{tables} SET {self._assignments(pairs, True)}"
        else:
            assignments = self._assignments(pairs)
            text = f"UPDATE {words}{self.process(update.table, as_from=True)} SET {assignments}"
            if others:
                text += " FROM " + self.listed(others, as_from=True)
        text += self.where(" WHERE ", update._where) + self.row_limit(update)
        self._around.pop()
        if self.lints and others:
            lint("UPDATE", [update.table, *others], update._where, self._name_of)
        made = self._made_by_change(update, pairs) if top else ()
        return text + self._returning(update, top, made)

    def _assignments(self, pairs: list[tuple[Any, Any]], with_table: bool = False) -> str:
        """Return what SET is followed by."""
        return ", ".join(
            f"{self.process(column) if with_table else self._target_of(column)}={self.value_of(column, value)}"
            for column, value in pairs
        )

    def row_limit(self, statement: Any) -> str:
        """Return LIMIT of UPDATE and DELETE, where the statement has one that is for this database."""
        limit = statement.row_limit_for(self.dialect.name)
        if limit is None:
            return ""
        return f" LIMIT {limit if isinstance(limit, int) else self.process(limit)}"

    def visit_delete(self, delete: Any, top: bool = False, **context: Any) -> str:
        others = self._other_froms(delete)
        self._around.append([delete.table, *others])
        words = "".join(f"{word} " for word in self.words(delete._prefixes))
        is_renamed = delete.table.visit_name == "alias" and not self.capabilities.delete_alias
        if (others or is_renamed) and self.capabilities.deletes_from_several:
            tables = self.listed([delete.table, *others], as_from=True)
            text = f"DELETE {words}FROM {self.process(delete.table)} USING {tables}"
        else:
            text = f"DELETE {words}FROM {self.process(delete.table, as_from=True)}"
            if others:
                text += self.dialect.delete_using_text(self.listed(others, as_from=True))
        text += self.where(" WHERE ", delete._where) + self.row_limit(delete)
        self._around.pop()
        if self.lints and others:
            lint("DELETE", [delete.table, *others], delete._where, self._name_of)
        made = self._made_by_change(delete, []) if top else ()
        return text + self._returning(delete, top, made)

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
        made = tuple(defaults or in_sql)
        self.key_made = tuple(column.key for column in made)
        return made

    def _other_froms(self, statement: Any) -> list[Any]:
        """Return the FROM elements that values and criteria need beside the table itself."""
        values = [clause.value for clause in statement._set]
        found = FromList([statement.table])
        found.add(source for part in (*values, *statement._where) for source in part._froms)
        return found.elements[1:]

    def _returning(self, statement: Any, top: bool, key: tuple[Any, ...] = ()) -> str:
        if not statement._returning and not key:
            return ""
        capabilities = self.capabilities
        if not getattr(capabilities, f"{statement.visit_name}_returning"):
            raise exc.CompileError(
                f"RETURNING is not supported by this dialect's {statement.visit_name.upper()} statement."
            )
        names = name_columns(key or statement.raw_columns, LABEL_STYLE_NONE, False)
        written = [self._labelled(name, top, within_table=capabilities.returning_with_table) for name in names]
        if top:
            self.columns = tuple(
                self._result(name, text, LABEL_STYLE_NONE) for name, text in zip(names, written, strict=True)
            )
        return " RETURNING " + ", ".join(written)


def _is_wanted(column: Any, defaults: tuple[Any, ...]) -> bool:
    """Return True for a column that `return_defaults` asks for; without columns it asks for all."""
    return not defaults or any(column is one for one in defaults)
