"""One fresh SQLite file per contender and row: who owns it, how it is reached, how it is filled and read back."""

from __future__ import annotations

import importlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from bench.data import TABLES, WIDE_TABLE
from bench.models import models


def database_folder() -> str | None:
    """Give a folder that lives in memory where the system has one, else None (the usual temporary folder)."""
    return "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None


class Store:
    """A SQLite file in write-ahead mode with the tables of `data.py`, and a bare connection to fill and read it.

    Write-ahead mode is a property of the file, so that every contender has the same; foreign keys are checked on
    every connection.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-", dir=database_folder())
        self.path = str(Path(self._folder.name) / "store.db")
        self.keeper = sqlite3.connect(self.path, isolation_level=None)
        self.keeper.execute("PRAGMA journal_mode=WAL")
        self.keeper.executescript(TABLES)
        self.keeper.execute(WIDE_TABLE)

    def fill(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Replace the rows of a table.

        Args:
            table: its name.
            rows: tuples of all its columns; may be empty.
        """
        values = list(rows)
        self.keeper.execute("BEGIN IMMEDIATE")
        self.keeper.execute(f"DELETE FROM {table}")
        if values:
            marks = ", ".join("?" * len(values[0]))
            self.keeper.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
        self.keeper.execute("COMMIT")

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Read back a table by the bare driver, in the order of its key."""
        return self.keeper.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()

    def close(self) -> None:
        """Drop the file."""
        self.keeper.close()
        self._folder.cleanup()


class RawStore(Store):
    """The bare driver's store; `connection` does the timed work."""

    def __init__(self) -> None:
        super().__init__()
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        self.connection.execute("PRAGMA foreign_keys=ON")

    def close(self) -> None:
        self.connection.close()
        super().close()


class LibraryStore(Store):
    """A library's store: its modules, its mapped classes, and an engine with its own pool and defaults."""

    def __init__(self, library: str) -> None:
        super().__init__()
        self.library = library
        self.lib: Any = importlib.import_module(library)
        self.orm: Any = importlib.import_module(f"{library}.orm")
        self.models = models(library)
        self.engine: Any = self.lib.create_engine(f"sqlite:///{self.path}")
        self.lib.event.listen(self.engine, "connect", check_foreign_keys)

    def session(self, **options: Any) -> Any:
        """Open a session on the engine."""
        return self.orm.Session(self.engine, **options)

    def close(self) -> None:
        self.engine.dispose()
        super().close()


def check_foreign_keys(connection: Any, _record: Any) -> None:
    """Switch foreign keys on for a new connection of any contender (a `connect` listener)."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()
