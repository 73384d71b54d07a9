"""Writes INSERT: of one row, of several, from a SELECT; and decides how what SQL makes of the key comes back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from holdfast import exc
from holdfast.compiler.assignments import has_python_default, is_lone_literal
from holdfast.compiler.dml_columns import Setting
from holdfast.compiler.insert_batch import Fetches
from holdfast.compiler.insert_rows import BatchCompiler
from holdfast.sql.binds import BindParameter
from holdfast.sql.dml_clauses import ColumnValue
from holdfast.sql.insert import default_name


class InsertCompiler(BatchCompiler):
    """Writes INSERT.

    The key of one row comes back in one of three ways: the driver tells the number that the database counted; RETURNING
    brings what SQL made; or, where there is neither, the expression is asked for by a statement ahead of the INSERT,
    which then gets the value as a parameter.

    Attributes:
        key_counted: the key of the column whose number the driver tells.
        key_first: the columns whose defaults are asked for ahead of the statement.
    """

    key_counted: str | None = None
    key_first: tuple[Any, ...] = ()
    _asks_first = False

    def _target(self, insert: Any) -> str:
        return self.sources(insert, [insert.table]) if insert._hints else str(self.process(insert.table))

    def visit_insert(self, insert: Any, top: bool = False, **context: Any) -> str:
        words = "".join(f"{word} " for word in self.words(insert._prefixes))
        into = f"INSERT {words}INTO {self._target(insert)}"
        if insert._select is not None:
            return into + self._from_select(insert, top)
        if insert._rows:
            return into + self._rows(insert) + self._behind_values(insert) + self.returning(insert, top)
        returns = top and self._fetches and not insert._inline and self._chooses_way_of_key(insert)
        pairs = self.set_pairs(insert)
        warn_of_missing_keys(insert.table, [column for column, _ in pairs])
        key = self._made_of_key(insert, pairs) if returns else ()
        if top and self._fetches is Fetches.ROWS and (key or insert._returning):
            return self.many_rows(insert, into, pairs, key)
        names = ", ".join(self._target_of(column) for column, _ in pairs)
        values = ", ".join(self.value_texts(insert, pairs))
        row = f"({names}) VALUES ({values})" if pairs else self.capabilities.empty_row
        return f"{into} {row}{self._behind_values(insert)}{self.returning(insert, top, key)}"

    # -- the key -------------------------------------------------------------------------------------------------------

    def _chooses_way_of_key(self, insert: Any) -> bool:
        """Note how the key of one row comes back; return True for RETURNING."""
        asked = insert._return_defaults is not None
        if insert._returning:
            if asked:
                raise exc.CompileError(
                    "Can't compile statement that includes returning() and return_defaults() simultaneously"
                )
            return False
        table = insert.table
        if self._fetches is not Fetches.KEY:
            return asked and returns_keys(self.capabilities, table)
        counted = getattr(table, "autoincrement_column", None) if self.capabilities.lastrowid else None
        if returns_keys(self.capabilities, table) and (asked or counted is None):
            return True
        self.key_counted = None if counted is None else counted.key
        self._asks_first = True
        return False

    def runs_first(self, column: Any) -> bool:
        if not self._asks_first or not column.primary_key:
            return False
        self.key_first += (column,)
        return True

    def _made_of_key(self, insert: Any, pairs: list[tuple[Any, Any]]) -> tuple[Any, ...]:
        """Return the columns whose values the database makes and only RETURNING tells: those of the key, and what
        `return_defaults` asks for.
        """
        given = {id(column): value for column, value in pairs}
        table, defaults, further = insert.table, insert._return_defaults, insert._supplemental
        asked = defaults is not None
        wanted = set(map(id, (defaults or table.c) if asked else ()))
        made = []
        for column in (*getattr(table, "primary_key", ()), *[one for one in table.c if asked and not one.primary_key]):
            if any(column is one for one in further):
                is_made = True
            elif not column.primary_key and id(column) not in wanted:
                is_made = False
            elif id(column) in given:
                value = given[id(column)]
                is_made = value is not None and not isinstance(value, BindParameter)
            else:
                is_counted = column is table.autoincrement_column
                is_made = not column.primary_key or column.server_default is not None or is_counted
            if is_made:
                made.append(column)
        self.key_made = tuple(column.key for column in made)
        return tuple(made)

    # -- from a SELECT -------------------------------------------------------------------------------------------------

    def _from_select(self, insert: Any, top: bool) -> str:
        columns = [insert.table.c[key] for key in insert._select_names]
        select = insert._select
        if insert._select_defaults:
            named = {id(column) for column in columns}
            added = self._defaults_beside(column for column in insert.table.c if id(column) not in named)
            if added:
                select = _extended(select, added)
                columns += [column for column, _ in added]
        names = ", ".join(self.quote(column.name) for column in columns)

        def write() -> str:
            # What RETURNING makes up is numbered first, though it stands last.
            returning, behind = self.written_apart(lambda: self.returning(insert, top))
            rows = self.process(select, within_from=not top, correlated=False, in_insert=True)
            text = f"{rows}{self._behind_values(insert)}"
            self.slots += behind
            return text + returning

        return f" ({names}) {super().with_ctes(insert, write) if self._has_with_inside(insert) else write()}"

    def with_ctes(self, statement: Any, write: Callable[[], str]) -> str:
        return write() if self._has_with_inside(statement) else super().with_ctes(statement, write)

    def _has_with_inside(self, statement: Any) -> bool:
        """Return True for an INSERT whose WITH stands between its names and its SELECT."""
        return statement.is_insert and statement._select is not None and self.capabilities.cte_after_insert

    def _defaults_beside(self, columns: Any) -> list[tuple[Any, Any]]:
        """Return the columns that have defaults, with the expressions that the SELECT gets for them."""
        found = []
        for column in columns:
            expression = self.sql_default(column)
            if expression is None and has_python_default(column):
                expression = ColumnValue(column.key, type_=column.type)
                self._renamed.append(expression)  # kept: its identity is its name
            if expression is not None:
                found.append((column, expression))
        return found

    # -- several rows --------------------------------------------------------------------------------------------------

    def _rows(self, insert: Any) -> str:
        first = {id(clause.column) for clause in insert._rows[0].clauses}
        defaults = {id(column): default for column, default in self._row_defaults(insert.table)}
        columns = [column for column in insert.table.c if id(column) in first or id(column) in defaults]
        warn_of_missing_keys(insert.table, columns)
        written = []
        for number, row in enumerate(insert._rows):
            given = {id(clause.column): clause.value for clause in row.clauses}
            for clause in row.clauses:
                if not any(clause.column is column for column in columns):
                    raise exc.CompileError(
                        f"Row {number} of the VALUES sets {clause.column}, the first one does not. {_ALIKE}"
                    )
            for column in columns:
                if id(column) not in given and id(column) not in defaults:
                    raise exc.CompileError(
                        f"INSERT value for column {column} is explicitly rendered as a boundparameter in the VALUES clause; "
                        f"a Python-side value or SQL expression is required; row {number} lacks it. {_ALIKE}"
                    )
            pairs = [(column, given.get(id(column), defaults.get(id(column)))) for column in columns]
            write = partial(self._cell, number=number)
            with self.setting(Setting(insert, pairs, write)):
                written.append(f"({', '.join(write(column, value) for column, value in pairs)})")
        names = ", ".join(self.quote(column.name) for column in columns)
        return f" ({names}) VALUES {', '.join(written)}"

    def _row_defaults(self, table: Any) -> list[tuple[Any, Any]]:
        """Return the columns that have defaults, each with its SQL or None for what Python makes."""
        found = [(column, self.sql_default(column)) for column in table.c]
        return [(column, default) for column, default in found if default is not None or has_python_default(column)]

    def _cell(self, column: Any, value: Any, number: int) -> str:
        """Return a value of one row among several; None: Python makes it at the execution."""
        if value is None:
            return self.parameter(column, default_name(column, number))
        if isinstance(value, ColumnValue):
            return self.visit_bindparam(value.copy(key=f"{column.key}_m{number}"), holder=value)
        if number == 0 and is_lone_literal(value):
            return self.visit_bindparam(self.named_after(value, f"{column.key}_m0"), holder=value)
        return self.process(value)


_ALIKE = "Give each row the same keys."


def returns_keys(capabilities: Any, table: Any) -> bool:
    """Return True if RETURNING may be sent, unasked, for what the database makes of a row of this table."""
    return bool(capabilities.insert_returning and getattr(table, "implicit_returning", True))


def warn_of_missing_keys(table: Any, columns: list[Any]) -> None:
    """Warn of an INSERT in which neither the program nor the database makes a part of the primary key.

    Args: columns: those that get a value.
    """
    key = list(getattr(table, "primary_key", ()))
    for column in key:
        if any(column is one for one in columns) or column.server_default is not None or column.nullable:
            continue
        if column is table.autoincrement_column:
            continue
        message = (
            f"Column '{table.name}.{column.name}' is marked as a member of the primary key for table '{table.name}', but has "
            "no Python-side or server-side default generator indicated, nor does it indicate 'autoincrement=True' or "
            "'nullable=True', and no explicit value is passed.  Primary key columns typically may not store NULL."
        )
        if len(key) > 1:
            message += (
                " In a primary key of several columns none is generated unless it says 'autoincrement=True': give "
                f"'{column.name}' a value."
            )
        exc.warn(message)


def _extended(select: Any, added: list[tuple[Any, Any]]) -> Any:
    """Return a SELECT with more columns.

    Raises: CompileError: it is no plain SELECT.
    """
    if select.visit_name != "select":
        names = ", ".join(repr(column.key) for column, _ in added)
        raise exc.CompileError(
            f"Can't extend statement for INSERT..FROM SELECT to include additional default-holding column(s) {names}.  "
            "Convert the selectable to a subquery() first, or pass include_defaults=False to Insert.from_select() to skip "
            "these columns."
        )
    return select.add_columns(*[expression for _, expression in added])
