"""A column of a table."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.exc import ArgumentError
from holdfast.schema.defaults import ColumnDefault, DefaultClause, DefaultGenerator, FetchedValue
from holdfast.schema.foreign_keys import ForeignKey
from holdfast.schema.items import SchemaItem, tell
from holdfast.schema.type_events import tell_attached
from holdfast.sql.columns import ColumnClause
from holdfast.sql.node import next_serial
from holdfast.sql.quoted_name import named
from holdfast.sql.types import NULL_TYPE, TypeEngine, to_instance

T = TypeVar("T")
_UNSET: Any = object()


class Column(ColumnClause[T], SchemaItem):
    """A column: name, type, constraints, defaults.

    Args:
        name: the name in SQL; may be left away in a mapped class. Given as the first argument or by name.
        type_: the SQL type; may be left away for a foreign key, which takes that of what it refers to.
        args: `ForeignKey`, constraints, `Sequence`, `Identity`, `Computed`, `FetchedValue`.
        key: the name in collections.
        primary_key, nullable, unique, index: constraints of this one column; a key column is not nullable.
        default: scalar, function (with the context of the execution as its argument, or none), or SQL.
        insert_default: the same; where dataclasses use `default` for themselves.
        onupdate: the same, for each UPDATE of the row.
        server_default: ``DEFAULT`` in CREATE TABLE, or `FetchedValue`.
        server_onupdate: `FetchedValue`: the database changes the column at each UPDATE.
        autoincrement: the database makes the key: "auto" (an integer key without foreign key), True, False.
        insert_sentinel: its values tell the rows of a batch apart; see `insert_sentinel`.
        omit_from_statements: SELECT, INSERT and RETURNING that name all columns leave it out.
        quote, comment, info, system, doc, ``sqlite_...``: as documented.

    Raises: ArgumentError: an argument is none of these, or given twice.
    """

    table: Any
    order: int
    identity: Any = None
    computed: Any = None

    def __init__(
        self,
        _name_pos: Any = None,
        _type_pos: Any = None,
        /,
        *args: Any,
        name: str | None = None,
        type_: Any = None,
        key: str | None = None,
        primary_key: bool = False,
        nullable: bool | None = _UNSET,
        unique: bool | None = None,
        index: bool | None = None,
        default: Any = _UNSET,
        insert_default: Any = _UNSET,
        onupdate: Any = None,
        server_default: Any = None,
        server_onupdate: Any = None,
        autoincrement: Any = "auto",
        quote: bool | None = None,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        system: bool = False,
        doc: str | None = None,
        insert_sentinel: bool = False,
        omit_from_statements: bool = False,
        **dialect: Any,
    ) -> None:
        name, type_, items = _sorted_arguments(name, type_, (_name_pos, _type_pos, *args))
        self.order = self.serial = next_serial()
        self.name = named(name, quote)
        self.key = key if key is not None else name  # type: ignore[assignment]
        self.type = NULL_TYPE if type_ is None else to_instance(type_)
        self.primary_key = primary_key
        self.nullable_given = nullable is not _UNSET
        self.nullable = nullable if self.nullable_given else not primary_key
        self.unique = unique
        self.index = index
        self.autoincrement = autoincrement
        self.default: Any = None
        self.onupdate: Any = None
        self.server_default: Any = None
        self.server_onupdate: Any = None
        self.quote = quote
        self.comment = comment
        if info is not None:
            self.info = info
        self.system = system
        self.doc = doc
        self.insert_sentinel = insert_sentinel
        if omit_from_statements:
            self.is_left_out = True
        self.table = None
        self._shapes = {}
        self._key = ("c", self.serial)
        self._values = ()
        self.foreign_keys: set[ForeignKey] = set()
        self.constraints: list[Any] = []
        self._take_options(dialect)
        self._set_defaults(_chosen_default(default, insert_default), onupdate, server_default, server_onupdate)
        for item in items:
            self._add_item(item)
        tell_attached(self)

    def _set_defaults(self, default: Any, onupdate: Any, server_default: Any, server_onupdate: Any) -> None:
        for value, for_update in ((default, False), (onupdate, True)):
            if value is not None:
                made = value if isinstance(value, DefaultGenerator) else ColumnDefault(value, for_update=for_update)
                made.for_update = for_update
                made.attach_to_column(self)
        for value, for_update in ((server_default, False), (server_onupdate, True)):
            if value is not None:
                server = value.for_updates(for_update) if isinstance(value, FetchedValue) else None
                (server or DefaultClause(value, for_update=for_update)).attach_to_column(self)

    def _add_item(self, item: Any) -> None:
        if not isinstance(item, SchemaItem):
            raise _unexpected(item)
        tell(item, "before_parent_attach", item, self)
        if isinstance(item, ForeignKey):
            self.foreign_keys.add(item)
            item._set_parent(self)
            if self.table is not None:
                self.table._add_foreign_key(item, self)
        elif hasattr(item, "attach_to_column"):
            item.attach_to_column(self)
        else:
            self.constraints.append(item)
            item.parent_column = self  # type: ignore[attr-defined]
        tell(item, "after_parent_attach", item, self)

    def append_foreign_key(self, key: ForeignKey) -> None:
        """Add a foreign key."""
        self._add_item(key)

    def attach(self, table: Any) -> None:
        """Become a column of a table (called by the table).

        Raises: ArgumentError: it has no name, or belongs to another table.
        """
        if not self.name:
            raise ArgumentError(
                "Column must be constructed with a non-blank name or assign a non-blank .name before adding to a Table."
            )
        if self.table is not None and self.table is not table:
            raise ArgumentError(f"Column object '{self.name}' already assigned to Table '{self.table.description}'")
        if self.key is None:
            self.key = self.name
        self.table = table
        for default in (self.default, self.onupdate):
            if default is not None and getattr(default, "is_sequence", False):
                default.attach_to_metadata(table.metadata)

    def _copy_column(self, name: str | None = None) -> Column[T]:
        """Return an equal column that belongs to no table: mixins give one to each class."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.__dict__.pop("_dispatch", None)
        new.type = self.type  # these two are slots
        new._values = ()
        new.serial = next_serial()
        new.order = self.order
        new._key = ("c", new.serial)
        new._shapes = {}
        new.table = None
        new.foreign_keys = set()
        new.constraints = []
        new._option_values = None
        new._take_options(self.dialect_kwargs)
        if "_info" in self.__dict__:
            new.info = dict(self.info)
        if name is not None:
            new.name = name
            new.key = name
        _copy_defaults(self, new)
        for constraint in self.constraints:
            copied = constraint.copied()
            new.constraints.append(copied)
            copied.parent_column = new
        for foreign_key in self.foreign_keys:
            key = foreign_key.copied()
            new.foreign_keys.add(key)
            key._set_parent(new)
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
        if self.name is None:
            return "(no name)"
        return f"{self.table.description}.{self.name}" if self.table is not None else str(self.name)

    def __repr__(self) -> str:
        parts = [repr(self.name), repr(self.type)]
        parts += [repr(key) for key in sorted(self.foreign_keys, key=lambda key: key._creation_order)]
        parts += [repr(constraint) for constraint in self.constraints]
        parts.append("table=None" if self.table is None else f"table=<{self.table.description}>")
        if self.key != self.name:
            parts.append(f"key={self.key!r}")
        if self.primary_key:
            parts.append("primary_key=True")
        if not self.nullable:
            parts.append(f"nullable={self.nullable!r}")
        for name in ("onupdate", "default", "server_default", "comment"):
            if getattr(self, name) is not None:
                parts.append(f"{name}={getattr(self, name)!r}")
        return f"Column({', '.join(parts)})"


