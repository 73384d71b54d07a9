"""Foreign keys: of one column, and the constraint of one or more columns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError, NoReferencedColumnError, NoReferencedTableError
from holdfast.schema.constraints import Constraint, attach_with_columns, found_column
from holdfast.schema.items import SchemaItem, plain_element
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.node import next_serial


class ForeignKey(SchemaItem):
    """A reference of one column to another.

    Args:
        column: ``"table.column"``, ``"schema.table.column"``, or the Column.
        link_to_name: the column is named by its name in SQL, not by its key.
        name, ondelete, onupdate, deferrable, initially, match, use_alter, comment: of the constraint that it makes.

    Raises: ArgumentError: `column` is neither a string nor a column.
    """

    __visit_name__ = "foreign_key"
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
        **dialect: Any,
    ) -> None:
        if not isinstance(column, str):
            column = plain_element(column)
            column = getattr(column, "column", column)
            if not hasattr(column, "table"):
                raise ArgumentError(
                    f"String column name or Column object for DDL foreign key constraint expected, got {column!r}."
                )
        self._creation_order = next_serial()
        self._target = column
        self.constraint = _constraint
        self.use_alter = use_alter
        self.name = name
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.deferrable = deferrable
        self.initially = initially
        self.link_to_name = link_to_name
        self.match = match
        self.comment = comment
        if info is not None:
            self.info = info
        self._take_options(dialect)
        self.parent = None
        self._column: Any = None

    def copied(self, target: Any = None) -> ForeignKey:
        """Return an equal key that belongs to no column.

        Args:
            target: what it refers to instead.
        """
        own = {name: getattr(self, name) for name in (*_SHARED, "link_to_name")}
        if "_info" in self.__dict__:
            own["info"] = dict(self.info)
        return ForeignKey(self._target if target is None else target, **own, **self.dialect_kwargs)

    copy = copied

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
            InvalidRequestError: it belongs to no column of a table yet.
            NoReferencedTableError: the MetaData has no such table.
            NoReferencedColumnError: the table has no such column.
        """
        if self._column is None:
            self._column = self._resolve() if isinstance(self._target, str) else self._target
        return self._column

    @property
    def target_table_key(self) -> str:
        """The key of the table that it refers to, as the target names it."""
        if isinstance(self._target, str):
            return self._target.rpartition(".")[0] or self._target
        return str(self._target.table.key)

    @property
    def table_key(self) -> str:
        """The key of the table that it refers to, in the MetaData."""
        if not isinstance(self._target, str):
            return str(self._target.table.fullname)
        table_name, _, column_name = self._target.rpartition(".")
        schema = self.parent.table.metadata.schema
        table_name = table_name or column_name
        return f"{schema}.{table_name}" if schema and "." not in table_name else table_name

    def _resolve(self) -> Any:
        parent = self.parent
        if parent is None:
            raise InvalidRequestError("this ForeignKey object does not yet have a parent Column associated with it.")
        if parent.table is None:
            raise InvalidRequestError("this ForeignKey's parent column is not yet associated with a Table.")
        metadata = parent.table.metadata
        has_column = "." in self._target
        column_name = self._target.rpartition(".")[2] if has_column else parent.key
        table = metadata.tables.get(self.table_key)
        if table is None:
            table_name = self.table_key
            raise NoReferencedTableError(
                f"Foreign key associated with column '{parent}' could not find table '{table_name}' with which to "
                f"generate a foreign key to target column '{column_name}'. The MetaData has the tables "
                f"{', '.join(sorted(metadata.tables)) or 'none'}; is the module that declares it imported?",
                table_name,
            )
        if self.link_to_name:
            column = next((column for column in table.c if column.name == column_name), None)
        else:
            column = table.c.get(column_name)
        if column is None:
            raise NoReferencedColumnError(
                f"Could not initialize target column for ForeignKey '{self._target}' on table '{parent.table.name}': "
                f"table '{table.name}' has no column named '{column_name}'; it has {', '.join(table.c.keys())}",
                self.table_key,
                column_name,
            )
        return column

    def references(self, table: Any) -> bool:
        """Return True if it refers to a column of `table`."""
        return self.column.table is table

    def get_referent(self, table: Any) -> Any:
        """Return the column of `table`, or of an alias of it, that it refers to; None where there is none."""
        return table.columns.corresponding_column(self.column)

    def __repr__(self) -> str:
        return f"ForeignKey({self.target_fullname!r})"


