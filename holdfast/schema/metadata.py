"""A collection of tables, and their creation in the order of their foreign keys."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast._util.collections import IdentitySet
from holdfast.schema.items import SchemaItem
from holdfast.schema.naming import DEFAULT_NAMING_CONVENTION
from holdfast.schema.sorting import sort_tables
from holdfast.schema.table import Table, table_key
from holdfast.sql.quoted_name import named


class _Reading:
    """What reads tables of a database; filled by the engine's reflection, which lies above."""

    read_table: Callable[..., None]
    read_all: Callable[..., None]


reading = _Reading()


class MetaData(SchemaItem):
    """A collection of tables that know each other.

    Args:
        schema: the schema of tables that name none.
        quote_schema: force quotes around it, or none.
        naming_convention: kind of constraint ("ix", "uq", "ck", "fk", "pk"), or class -> template of its name; token
            -> function of constraint and table.
        info: the program's own facts.
    Attributes:
        tables: by name, with the schema before it.
    """

    __visit_name__ = "metadata"

    def __init__(
        self,
        schema: str | None = None,
        quote_schema: bool | None = None,
        naming_convention: Mapping[Any, Any] | None = None,
        info: dict[Any, Any] | None = None,
    ) -> None:
        if schema is not None and not isinstance(schema, str):
            raise exc.ArgumentError(
                f"expected schema argument to be a string, got {type(schema)}. A bind of old stands at the engine or "
                "session today."
            )
        self.schema = named(schema, quote_schema)
        self.quote_schema = quote_schema
        self.naming_convention: Mapping[Any, Any] = naming_convention or DEFAULT_NAMING_CONVENTION
        if info is not None:
            self.info = info
        self.tables: dict[str, Any] = {}
        self.sequences: dict[str, Any] = {}
        # Types with names that were given this collection: created and dropped with it, by schema and name.
        self.types: dict[tuple[str | None, str], Any] = {}
        # Columns that take their type from a table which is not here yet: by the key of that table.
        self.untyped: dict[str, list[Any]] = {}

    def _add_table(self, table: Any) -> None:
        self.tables[table.fullname] = table

    def _add_type(self, type_: Any) -> None:
        self.types.setdefault((type_.schema, type_.name), type_)

    def _add_sequence(self, sequence: Any) -> None:
        self.sequences.setdefault(sequence.fullname, sequence)

    def _read_table(self, table: Any, bind: Any, include: Any, kept: Any, own: Any, resolve_fks: bool) -> None:
        reading.read_table(bind, table, include, kept, own, resolve_fks)

    @property
    def schemas(self) -> list[str]:
        """The names of the schemas that its tables and sequences stand in."""
        found = {item.schema for item in (*self.tables.values(), *self.sequences.values()) if item.schema}
        return sorted(found | ({self.schema} if self.schema else set()))

    def get_schema_objects(self, kind: type, *, schema: Any = None) -> list[Any]:
        """Return its tables or sequences, of one schema or all."""
        items = self.tables if issubclass(kind, Table) else self.sequences
        return [item for item in items.values() if schema is None or item.schema == schema]

    def get_schema_object_by_name(self, kind: type, name: str, *, schema: Any = None) -> Any:
        """Return the table or sequence of that name, or None."""
        return next((item for item in self.get_schema_objects(kind, schema=schema) if item.name == name), None)

    def remove(self, table: Any) -> None:
        """Forget a table."""
        self.tables.pop(table.fullname, None)

    def clear(self) -> None:
        """Forget all tables."""
        self.tables.clear()
        self.sequences.clear()
        self.types.clear()

    def __contains__(self, table: Any) -> bool:
        return getattr(table, "fullname", table) in self.tables

    @property
    def sorted_tables(self) -> list[Any]:
        """The tables, each after those that its foreign keys refer to; else by name."""
        return sort_tables(sorted(self.tables.values(), key=lambda table: table.fullname))

    def create_all(self, bind: Any, tables: Sequence[Any] | None = None, checkfirst: Any = True) -> None:
        """Create the tables that are not there, in the order of their foreign keys.

        Args:
            bind: an Engine or Connection.
            tables: only these.
            checkfirst: look before whether a table is there; True, False or `CheckFirst` flags.
        """
        bind.run_schema("create", self, self._chosen(tables), checkfirst)

    def drop_all(self, bind: Any, tables: Sequence[Any] | None = None, checkfirst: Any = True) -> None:
        """Drop the tables that are there, in the reverse order of their foreign keys."""
        bind.run_schema("drop", self, self._chosen(tables), checkfirst)

    def _chosen(self, tables: Sequence[Any] | None) -> list[Any] | None:
        if tables is None:
            return None
        chosen = IdentitySet(tables)
        return [table for table in sorted(self.tables.values(), key=lambda table: table.fullname) if table in chosen]

    def reflect(
        self,
        bind: Any,
        schema: str | None = None,
        views: bool = False,
        only: Sequence[str] | Callable[[str, MetaData], bool] | None = None,
        extend_existing: bool = False,
        autoload_replace: bool = True,
        resolve_fks: bool = True,
        **dialect: Any,
    ) -> None:
        """Read the tables of a database.

        Args:
            bind: an Engine, Connection or Inspector.
            schema: of this schema instead of the MetaData's own.
            views: read views too.
            only: the names, or a function of name and MetaData that tells which.
            extend_existing: read tables that are here already again.
            autoload_replace: columns that are read replace those that are here.
            resolve_fks: read the tables too that foreign keys refer to.

        Raises: InvalidRequestError: the database has no table of a name in `only`.
        """
        reading.read_all(
            bind, self, self.schema if schema is None else schema, views, only, extend_existing, autoload_replace,
            resolve_fks, dialect,
        )  # fmt: skip

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_dispatch"}

    def __repr__(self) -> str:
        return "MetaData()" if self.schema is None else f"MetaData(schema={self.schema!r})"


__all__ = ["MetaData", "reading", "table_key"]
