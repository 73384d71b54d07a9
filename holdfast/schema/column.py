"""A column of a table."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.exc import ArgumentError
from holdfast.schema.constraints import ForeignKey, SchemaItem
from holdfast.schema.defaults import ColumnDefault, DefaultClause, FetchedValue
from holdfast.sql.columns import ColumnClause
from holdfast.sql.node import next_serial
from holdfast.sql.types import NULL_TYPE, TypeEngine, to_instance

T = TypeVar("T")


class Column(ColumnClause[T], SchemaItem):
    """A column: name, type, constraints, defaults.

    Args:
        name: the name in SQL; may be left away in a mapped class.
        type_: the SQL type; may be left away for a foreign key, which takes that of what it refers to.
        args: `ForeignKey`, constraints, `Identity` ...
        key: the name in collections.
        primary_key, nullable, unique, index: constraints of this one column; a key column is not nullable.
        default: scalar, function (with the context of the execution as its argument, or none), or SQL.
        onupdate: the same, for each UPDATE of the row.
        server_default: ``DEFAULT`` in CREATE TABLE, or `FetchedValue`.
        server_onupdate: `FetchedValue`: the database changes the column at each UPDATE.
        autoincrement: the database makes the key: "auto" (an integer key without foreign key), True, False.
        quote, comment, info, system, doc: as documented.
    """

    table: Any
    order: int

    def __init__(
        self,
        name: Any = None,
        type_: Any = None,
        *args: Any,
        key: str | None = None,
        primary_key: bool = False,
        nullable: bool | None = None,
        unique: bool | None = None,
        index: bool | None = None,
        default: Any = None,
        insert_default: Any = None,
        onupdate: Any = None,
        server_default: Any = None,
        server_onupdate: Any = None,
        autoincrement: Any = "auto",
        quote: bool | None = None,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        system: bool = False,
        doc: str | None = None,
    ) -> None:
        items = list(args)
        if name is not None and not isinstance(name, str):
            items.insert(0, type_)
            name, type_ = None, name
        if type_ is not None and not _is_type(type_):
            items.insert(0, type_)
            type_ = None
        items = [item for item in items if item is not None]
        if items and type_ is None and _is_type(items[0]):
            type_ = items.pop(0)
        self.order = self.serial = next_serial()
        self.name = name  # type: ignore[assignment]
        self.key = key if key is not None else name  # type: ignore[assignment]
        self.type = NULL_TYPE if type_ is None else to_instance(type_)
        self.primary_key = primary_key
        self.nullable_given = nullable is not None
        self.nullable = (not primary_key) if nullable is None else nullable
        self.unique = unique
        self.index = index
        self.autoincrement = autoincrement
        self.default = _default(insert_default if insert_default is not None else default)
        self.onupdate = None if onupdate is None else ColumnDefault(onupdate, for_update=True)
        self.server_default = _server_default(server_default)
        self.server_onupdate = server_onupdate
        self.quote = quote
        self.comment = comment
        self.info = info or {}
        self.system = system
        self.doc = doc
        self.table = None
        self._shapes = {}
        self._key = ("c", self.serial)
        self._values = ()
        self.foreign_keys: set[ForeignKey] = set()
        self.constraints: list[Any] = []
        for item in items:
            self._add_item(item)

    def _add_item(self, item: Any) -> None:
        if isinstance(item, ForeignKey):
            self.foreign_keys.add(item)
            item._set_parent(self)
        elif hasattr(item, "attach_to_column"):
            item.attach_to_column(self)
        elif isinstance(item, FetchedValue):
            self.server_default = item
        elif isinstance(item, SchemaItem):
            self.constraints.append(item)
        else:
            raise ArgumentError(
                f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}. In a Column, the "
                "name comes first, then the type, then ForeignKey and constraints."
            )

    def attach(self, table: Any) -> None:
        """Become a column of a table (called by the table).

        Raises: ArgumentError: it has no name, or belongs to another table.
        """
        if self.name is None:
            raise ArgumentError(
                "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table."
            )
        if self.table is not None and self.table is not table:
            raise ArgumentError(f"Column object '{self.name}' already assigned to Table '{self.table.name}'")
        if self.key is None:
            self.key = self.name
        self.table = table

    def _copy_column(self, name: str | None = None) -> Column[T]:
        """Return an equal column that belongs to no table: mixins give one to each class."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.type = self.type  # these two are slots
        new._values = ()
        new.serial = next_serial()
        new.order = self.order
        new._key = ("c", new.serial)
        new._shapes = {}
        new.table = None
        new.foreign_keys = set()
        new.constraints = list(self.constraints)
        if name is not None:
            new.name = name
            new.key = name
        for foreign_key in self.foreign_keys:
            copied = foreign_key.copied()
            new.foreign_keys.add(copied)
            copied._set_parent(new)
        return new

    copy = _copy_column

    def references(self, column: Any) -> bool:
        """Return True if a foreign key of this column refers to `column`."""
        return any(key.column is column for key in self.foreign_keys)

    @property
    def description(self) -> str:
        """The name."""
        return self.name

    def resolve_type(self) -> None:
        """Take the type of the column that the foreign key refers to, where none was given."""
        if self.type is NULL_TYPE:
            for key in self.foreign_keys:
                self.type = key.column.type

    def __str__(self) -> str:
        return f"{self.table.name}.{self.name}" if self.table is not None else str(self.name)

    def __repr__(self) -> str:
        parts = [repr(self.name), repr(self.type), *[repr(key) for key in self.foreign_keys]]
        if self.table is not None:
            parts.append(f"table=<{self.table.name}>")
        if self.primary_key:
            parts.append("primary_key=True")
        if not self.nullable:
            parts.append("nullable=False")
        return f"Column({', '.join(parts)})"


def _is_type(value: Any) -> bool:
    return isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine))


def _default(value: Any) -> Any:
    if value is None or isinstance(value, (ColumnDefault, FetchedValue)):
        return value
    return ColumnDefault(value)


def _server_default(value: Any) -> Any:
    if value is None or isinstance(value, FetchedValue):
        return value
    return DefaultClause(value)
