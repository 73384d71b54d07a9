"""A KILL that ends a cancelled statement is over before the connection's next statement."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from holdfast.dialects.mysql.drivers import common
from tests.support.waiting import PATIENCE


class Raw:
    """A connection of a driver that only notes what it is asked."""

    def __init__(self, said: list[str]) -> None:
        self.said = said
        self.description = None
        self.rowcount = self.lastrowid = 0

    def cursor(self) -> Raw:
        return self

    def execute(self, sql: str, parameters: Any = None) -> None:
        self.said.append(sql)


class Connection(common.MySQLConnection):
    """One that is in no transaction."""

    error_class = ValueError

    def in_transaction(self) -> bool:
        return False


def test_a_statement_between_the_beginning_and_the_start_of_a_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    """The thread at work may look for a KILL while its thread is being started: the statement after it waits all the same."""
    said: list[str] = []
    may_kill = threading.Event()

    def kill() -> None:
        may_kill.wait(PATIENCE)
        said.append("KILL")

    connection = Connection(Raw(said), kill)

    class SlowToStart(threading.Thread):
        def start(self) -> None:
            connection.run("SELECT 'of the cancelled caller'", ())
            super().start()

    monkeypatch.setattr(threading, "Thread", SlowToStart)
    connection.interrupt()
    monkeypatch.undo()
    threading.Timer(0.05, may_kill.set).start()
    connection.run("SELECT 'of the next'", ())
    assert said == ["SELECT 'of the cancelled caller'", "KILL", "DO 0", "SELECT 'of the next'"]