_SHARED = ("use_alter", "name", "onupdate", "ondelete", "deferrable", "initially", "match", "comment")
"""What a column's own key gives to its constraint."""


class ForeignKeyConstraint(Constraint):
    """``FOREIGN KEY`` of one or more columns.

    Args:
        columns: names or Columns of this table.
        refcolumns: ``"table.column"`` or Columns, in the same order.
        table: attach it to this one.
        others: as of `ForeignKey`.

    Raises: ArgumentError: unequal numbers of columns.
    """

    __visit_name__ = "foreign_key_constraint"
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
        link_to_name: bool = False,
        match: str | None = None,
        table: Any = None,
        info: Any = None,
        comment: str | None = None,
        **dialect: Any,
    ) -> None:
        super().__init__(name, deferrable, initially, info, comment, **dialect)
        self.onupdate = onupdate
        self.ondelete = ondelete
        self.use_alter = use_alter
        self.link_to_name = link_to_name
        self.match = match
        self._given = [plain_element(column) for column in columns]
        targets = list(refcolumns)
        if len(self._given) != len(targets):
            raise ArgumentError(
                "ForeignKeyConstraint number of constrained columns must match the number of referenced columns."
            )
        shared = {name: getattr(self, name) for name in (*_SHARED, "link_to_name")}
        self.elements = [ForeignKey(target, self, **shared) for target in targets]
        self.columns = ColumnCollection()
        if table is not None:
            self.attach(table)
        else:
            attach_with_columns(self, self._given)

    @classmethod
    def of(cls, key: ForeignKey, column: Any) -> ForeignKeyConstraint:
        """Return the constraint that a column's own ForeignKey makes."""
        made = cls([], [], **{name: getattr(key, name) for name in _SHARED}, **key.dialect_kwargs)
        made.link_to_name = key.link_to_name
        made._given = [column]
        made.elements = [key]
        return made

    def _find_columns(self, table: Any) -> None:
        for given, key in zip(self._given, self.elements, strict=True):
            column = found_column(self, table, given)
            self.columns._add(column.key, column)
            key.constraint = self
            key._set_parent(column)
            column.foreign_keys.add(key)
        tables = {key.target_fullname.rpartition(".")[0] for key in self.elements}
        if len(tables) > 1:
            first, second = sorted(tables)[:2]
            names = ", ".join(self.columns.keys())
            raise ArgumentError(
                f"ForeignKeyConstraint on {table.fullname}({names}) refers to multiple remote tables: {first} and {second}"
            )

    @property
    def column_keys(self) -> list[str]:
        """The keys of the columns."""
        return [given if isinstance(given, str) else given.key for given in self._given]

    def contains_column(self, column: Any) -> bool:
        """Return True if `column` is one of its own."""
        return self.columns.contains_column(column)

    @property
    def referred_table(self) -> Any:
        """The table that it refers to."""
        return self.elements[0].column.table

    def copied(
        self, column_named: Callable[[Any], Any] | None = None, target_named: Callable[[ForeignKey], Any] | None = None
    ) -> ForeignKeyConstraint:
        """Return an equal constraint that belongs to no table.

        Args:
            target_named: gives for a key what it refers to in the copy.
        """
        targets = [target_named(key) if target_named else key._target for key in self.elements]
        own = {name: getattr(self, name) for name in ("onupdate", "ondelete", "use_alter", "link_to_name", "match")}
        return ForeignKeyConstraint(self.column_keys, targets, **own, **self._plain_arguments())

    copy = copied

    def __repr__(self) -> str:
        columns = ", ".join(self.column_keys)
        targets = ", ".join(key.target_fullname for key in self.elements)
        return f"ForeignKeyConstraint([{columns}], [{targets}], name={self.name!r})"
