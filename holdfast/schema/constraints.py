"""Constraints: primary and foreign keys, UNIQUE, CHECK; and indexes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.exc import ArgumentError, ConstraintColumnNotFoundError, NoReferencedColumnError, NoReferencedTableError


def plain_element(given: Any) -> Any:
    """Return the column for what stands for one, such as a `mapped_column` in the body of its class."""
    return given.__clause_element__() if hasattr(given, "__clause_element__") else given


class SchemaItem:
    """Something that makes up a table or a column."""


class ForeignKey(SchemaItem):
    """A reference of one column to another.

    Args:
        column: ``"table.column"``, ``"schema.table.column"``, or the Column.
        name, ondelete, onupdate, deferrable, initially, use_alter, link_to_name: of the constraint that it makes.
    """

    parent: Any
    constraint: ForeignKeyConstraint | None

    def __init__(
        self,
        column: Any,
        _constraint: Any = None,
        use_alter: bool = False,
        name: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        link_to_name: bool = False,
        match: str | None = None,
        info: Any = None,
        comment: str | None = None,
    ) -> None:
        column = getattr(column, "__clause_element__", lambda: column)() if not isinstance(column, str) else column
        column = getattr(column, "column", column)
        if not isinstance(column, str) and not hasattr(column, "table"):
            raise ArgumentError(
                f"ForeignKey() takes 'table.column' or a Column, not {type(column).__name__} ({column!r})."
            )
        self._target = column
        self.constraint = _constraint
        self.use_alter = use_alter
        self.name = name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.deferrable = deferrable
        self.initially = initially
        self.parent = None
        self._column: Any = None

    def copied(self) -> ForeignKey:
        """Return an equal key that belongs to no column."""
        return ForeignKey(
            self._target,
            use_alter=self.use_alter,
            name=self.name,
            onupdate=self.onupdate,
            ondelete=self.ondelete,
            deferrable=self.deferrable,
            initially=self.initially,
        )

    def _set_parent(self, column: Any) -> None:
        self.parent = column

    @property
    def target_fullname(self) -> str:
        """``table.column`` of what it refers to."""
        if isinstance(self._target, str):
            return self._target
        return f"{self._target.table.fullname}.{self._target.key}"

    @property
    def column(self) -> Any:
        """The column that it refers to.

        Raises:
            NoReferencedTableError: the MetaData has no such table.
            NoReferencedColumnError: the table has no such column.
        """
        if self._column is None:
            self._column = self._resolve() if isinstance(self._target, str) else self._target
        return self._column

    def _resolve(self) -> Any:
        parent = self.parent
        if parent is None or parent.table is None:
            raise ArgumentError("this ForeignKey object does not yet have a parent Column associated with it.")
        table_name, _, column_name = self._target.rpartition(".")
        if not table_name:
            table_name, column_name = column_name, parent.key
        metadata = parent.table.metadata
        table = metadata.tables.get(table_name)
        if table is None and parent.table.schema is not None:
            table = metadata.tables.get(f"{parent.table.schema}.{table_name}")
        if table is None:
            raise NoReferencedTableError(
                f"Foreign key associated with column '{parent}' could not find table '{table_name}' with which to "
                f"generate a foreign key to target column '{column_name}'. The MetaData has the tables "
                f"{', '.join(sorted(metadata.tables)) or 'none'}; is the module that declares it imported?",
                table_name,
            )
        column = table.c.get(column_name)
        if column is None:
            raise NoReferencedColumnError(
                f"Could not initialize target column for ForeignKey '{self._target}' on table '{parent.table.name}': "
                f"table '{table.name}' has no column named '{column_name}'; it has {', '.join(table.c.keys())}",
                table_name,
                column_name,
            )
        return column

    def references(self, table: Any) -> bool:
        """Return True if it refers to a column of `table`."""
        return self.column.table is table

    def __repr__(self) -> str:
        return f"ForeignKey({self.target_fullname!r})"


class Constraint(SchemaItem):
    """A constraint of a table.

    Args:
        name: its name; None: the database makes one up, or the naming convention.
        deferrable, initially, info, comment: as documented.
    """

    visit_name = "constraint"
    _convention = ""

    def __init__(
        self,
        name: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        info: Any = None,
        comment: str | None = None,
    ) -> None:
        self.name = name
        self.deferrable = deferrable
        self.initially = initially
        self.table: Any = None
        self.info = info or {}
        self.comment = comment

    def attach(self, table: Any) -> None:
        """Become a constraint of a table."""
        self.table = table
        table.constraints.append(self)
        if self.name is None:
            self.name = table.metadata.conventional_name(self._convention, self)


class ColumnCollectionConstraint(Constraint):
    """A constraint on columns, given by name or as Columns."""

    def __init__(self, *columns: Any, **keywords: Any) -> None:
        super().__init__(**keywords)
        self._pending = list(columns)
        self.columns: list[Any] = []

    def attach(self, table: Any) -> None:
        for column in self._pending:
            found = table.c.get(column) if isinstance(column, str) else plain_element(column)
            if found is None:
                raise ConstraintColumnNotFoundError(
                    f"Can't create {type(self).__name__} on table '{table.name}': no column named '{column}' is present. "
                    f"It has {', '.join(table.c.keys())}."
                )
            self.columns.append(found)
        self._pending = []
        super().attach(table)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.columns)

    def __len__(self) -> int:
        return len(self.columns)

    def __contains__(self, column: object) -> bool:
        return any(member is column for member in self.columns)

    def contains_column(self, column: Any) -> bool:
        """Return True if `column` is part of it."""
        return column in self


class PrimaryKeyConstraint(ColumnCollectionConstraint):
    """``PRIMARY KEY``."""

    visit_name = "primary_key"
    _convention = "pk"

    def attach(self, table: Any) -> None:
        super().attach(table)
        for column in self.columns:
            column.primary_key = True
            if not column.nullable_given:
                column.nullable = False
        table.primary_key = self

    def keys(self) -> list[str]:
        """Return the keys of its columns."""
        return [column.key for column in self.columns]

    @property
    def c(self) -> list[Any]:
        """Its columns."""
        return self.columns


class UniqueConstraint(ColumnCollectionConstraint):
    """``UNIQUE``."""

    visit_name = "unique"
    _convention = "uq"


class CheckConstraint(Constraint):
    """``CHECK``.

    Args:
        sqltext: SQL text (never from a user) or an expression.
    """

    visit_name = "check"
    _convention = "ck"

    def __init__(self, sqltext: Any, name: str | None = None, **keywords: Any) -> None:
        super().__init__(name=name, **keywords)
        self.sqltext = sqltext
        self.columns: list[Any] = []


class ForeignKeyConstraint(Constraint):
    """``FOREIGN KEY`` of one or more columns.

    Args:
        columns: names or Columns of this table.
        refcolumns: ``"table.column"`` or Columns, in the same order.
    """

    visit_name = "foreign_key"
    _convention = "fk"

    def __init__(
        self,
        columns: Any,
        refcolumns: Any,
        name: str | None = None,
        onupdate: str | None = None,
        ondelete: str | None = None,
        deferrable: bool | None = None,
        initially: str | None = None,
        use_alter: bool = False,
        **keywords: Any,
    ) -> None:
        super().__init__(name=name, deferrable=deferrable, initially=initially)
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.use_alter = use_alter
        self._given = list(columns)
        if len(self._given) != len(list(refcolumns)):
            raise ArgumentError(
                "ForeignKeyConstraint number of constrained columns must match the number of referenced columns."
            )
        self.elements = [
            ForeignKey(target, self, use_alter, name, onupdate, ondelete, deferrable, initially)
            for target in refcolumns
        ]
        self.columns: list[Any] = []

    @classmethod
    def of(cls, key: ForeignKey, column: Any) -> ForeignKeyConstraint:
        """Return the constraint that a column's own ForeignKey makes."""
        made = cls([], [], key.name, key.onupdate, key.ondelete, key.deferrable, key.initially, key.use_alter)
        made._given = [column]
        made.elements = [key]
        return made

    def attach(self, table: Any) -> None:
        for given, key in zip(self._given, self.elements, strict=True):
            column = table.c.get(given) if isinstance(given, str) else given
            if column is None:
                raise ConstraintColumnNotFoundError(
                    f"Can't create ForeignKeyConstraint on table '{table.name}': no column named '{given}' is present."
                )
            self.columns.append(column)
            key.constraint = self
            key._set_parent(column)
            column.foreign_keys.add(key)
        super().attach(table)

    @property
    def column_keys(self) -> list[str]:
        """The keys of the columns."""
        return [column.key for column in self.columns]

    @property
    def referred_table(self) -> Any:
        """The table that it refers to."""
        return self.elements[0].column.table


