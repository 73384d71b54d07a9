"""PostgreSQL for the tests: one server per test run, one database per test process, both gone afterwards.

`HOLDFAST_TEST_POSTGRESQL_URL` names a running server to use; without it a private one is started at the first use.
"""

import os
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.availability import ServerUnavailable
from tests.servers.run import RUN_FOLDER_VARIABLE, shared_server_url

URL_VARIABLE = "HOLDFAST_TEST_POSTGRESQL_URL"


def server_url() -> str:
    """The URL of the server of this test run; the first caller starts it.

    Raises: ServerUnavailable: no server is named and none can be started.
    """
    named = os.environ.get(URL_VARIABLE)
    if named:
        return re.sub(r"^postgres(ql)?(\+\w+)?://", "postgresql+psycopg://", named)
    return private_server_url(Path(os.environ[RUN_FOLDER_VARIABLE]))


def private_server_url(folder: Path) -> str:
    """The URL of the private server of the run in `folder`, started once however many processes ask at the same time.

    Raises: ServerUnavailable: it did not start; every later caller gets the same reason.
    """
    return shared_server_url(
        folder, "postgresql", "tests.servers.guardian", f"install PostgreSQL or set {URL_VARIABLE}"
    )


def driver_url(url: str) -> str:
    """The same address in the form that the driver itself reads: without `+psycopg`."""
    return re.sub(r"^postgresql\+\w+://", "postgresql://", url)


def with_database(url: str, name: str) -> str:
    """The URL with another database name; query arguments stay."""
    address, mark, arguments = url.partition("?")
    scheme, rest = address.split("://", 1)
    return f"{scheme}://{rest.split('/', 1)[0]}/{name}{mark}{arguments}"


@contextmanager
def temporary_database(url: str) -> Iterator[str]:
    """Make a database of its own on the server, yield its URL, and drop it with whoever is still connected.

    Raises: ServerUnavailable: the driver is not installed or the server does not answer.
    """
    name = f"holdfast_test_{uuid.uuid4().hex[:12]}"
    run_sql(url, f'CREATE DATABASE "{name}"')
    try:
        yield with_database(url, name)
    finally:
        run_sql(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def run_sql(url: str, *statements: str) -> list[tuple[Any, ...]]:
    """Run statements with the bare driver, each in its own transaction.

    Returns: the rows of the last statement, [] if it has none.
    Raises: ServerUnavailable: the driver is not installed or the server does not answer.
    """
    try:
        import psycopg
    except ImportError as missing:
        raise ServerUnavailable("the driver psycopg is not installed (pip install 'holdfast[postgresql]')") from missing
    try:
        connection = psycopg.connect(driver_url(url), autocommit=True, connect_timeout=60)
    except psycopg.OperationalError as refused:
        raise ServerUnavailable(f"{url} does not answer: {refused}") from refused
    with connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []
