"""A table: its columns, constraints and indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload

from holdfast import exc
from holdfast.exc import ArgumentError, DuplicateColumnError, InvalidRequestError, warn
from holdfast.schema import copying
from holdfast.schema.collections import OrderedSet
from holdfast.schema.column import Column
from holdfast.schema.constraints import Constraint, PrimaryKeyConstraint, UniqueConstraint, attach_what_waited
from holdfast.schema.ddl import CheckFirst
from holdfast.schema.foreign_key_types import take_types
from holdfast.schema.foreign_keys import ForeignKey, ForeignKeyConstraint
from holdfast.schema.indexes import Index
from holdfast.schema.items import SchemaItem, tell
from holdfast.schema.named_types import of_schema
from holdfast.schema.sequences import BLANK_SCHEMA
from holdfast.schema.type_constraints import type_constraints
from holdfast.schema.typed_columns import columns_of
from holdfast.sql.columns import ColumnCollection
from holdfast.sql.from_clause import TableClause
from holdfast.sql.node import next_serial
from holdfast.sql.quoted_name import named
from holdfast.sql.types import Integer, Numeric

if TYPE_CHECKING:
    from typing_extensions import TypeVar as TypeVarWithDefault

    TC = TypeVarWithDefault("TC", bound=ColumnCollection, default=ColumnCollection, covariant=True)
else:
    TC = TypeVar("TC")
TC2 = TypeVar("TC2", bound=ColumnCollection)


class Table(TableClause, SchemaItem, Generic[TC]):
    """A table of a MetaData.

    Args:
        name: its name.
        metadata: the collection that it belongs to.
        args: a class derived from `TypedColumns`, then Columns, constraints, indexes, `DDL` events.
        schema: the schema that it stands in; `BLANK_SCHEMA`: none, whatever the MetaData says.
        autoload_with: an Engine, Connection or Inspector to read columns and constraints from.
        autoload_replace: columns that are read replace those that are there.
        include_columns: read only these.
        resolve_fks: read the tables too that foreign keys refer to.
        extend_existing: add to the table of this name that is there.
        keep_existing: return the table of this name that is there, as it is.
        must_exist: raise if there is none yet.
        listeners: pairs of event and function, as of `event.listen`.
        quote, quote_schema, comment, info, prefixes, implicit_returning, ``sqlite_...``: as documented.

    Raises:
        InvalidRequestError: the MetaData has a table of this name already.
        NoSuchTableError: the database to read from has none of this name.
    """

    metadata: Any
    # An attribute here, a property of other FROM elements.
    primary_key: Any = None
    is_view = False
    _creator_ddl: Any = None
    _dropper_ddl: Any = None

    if TYPE_CHECKING:
        # The columns are those of the class that declares them, where there is one.

        @property
        def c(self) -> TC: ...

        @property
        def columns(self) -> TC: ...

        def with_cols(self, cols: type[TC2], /) -> Table[TC2]: ...

    def __new__(cls, *args: Any, **keywords: Any) -> Self:
        if not args and not keywords:
            return object.__new__(cls)
        if len(args) < 2:
            raise TypeError("Table() takes at least two positional-only arguments 'name', and 'metadata'")
        name, metadata = args[0], args[1]
        if not hasattr(metadata, "tables"):
            raise ArgumentError(f"Table() takes a name and a MetaData, then columns; got {metadata!r} as the MetaData.")
        keep, extend = keywords.get("keep_existing"), keywords.get("extend_existing")
        if keep and extend:
            raise ArgumentError("keep_existing and extend_existing are mutually exclusive.")
        key = table_key(name, _schema_of(keywords.get("schema"), metadata))
        present = metadata.tables.get(key)
        if present is None:
            if keywords.get("must_exist"):
                raise InvalidRequestError(f"Table '{key}' not defined")
            return object.__new__(cls)
        if keep or extend or len(args) == 2:
            return present  # type: ignore[no-any-return]
        raise InvalidRequestError(
            f"Table '{key}' is already defined for this MetaData instance.  Specify 'extend_existing=True' to redefine "
            "options and columns on an existing Table object."
        )

    @overload
    def __init__(
        self: Table[TC2], name: str, metadata: Any, columns: type[TC2], /, *args: Any, **keywords: Any
    ) -> None: ...

    @overload
    def __init__(self: Table[ColumnCollection], name: str, metadata: Any, /, *args: Any, **keywords: Any) -> None: ...

    def __init__(
        self,
        name: str,
        metadata: Any,
        *args: Any,
        schema: Any = None,
        extend_existing: bool = False,
        keep_existing: bool = False,
        must_exist: bool = False,
        autoload_with: Any = None,
        autoload_replace: bool = True,
        include_columns: Any = None,
        resolve_fks: bool = True,
        quote: bool | None = None,
        quote_schema: bool | None = None,
        comment: str | None = None,
        info: dict[Any, Any] | None = None,
        prefixes: Any = (),
        listeners: Any = (),
        implicit_returning: bool = True,
        **dialect: Any,
    ) -> None:
        is_new = "metadata" not in self.__dict__
        if is_new:
            self._begin(name, metadata, named(_schema_of(schema, metadata), quote_schema), quote)
            self.quote_schema = metadata.quote_schema if quote_schema is None and schema is None else quote_schema
            self._prefixes = tuple(prefixes)
            self.implicit_returning = implicit_returning
        elif not extend_existing:
            return
        if args and isinstance(args[0], type):
            args = (*columns_of(args[0]), *args[1:])
        if comment is not None:
            self.comment = comment
        if info is not None:
            self.info = info
        self._take_options(dialect)
        for event, function in listeners:
            self.dispatch.append(event, function)
        if is_new:
            tell(self, "before_parent_attach", self, metadata)
            metadata._add_table(self)
        try:
            if autoload_with is not None:
                own = [item for item in args if isinstance(item, Column)]
                kept = [] if is_new or autoload_replace else list(self.c)
                metadata._read_table(self, autoload_with, include_columns, kept, own, resolve_fks)
            self._add(args, replace=not is_new or autoload_with is not None)
        except BaseException:
            if is_new:
                metadata.remove(self)
            raise
        take_types(self)
        if is_new:
            tell(self, "after_parent_attach", self, metadata)

    def _begin(self, name: Any, metadata: Any, schema: str | None, quote: bool | None) -> None:
        if not isinstance(name, str):
            raise ArgumentError(f"A table's name is a string, not {type(name).__name__}.")
        self.name = named(name, quote)
        self.metadata = metadata
        self.schema = schema
        self.serial = next_serial()
        self._key = ("t", self.serial)
        self._columns = ColumnCollection()
        self.constraints: OrderedSet = OrderedSet()
        self.indexes: OrderedSet = OrderedSet()
        self.quote = quote
        self.comment: str | None = None
        self._extra_dependencies: list[Any] = []
        key = PrimaryKeyConstraint(_implicit=True)
        key.table = self
        self.primary_key = key
        self.constraints.add(key)

    def _add(self, items: Any, replace: bool = False) -> None:
        columns = [item for item in items if isinstance(item, Column)]
        for column in columns:
            self._append(column, replace)
        if not any(isinstance(item, PrimaryKeyConstraint) for item in items):
            self._refresh_primary_key()
        # Those that were declared as such come before those that columns imply.
        for item in items:
            if isinstance(item, (Constraint, Index)):
                item.attach(self)
            elif hasattr(item, "listen_on"):
                item.listen_on(self)
            elif not isinstance(item, Column):
                hint = ". In __table_args__ the dict of keywords stands last." if isinstance(item, dict) else ""
                raise ArgumentError(
                    f"'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {item!r}{hint}"
                )
        for column in columns:
            self._finish_column(column)

    def append_column(self, column: Any, *, replace_existing: bool = False) -> None:
        """Add a column.

        Raises: DuplicateColumnError: there is one of this name.
        """
        self._append(column, replace_existing)
        if column.primary_key:
            self._refresh_primary_key()
        self._finish_column(column)
        take_types(self)

    def _append(self, column: Any, replace: bool) -> None:
        present = self._columns.get(column.key) if column.table is self else None
        if present is column:
            return
        if column.insert_sentinel and any(one.insert_sentinel for one in self._columns):
            raise ArgumentError("a Table may have only one explicit sentinel column")
        tell(column, "before_parent_attach", column, self)
        column.name = named(column.name, column.quote)
        column.attach(self)
        present = self._columns.get(column.key)
        if present is None and replace:
            present = self._of_another_key(column)
        if present is None:
            self._columns._add(column.key, column)
        elif present is not column:
            if not replace:
                raise DuplicateColumnError(
                    f"A column with name '{column.key}' is already present in table '{self.name}'.  Specify "
                    "replace_existing=True to Table.append_column() to replace an existing column."
                )
            self._replace_column(present, column)
        tell(column, "after_parent_attach", column, self)

    def _of_another_key(self, column: Any) -> Any:
        """Return the column of the same name that stands here under another key: a table has a name once."""
        found = next((one for one in self._columns if one.name == column.name), None)
        if found is not None and found.key != found.name:
            warn(
                f'Column with user-specified key "{found.key}" is being replaced with plain named column "{column.name}", key '
                f'"{found.key}" is being removed.  If this is a reflection operation, specify autoload_replace=False to prevent '
                "this replacement."
            )
        return found

    def _replace_column(self, old: Any, new: Any) -> None:
        """Put a column in the place of another one, whose foreign keys go with it."""
        self._columns = ColumnCollection(
            (new.key, new) if column is old else (key, column) for key, column in self._columns.items()
        )
        for key in old.foreign_keys:
            if key.constraint is not None and len(key.constraint.elements) == 1:
                self.constraints.discard(key.constraint)
        if old.primary_key and not new.primary_key:
            old.primary_key = False
            self._refresh_primary_key()
        old.table = None

    def _refresh_primary_key(self) -> None:
        """Make the primary key of the columns that are marked so."""
        marked = [column for column in self._columns if column.primary_key]
        before = self.primary_key
        if {id(column) for column in before.columns} == {id(column) for column in marked}:
            # It may have been given with its columns in another order than the table's.
            return
        own = {} if before.is_implicit else before._plain_arguments()
        self.constraints.discard(before)
        key = PrimaryKeyConstraint(*marked, _implicit=before.is_implicit, **own)
        key.attach(self)

    def _finish_column(self, column: Any) -> None:
        """Make the constraints and indexes that a column implies."""
        for key in sorted(column.foreign_keys, key=lambda key: key._creation_order):
            self._add_foreign_key(key, column)
        for constraint in column.constraints:
            if constraint.table is None:
                _name_parent_column(constraint, column)
                constraint.attach(self)
        column.type = of_schema(column.type, self.schema, self.metadata.schema)
        for of_type in type_constraints(column):
            of_type.attach(self)
        if column.index:
            Index(None, column, unique=bool(column.unique), _column_flag=True)
        elif column.unique:
            UniqueConstraint(column, _column_flag=True)
        attach_what_waited(column)

    def _add_foreign_key(self, key: ForeignKey, column: Any) -> None:
        if key.constraint is None:
            ForeignKeyConstraint.of(key, column).attach(self)

    def append_constraint(self, constraint: Any) -> None:
        """Add a constraint or an index."""
        constraint.attach(self)

    def add_is_dependent_on(self, table: Any) -> None:
        """Create this table after another one, though no foreign key says so."""
        self._extra_dependencies.append(table)

    @property
    def key(self) -> str:
        """The name under which the MetaData holds it."""
        return self.fullname

    @property
    def foreign_key_constraints(self) -> set[ForeignKeyConstraint]:
        """The foreign keys, of one or more columns."""
        return {item for item in self.constraints if isinstance(item, ForeignKeyConstraint)}

    @property
    def autoincrement_column(self) -> Any:
        """The one integer key column whose values the database makes, or None.

        Raises: ArgumentError: `autoincrement` is set for two columns, or for one that can not count.
        """
        key = list(self.primary_key)
        chosen = [column for column in key if column.autoincrement is True or column.identity is not None]
        if chosen:
            return _checked_autoincrement(chosen)
        if len(key) != 1 or key[0].autoincrement not in ("auto", "ignore_fk"):
            return None
        column = key[0]
        default = column.default
        fits = isinstance(column.type, Integer) and (not column.foreign_keys or column.autoincrement == "ignore_fk")
        is_counted = default is None or getattr(default, "is_sequence", False)
        return column if fits and column.server_default is None and is_counted else None

    _autoincrement_column = autoincrement_column

    def set_creator_ddl(self, ddl: Any) -> None:
        """Let this statement create the table, also among all tables, in the place of CREATE TABLE.

        Args:
            ddl: such as `CreateView`, `CreateTableAs`, `DDL` or a class of the program's own.
        """
        self._creator_ddl = ddl

    def set_dropper_ddl(self, ddl: Any) -> None:
        """Let this statement drop the table, also among all tables, in the place of DROP TABLE."""
        self._dropper_ddl = ddl

    def create(self, bind: Any, checkfirst: Any = CheckFirst.TYPES) -> None:
        """Send CREATE TABLE for this table.

        Args:
            bind: an Engine or Connection.
            checkfirst: look before what is there; True, False or `CheckFirst` flags. Types with names may be shared with other
                tables: only False does not look for them.
        """
        bind.run_schema("create", self, None, checkfirst)

    def drop(self, bind: Any, checkfirst: Any = False) -> None:
        """Send DROP TABLE for this table."""
        bind.run_schema("drop", self, None, checkfirst)

    def to_metadata(
        self,
        metadata: Any,
        schema: Any = copying.RETAIN_SCHEMA,
        referred_schema_fn: Callable[..., Any] | None = None,
        name: str | None = None,
    ) -> Any:
        """Return a copy of this table in another MetaData.

        Args:
            schema: the schema of the copy; None: that of the MetaData; not given: the same as here.
            referred_schema_fn: (table, new schema, foreign key constraint, its schema) -> schema that the copy refers to.
            name: the name of the copy.
        """
        new_name = self.name if name is None else name
        new_schema = self.schema if schema is copying.RETAIN_SCHEMA else (metadata.schema if schema is None else schema)
        moved_to, new_schema = new_schema, new_schema or metadata.schema
        present = metadata.tables.get(table_key(new_name, new_schema))
        if present is not None:
            exc.warn(f"Table '{present.description}' already exists within the given MetaData - not copying.")
            return present
        items, constraints = copying.copied_items(self, moved_to, referred_schema_fn)
        own = self.__dict__.get("_info")
        copy = Table(
            new_name,
            metadata,
            *items,
            *constraints,
            schema=BLANK_SCHEMA if new_schema is None else new_schema,
            comment=self.comment,
            prefixes=self._prefixes,
            quote=self.quote,
            info=None if own is None else dict(own),
            **self.dialect_kwargs,
        )
        copying.copy_indexes(self, copy)
        return copy

    tometadata = to_metadata

    def __str__(self) -> str:
        return self.fullname

    def __repr__(self) -> str:
        columns = "".join(f"{column!r}, " for column in self._columns)
        return f"Table({self.name!r}, {self.metadata!r}, {columns}schema={self.schema!r})"


def table_key(name: str, schema: str | None) -> str:
    """Return the name under which a MetaData holds a table."""
    return f"{schema}.{name}" if schema else name


def _schema_of(given: Any, metadata: Any) -> str | None:
    if given is BLANK_SCHEMA:
        return None
    return metadata.schema if given is None else given  # type: ignore[no-any-return]


def _name_parent_column(constraint: Any, column: Any) -> None:
    """Let a constraint that a column was given know the column, for the naming convention."""
    columns = getattr(constraint, "columns", None)
    if columns is not None and not len(columns):
        columns._add(column.key, column)


def _checked_autoincrement(chosen: list[Any]) -> Any:
    if len(chosen) > 1:
        raise ArgumentError(
            f"Only one Column may be marked autoincrement=True, found both {chosen[1].name} and {chosen[0].name}."
        )
    column = chosen[0]
    if not isinstance(column.type, (Integer, Numeric)) and column.autoincrement is True:
        raise ArgumentError(f"Column type {column.type} on column '{column}' is not compatible with autoincrement=True")
    return column
