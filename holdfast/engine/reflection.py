"""Reads a database's own schema back."""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.engine.schema import has_table


class TableName(NamedTuple):
    """A table by name and schema."""

    name: str
    schema: str | None


class Inspector:
    """What a database says of its own schema.

    Args:
        bind: an Engine or Connection.
    """

    def __init__(self, bind: Any) -> None:
        self.bind = bind

    def has_table(self, table_name: str, schema: str | None = None) -> bool:
        """Return True if the database has a table or view of this name."""
        table = TableName(table_name, schema)
        if self.bind.is_connection:
            return has_table(self.bind, table)
        with self.bind.connect() as connection:
            return has_table(connection, table)
