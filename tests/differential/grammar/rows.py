"""Runs a generated statement on a database and tells what comes of it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.differential.grammar.tables import build, fill, namespace


class Database:
    """One library's connection to tables of its own.

    Args:
        lib: the library's module.
        url: of the database.
        schema: made for the tables, where the database has schemas.
    """

    def __init__(self, lib: Any, url: str, schema: str | None = None) -> None:
        self.lib = lib
        self.names = namespace(lib)
        self.known_errors = {name for name in dir(__import__("sqlalchemy.exc").exc) if name.endswith("Error")}
        self.engine = lib.create_engine(url)
        self.connection = self.engine.connect()
        self.schema = schema
        if schema is not None:
            self.connection.execute(lib.text(f"DROP SCHEMA IF EXISTS {schema} CASCADE"))
            self.connection.execute(lib.text(f"CREATE SCHEMA {schema}"))
            self.connection.execute(lib.text(f"SET search_path TO {schema}"))
        fill(lib, self.connection, self.names)
        self.connection.commit()
        if schema is not None:
            self.connection.execute(lib.text(f"SET search_path TO {schema}"))
            self.connection.commit()

    def close(self) -> None:
        """Give everything back."""
        if self.schema is not None:
            self.connection.execute(self.lib.text(f"DROP SCHEMA {self.schema} CASCADE"))
            self.connection.commit()
        self.connection.close()
        self.engine.dispose()

    def outcome(self, source: str) -> Any:
        """Return the names of the columns, the rows in the order of their text, and the table `u`; or the error."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                statement = build(self.lib, source, self.names)
                with self._undone():
                    return self._run(statement)
            except Exception as error:
                return self._known(error)

    def _run(self, statement: Any) -> Any:
        result = self.connection.execute(statement)
        if not result.returns_rows:
            return result.rowcount, self._written()
        keys = list(result.keys())
        rows = sorted(repr(tuple(row)) for row in result)
        return keys, rows, self._written() if not getattr(statement, "is_select", False) else None

    def _written(self) -> list[Any]:
        u = self.names["u"]
        return sorted(repr(tuple(row)) for row in self.connection.execute(self.lib.select(u)))

    @contextmanager
    def _undone(self) -> Iterator[None]:
        """Take back what was written."""
        try:
            yield
        finally:
            self.connection.rollback()

    def _known(self, error: Exception) -> str:
        """Return the name of the class that SQLAlchemy documents; errors of Python's own are all one."""
        return next((cls.__name__ for cls in type(error).__mro__ if cls.__name__ in self.known_errors), "refused")
