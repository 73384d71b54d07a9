"""The private PostgreSQL of the tests: it starts, is shared, and is gone when its owner is."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.servers import binaries, postgresql
from tests.servers.availability import NO_SKIP_VARIABLE, ServerUnavailable, skip_or_fail
from tests.servers.guardian import is_alive
from tests.servers.postgresql import driver_url, run_sql, temporary_database, with_database
from tests.servers.run import REPOSITORY, WAIT_SECONDS


def test_each_test_process_has_a_database_of_its_own(postgresql_url: str) -> None:
    """The URL is in Holdfast's form and names a database made for this process."""
    assert postgresql_url.startswith("postgresql+psycopg://")
    [(name,)] = run_sql(postgresql_url, "SELECT current_database()")
    assert name.startswith("holdfast_test_")
    assert postgresql_url.endswith(f"/{name}")


def test_clean_database_is_empty(postgresql_url: str, request: pytest.FixtureRequest) -> None:
    """What an earlier test left in `public` is gone for a test that asks for a clean database."""
    run_sql(postgresql_url, "CREATE TABLE left_over (id integer)")
    clean = request.getfixturevalue("clean_postgresql_url")
    assert run_sql(clean, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == []


def test_temporary_database_is_dropped_with_its_connections(postgresql_url: str) -> None:
    """A connection that a test forgot does not keep its database alive."""
    import psycopg

    with temporary_database(postgresql_url) as url:
        forgotten = psycopg.connect(driver_url(url))
        [(name,)] = run_sql(url, "SELECT current_database()")
    assert run_sql(postgresql_url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == []
    forgotten.close()


@pytest.mark.postgresql
def test_the_server_ends_with_the_process_that_it_watches(tmp_path: Path, postgresql_url: str) -> None:
    """A test run that is killed cannot clean up: the guardian does, folder included."""
    watched = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    address_file = tmp_path / "address.json"
    guardian = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.guardian", str(address_file), str(watched.pid)], cwd=REPOSITORY
    )
    wait_until(address_file.exists, seconds=WAIT_SECONDS)
    url = json.loads(address_file.read_text())["url"]
    [(folder,)] = run_sql(url, "SHOW data_directory")
    [(server,)] = run_sql(url, "SELECT pg_backend_pid()")
    watched.kill()
    watched.wait()
    assert guardian.wait(WAIT_SECONDS) == 0
    assert not Path(folder).exists()
    assert not is_alive(server)


def test_without_any_programs_the_reason_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing installed: every caller hears what would help, and nobody tries twice."""
    (tmp_path / "owner").write_text(str(os.getpid()))
    (tmp_path / "postgresql.json").write_text(json.dumps({"error": "no programs"}))
    with pytest.raises(ServerUnavailable, match="no programs; install PostgreSQL or set HOLDFAST_TEST_POSTGRESQL_URL"):
        postgresql.private_server_url(tmp_path)


def test_a_named_server_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable may hold the address in any common spelling; the driver is always psycopg."""
    monkeypatch.setenv(postgresql.URL_VARIABLE, "postgres://me@db.example:5433/app?sslmode=require")
    url = postgresql.server_url()
    assert url == "postgresql+psycopg://me@db.example:5433/app?sslmode=require"
    assert with_database(url, "x") == "postgresql+psycopg://me@db.example:5433/x?sslmode=require"
    assert driver_url(url) == "postgresql://me@db.example:5433/app?sslmode=require"


@pytest.mark.parametrize(("variable", "outcome"), [("", "skipped"), ("0", "skipped"), ("1", "failed")])
def test_a_missing_server_skips_or_fails(variable: str, outcome: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """At home a missing server is a visible skip; where the variable forbids it, a failure."""
    monkeypatch.setenv(NO_SKIP_VARIABLE, variable)
    expected = {"skipped": pytest.skip.Exception, "failed": pytest.fail.Exception}[outcome]
    with pytest.raises(expected, match="^PostgreSQL not found: no binaries"):
        skip_or_fail("PostgreSQL", "no binaries")


def test_the_wheel_serves_where_the_machine_has_no_postgresql(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test extra alone is enough for a server."""
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(binaries, "SYSTEM_FOLDERS", ())
    folders = list(binaries.postgresql_folders())
    assert folders
    assert all((folder / "initdb").exists() for folder in folders)


def wait_until(holds: Callable[[], bool], seconds: float) -> None:
    """Return when `holds()` is true; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not within {seconds} seconds"
        time.sleep(0.05)
