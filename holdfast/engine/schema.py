"""Creates and drops tables on a connection."""

from __future__ import annotations

from typing import Any

from holdfast.compiler import ddl  # noqa: F401 - teaches the elements their text
from holdfast.schema.ddl import CreateIndex, CreateTable, DropTable


def run_schema(connection: Any, what: str, metadata: Any, tables: list[Any], checkfirst: bool) -> None:
    """Create or drop tables on a connection; tables that are there, or gone, already are left alone."""
    chosen = []
    for table in tables:
        there = checkfirst and has_table(connection, table)
        if not checkfirst or there is (what == "drop"):
            chosen.append(table)
    _tell(metadata, f"before_{what}", metadata, connection, tables=chosen, checkfirst=checkfirst)
    for table in chosen:
        _tell(table, f"before_{what}", table, connection, checkfirst=checkfirst)
        if what == "create":
            connection.execute(CreateTable(table))
            for index in sorted(table.indexes, key=lambda index: index.name):
                connection.execute(CreateIndex(index))
        else:
            connection.execute(DropTable(table))
        _tell(table, f"after_{what}", table, connection, checkfirst=checkfirst)
    _tell(metadata, f"after_{what}", metadata, connection, tables=chosen, checkfirst=checkfirst)


def _tell(owner: Any, name: str, *arguments: Any, **keywords: Any) -> None:
    for listener in getattr(owner.dispatch, name):
        listener(*arguments, **keywords)


def has_table(connection: Any, table: Any) -> bool:
    """Return True if the database has the table."""
    sql, parameters = connection.dialect.has_table_query(table)
    return connection.exec_driver_sql(sql, parameters).first() is not None
