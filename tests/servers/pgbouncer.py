"""A pooler in transaction mode before PostgreSQL, for one test."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.servers.account import server_account
from tests.servers.availability import ServerUnavailable
from tests.servers.guardian import START_SECONDS, free_port, stop

CONFIGURATION = """
[databases]
* = host={host} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
max_client_conn = 100
server_lifetime = 3600
logfile = {folder}/log
pidfile = {folder}/pid
"""


def pooler_program() -> Path:
    """Find pgbouncer.

    Raises: ServerUnavailable: it is not installed.
    """
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if found is None:
        raise ServerUnavailable("pgbouncer is not on PATH; install pgbouncer")
    return Path(found)


def has_pooler() -> bool:
    """True if pgbouncer is installed."""
    try:
        pooler_program()
    except ServerUnavailable:
        return False
    return True


@contextmanager
def pooler(url: Any) -> Iterator[Any]:
    """Start a pooler with two connections to the server of an address, yield the address through it, and end it.

    Raises: ServerUnavailable: it is not installed or does not start.
    """
    program, account = pooler_program(), server_account()
    from holdfast import make_url  # not at the top: every test run reads this file for its heading

    address = make_url(url)
    folder = account.temporary_folder("holdfast-pgbouncer-")
    port = free_port()
    configuration = folder / "pgbouncer.ini"
    # The server is one of trust, and so is the pooler: everybody is the user of the address.
    text = CONFIGURATION.format(host=address.host, port=address.port or 5432, own_port=port, folder=folder)
    configuration.write_text(text.replace("* = ", f"* = user={address.username} "))
    configuration.chmod(0o644)
    process = subprocess.Popen(
        [program, "-q", configuration], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        cwd="/", **account.popen_arguments(),
    )  # fmt: skip
    try:
        wait_for(process, port, folder / "log")
        yield address.set(host="127.0.0.1", port=port)
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the pooler listens.

    Raises: ServerUnavailable: it ended, or does not come up.
    """
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            time.sleep(0.05)
    told = log.read_text(errors="replace")[-500:] if log.exists() else ""
    raise ServerUnavailable(f"pgbouncer does not start: {told}")
