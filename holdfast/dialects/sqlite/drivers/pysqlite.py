"""SQLite by the standard library's `sqlite3`, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Mapping, Sequence
from typing import Any

from holdfast.engine.driver import Fetched, Parameters


class SQLiteConnection:
    """One `sqlite3` connection; answers at once.

    Args:
        raw: the connection, in autocommit mode.
    """

    __slots__ = ("raw",)

    takes_begin_along = False

    def __init__(self, raw: sqlite3.Connection) -> None:
        self.raw = raw

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        cursor = self.raw.execute(sql, parameters)
        description = cursor.description
        if description is None:
            return Fetched([], None, cursor.rowcount, cursor.lastrowid)
        rows = cursor.fetchall()
        # The count of an INSERT ... RETURNING is known only after its rows.
        return Fetched(rows, description, cursor.rowcount, cursor.lastrowid)

    fetch = run

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like; there is no waiting in which a caller could be cancelled."""
        self.raw.execute(sql)

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters."""
        return self.fetch_many(sql, rows)

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters and bring each answer."""
        return self.fetch_each(sql, rows)

    def fetch_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Do what `run_many` promises, without a coroutine."""
        cursor = self.raw.executemany(sql, rows)
        return Fetched([], None, cursor.rowcount, cursor.lastrowid)

    def fetch_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Do what `run_each` promises, without a coroutine."""
        cursor = self.raw.cursor()
        execute, found = cursor.execute, []
        for parameters in rows:
            execute(sql, parameters)
            description = cursor.description
            fetched = [] if description is None else cursor.fetchall()
            found.append(Fetched(fetched, description, cursor.rowcount, cursor.lastrowid))
        return found

    async def close(self) -> None:
        """Close the connection."""
        self.raw.close()

    def terminate(self) -> None:
        """Close the connection."""
        self.raw.close()

    def interrupt(self) -> None:
        """End the statement that runs in another thread."""
        self.raw.interrupt()

    def in_transaction(self) -> bool:
        """Return True if a transaction is open."""
        return self.raw.in_transaction


class SQLiteDriver:
    """Opens connections with the settings that Holdfast gives SQLite.

    Foreign keys are enforced, waiting for a lock lasts five seconds, and a file that Holdfast creates gets a
    write-ahead log (which persists in the file, so files that exist keep what they have). Each may be set otherwise
    by ``connect_args``: ``foreign_keys``, ``timeout``, ``journal_mode``.
    """

    module = sqlite3
    is_async = False

    def __init__(self, foreign_keys: bool = True, wal: bool = True) -> None:
        self._foreign_keys = foreign_keys
        self._wal = wal

    def adopt(self, raw: sqlite3.Connection) -> SQLiteConnection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.isolation_level = None
        return SQLiteConnection(raw)

    async def connect(self, url: Any, arguments: Mapping[str, Any]) -> SQLiteConnection:
        """Open a connection."""
        return self.open(url, arguments)

    def open(self, url: Any, arguments: Mapping[str, Any]) -> SQLiteConnection:
        """Do what `connect` promises, without a coroutine."""
        keywords = {**_query_arguments(url), **arguments}
        foreign_keys = keywords.pop("foreign_keys", self._foreign_keys)
        database = url.database or ":memory:"
        is_memory = is_memory_database(url)
        is_new = not is_memory and not keywords.get("uri") and not os.path.exists(database)
        journal_mode = keywords.pop("journal_mode", "wal" if is_new and self._wal else None)
        keywords.setdefault("check_same_thread", False)
        keywords["isolation_level"] = None
        raw = sqlite3.connect(database, **keywords)
        try:
            if journal_mode is not None:
                if journal_mode not in ("delete", "truncate", "persist", "memory", "wal", "off"):
                    raise ValueError(f"journal_mode {journal_mode!r} is not one of SQLite's")
                _set_journal_mode(raw, journal_mode)
            raw.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        except BaseException:
            raw.close()
            raise
        return SQLiteConnection(raw)


def _set_journal_mode(raw: sqlite3.Connection, mode: str) -> None:
    """Set the journal mode, a word that was checked.

    SQLite does not wait for a lock here: it fails, or answers with the mode as it was. So connections that open a new
    file side by side must try again; a file system that can not have the mode keeps the one that it has.
    """
    for attempt in range(JOURNAL_MODE_ATTEMPTS):
        try:
            [found] = raw.execute(f"PRAGMA journal_mode={mode}").fetchone()
            if found == mode:
                return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or attempt == JOURNAL_MODE_ATTEMPTS - 1:
                raise
        time.sleep(0.005)


JOURNAL_MODE_ATTEMPTS = 40


def is_memory_database(url: Any) -> bool:
    """Return True if the URL names a database that lives in memory."""
    return (
        url.database in (None, "", ":memory:")
        or "mode=memory" in str(url.database)
        or (url.query.get("mode") == "memory")
    )


def _query_arguments(url: Any) -> dict[str, Any]:
    """Return the keywords of `sqlite3.connect` in a URL's query."""
    kinds = {"timeout": float, "cached_statements": int, "uri": _is_true, "check_same_thread": _is_true}
    kinds["foreign_keys"] = _is_true
    return {name: kinds[name](value) for name, value in url.query.items() if name in kinds}


def _is_true(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on")
