"""Constraints of a table: primary key, UNIQUE, CHECK."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from holdfast.exc import ArgumentError, ConstraintColumnNotFoundError
from holdfast.schema.items import SchemaItem, plain_element, tell
from holdfast.schema.naming import conventional_name
from holdfast.sql.columns import ColumnClause, ColumnCollection
from holdfast.sql.node import next_serial
from holdfast.sql.text import text
from holdfast.sql.traversal import iterate


class Constraint(SchemaItem):
    """A constraint of a table.

    Args:
        name: its name; None: the database makes one up, or the naming convention.
        deferrable, initially, info, comment, ``dialect_option``: as documented.
    """

    _convention = ""
    parent_column: Any = None
    is_separate = False
    """It is added by ALTER; CREATE TABLE leaves it out."""

    def __init__(
        self,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: Any = None,
        comment: str | None = None,
        **dialect: Any,
    ) -> None:
        self._creation_order = next_serial()
        self.name = name
        self.deferrable = deferrable
        self.initially = initially
        self.table: Any = None
        if info is not None:
            self.info = info
        self.comment = comment
        self.ddl_if_rule: Any = None
        self._take_options(dialect)

    @property
    def parent(self) -> Any:
        """The table."""
        return self.table

    def applies_to(self, dialect: Any) -> bool:
        """Return True if a dialect's CREATE TABLE has it."""
        return True

    def attach(self, table: Any) -> None:
        """Become a constraint of a table."""
        if self.table is table:
            return
        if self.parent_column is not None:
            # A column's own: it stands in the column's text, and its column was told.
            self.table = table
            self.name = self._conventional_name(table)
            return
        tell(self, "before_parent_attach", self, table)
        self._find_columns(table)
        self.table = table
        table.constraints.add(self)
        self.name = self._conventional_name(table)
        self._attached(table)
        tell(self, "after_parent_attach", self, table)

    def _find_columns(self, table: Any) -> None:
        """Look up what was given by name."""

    def _attached(self, table: Any) -> None:
        """Tell the columns."""

    def _conventional_name(self, table: Any) -> str | None:
        return conventional_name(table.metadata.naming_convention, self, table)

    def _plain_arguments(self) -> dict[str, Any]:
        """Return the arguments that all constraints have, for a copy."""
        own: dict[str, Any] = {
            "name": self.name,
            "deferrable": self.deferrable,
            "initially": self.initially,
            "comment": self.comment,
            **self.dialect_kwargs,
        }
        if "_info" in self.__dict__:
            own["info"] = dict(self.info)
        return own

    def copied(self, column_named: Callable[[Any], Any] | None = None) -> Any:
        """Return an equal constraint that belongs to no table.

        Args:
            column_named: gives for a column the one that stands for it in the copy, or its name.
        """
        raise NotImplementedError(f"{type(self).__name__} can not be copied")

    copy = copied

    def ddl_if(self, dialect: Any = None, callable_: Any = None, state: Any = None) -> Any:
        """Write it only on some dialects; see `DDLElement.execute_if`."""
        self.ddl_if_rule = (dialect, callable_, state)
        return self


