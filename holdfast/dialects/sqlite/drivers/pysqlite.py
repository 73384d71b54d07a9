"""SQLite by the standard library's `sqlite3`, in autocommit mode: BEGIN, COMMIT and SAVEPOINT are the engine's."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from holdfast.engine.driver import ConnectArguments, CursorStream, Fetched, Parameters

SPILLS_SAFELY = (3, 51, 1)
"""The release that was seen to be good. Before it, a savepoint that is rolled back after pages of its transaction went from
a full cache into the write-ahead log leaves a record there whose checksum is wrong: after a crash, SQLite drops that and
all transactions that were committed behind it. Source: sqlite.org/forum/forumpost/b490f726db, which names 3.44.0 to 3.50.1;
tests/crash finds it in 3.40.1 with the bare driver, and not in 3.51.1."""


class SQLiteConnection:
    """One `sqlite3` connection; answers at once.

    Args:
        raw: the connection, in autocommit mode.
        is_in_memory: so is its database; a process that is forked gets a copy of it.
    """

    __slots__ = (
        "_idle", "_streams", "is_in_memory", "is_in_process", "raw", "reader", "rolls_back_soon", "takes_begin_along",
    )  # fmt: skip

    def __init__(self, raw: sqlite3.Connection, is_in_memory: bool) -> None:
        self.raw = raw
        self.is_in_memory = is_in_memory
        # Each transaction asks; an attribute of the class is slow to read by way of an object (CPython 3.11).
        self.takes_begin_along = self.rolls_back_soon = False
        self.is_in_process = True
        # Cursors whose statement is done, for the next one. A list: a connection may be shared by threads, and a
        # function that SQL calls may run a statement inside another.
        self._idle: list[sqlite3.Cursor] = []
        # Cursors whose rows are being fetched.
        self._streams: WeakSet[sqlite3.Cursor] | None = None
        # Under asyncio, on a file: what executes short SELECTs in the loop's own thread.
        self.reader: Any = None

    def run(self, sql: str, parameters: Parameters) -> Fetched:
        """Execute one statement and fetch all of its rows."""
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self.raw.cursor()
        try:
            cursor.execute(sql, parameters)
            description = cursor.description
            # The count of an INSERT ... RETURNING is known only after its rows.
            rows = [] if description is None else cursor.fetchall()
        except BaseException:
            # The error's traceback holds it, and what holds a statement keeps a closed connection's file and locks.
            cursor.close()
            raise
        fetched = Fetched(rows, description, cursor.rowcount, cursor.lastrowid)
        self._idle.append(cursor)
        return fetched

    fetch = run

    def run_essential(self, sql: str) -> None:
        """Execute COMMIT, ROLLBACK and the like; there is no waiting in which a caller could be cancelled."""
        try:
            cursor = self._idle.pop()
        except IndexError:
            cursor = self.raw.cursor()
        cursor.execute(sql)
        self._idle.append(cursor)

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

    def cursor(self) -> sqlite3.Cursor:
        """Return a new cursor, for listeners."""
        return self.raw.cursor()

    def run_on(self, cursor: sqlite3.Cursor, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows."""
        if many:
            cursor.executemany(sql, parameters)
        else:
            cursor.execute(sql, parameters)
        description = cursor.description
        rows = [] if description is None else cursor.fetchall()
        return Fetched(rows, description, cursor.rowcount, cursor.lastrowid)

    def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> CursorStream:
        """Execute one statement; SQLite finds its rows as they are fetched."""
        cursor = self.raw.execute(sql, parameters)
        if self._streams is None:
            self._streams = WeakSet()
        self._streams.add(cursor)
        return CursorStream(cursor)

    def lend(self, to_program: bool) -> None:
        """Let the connection begin transactions by itself, before INSERT, UPDATE and DELETE, or end that."""
        self.raw.isolation_level = "" if to_program else None

    async def close(self) -> None:
        """Close the connection."""
        self.terminate()

    def terminate(self) -> None:
        """Close the connection: SQLite does so only when nothing of it is held any more, and keeps its locks until then."""
        with suppress(sqlite3.Error):
            for cursor in self._streams or ():
                cursor.close()
            self.raw.rollback()
        self.raw.close()

    def interrupt(self) -> None:
        """End the statement that runs in another thread."""
        self.raw.interrupt()

    def fileno(self) -> int:
        """Return -1: the database is a file, or memory."""
        return -1

    def in_transaction(self) -> bool:
        """Return True if a transaction is open; a connection that was closed under the driver has none."""
        try:
            return self.raw.in_transaction
        except sqlite3.ProgrammingError:
            return False

    def is_closed(self) -> bool:
        """Return False: nobody but its owner closes it."""
        return False


