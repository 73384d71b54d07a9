"""PostgreSQL for the tests: one server per test run, one database per test process, both gone afterwards.

`HOLDFAST_TEST_POSTGRESQL_URL` names a running server to use; without it a private one is started at the first use.
"""

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.availability import ServerUnavailable

URL_VARIABLE = "HOLDFAST_TEST_POSTGRESQL_URL"
RUN_FOLDER_VARIABLE = "HOLDFAST_TEST_RUN_FOLDER"
REPOSITORY = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 180
# Kept until the process ends: a dropped handle of a living process is reported as a leak.
STARTED: list[subprocess.Popen[bytes]] = []


class TestRun:
    """The folder that all processes of one test run share, and the guardian that one of them may start.

    Made by the process that the user started; xdist's workers find it by `RUN_FOLDER_VARIABLE`.
    """

    __test__ = False

    def __init__(self) -> None:
        """Make the folder and tell the processes to come where it is."""
        self.folder = Path(tempfile.mkdtemp(prefix="holdfast-tests-"))
        (self.folder / "owner").write_text(str(os.getpid()))
        os.environ[RUN_FOLDER_VARIABLE] = str(self.folder)

    def close(self) -> None:
        """End the guardian, wait until its server is down, and remove the folder."""
        try:
            guardian = int((self.folder / "guardian").read_text())
        except (OSError, ValueError):
            guardian = None
        if guardian is not None:
            end_guardian(guardian)
        os.environ.pop(RUN_FOLDER_VARIABLE, None)
        shutil.rmtree(self.folder, ignore_errors=True)


def end_guardian(pid: int) -> None:
    """Tell the guardian to stop and wait until it is gone (it stops its server first)."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if os.waitpid(pid, os.WNOHANG)[0]:
                return
        except ChildProcessError:
            try:
                os.kill(pid, 0)
            except ProcessLookupError:
                return
        time.sleep(0.05)


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
    address_file = folder / "postgresql.json"
    with (folder / "postgresql.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address_file.exists():
            start_guardian(folder, address_file)
    address = json.loads(address_file.read_text())
    if "error" in address:
        raise ServerUnavailable(f"{address['error']}; install PostgreSQL or set {URL_VARIABLE}")
    return address["url"]


def start_guardian(folder: Path, address_file: Path) -> None:
    """Start the guardian and wait until it has written the server's address, or why there is none."""
    owner = (folder / "owner").read_text()
    with (folder / "guardian.log").open("wb") as log:
        guardian = subprocess.Popen(
            [sys.executable, "-m", "tests.servers.guardian", str(address_file), owner],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    STARTED.append(guardian)
    (folder / "guardian").write_text(str(guardian.pid))
    deadline = time.monotonic() + WAIT_SECONDS
    while not address_file.exists():
        if guardian.poll() is not None and not address_file.exists():
            words = (folder / "guardian.log").read_text(errors="replace").strip()[-500:]
            address_file.write_text(json.dumps({"error": f"the server's guardian ended early: {words}"}))
        elif time.monotonic() > deadline:
            address_file.write_text(json.dumps({"error": f"no private server within {WAIT_SECONDS} seconds"}))
        time.sleep(0.05)


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
        connection = psycopg.connect(driver_url(url), autocommit=True, connect_timeout=10)
    except psycopg.OperationalError as refused:
        raise ServerUnavailable(f"{url} does not answer: {refused}") from refused
    with connection:
        for statement in statements:
            cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []
