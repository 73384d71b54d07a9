"""Runs a program on one library, on a fresh SQLite database in memory, and gives back the account of it."""

from __future__ import annotations

import importlib
import sqlite3
import warnings
from collections.abc import Iterator
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
    log = Log(lib)
    connections: list[sqlite3.Connection] = []
    with _classic_defaults(name), _warnings_into(log):
        engine = lib.create_engine("sqlite://")
        prepare_engine(lib, engine, connections.append)
        _listen(lib, engine, log)
        try:
            program(lib, engine, log)
        except Exception as error:
            log.escaped(error)
        if connections:
            _write_rows(connections[-1], log)
        engine.dispose()
    return log


@contextmanager
def _classic_defaults(name: str) -> Iterator[None]:
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
def _warnings_into(log: Log) -> Iterator[None]:
    """Write warnings into the log in the place where they come up."""

    def show(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
        log.warned(category)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield


def _listen(lib: Any, engine: Any, log: Log) -> None:
    """Write every statement and the ends of transactions into the log."""

    def before(connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        log.sent(statement, parameters, many)

    lib.event.listen(engine, "before_cursor_execute", before)
    lib.event.listen(engine, "begin", lambda connection: log.transaction("BEGIN"))
    lib.event.listen(engine, "commit", lambda connection: log.transaction("COMMIT"))
    lib.event.listen(engine, "rollback", lambda connection: log.transaction("ROLLBACK"))


def _write_rows(connection: sqlite3.Connection, log: Log) -> None:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    for (table,) in tables:
        rows = connection.execute(f'SELECT * FROM "{table}" ORDER BY rowid').fetchall()
        log.rows(table, rows)
