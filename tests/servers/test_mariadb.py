"""The private MariaDB of the tests: it starts, is shared, and is gone when its owner is."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.servers import mariadb
from tests.servers.availability import ServerUnavailable
from tests.servers.mariadb import run_sql, temporary_database
from tests.servers.run import REPOSITORY, WAIT_SECONDS
from tests.servers.test_postgresql import wait_until


def test_each_test_process_has_a_database_of_its_own(mariadb_url: str) -> None:
    """The URL is in Holdfast's form and names a database made for this process."""
    [(name,)] = run_sql(mariadb_url, "SELECT DATABASE()")
    assert name.startswith("holdfast_test_")
    assert mariadb_url.endswith(f"/{name}")
    assert "+pymysql://" in mariadb_url


def test_clean_database_is_empty(mariadb_url: str, request: pytest.FixtureRequest) -> None:
    """What an earlier test left is gone for a test that asks for a clean database."""
    run_sql(mariadb_url, "CREATE TABLE left_over (id integer)")
    clean = request.getfixturevalue("clean_mariadb_url")
    assert run_sql(clean, "SHOW TABLES") == []


def test_temporary_database_is_dropped_with_its_connections(mariadb_url: str) -> None:
    """A transaction that a test forgot does not keep its database alive."""
    import pymysql

    with temporary_database(mariadb_url) as url:
        run_sql(url, "CREATE TABLE kept (id integer)")
        parts = mariadb.urlsplit(url)
        forgotten = pymysql.connect(
            host=parts.hostname, port=parts.port, user=parts.username, database=parts.path.lstrip("/")
        )
        forgotten.cursor().execute("SELECT * FROM kept FOR UPDATE")
        name = parts.path.lstrip("/")
    assert run_sql(mariadb_url, f"SHOW DATABASES LIKE '{name}'") == []
    forgotten._force_close()


@pytest.mark.mariadb
def test_the_server_ends_with_the_process_that_it_watches(tmp_path: Path, mariadb_url: str) -> None:
    """A test run that is killed cannot clean up: the guardian does, folder included."""
    watched = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(3600)"])
    address_file = tmp_path / "address.json"
    guardian = subprocess.Popen(
        [sys.executable, "-m", "tests.servers.mariadb_guardian", str(address_file), str(watched.pid)], cwd=REPOSITORY
    )
    wait_until(address_file.exists, seconds=WAIT_SECONDS)
    url = json.loads(address_file.read_text())["url"]
    [(folder,)] = run_sql(url, "SELECT @@datadir")
    watched.kill()
    watched.wait()
    assert guardian.wait(WAIT_SECONDS) == 0
    assert not Path(folder).parent.exists()
    with pytest.raises(ServerUnavailable, match="does not answer"):
        run_sql(url, "SELECT 1")


def test_without_any_programs_the_reason_is_told(tmp_path: Path) -> None:
    """Nothing installed: every caller hears what would help, and nobody tries twice."""
    (tmp_path / "owner").write_text(str(os.getpid()))
    (tmp_path / "mariadb.json").write_text(json.dumps({"error": "no programs"}))
    with pytest.raises(ServerUnavailable, match="no programs; install mariadb-server or set HOLDFAST_TEST_MYSQL_URL"):
        mariadb.private_server_url(tmp_path)


@pytest.mark.parametrize("variable", mariadb.URL_VARIABLES)
def test_a_named_server_is_used_as_it_is(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable may hold the address in any common spelling; the driver is PyMySQL."""
    for name in mariadb.URL_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "mysql://me:pass@db.example:3307/app?charset=utf8mb4")
    assert mariadb.server_url() == "mysql+pymysql://me:pass@db.example:3307/app?charset=utf8mb4"
