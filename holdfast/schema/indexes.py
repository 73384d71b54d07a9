"""Indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.schema.constraints import attach_with_columns, columns_in, found_column
from holdfast.schema.items import SchemaItem, plain_element, tell
from holdfast.schema.naming import conventional_name
from holdfast.sql.columns import ColumnClause, ColumnCollection
from holdfast.sql.quoted_name import named


class Index(SchemaItem):
    """An index.

    Args:
        name: its name; None: the naming convention makes it.
        expressions: column names, Columns, or expressions.
        unique: no two rows may be equal in it.
        quote: force quotes around its name, or none.
        info, ``dialect_option``: as documented.

    Raises: ArgumentError: the columns are of several tables; an option that the dialect does not know.
    """

    __visit_name__ = "index"
    visit_name = "index"
    _convention = "ix"

    def __init__(
        self,
        name: str | None,
        *expressions: Any,
        unique: bool = False,
        quote: bool | None = None,
        info: Any = None,
        _table: Any = None,
        _column_flag: bool = False,
        **dialect: Any,
    ) -> None:
        # A final name stays of its class.
        self.name = named(name, quote) if type(name) is str else name
        self.unique = bool(unique)
        self.quote = quote
        if info is not None:
            self.info = info
        self._take_options(dialect)
        self._pending = [plain_element(expression) for expression in expressions]
        self.is_column_flag = _column_flag
        self.ddl_if_rule: Any = None
        self.expressions: list[Any] = []
        self.columns = ColumnCollection()
        self.table: Any = None
        if _table is not None:
            self.attach(_table)
        else:
            found = [column for part in self._pending if not isinstance(part, str) for column in columns_in(part)]
            owner = next((column.table for column in found if column.table is not None), None)
            if owner is not None and hasattr(owner, "indexes"):
                self.attach(owner)
            elif not any(isinstance(part, str) for part in self._pending):
                attach_with_columns(self, found)

    def attach(self, table: Any) -> None:
        """Become an index of a table.

        Raises: ArgumentError: it belongs to another one.
        """
        if self.table is table:
            return
        if self.table is not None:
            raise ArgumentError(
                f"Index '{self.name}' is against table '{self.table.description}', and cannot be associated with table "
                f"'{table.description}'."
            )
        tell(self, "before_parent_attach", self, table)
        for given in self._pending:
            expression = found_column(self, table, given)
            if isinstance(expression, ColumnClause) and expression.table is not table:
                raise ArgumentError(f"Column(s) '{expression}' are not part of table '{table.description}'.")
            self.expressions.append(expression)
            for column in columns_in(expression):
                self.columns._add(column.key, column)
        self.table = table
        self.name = conventional_name(table.metadata.naming_convention, self, table)
        table.indexes.add(self)
        tell(self, "after_parent_attach", self, table)

    def copied(self, column_named: Callable[[Any], Any]) -> Index:
        """Return an equal index of other columns.

        Args:
            column_named: gives for an expression the one that stands for it.
        """
        return Index(
            self.name,
            *[column_named(expression) for expression in self.expressions],
            unique=self.unique,
            quote=self.quote,
            **self.dialect_kwargs,
        )

    def ddl_if(self, dialect: Any = None, callable_: Any = None, state: Any = None) -> Index:
        """Create it only on some dialects; see `DDLElement.execute_if`."""
        self.ddl_if_rule = (dialect, callable_, state)
        return self

    def create(self, bind: Any, checkfirst: Any = False) -> None:
        """Send CREATE INDEX."""
        bind.run_schema("create", self, None, checkfirst)

    def drop(self, bind: Any, checkfirst: Any = False) -> None:
        """Send DROP INDEX."""
        bind.run_schema("drop", self, None, checkfirst)

    def __repr__(self) -> str:
        shown = [repr(self.name), *[repr(part) for part in self.expressions or self._pending]]
        return f"Index({', '.join(shown + (['unique=True'] if self.unique else []))})"
