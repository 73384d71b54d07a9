"""Writes what INSERT, UPDATE and DELETE share: which columns get which values, and RETURNING."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.compiler.dml_columns import DmlColumnCompiler, Setting
from holdfast.compiler.insert_batch import Fetches
from holdfast.exc.shown import on_one_line
from holdfast.sql.binds import BindParameter
from holdfast.sql.dml_clauses import ColumnValue, MemberClause
from holdfast.sql.expressions import BinaryExpression, Tuple
from holdfast.sql.naming import LABEL_STYLE_DEFAULT, LABEL_STYLE_NONE, name_columns


class AssignmentCompiler(DmlColumnCompiler):
    """Writes the values of columns.

    Args:
        column_keys: columns whose values come with the execution; None: none was said.
        fetches: what an INSERT tells without having been asked.

    Attributes:
        key_made: the keys of the columns whose values the statement brings back, though nobody asked for rows.
    """

    def __init__(
        self,
        dialect: Any,
        statement: Any,
        literal_binds: bool = False,
        column_keys: tuple[str, ...] | None = None,
        fetches: Fetches = Fetches.NOTHING,
    ) -> None:
        super().__init__(dialect, statement, literal_binds)
        self.key_made: tuple[str, ...] = ()
        self._fetches = fetches
        self._column_keys = column_keys

    def set_pairs(self, statement: Any) -> list[tuple[Any, Any]]:
        """Return (column, value node or None for a parameter), in the order of the table."""
        given = {id(clause.column): clause.value for clause in statement._set}
        keys = self._column_keys
        if keys is None and not statement._set and not getattr(statement, "_rows", ()):
            keys = _shown_keys(statement.table) if self._shows_all(statement) else ()
        by_key = set(keys or ())
        unknown = by_key - set(statement.table.c.keys())
        if unknown:
            raise exc.CompileError(
                f"Unconsumed column names: {', '.join(sorted(map(on_one_line, unknown)))}. The table '{statement.table.name}' has the "
                f"columns {', '.join(statement.table.c.keys())}."
            )
        others = [clause for clause in statement._set if _is_of_another(clause.column, statement)]
        if others and (statement.entity is not None or not self.capabilities.updates_several):
            names = sorted({clause.column.table.name for clause in others})
            raise exc.CompileError(
                f"UPDATE of '{statement.table.name}' sets columns of {', '.join(names)} too: one statement changes one table. "
                "A session's execute() sends a statement for each."
            )
        which = "default" if statement.is_insert else "onupdate"
        is_ordered = getattr(statement, "_ordered", False)
        # Parts of columns stand first, in their own order.
        first = [clause for clause in statement._set if is_ordered or isinstance(clause, MemberClause)]
        first += [] if is_ordered else others
        pairs = [(clause.column, clause.value) for clause in first]
        in_rows = {id(one) for column, _ in pairs if isinstance(column, Tuple) for one in column.clauses}
        for key, column in statement.table.c.items():
            if column.is_left_out and id(column) not in given and key not in by_key:
                continue
            if id(column) in given:
                if not is_ordered:
                    pairs.append((column, given[id(column)]))
            elif id(column) in in_rows:
                continue
            elif key in by_key or (self._column_keys is None and has_python_default(column, which)):
                # Shown without an execution: as the execution will write it.
                pairs.append((column, None))
            elif (default := self.sql_default(column, which)) is not None:
                pairs.append((column, None if self.runs_first(column) else default))
        return pairs

    def runs_first(self, column: Any) -> bool:
        """Return True for a column whose default is asked for by a statement of its own, ahead of this one."""
        return False

    def _shows_all(self, statement: Any) -> bool:
        return "_set" not in statement.__dict__

    def sql_default(self, column: Any, which: str = "default") -> Any:
        """Return the SQL expression that a column gets when no value is given, or None.

        Args: which: "default", or "onupdate" of an UPDATE.
        """
        default = getattr(column, which, None)
        if default is None or not getattr(default, "is_clause_element", False):
            return None
        if getattr(default, "is_sequence", False) and not self.capabilities.draws_from(default):
            return None
        expression = default.arg.self_group()
        # Its values are no part of the statement: they stay with the compiled form.
        self._constants.update({id(holder): holder for holder in expression._values})
        self._renamed.append(expression)
        return expression

    def value_texts(self, statement: Any, pairs: list[tuple[Any, Any]]) -> list[str]:
        """Return the values of columns."""
        with self.setting(Setting(statement, pairs, self.value_text)):
            return [self.value_text(column, value) for column, value in pairs]

    def value_text(self, column: Any, value: Any) -> str:
        if value is None:
            return self.parameter(column)
        if isinstance(value, ColumnValue):
            if self._in_cte:
                # Another statement around it may have a parameter of the column's name.
                renamed = value.copy(key="param", unique=True)
                self._renamed.append(renamed)  # kept: its identity is its name
                return self.visit_bindparam(renamed, holder=value)
            self.names.reserve(value.key)
        if is_lone_literal(value) and not isinstance(column, BinaryExpression):
            self.names.reserve(column.key)
            return self.visit_bindparam(self.named_after(value, column.key), holder=value)
        return self.process(value)

    def named_after(self, literal: Any, name: str) -> ColumnValue:
        """Return the parameter of a literal that stands alone: it is named like a plain value."""
        named = ColumnValue(name, literal.value, literal.type, literal_execute=literal.literal_execute)
        self._renamed.append(named)
        return named

    def returning(self, statement: Any, top: bool, key: tuple[Any, ...] = (), hidden: tuple[Any, ...] = ()) -> str:
        """Return the RETURNING of a statement.

        Args:
            key: columns that it brings back unasked.
            hidden: further ones, which are no columns of the result.
        """
        if not statement._returning and not key:
            return ""
        capabilities = self.capabilities
        is_known = getattr(capabilities, f"{statement.visit_name}_returning")
        # Before a server is met its version is not known: what is only shown is shown as it was asked for.
        if not is_known and self.dialect.server_version_info is not None:
            raise exc.CompileError(
                f"RETURNING is not supported by this dialect's {statement.visit_name.upper()} statement."
            )
        style = LABEL_STYLE_DEFAULT if hidden else LABEL_STYLE_NONE
        names = name_columns((*(key or statement.raw_columns), *hidden), style, False)
        written = [self._labelled(name, top, within_table=capabilities.returning_with_table) for name in names]
        if top:
            self.columns = tuple(
                self._result(name, text, LABEL_STYLE_NONE)
                for name, text in zip(names[: len(names) - len(hidden)], written, strict=False)
            )
        return " RETURNING " + ", ".join(written)


def _shown_keys(table: Any) -> tuple[str, ...]:
    return tuple(key for key, column in table.c.items() if not column.is_left_out)


def is_lone_literal(value: Any) -> bool:
    return isinstance(value, BindParameter) and value.unique and not value.required and value.callable is None


def has_python_default(column: Any, which: str = "default") -> bool:
    """Return True for a column whose value, if none is given, is made by Python at the execution.

    Args: which: "default", or "onupdate" of an UPDATE.
    """
    default = getattr(column, which, None)
    return default is not None and not getattr(default, "is_clause_element", True)


def _is_of_another(column: Any, statement: Any) -> bool:
    """Return True for a column of another table than the one that a statement changes."""
    table = getattr(column, "table", None)
    return table is not None and table is not statement.table
