"""MariaDB for the tests: one server per test run, one database per test process, both gone afterwards.

`HOLDFAST_TEST_MYSQL_URL` names a running server to use, MariaDB or MySQL; without it, `MARIADB_URL` and `MYSQL_URL` do;
without these a private MariaDB is started at the first use.
"""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.servers.availability import ServerUnavailable
from tests.servers.postgresql import with_database
from tests.servers.run import RUN_FOLDER_VARIABLE, shared_server_url

URL_VARIABLES = ("HOLDFAST_TEST_MYSQL_URL", "MARIADB_URL", "MYSQL_URL")


def named_server() -> str | None:
    """The address that a variable names, or None."""
    return next((address for name in URL_VARIABLES if (address := os.environ.get(name))), None)


def server_url() -> str:
    """The URL of the server of this test run; the first caller starts it.

    Raises: ServerUnavailable: no server is named and none can be started.
    """
    named = named_server()
    if named:
        return re.sub(r"^(mysql|mariadb)(\+\w+)?://", r"\1+pymysql://", named)
    return private_server_url(Path(os.environ[RUN_FOLDER_VARIABLE]))


def private_server_url(folder: Path) -> str:
    """The URL of the private server of the run in `folder`, started once however many processes ask at the same time.

    Raises: ServerUnavailable: it did not start; every later caller gets the same reason.
    """
    hint = f"install mariadb-server or set {URL_VARIABLES[0]}"
    return shared_server_url(folder, "mariadb", "tests.servers.mariadb_guardian", hint)


@contextmanager
def temporary_database(url: str) -> Iterator[str]:
    """Make a database of its own on the server, yield its URL, and drop it.

    Raises: ServerUnavailable: the driver is not installed or the server does not answer.
    """
    name = f"holdfast_test_{uuid.uuid4().hex[:12]}"
    run_sql(url, f"CREATE DATABASE `{name}`")
    try:
        yield with_database(url, name)
    finally:
        end_other_sessions(url, name)
        run_sql(url, f"DROP DATABASE IF EXISTS `{name}`")


def end_other_sessions(url: str, database: str) -> None:
    """End the sessions that a test forgot: their locks would keep the tables."""
    # MySQL's older list fails where a session's statement has characters of four bytes; MariaDB has no other.
    is_mariadb = "mariadb" in run_sql(url, "SELECT VERSION()", database="")[0][0].lower()
    place = "information_schema" if is_mariadb else "performance_schema"
    sql = f"SELECT id FROM {place}.processlist WHERE db = '{database}' AND id <> CONNECTION_ID()"
    for (session,) in run_sql(url, sql):
        try:
            run_sql(url, f"KILL {int(session)}")
        except ServerUnavailable:
            raise
        except Exception:  # it has ended meanwhile
            continue


def clean(url: str) -> None:
    """Empty a database and end whoever else is in it."""
    database = urlsplit(url).path.lstrip("/")
    end_other_sessions(url, database)
    run_sql(url, f"DROP DATABASE IF EXISTS `{database}`", f"CREATE DATABASE `{database}`", database="")


def run_sql(url: str, *statements: str, database: str | None = None) -> list[tuple[Any, ...]]:
    """Run statements with the bare driver, each in its own transaction.

    Args: database: in place of that of the address.

    Returns: the rows of the last statement, [] if it has none.
    Raises: ServerUnavailable: the driver is not installed or the server does not answer.
    """
    try:
        import pymysql
    except ImportError as missing:
        raise ServerUnavailable("the driver PyMySQL is not installed (pip install 'holdfast[mysql]')") from missing
    parts = urlsplit(url)
    own = parts.path.lstrip("/") if database is None else database
    try:
        connection = pymysql.connect(
            host=parts.hostname, port=parts.port or 3306, user=unquote(parts.username or ""),
            password=unquote(parts.password or ""), database=own or None, autocommit=True, connect_timeout=60,
        )  # fmt: skip
    except pymysql.err.OperationalError as refused:
        raise ServerUnavailable(f"{parts.hostname}:{parts.port} does not answer: {refused}") from refused
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()
