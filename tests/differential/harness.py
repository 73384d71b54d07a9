"""Runs a program on one library, on a fresh SQLite database in memory, and gives back the account of it."""

from __future__ import annotations

import importlib
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from tests.differential.intended import prepare_engine
from tests.differential.log import Log
from tests.differential.registry import Program

ORACLE = "sqlalchemy"


def library(name: str) -> ModuleType:
    """Import a library with the parts that programs use as its attributes.

    Args:
        name: "sqlalchemy" or "holdfast".
    """
    for part in ("orm", "exc", "event"):
        importlib.import_module(f"{name}.{part}")
    return importlib.import_module(name)


def run(name: str, program: Program) -> Log:
    """Run a program.

    Args:
        name: the library's module name.
    Returns:
        the log: what the program wrote, the statements sent, and last the rows of all tables as the bare driver
        reads them.
    """
    lib = library(name)
    engine = lib.create_engine("sqlite://")
    try:
        return run_on(name, engine, program)
    finally:
        engine.dispose()


def run_on(name: str, engine: Any, program: Program) -> Log:
    """Run a program on an engine that has not connected yet; see `run`."""
    lib = library(name)
    log = Log(lib)
    connections: list[sqlite3.Connection] = []
    with classic_defaults(name), warnings_into(log):
        prepare_engine(lib, engine, connections.append)
        listen_to_statements(lib, engine, lambda: log)
        try:
            program(lib, engine, log)
        except Exception as error:
            log.escaped(error)
        if connections:
            _write_rows(connections[-1], log)
    return log


@contextmanager
def classic_defaults(name: str) -> Iterator[None]:
    """Set the candidate's defaults to the oracle's while a program runs."""
    if name == ORACLE:
        yield
        return
    defaults = importlib.import_module(f"{name}.defaults")
    defaults.classic()
    try:
        yield
    finally:
        defaults.native()


@contextmanager
def warnings_into(log: Log) -> Iterator[None]:
    """Write warnings into the log in the place where they come up."""

    def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        log.warned(category)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield


def listen_to_statements(lib: Any, engine: Any, current: Callable[[], Log | None]) -> None:
    """Write every statement and the ends of transactions into a log.

    Args:
        current: gives the log, or None while nothing is written down.
    """

    def before(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        log = current()
        if log is not None:
            log.sent(statement, parameters, many)

    def ends(what: str) -> Callable[[Any], None]:
        def told(connection: Any) -> None:
            log = current()
            if log is not None:
                log.transaction(what)

        return told

    lib.event.listen(engine, "before_cursor_execute", before)
    for what in ("BEGIN", "COMMIT", "ROLLBACK"):
        lib.event.listen(engine, what.lower(), ends(what))


def _write_rows(connection: sqlite3.Connection, log: Log) -> None:
    cursor = connection.cursor()
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    for (table,) in cursor.fetchall():
        cursor.execute(f'SELECT * FROM "{table}" ORDER BY rowid')
        log.rows(table, cursor.fetchall())
    cursor.close()
