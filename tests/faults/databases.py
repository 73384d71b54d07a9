"""Databases of the programs: how their rows are reset and read by the bare driver, past Holdfast."""

from __future__ import annotations

import sqlite3
from typing import Any

import holdfast as hf
from tests.faults.mapped import FACTS, SEED, TABLES, Base


class Database:
    """A database and its independent reader.

    Args:
        url: the address, with the driver under test.
    """

    def __init__(self, url: str) -> None:
        self.url = hf.make_url(url)
        self._reader: Any = None

    @property
    def name(self) -> str:
        """The kind of database."""
        return self.url.get_backend_name()

    def create(self) -> None:
        """Make the tables, by the database's usual driver."""
        self._by_usual_driver(Base.metadata.drop_all, Base.metadata.create_all)

    def drop(self) -> None:
        """Drop the tables and hang up."""
        self.hang_up()
        self._by_usual_driver(Base.metadata.drop_all)

    def _by_usual_driver(self, *acts: Any) -> None:
        engine = hf.create_engine(self.url.set(drivername=self.name))
        for act in acts:
            act(engine)
        engine.dispose()

    def _connect(self) -> Any:
        url = self.url
        if self.name == "sqlite":
            return sqlite3.connect(url.database or "", isolation_level=None)
        if self.name == "postgresql":
            import psycopg

            plain = url.set(drivername="postgresql").difference_update_query(["pipeline"])
            address = plain.render_as_string(hide_password=False)
            return psycopg.connect(address, autocommit=True, options="-c lock_timeout=60000")
        import pymysql

        return pymysql.connect(
            host=url.host, port=url.port or 3306, user=url.username, password=url.password or "",
            database=url.database, autocommit=True, init_command="SET innodb_lock_wait_timeout = 60",
        )  # fmt: skip

    def hang_up(self) -> None:
        """Let the reader go: SQLite keeps files open for a process as long as one of its connections has a lock."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def rest(self) -> None:
        """Nothing of a file is open any more by the reader; a server's connection may stay."""
        if self.name == "sqlite":
            self.hang_up()

    def _cursor(self) -> Any:
        if self._reader is None:
            self._reader = self._connect()
        return self._reader.cursor()

    def reset(self) -> None:
        """Give all tables their first rows."""
        cursor = self._cursor()
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")
        for statement in SEED:
            cursor.execute(statement)
        cursor.close()

    def facts(self) -> tuple[tuple[Any, ...], ...]:
        """Return the committed rows."""
        return tuple(self.ask(statement) for statement in FACTS)

    def ask(self, statement: str) -> tuple[Any, ...]:
        """Return the rows of a query."""
        cursor = self._cursor()
        cursor.execute(statement)
        rows = tuple(map(tuple, cursor.fetchall()))
        cursor.close()
        return rows
