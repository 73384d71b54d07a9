"""Generated statements, run by both libraries on equal data: same rows, same names, same tables afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

import holdfast
from tests.differential.grammar.rows import Database
from tests.differential.grammar.statements import source
from tests.differential.intended import is_meant_outcome
from tests.servers.mariadb import temporary_database

sqlalchemy = pytest.importorskip("sqlalchemy")

BATCH = 100
ON_SQLITE = [(kind, start) for kind, count in (("select", 1200), ("write", 400)) for start in range(0, count, BATCH)]
ON_MARIADB = [(kind, start) for kind, count in (("select", 400), ("write", 200)) for start in range(0, count, BATCH)]
ON_POSTGRESQL = [(kind, start) for kind, count in (("select", 600), ("write", 200)) for start in range(0, count, BATCH)]


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[list[Database]]:
    """Both libraries, each with a database in memory."""
    databases = [Database(lib, "sqlite://") for lib in (sqlalchemy, holdfast)]
    yield databases
    for database in databases:
        database.close()


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[list[Database]]:
    """Both libraries, each with a schema of its own."""
    databases = [Database(lib, postgresql_url, schema) for lib, schema in ((sqlalchemy, "theirs"), (holdfast, "ours"))]
    yield databases
    for database in databases:
        database.close()


@pytest.fixture
def on_mariadb(mariadb_url: str) -> Iterator[list[Database]]:
    """Both libraries, each with a database of its own."""
    with ExitStack() as stack:
        databases = [
            Database(lib, stack.enter_context(temporary_database(mariadb_url))) for lib in (sqlalchemy, holdfast)
        ]
        yield databases
        for database in databases:
            database.close()


def differences(databases: list[Database], kind: str, start: int) -> list[str]:
    """Return what differs among a batch of statements."""
    found = []
    for seed in range(start, start + BATCH):
        written = source(kind, seed)
        oracle, ours = (database.outcome(written) for database in databases)
        if not is_meant_outcome(written, oracle, ours):
            found.append(f"{kind} {seed}\n{written}\n  oracle: {oracle}\n  ours:   {ours}")
    return found


@pytest.mark.parametrize(("kind", "start"), ON_SQLITE)
def test_same_rows_on_sqlite(kind: str, start: int, on_sqlite: list[Database]) -> None:
    """Each statement is taken back afterwards."""
    failed = differences(on_sqlite, kind, start)
    assert not failed, f"{len(failed)} differ\n" + "\n".join(failed)


@pytest.mark.parametrize(("kind", "start"), ON_POSTGRESQL)
def test_same_rows_on_postgresql(kind: str, start: int, on_postgresql: list[Database]) -> None:
    """The types of parameters matter there."""
    failed = differences(on_postgresql, kind, start)
    assert not failed, f"{len(failed)} differ\n" + "\n".join(failed)


@pytest.mark.parametrize(("kind", "start"), ON_MARIADB)
def test_same_rows_on_mariadb(kind: str, start: int, on_mariadb: list[Database]) -> None:
    """Its driver puts the values into the text."""
    failed = differences(on_mariadb, kind, start)
    assert not failed, f"{len(failed)} differ\n" + "\n".join(failed)


def test_most_of_what_is_generated_runs(on_sqlite: list[Database]) -> None:
    """Otherwise the comparison would be one of errors; many fetch locks or call functions that SQLite has not."""
    outcomes = [on_sqlite[0].outcome(source("select", seed)) for seed in range(200)]
    assert sum(not isinstance(outcome, str) for outcome in outcomes) > 100
    assert sum(bool(outcome[1]) for outcome in outcomes if not isinstance(outcome, str)) > 50
