"""Writes INSERT, UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.select import SelectCompiler
from holdfast.sql.dml import default_name


class DmlCompiler(SelectCompiler):
    """Writes statements that change rows.

    Args:
        column_keys: columns whose values come with the execution; None: none was said.
    """

    def __init__(
        self, dialect: Any, statement: Any, literal_binds: bool = False, column_keys: tuple[str, ...] | None = None
    ) -> None:
        super().__init__(dialect, statement, literal_binds)
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
        pairs = []
        for key, column in statement.table.c.items():
            if id(column) in given:
                pairs.append((column, given[id(column)]))
            elif key in by_key:
                pairs.append((column, None))
            elif self._column_keys is None:
                # Shown without an execution: as the execution will write it.
                if statement.is_insert and _has_python_default(column):
                    pairs.append((column, None))
            else:
                default = self._sql_default(statement, column)
                if default is not None:
                    pairs.append((column, default))
        return pairs

    def _shows_all(self, statement: Any) -> bool:
        return "_set" not in statement.__dict__

    def _sql_default(self, statement: Any, column: Any) -> Any:
        """Return the SQL expression that a column gets when no value is given, or None."""
        default = getattr(column, "default" if statement.is_insert else "onupdate", None)
        if default is not None and getattr(default, "is_clause_element", False):
            return default.arg.self_group()
        return None

    def visit_insert(self, insert: Any, top: bool = False, **context: Any) -> str:
        into = f"INSERT INTO {self.process(insert.table)}"
        if insert._select is not None:
            names = ", ".join(self.quote(insert.table.c[key].name) for key in insert._select_names)
            return f"{into} ({names}) {self.process(insert._select)}{self._returning(insert, top)}"
        if insert._rows:
            return into + self._rows(insert) + self._returning(insert, top)
        pairs = self._set_pairs(insert)
        if not pairs:
            return f"{into} DEFAULT VALUES{self._returning(insert, top)}"
        names = ", ".join(self.quote(column.name) for column, _ in pairs)
        values = ", ".join(self._value(column, value) for column, value in pairs)
        return f"{into} ({names}) VALUES ({values}){self._returning(insert, top)}"

    def _value(self, column: Any, value: Any) -> str:
        return self.parameter(column) if value is None else self.process(value)

    def _rows(self, insert: Any) -> str:
        columns = [
            column
            for column in insert.table.c
            if any(clause.column is column for clause in insert._rows[0].clauses) or _has_python_default(column)
        ]
        written = []
        for number, row in enumerate(insert._rows):
            by_column = {id(clause.column): clause.value for clause in row.clauses}
            cells = []
            for column in columns:
                value = by_column.get(id(column))
                if value is None and _has_python_default(column):
                    cells.append(self.parameter(column, default_name(column, number)))
                    continue
                if value is None:
                    raise exc.CompileError(
                        f"INSERT value for column {column} is explicitly rendered as a boundparameter in the VALUES clause; "
                        f"row {number} lacks it. Give each row the same keys."
                    )
                if value.visit_name == "bindparam" and not value.unique:
                    self._bind_names[id(value)] = f"{column.key}_m{number}"
                    cells.append(self._numbered(value, f"{column.key}_m{number}"))
                else:
                    cells.append(self.process(value))
            written.append(f"({', '.join(cells)})")
        names = ", ".join(self.quote(column.name) for column in columns)
        return f" ({names}) VALUES {', '.join(written)}"

    def _numbered(self, bind: Any, name: str) -> str:
        """Return the placeholder of one cell of many rows."""
        return self.visit_bindparam(bind.copy(key=name), holder=bind)

    def visit_update(self, update: Any, top: bool = False, **context: Any) -> str:
        pairs = self._set_pairs(update)
        if not pairs:
            raise exc.CompileError(f"UPDATE of '{update.table.name}' sets nothing; give it values()")
        self._around.append([update.table])
        assignments = ", ".join(f"{self.quote(column.name)}={self._value(column, value)}" for column, value in pairs)
        text = f"UPDATE {self.process(update.table)} SET {assignments}{self._where(update)}"
        self._around.pop()
        return text + self._returning(update, top)

    def visit_delete(self, delete: Any, top: bool = False, **context: Any) -> str:
        self._around.append([delete.table])
        text = f"DELETE FROM {self.process(delete.table)}{self._where(delete)}"
        self._around.pop()
        return text + self._returning(delete, top)

    def _where(self, statement: Any) -> str:
        return f" WHERE {self._criteria(statement._where)}" if statement._where else ""

    def _returning(self, statement: Any, top: bool) -> str:
        if not statement._returning:
            return ""
        capabilities = self.capabilities
        if not getattr(capabilities, f"{statement.visit_name}_returning"):
            raise exc.CompileError(
                f"RETURNING is not supported by this dialect's {statement.visit_name.upper()} statement."
            )
        written, results = [], []
        for column in statement.raw_columns:
            name, label = self._named(_PLAIN, column, {}, {}, False)
            text = self.process(column, within_table=capabilities.returning_with_table)
            written.append(text if label is None else f"{text} AS {self.quote(label)}")
            results.append(self.result_column(column, label or name or text, name))
        if top:
            self.columns = tuple(results)
        return " RETURNING " + ", ".join(written)


def _has_python_default(column: Any) -> bool:
    """Return True for a column whose value, if none is given, is made by Python at the execution."""
    default = getattr(column, "default", None)
    return default is not None and not getattr(default, "is_clause_element", True)


class _PlainStyle:
    """Names columns as they are."""

    _label_style = "none"


_PLAIN = _PlainStyle()
