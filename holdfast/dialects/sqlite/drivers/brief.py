"""SELECTs that are short, for an event loop's own thread: each is given some steps of SQLite's machine and no more.

Why and when: docs/decisions/0008-short-reads-in-the-loops-thread.md.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from time import perf_counter
from typing import Any

from holdfast.engine.driver import Fetched, Parameters

STEPS = 1_000
"""Instructions of SQLite's virtual machine that a statement gets at least, and twice as many at most: it counts on where the
statement's last execution ended. They are 20 to 50 microseconds; twenty rows by an index take 300."""

LONG = 0.001
"""Seconds after which a statement that kept to its steps was long all the same (a disk, a large value, a busy machine)."""

FIRST_PENALTY, LARGEST_PENALTY = 16, 4_096
"""Times that a statement that was long goes to the thread before it is tried again: four times as many each time that it
was long again, half as many after each time that it was short."""

MOST_TEXTS = 1_000
"""Statements that are remembered at once."""


FIRST_WORD = re.compile(r"(?:[\s;]|--[^\n]*|/\*.*?\*/)*(\w*)", re.DOTALL)
"""What SQLite passes over before a statement (white space, comments, empty statements), and the statement's first word."""

CHANGES_FILES = frozenset(("ATTACH", "DETACH", "PRAGMA"))
"""First words of what may change which files are read, and whether they have a write-ahead log."""


def _noting(name: str) -> Any:
    """Return a method that does what that of `sqlite3.Connection` does, and notes it."""
    original = getattr(sqlite3.Connection, name)

    @wraps(original)
    def method(self: NotingConnection, *arguments: Any, **keywords: Any) -> Any:
        self.calls_program = True
        return original(self, *arguments, **keywords)

    return method


class NotingConnection(sqlite3.Connection):
    """A connection that notes when a program gives SQLite something to call: no count of steps bounds its time."""

    calls_program = False

    create_function = _noting("create_function")
    create_aggregate = _noting("create_aggregate")
    create_window_function = _noting("create_window_function")
    create_collation = _noting("create_collation")
    set_authorizer = _noting("set_authorizer")
    set_progress_handler = _noting("set_progress_handler")


_set_progress_handler = sqlite3.Connection.set_progress_handler


class Text:
    """What is known of one statement.

    Attributes:
        waits: times that it still goes to the thread.
        penalty: how often that was, when it was last too long.
    """

    __slots__ = ("penalty", "waits")

    def __init__(self, waits: int) -> None:
        self.waits = waits
        self.penalty = 0


NEVER = Text(-1)
"""A statement that is no SELECT."""


class BriefReader:
    """Executes short SELECTs of one connection at once, where nothing makes them wait: a file with a write-ahead log.

    Args:
        raw: the connection.
        texts: what is known of statements; connections of one engine share it.

    Attributes:
        wants_look: a SELECT is to be executed and nobody knows whether the connection is fit; `look` finds out.
    """

    __slots__ = ("_calls", "_is_fit", "_raw", "_text", "_texts", "wants_look")

    def __init__(self, raw: NotingConnection, texts: dict[str, Text]) -> None:
        self._raw = raw
        self._texts = texts
        # What was asked for last.
        self._text = NEVER
        self._calls = 0
        self._is_fit: bool | None = None
        self.wants_look = False

    def takes(self, sql: str, begin: str | None) -> bool:
        """Return True if a statement may be tried here and now.

        Args:
            begin: what begins its transaction, if that goes ahead of it: a BEGIN that takes a lock may have to wait.
        """
        text = self._texts.get(sql)
        if text is None:
            text = self._learn(sql)
        if text.waits:
            if text.waits > 0:
                text.waits -= 1
                self.wants_look = self._is_fit is None
            return False
        if self._is_fit is None:
            self.wants_look = True
            return False
        self._text = text
        return self._is_fit and (begin is None or begin == "BEGIN") and not self._raw.calls_program

    def _learn(self, sql: str) -> Text:
        if len(self._texts) >= MOST_TEXTS:
            self._texts.clear()
        [word] = FIRST_WORD.match(sql).groups()  # type: ignore[union-attr]  # it matches any text
        word = word.upper()
        if word in CHANGES_FILES:
            # Not kept in mind, as each connection must see it.
            self.forget()
            return NEVER
        # The first time prepares the statement, and may read the schema and cold pages.
        text = self._texts[sql] = Text(1) if word == "SELECT" else NEVER
        return text

    def hear(self, sql: str) -> None:
        """Take note of a statement that goes to the thread in any case."""
        if sql not in self._texts:
            self._learn(sql)

    def forget(self) -> None:
        """Look again before the next SELECT: what the connection reads may have become something else."""
        self._is_fit = None

    def ends_here(self) -> bool:
        """Return True if a ROLLBACK after mere reading waits for nothing either."""
        return self._is_fit is True and not self._raw.calls_program

    def look(self) -> None:
        """Find out, in the connection's thread, whether what it reads has a write-ahead log: only there nothing waits."""
        self.wants_look = self._is_fit = False
        with suppress(sqlite3.Error):
            names = [name for _, name, _ in self._raw.execute("PRAGMA database_list") if name != "temp"]
            modes = [mode for (mode,) in self._raw.execute("PRAGMA journal_mode")]
            self._is_fit = names == ["main"] and modes == ["wal"]

    def read(self, fetch: Callable[[str, Parameters], Fetched], sql: str, parameters: Parameters) -> Fetched | None:
        """Return the answer to a SELECT by `fetch`; None: it took more than its steps, and has changed nothing."""
        self._calls = 0
        started = perf_counter()
        raw = self._raw
        _set_progress_handler(raw, self._stop, STEPS)
        try:
            return fetch(sql, parameters)
        except sqlite3.OperationalError:
            if self._calls > 1:
                return None
            raise
        finally:
            _set_progress_handler(raw, None, 0)
            text = self._text
            if self._calls > 1 or perf_counter() - started > LONG:
                text.waits = text.penalty = min(text.penalty * 4, LARGEST_PENALTY) or FIRST_PENALTY
            elif text.penalty:
                text.penalty //= 2

    def _stop(self) -> bool:
        """Say whether the statement is to be ended: not the first time."""
        self._calls += 1
        return self._calls > 1