class SQLiteDriver:
    """Opens connections with the settings that Holdfast gives SQLite.

    Foreign keys are enforced, waiting for a lock lasts five seconds, and a file that Holdfast creates gets a
    write-ahead log (which persists in the file, so files that exist keep what they have). Where SQLite loses transactions
    by it (`SPILLS_SAFELY`), pages of an open transaction stay in memory. Each may be set otherwise by ``connect_args``:
    ``foreign_keys``, ``timeout``, ``journal_mode``, ``cache_spill``.

    Args:
        module: in the place of `sqlite3`.
        reads_here: its connections live in threads; short SELECTs may be executed in the loop's own (`brief.py`).
    """

    is_async = False
    name = "pysqlite"

    def __init__(
        self, foreign_keys: bool = True, wal: bool = True, module: Any = None, reads_here: bool = False
    ) -> None:
        self.module: Any = sqlite3 if module is None else module
        self._foreign_keys = foreign_keys
        self._wal = wal
        self._reads_here = reads_here and self.module is sqlite3
        self._texts: dict[str, Any] = {}

    def adopt(self, raw: sqlite3.Connection) -> SQLiteConnection:
        """Take over a connection that the program made, in autocommit mode."""
        raw.isolation_level = None
        return SQLiteConnection(raw, not any(file for _, _, file in raw.execute("PRAGMA database_list")))

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how a connection is opened: `sqlite3.connect`'s arguments, and the settings for afterwards."""
        keywords = {**_query_arguments(url), **given}
        database = url.database or ":memory:"
        named = ("foreign_keys", "journal_mode", "cache_spill")
        settings = {name: keywords.pop(name) for name in named if name in keywords}
        settings.setdefault("foreign_keys", self._foreign_keys)
        settings["is_in_memory"] = in_memory = is_memory_database(url)
        settings["may_be_new"] = not in_memory and not keywords.get("uri")
        settings.setdefault("cache_spill", in_memory or self.module.sqlite_version_info >= SPILLS_SAFELY)
        keywords.setdefault("check_same_thread", False)
        return ConnectArguments([database], keywords, settings)

    def version_of(self, connection: Any) -> tuple[int, ...]:
        """Return the library's version."""
        version: tuple[int, ...] = self.module.sqlite_version_info
        return version

    async def connect(self, arguments: ConnectArguments) -> SQLiteConnection:
        """Open a connection."""
        return self.open(arguments)

    def open(self, arguments: ConnectArguments) -> SQLiteConnection:
        """Do what `connect` promises, without a coroutine."""
        settings = arguments.settings
        is_new = settings["may_be_new"] and not os.path.exists(arguments.args[0])
        journal_mode = settings.get("journal_mode", "wal" if is_new and self._wal else None)
        keywords = {**arguments.keywords, "isolation_level": None}
        reads_here = self._may_read_here(arguments)
        if reads_here:
            keywords["factory"] = _brief().NotingConnection
        raw = self.module.connect(*arguments.args, **keywords)
        try:
            if journal_mode is not None:
                if journal_mode not in ("delete", "truncate", "persist", "memory", "wal", "off"):
                    raise ValueError(f"journal_mode {journal_mode!r} is not one of SQLite's")
                _set_journal_mode(raw, journal_mode)
            raw.execute(f"PRAGMA foreign_keys={'ON' if settings['foreign_keys'] else 'OFF'}")
            if not settings["cache_spill"]:
                raw.execute("PRAGMA cache_spill=OFF")
            # SQLite knows the operator REGEXP, but leaves its meaning to the program.
            raw.create_function("regexp", 2, _regexp, deterministic=True)
        except BaseException:
            raw.close()
            raise
        connection = SQLiteConnection(raw, settings["is_in_memory"])
        if reads_here:
            raw.calls_program = False  # REGEXP above is ours
            connection.reader = _brief().BriefReader(raw, self._texts)
        return connection

    def _may_read_here(self, arguments: ConnectArguments) -> bool:
        """Return True if the loop's thread may use a connection, and no connection shares its database's memory."""
        keywords = arguments.keywords
        return (
            self._reads_here
            and not arguments.settings["is_in_memory"]
            and not keywords["check_same_thread"]
            and "factory" not in keywords
        )


def _brief() -> Any:
    """Return the room for short reads; programs without asyncio do not enter it."""
    from holdfast.dialects.sqlite.drivers import brief

    return brief


def _regexp(pattern: str, value: str | None) -> bool | None:
    return None if value is None else re.search(pattern, value) is not None


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
    kinds["foreign_keys"] = kinds["cache_spill"] = _is_true
    return {name: kinds[name](value) for name, value in url.query.items() if name in kinds}


def _is_true(text: str) -> bool:
    return text.lower() in ("1", "true", "yes", "on")
