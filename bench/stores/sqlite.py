"""A SQLite file in write-ahead mode, in a folder that lives in memory where the system has one."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from bench.data import INDEXES, tables
from bench.stores.store import Store


def database_folder() -> str | None:
    """Give a folder that lives in memory where the system has one, else None (the usual temporary folder)."""
    return "/dev/shm" if os.path.isdir("/dev/shm") and os.access("/dev/shm", os.W_OK) else None


class SqliteStore(Store):
    """A file of its own for every contender.

    Write-ahead mode is a property of the file, so that every contender has the same; foreign keys are checked on
    every connection.
    """

    database = "sqlite"

    def __init__(self, types: Mapping[str, str] | None = None) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bench-", dir=database_folder())
        self.path = str(Path(self._folder.name) / "store.db")
        self.keeper = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self.keeper.execute("PRAGMA journal_mode=WAL")
        for statement in (*tables(types or {}), *INDEXES):
            self.keeper.execute(statement)

    def url(self, scheme: str) -> str:
        return f"{scheme}:///{self.path}"

    def fill(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        values = iter(rows)
        first = next(values, None)
        self.keeper.execute("BEGIN IMMEDIATE")
        self.keeper.execute(f"DELETE FROM {table}")
        if first is not None:
            marks = ", ".join("?" * len(first))
            self.keeper.executemany(f"INSERT INTO {table} VALUES ({marks})", chain([first], values))
        self.keeper.execute("COMMIT")

    def read(self, table: str) -> list[tuple[Any, ...]]:
        return self.keeper.execute(f"SELECT * FROM {table} ORDER BY id").fetchall()

    def close(self) -> None:
        self.keeper.close()
        self._folder.cleanup()