class Index(SchemaItem):
    """An index.

    Args:
        name: its name.
        expressions: column names, Columns, or expressions.
        unique: no two rows may be equal in it.
    """

    def __init__(
        self, name: str | None, *expressions: Any, unique: bool = False, info: Any = None, **dialect: Any
    ) -> None:
        self.name = name
        self.unique = unique
        self.info = info or {}
        self.dialect_options = dialect
        self._pending = list(expressions)
        self.expressions: list[Any] = []
        self.table: Any = None
        tables = [getattr(expression, "table", None) for expression in expressions]
        owner = next((table for table in tables if table is not None), None)
        if owner is not None:
            self.attach(owner)

    @property
    def columns(self) -> list[Any]:
        """Its expressions."""
        return self.expressions

    def attach(self, table: Any) -> None:
        """Become an index of a table."""
        if self.table is table:
            return
        self.table = table
        for expression in self._pending:
            found = table.c.get(expression) if isinstance(expression, str) else plain_element(expression)
            if found is None:
                raise ConstraintColumnNotFoundError(
                    f"Can't create Index on table '{table.name}': no column named '{expression}' is present."
                )
            self.expressions.append(found)
        if self.name is None:
            self.name = table.metadata.conventional_name("ix", self)
        table.indexes.add(self)