def _sorted_arguments(name: Any, type_: Any, given: tuple[Any, ...]) -> tuple[Any, Any, list[Any]]:
    """Return name, type and the other items: both may be given by position or by name, or be left away.

    Raises: ArgumentError: one is given twice.
    """
    items = [item for item in given if item is not None]
    if items and isinstance(items[0], str):
        if name is not None:
            raise ArgumentError("May not pass name positionally and as a keyword.")
        name = items.pop(0)
    if items and _is_type(items[0]):
        if type_ is not None:
            raise ArgumentError("May not pass type_ positionally and as a keyword.")
        type_ = items.pop(0)
    if name is not None and not isinstance(name, str):
        raise _unexpected(name)
    return name, type_, items


def _unexpected(item: Any) -> ArgumentError:
    return ArgumentError(
        f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}.{type_instead_of(item)} In a "
        "Column, the name comes first, then the type, then ForeignKey and constraints."
    )


def type_instead_of(given: Any) -> str:
    """Return, for a type of Python where one of SQL is meant, a sentence that names that; otherwise nothing."""
    # Here and not above: it knows the class of UUIDs, whose module looks at the platform.
    from holdfast.sql.types.python_types import PYTHON_TYPES

    known = PYTHON_TYPES.get(given) if isinstance(given, type) else None
    if known is None:
        return ""
    return f" {given.__name__} is a type of Python; as the type of a column write {known.__name__}."


def _is_type(value: Any) -> bool:
    return isinstance(value, TypeEngine) or (isinstance(value, type) and issubclass(value, TypeEngine))


def _chosen_default(default: Any, insert_default: Any) -> Any:
    if default is not _UNSET and insert_default is not _UNSET and default is not None and insert_default is not None:
        raise ArgumentError("The 'default' and 'insert_default' parameters of Column are mutually exclusive")
    chosen = default if insert_default is _UNSET or insert_default is None else insert_default
    return None if chosen is _UNSET else chosen


def _copy_defaults(column: Any, new: Any) -> None:
    """Give `new` its own copies of what knows its column: defaults of the database and sequences."""
    copies: dict[int, Any] = {}
    for name in ("default", "onupdate", "server_default", "server_onupdate", "identity", "computed"):
        value = getattr(column, name)
        if hasattr(value, "copied"):
            if id(value) not in copies:
                copies[id(value)] = value.copied()
                copies[id(value)].column = new
            setattr(new, name, copies[id(value)])
