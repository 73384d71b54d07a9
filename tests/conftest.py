"""What every test may ask for: a PostgreSQL or MariaDB database, and marks that follow from folders and fixtures."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from holdfast.engine import uninterrupted, worker
from tests.dialects.drivers.available import not_tried
from tests.servers import mariadb
from tests.servers.availability import ServerUnavailable, skip_or_fail
from tests.servers.pgbouncer import has_pooler
from tests.servers.postgresql import URL_VARIABLE, run_sql, server_url, temporary_database
from tests.servers.run import TestRun
from tests.support.soak import IS_SOAK
from tests.support.waiting import PATIENCE

TESTS = Path(__file__).parent
MARKS_BY_FOLDER = ("differential", "documents")
POSTGRESQL_FIXTURES = frozenset({"postgresql_url", "clean_postgresql_url"})
MARIADB_FIXTURES = frozenset({"mariadb_url", "clean_mariadb_url"})
END_OTHER_SESSIONS = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
TEST_RUN = pytest.StashKey[TestRun]()

# No test is timed: on a shared machine a deadline finds neighbours, not bugs. A run tries the same examples as the last one,
# so that it fails by a change and never by luck; `make soak` tries others.
settings.register_profile(
    "holdfast", deadline=None, derandomize=not IS_SOAK, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("holdfast")

# A machine that stands still for some seconds is neither a database that does not answer nor a thread that does not end.
uninterrupted.DEADLINE = worker.LONGEST_END = PATIENCE


def pytest_configure(config: pytest.Config) -> None:
    """Open the test run in the process that the user started; xdist's workers join it."""
    if not hasattr(config, "workerinput"):
        config.stash[TEST_RUN] = TestRun()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run started."""
    run = config.stash.get(TEST_RUN, None)
    if run is not None:
        run.close()


def pytest_report_header() -> list[str]:
    """Say which databases this run talks to."""
    private = "a private server, started when needed"
    postgresql = f"the server of {URL_VARIABLE}" if os.environ.get(URL_VARIABLE) else private
    others = "the server that is named" if mariadb.named_server() else private
    pgbouncer = "found" if has_pooler() else "not found: its tests are skipped, or fail in CI"
    return [
        f"databases: SQLite {sqlite3.sqlite_version}; PostgreSQL by {postgresql}; MariaDB by {others}",
        f"pgbouncer: {pgbouncer}; drivers left out: {', '.join(not_tried()) or 'none'}",
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they use and where they stand, so that `-m` selects without anybody writing marks."""
    for item in items:
        if POSTGRESQL_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("postgresql")
        if MARIADB_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker("mariadb")
        if item.path.is_relative_to(TESTS):
            folder = item.path.relative_to(TESTS).parts[0]
            if folder in MARKS_BY_FOLDER:
                item.add_marker(folder)


@pytest.fixture(scope="session")
def postgresql_database() -> Iterator[str | ServerUnavailable]:
    """This process's own database, or why there is none: tests skip or fail one by one, each with the reason."""
    with ExitStack() as stack:
        try:
            outcome: str | ServerUnavailable = stack.enter_context(temporary_database(server_url()))
        except ServerUnavailable as reason:
            outcome = reason
        yield outcome


@pytest.fixture
def postgresql_url(postgresql_database: str | ServerUnavailable) -> str:
    """URL of a PostgreSQL database that this test process shares: `postgresql+psycopg://user@host:port/db`.

    What a test leaves there, the next one finds: use names of your own, or `clean_postgresql_url`.
    """
    if isinstance(postgresql_database, ServerUnavailable):
        skip_or_fail("PostgreSQL", postgresql_database)
    return postgresql_database


@pytest.fixture
def clean_postgresql_url(postgresql_url: str) -> str:
    """The same database with nothing and nobody in it: forgotten connections are ended, `public` is made anew."""
    run_sql(postgresql_url, END_OTHER_SESSIONS, "DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public")
    return postgresql_url


@pytest.fixture(scope="session")
def mariadb_database() -> Iterator[str | ServerUnavailable]:
    """This process's own database, or why there is none; see `postgresql_database`."""
    with ExitStack() as stack:
        try:
            outcome: str | ServerUnavailable = stack.enter_context(mariadb.temporary_database(mariadb.server_url()))
        except ServerUnavailable as reason:
            outcome = reason
        yield outcome


@pytest.fixture
def mariadb_url(mariadb_database: str | ServerUnavailable) -> str:
    """URL of a MariaDB database that this test process shares: `mariadb+pymysql://user@host:port/db`.

    What a test leaves there, the next one finds: use names of your own, or `clean_mariadb_url`.
    """
    if isinstance(mariadb_database, ServerUnavailable):
        skip_or_fail("MariaDB", mariadb_database)
    return mariadb_database


@pytest.fixture
def clean_mariadb_url(mariadb_url: str) -> str:
    """The same database with nothing and nobody in it: forgotten connections are ended, the database is made anew."""
    mariadb.clean(mariadb_url)
    return mariadb_url
