"""Writes the values of INSERT and UPDATE: plain ones, defaults that are SQL, several rows, and those of a SELECT."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.select import SelectCompiler
from holdfast.sql.binds import BindParameter
from holdfast.sql.dml import ColumnValue, default_name
from holdfast.sql.expressions import BinaryExpression


class InsertedValuesCompiler(SelectCompiler):
    """Writes what columns are set to."""

    def value_of(self, column: Any, value: Any) -> str:
        """Return what a column is set to.

        Args:
            value: an expression; None: a parameter of the column's name.
        """
        if value is None:
            return self.parameter(column)
        if isinstance(value, ColumnValue):
            if self._in_cte:
                # Another statement around it may have a parameter of the column's name.
                renamed = value.copy(key="param", unique=True)
                self._renamed.append(renamed)  # kept: its identity is its name
                return self.visit_bindparam(renamed, holder=value)
            self.names.reserve(value.key)
        if _is_lone_literal(value) and not isinstance(column, BinaryExpression):
            self.names.reserve(column.key)
            return self.visit_bindparam(self._named_after(value, column.key), holder=value)
        return self.process(value)

    def _named_after(self, literal: Any, name: str) -> ColumnValue:
        """Return the parameter of a literal that stands alone: it is named like a plain value."""
        named = ColumnValue(name, literal.value, literal.type, literal_execute=literal.literal_execute)
        self._renamed.append(named)
        return named

    def sql_default(self, statement: Any, column: Any) -> Any:
        """Return the SQL expression that a column gets when no value is given, or None."""
        default = getattr(column, "default" if statement.is_insert else "onupdate", None)
        if default is not None and getattr(default, "is_clause_element", False):
            if getattr(default, "is_sequence", False) and not self.dialect.capabilities.sequences:
                return None
            expression = default.arg.self_group()
            # Its values are no part of the statement: they stay with the compiled form.
            self._constants.update({id(holder): holder for holder in expression._values})
            return expression
        return None

    # -- several rows --------------------------------------------------------------------------------------------------

    def rows_of(self, insert: Any) -> str:
        """Return the columns and VALUES of an INSERT with several rows: columns that no row names get their defaults.

        Raises: CompileError: the rows have different columns.
        """
        first = {id(clause.column) for clause in insert._rows[0].clauses}
        defaults = {
            id(column): default
            for column in insert.table.c
            if id(column) not in first and (default := self.sql_default(insert, column)) is not None
        }
        columns = [
            column
            for column in insert.table.c
            if id(column) in first or id(column) in defaults or has_python_default(column)
        ]
        known = set(map(id, columns))
        written = []
        for number, row in enumerate(insert._rows):
            values = {id(clause.column): clause.value for clause in row.clauses}
            if not values.keys() <= known:
                more = next(clause.column for clause in row.clauses if id(clause.column) not in known)
                raise exc.CompileError(f"Row {number} of the VALUES sets {more}, the first one does not. {_ALIKE}")
            cells = [self._cell(column, values.get(id(column)), number, defaults) for column in columns]
            written.append(f"({', '.join(cells)})")
        names = ", ".join(self.quote(column.name) for column in columns)
        return f" ({names}) VALUES {', '.join(written)}"

    def _cell(self, column: Any, value: Any, number: int, defaults: dict[int, Any]) -> str:
        """Return what a column of one of several rows is set to."""
        if value is None and id(column) in defaults:
            return self.process(defaults[id(column)])
        if value is None and has_python_default(column):
            return self.parameter(column, default_name(column, number))
        if value is None:
            raise exc.CompileError(
                f"INSERT value for column {column} is explicitly rendered as a boundparameter in the VALUES clause; "
                f"row {number} lacks it. {_ALIKE}"
            )
        if isinstance(value, ColumnValue):
            return self.visit_bindparam(value.copy(key=f"{column.key}_m{number}"), holder=value)
        if number == 0 and _is_lone_literal(value):
            return self.visit_bindparam(self._named_after(value, f"{column.key}_m0"), holder=value)
        return self.process(value)

    # -- the rows of a SELECT ------------------------------------------------------------------------------------------

    def select_of(self, insert: Any) -> tuple[list[Any], str]:
        """Return the columns of an INSERT from a SELECT, and the SELECT with the WITH that belongs there.

        Columns that are not named get their defaults as more columns of the SELECT.
        """
        columns = [insert.table.c[key] for key in insert._select_names]
        select = insert._select
        added = self._defaults_beside(insert) if insert._select_defaults else {}
        if added:
            if getattr(select, "visit_name", None) != "select":
                raise exc.CompileError(
                    "Can't extend statement for INSERT..FROM SELECT to include additional default-holding column(s) "
                    f"{', '.join(repr(column.key) for column, _ in added.values())}.  Convert the selectable to a "
                    "subquery() first, or pass include_defaults=False to Insert.from_select() to skip these columns."
                )
            columns += [column for column, _ in added.values()]
            select = select.add_columns(*[value for _, value in added.values()])
            self._renamed.append(select)  # kept: its names go by the identity of its parts
        if not self.capabilities.cte_after_insert:
            return columns, self.process(select, correlated=False)
        levels, self._levels = self._levels, []
        try:
            return columns, self.with_ctes(select, lambda: self.process(select, correlated=False))
        finally:
            self._levels = levels

    def _defaults_beside(self, insert: Any) -> dict[str, tuple[Any, Any]]:
        """Return column and value of the defaults that no column of the SELECT stands for."""
        found: dict[str, tuple[Any, Any]] = {}
        for column in insert.table.c:
            if column.key in insert._select_names:
                continue
            if has_python_default(column):
                value: Any = BindParameter(column.key, None, column.type, required=True)
            else:
                value = self.sql_default(insert, column)
            if value is not None:
                found[column.key] = (column, value)
        return found


_ALIKE = "Give each row the same keys."


def _is_lone_literal(value: Any) -> bool:
    return isinstance(value, BindParameter) and value.unique and not value.required and value.callable is None


def has_python_default(column: Any, which: str = "default") -> bool:
    """Return True for a column whose value, if none is given, is made by Python at the execution.

    Args: which: "default", or "onupdate" of an UPDATE.
    """
    default = getattr(column, which, None)
    return default is not None and not getattr(default, "is_clause_element", True)
