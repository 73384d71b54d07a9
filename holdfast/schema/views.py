"""CREATE TABLE AS and CREATE VIEW: what a SELECT fills, with its columns as a Table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.schema.column import Column
from holdfast.schema.ddl import DDLElement, DropTable
from holdfast.schema.table import Table
from holdfast.sql.coercions import not_expected, resolve
from holdfast.sql.from_clause import select_hook
from holdfast.sql.traversal import iterate


class _FromSelect(DDLElement):
    """CREATE of something that a SELECT fills.

    Attributes:
        table: it as a Table, whose columns are those of the SELECT.
    """

    is_view = False

    def __init__(self, selectable: Any, name: str, metadata: Any, schema: str | None, options: dict[str, Any]) -> None:
        if schema is None and metadata is not None:
            schema = metadata.schema
        self.selectable = _as_select(selectable)
        self.schema = schema
        self.options = options
        self.metadata = metadata
        self.table = self._made_table(name, metadata)
        super().__init__(self.table)

    def _made_table(self, name: str, metadata: Any) -> Any:
        """Return it as a Table; with a MetaData it is created and dropped with the other tables there."""
        columns = _plain_columns(self.selectable)
        owner = _Alone() if metadata is None else metadata
        table = Table(name, owner, *columns, schema=self.schema)
        table.is_view = self.is_view
        if metadata is not None:
            table.set_creator_ddl(self)
            if self.is_view:
                table.set_dropper_ddl(DropView(table, materialized=bool(getattr(self, "materialized", False))))
            for part in iterate(self.selectable):
                if isinstance(part, Table) and part.metadata is metadata:
                    table.add_is_dependent_on(part)
        return table


class _Alone:
    """Stands in for the MetaData of a table that belongs to none."""

    schema = None
    quote_schema = None
    naming_convention: Mapping[Any, Any] = {}

    def __init__(self) -> None:
        self.tables: dict[str, Any] = {}
        self.untyped: dict[str, list[Any]] = {}

    def _add_table(self, table: Any) -> None:
        self.tables[table.fullname] = table

    def __repr__(self) -> str:
        return "MetaData()"


def _as_select(given: Any) -> Any:
    """Return the SELECT that fills a table or view.

    Raises: ArgumentError: neither a SELECT nor something to select from.
    """
    found = resolve(given)
    if not hasattr(found, "subquery") and getattr(found, "is_selectable", False):
        found = found.select()
    if not hasattr(found, "subquery"):
        raise not_expected("SELECT statement or equivalent textual object expected", given)
    return found


def _plain_columns(selectable: Any) -> list[Column[Any]]:
    """Return columns with the names and types that those of a SELECT have in the database."""
    found = list(selectable.subquery("made").c)
    names = [column.name for column in found]
    if not all(isinstance(name, str) for name in names):
        # Of an expression without a name the database knows the one that the compiler makes up.
        names = [column.name for column in selectable.compile().columns]
    return [Column(name, column.type) for name, column in zip(names, found, strict=True)]


class CreateTableAs(_FromSelect):
    """``CREATE TABLE ... AS SELECT``.

    Args:
        selectable: the SELECT.
        table_name: the name of the new table.
        metadata: create and drop it with the tables there.
        schema, temporary, if_not_exists: as documented.
    """

    visit_name = "create_table_as"

    def __init__(
        self,
        selectable: Any,
        table_name: str,
        *,
        metadata: Any = None,
        schema: str | None = None,
        temporary: bool = False,
        if_not_exists: bool = False,
        **dialect: Any,
    ) -> None:
        super().__init__(selectable, table_name, metadata, schema, dialect)
        self.temporary = temporary
        self.if_not_exists = if_not_exists


class CreateView(_FromSelect):
    """``CREATE VIEW``.

    Args:
        selectable: the SELECT.
        view_name: the name of the view.
        metadata: create and drop it with the tables there.
        schema, temporary, or_replace, materialized: as documented.
    """

    visit_name = "create_view"
    is_view = True

    def __init__(
        self,
        selectable: Any,
        view_name: str,
        *,
        metadata: Any = None,
        schema: str | None = None,
        temporary: bool = False,
        or_replace: bool = False,
        materialized: bool = False,
        **dialect: Any,
    ) -> None:
        super().__init__(selectable, view_name, metadata, schema, dialect)
        self.temporary = temporary
        self.or_replace = or_replace
        self.materialized = materialized


class DropView(DropTable):
    """``DROP VIEW``.

    Args:
        element: the view as a Table, or what creates it.
    """

    visit_name = "drop_view"

    def __init__(self, element: Any, *, if_exists: bool = False, materialized: bool = False) -> None:
        super().__init__(element.table if isinstance(element, _FromSelect) else element, if_exists)
        self.materialized = materialized


select_hook.into = CreateTableAs
