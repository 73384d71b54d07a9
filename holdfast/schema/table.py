"""A table: its columns, constraints and indexes."""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError, DuplicateColumnError, InvalidRequestError
from holdfast.schema.column import Column
from holdfast.schema.constraints import (
    Constraint,
    ForeignKeyConstraint,
    Index,
    PrimaryKeyConstraint,
    SchemaItem,
    UniqueConstraint,
)
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.node import next_serial
from holdfast.sql.selectable import TableClause
from holdfast.sql.types import Integer


class Table(TableClause, SchemaItem):
    """A table of a MetaData.

    Args:
        name: its name.
        metadata: the collection that it belongs to.
        args: Columns, constraints, indexes.
        schema: the schema that it stands in.
        extend_existing: add to the table of this name that is there.
        keep_existing: return the table of this name that is there, as it is.
        quote, comment, info, prefixes, sqlite_..., postgresql_...: as documented.

    Raises: InvalidRequestError: the MetaData has a table of this name already.
    """

    metadata: Any
    # An attribute here, a property of other FROM elements.
    primary_key: Any = None  # type: ignore[assignment]

    def __new__(cls, *args: Any, **keywords: Any) -> Any:
        if len(args) < 2:
            return object.__new__(cls)
        name, metadata = args[0], args[1]
        if not hasattr(metadata, "tables"):
            raise ArgumentError(f"Table() takes a name and a MetaData, then columns; got {metadata!r} as the MetaData.")
        schema = keywords.get("schema", metadata.schema)
        present = metadata.tables.get(f"{schema}.{name}" if schema else name)
        if present is None:
            return object.__new__(cls)
        if keywords.get("keep_existing") or keywords.get("extend_existing") or not args[2:]:
            return present
        raise InvalidRequestError(
            f"Table '{name}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to redefine "
            "options and columns on an existing Table object."
        )

    def __init__(
        self,
        name: str,
        metadata: Any,
        *args: Any,
        schema: str | None = None,
        extend_existing: bool = False,
        keep_existing: bool = False,
        quote: bool | None = None,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        prefixes: Any = (),
        **dialect: Any,
    ) -> None:
        if "metadata" in self.__dict__:
            if extend_existing:
                self._add(args)
            return
        if not isinstance(name, str):
            raise ArgumentError(f"A table's name is a string, not {type(name).__name__}.")
        self.name = name
        self.metadata = metadata
        self.schema = metadata.schema if schema is None else schema
        self.serial = next_serial()
        self._key = ("t", self.serial)
        self._columns = ColumnCollection()
        self.constraints: list[Any] = []
        self.indexes: set[Index] = set()
        self.quote = quote
        self.comment = comment
        self.info = info or {}
        self._prefixes = tuple(prefixes)
        self.dialect_options = dialect
        self.primary_key = PrimaryKeyConstraint()
        self.dispatch = metadata.new_dispatch()
        self._add(args)
        metadata._add_table(self)

    def _add(self, items: Any) -> None:
        columns = [item for item in items if isinstance(item, Column)]
        for column in columns:
            self.append_column(column, finish=False)
        has_key = any(isinstance(item, PrimaryKeyConstraint) for item in items)
        if not has_key:
            self._refresh_primary_key()
        # Those that were declared as such come before those that columns imply.
        for item in items:
            if isinstance(item, (Constraint, Index)):
                item.attach(self)
            elif not isinstance(item, Column):
                raise ArgumentError(f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}")
        for column in columns:
            self._finish_column(column)

    def append_column(self, column: Any, replace_existing: bool = False, finish: bool = True) -> None:
        """Add a column.

        Raises: DuplicateColumnError: there is one of this name.
        """
        column.attach(self)
        present = self._columns.get(column.key)
        if present is not None and present is not column:
            raise DuplicateColumnError(
                f"A column with name '{column.key}' is already present in table '{self.name}'.  Specify "
                "replace_existing=True to Table.append_column() to replace an existing column."
            )
        self._columns._add(column.key, column)
        if finish:
            if column.primary_key:
                self._refresh_primary_key()
            self._finish_column(column)

    def _refresh_primary_key(self) -> None:
        """Make the primary key of the columns that are marked so."""
        key = PrimaryKeyConstraint(*[column for column in self._columns if column.primary_key])
        if self.primary_key in self.constraints:
            self.constraints.remove(self.primary_key)
        key.attach(self)

    def _finish_column(self, column: Any) -> None:
        for key in sorted(column.foreign_keys, key=lambda key: key.target_fullname):
            if key.constraint is None:
                ForeignKeyConstraint.of(key, column).attach(self)
        for constraint in column.constraints:
            constraint.attach(self)
        if column.unique and not column.index:
            UniqueConstraint(column).attach(self)
        if column.index:
            Index(None, column, unique=bool(column.unique))

    def append_constraint(self, constraint: Any) -> None:
        """Add a constraint."""
        constraint.attach(self)

    @property
    def foreign_key_constraints(self) -> set[ForeignKeyConstraint]:
        """The foreign keys, of one or more columns."""
        return {item for item in self.constraints if isinstance(item, ForeignKeyConstraint)}

    @property
    def autoincrement_column(self) -> Any:
        """The one integer key column whose values the database makes, or None."""
        key = list(self.primary_key)
        chosen = [column for column in key if column.autoincrement is True]
        if chosen:
            return chosen[0]
        if len(key) != 1 or key[0].autoincrement not in ("auto", "ignore_fk"):
            return None
        column = key[0]
        fits = isinstance(column.type, Integer) and (not column.foreign_keys or column.autoincrement == "ignore_fk")
        return column if fits and column.server_default is None and column.default is None else None

    _autoincrement_column = autoincrement_column

    def create(self, bind: Any, checkfirst: bool = False) -> None:
        """Send CREATE TABLE for this table."""
        self.metadata.create_all(bind, tables=[self], checkfirst=checkfirst)

    def drop(self, bind: Any, checkfirst: bool = False) -> None:
        """Send DROP TABLE for this table."""
        self.metadata.drop_all(bind, tables=[self], checkfirst=checkfirst)

    def __str__(self) -> str:
        return self.fullname

    def __repr__(self) -> str:
        columns = ", ".join(repr(column) for column in self._columns)
        return f"Table({self.name!r}, MetaData(), {columns}, schema={self.schema!r})"