class ColumnCollectionConstraint(Constraint):
    """A constraint on columns, given by name or as Columns."""

    def __init__(self, *columns: Any, _autoattach: bool = True, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._pending = [plain_element(column) for column in columns]
        self.columns = ColumnCollection()
        if _autoattach:
            attach_with_columns(self, self._pending)

    @property
    def c(self) -> ColumnCollection:
        """Its columns."""
        return self.columns

    def _find_columns(self, table: Any) -> None:
        for column in self._pending:
            found = found_column(self, table, column)
            self.columns._add(found.key, found)
        self._pending = []

    def copied(self, column_named: Callable[[Any], Any] | None = None) -> Any:
        columns: Iterable[Any] = self.columns if self.table is not None else self._pending
        given = [column if isinstance(column, str) else (column_named or _key_of)(column) for column in columns]
        return type(self)(*given, _autoattach=False, **self._plain_arguments())

    def __iter__(self) -> Iterator[Any]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __contains__(self, column: object) -> bool:
        return column in self.columns if isinstance(column, str) else self.columns.contains_column(column)

    def contains_column(self, column: Any) -> bool:
        """Return True if `column` is part of it."""
        return self.columns.contains_column(column)

    def __repr__(self) -> str:
        shown = [repr(column) for column in self.columns] + ([f"name={self.name!r}"] if self.name else [])
        return f"{type(self).__name__}({', '.join(shown)})"


def _key_of(column: Any) -> str:
    return str(column.key or column.name)


def found_column(item: Any, table: Any, given: Any) -> Any:
    """Return the column of a table that was given by name, or as a Column.

    Raises: ConstraintColumnNotFoundError: the table has none of that name.
    """
    found = table.c.get(given) if isinstance(given, str) else given
    if found is None:
        raise ConstraintColumnNotFoundError(
            f"Can't create {type(item).__name__} on table '{table.name}': no column named '{given}' is present. "
            f"It has {', '.join(table.c.keys())}."
        )
    return found


def attach_with_columns(item: Any, columns: Iterable[Any]) -> None:
    """Attach what was made of Columns to their table: now, or as soon as all of them have one."""
    given = [column for column in columns if isinstance(column, ColumnClause) and hasattr(column, "foreign_keys")]
    tables = [column.table for column in given]
    if not given or any(isinstance(column, str) for column in columns):
        return
    if all(table is not None for table in tables):
        if len({id(table) for table in tables}) > 1:
            raise ArgumentError(
                f"Column(s) {', '.join(repr(str(column)) for column in given[1:])} are not part of table "
                f"'{tables[0].description}'."
            )
        if hasattr(tables[0], "constraints"):
            item.attach(tables[0])
        return
    waiting = next(column for column in given if column.table is None)
    if "serial" in waiting.__dict__:
        waiting.__dict__.setdefault("_waiting", []).append((item, given))


def attach_what_waited(column: Any) -> None:
    """Attach what was made of a column before that had a table (called by the table)."""
    for item, columns in column.__dict__.pop("_waiting", ()):
        if item.table is None:
            attach_with_columns(item, columns)


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """``PRIMARY KEY``."""

    __visit_name__ = "primary_key_constraint"
    visit_name = "primary_key"
    _convention = "pk"

    def __init__(self, *columns: Any, _implicit: bool = False, **keywords: Any) -> None:
        keywords.pop("_autoattach", None)
        super().__init__(*columns, _autoattach=False, **keywords)
        self.is_implicit = _implicit

    def _find_columns(self, table: Any) -> None:
        if not self._pending:
            self._pending = [column for column in table.c if column.primary_key]
        super()._find_columns(table)

    def _attached(self, table: Any) -> None:
        if table.primary_key is not None and table.primary_key is not self:
            table.constraints.discard(table.primary_key)
            for column in table.primary_key.columns:
                column.primary_key = column in self
        for column in self.columns:
            column.primary_key = True
            if not column.nullable_given:
                column.nullable = False
        table.primary_key = self

    def keys(self) -> list[str]:
        """Return the keys of its columns."""
        return [column.key for column in self.columns]

    @property
    def columns_autoinc_first(self) -> list[Any]:
        """Its columns, the one whose values the database makes first."""
        first = self.table.autoincrement_column
        return ([first] if first is not None else []) + [column for column in self.columns if column is not first]


class UniqueConstraint(ColumnCollectionConstraint):
    """``UNIQUE``."""

    __visit_name__ = "unique_constraint"
    visit_name = "unique"
    _convention = "uq"

    def __init__(self, *columns: Any, _column_flag: bool = False, **keywords: Any) -> None:
        super().__init__(*columns, **keywords)
        self.is_column_flag = _column_flag


class CheckConstraint(Constraint):
    """``CHECK``.

    Args:
        sqltext: SQL text (never from a user) or an expression.
        table: attach it to this one.
        _rule: tells of a dialect whether it needs the constraint; for those that a type makes.
    """

    __visit_name__ = "table_or_column_check_constraint"
    visit_name = "check"
    _convention = "ck"

    def __init__(
        self,
        sqltext: Any,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        table: Any = None,
        info: Any = None,
        _rule: Callable[[Any], bool] | None = None,
        _autoattach: bool = True,
        **keywords: Any,
    ) -> None:
        super().__init__(name, deferrable, initially, info, **keywords)
        self.sqltext = text(sqltext) if isinstance(sqltext, str) else plain_element(sqltext)
        self._rule = _rule
        self.columns = ColumnCollection()
        for column in columns_in(self.sqltext):
            self.columns._add(column.key, column)
        if table is not None:
            self.attach(table)
        elif _autoattach:
            attach_with_columns(self, self.columns)

    @property
    def is_type_bound(self) -> bool:
        """A type made it; it is made anew with a copy of the column."""
        return self._rule is not None

    def applies_to(self, dialect: Any) -> bool:
        return self._rule is None or self._rule(dialect)

    def _conventional_name(self, table: Any) -> str | None:
        # A type that was given no name may never be written: only then is a name needed.
        return None if self.is_type_bound and self.name is None else super()._conventional_name(table)

    def copied(self, column_named: Callable[[Any], Any] | None = None) -> CheckConstraint:
        return CheckConstraint(self.sqltext, _rule=self._rule, _autoattach=False, **self._plain_arguments())

    def __repr__(self) -> str:
        name = f", name={self.name!r}" if self.name else ""
        return f"CheckConstraint({self.sqltext!r}{name})"


def columns_in(expression: Any) -> list[Any]:
    """Return the columns of tables that an expression names, each once."""
    found: dict[int, Any] = {}
    for node in iterate(expression):
        if isinstance(node, ColumnClause) and "serial" in node.__dict__:
            found[id(node)] = node
    return list(found.values())
