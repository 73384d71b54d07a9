"""A small process that owns one private MariaDB; run like `tests.servers.guardian`, which says why it is one of its own."""

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from tests.servers.account import Account, server_account
from tests.servers.guardian import (
    ATTEMPTS,
    START_SECONDS,
    STOP_SECONDS,
    StartFailed,
    announce,
    free_port,
    main,
    watch,
)

SYSTEM_FOLDERS = ("/usr/sbin", "/usr/bin", "/usr/libexec", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin")
SERVERS = ("mariadbd", "mysqld")
INSTALLERS = ("mariadb-install-db", "mysql_install_db")
USER = "holdfast"
SETTINGS = (
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--max-connections=300",
    "--character-set-server=utf8mb4",
    "--default-time-zone=+00:00",
    "--skip-log-bin",
    "--lower-case-table-names=0",
    # Nothing here has to survive a power cut.
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-flush-method=nosync",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=64M",
    "--innodb-log-file-size=32M",
    "--skip-sync-frm",
    "--performance-schema=OFF",
)


def program(names: tuple[str, ...]) -> Path:
    """Find the first of these programs, on PATH or where packages put them.

    Raises: StartFailed: none is installed.
    """
    for name in names:
        found = shutil.which(name) or next(
            (str(Path(folder, name)) for folder in SYSTEM_FOLDERS if Path(folder, name).is_file()), None
        )
        if found:
            return Path(found)
    raise StartFailed(f"MariaDB's programs ({names[0]}) are not here")


def make_data(account: Account, data: Path) -> None:
    """Make the system tables, with a user who may do everything from loopback.

    Raises: StartFailed: the installer said no.
    """
    command = [
        program(INSTALLERS), "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal",
        "--skip-test-db", "--skip-name-resolve",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", **account.popen_arguments())
    if done.returncode != 0:
        raise StartFailed(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-500:]}")


def start(
    account: Account, data: Path, folder: Path, again_on: int | None = None
) -> tuple[subprocess.Popen[bytes], int]:
    """Start the server, on another port if somebody takes the first between choosing and binding.

    Args: again_on: the port that it had before.

    Returns: the process and its port, accepting connections.
    Raises: StartFailed: it did not come up in `ATTEMPTS` tries.
    """
    log = folder / "log"
    initial = folder / "initial.sql"
    initial.write_text(
        f"CREATE USER IF NOT EXISTS '{USER}'@'127.0.0.1';\n"
        f"GRANT ALL PRIVILEGES ON *.* TO '{USER}'@'127.0.0.1' WITH GRANT OPTION;\n"
    )
    initial.chmod(0o644)
    for _ in range(ATTEMPTS):
        port = again_on or free_port()
        with log.open("ab") as sink:
            server = subprocess.Popen(
                [
                    program(SERVERS), "--no-defaults", f"--datadir={data}", f"--port={port}", f"--socket={folder}/socket",
                    f"--pid-file={folder}/pid", f"--init-file={initial}", f"--tmpdir={folder}", *SETTINGS,
                ],
                stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, cwd="/", **account.popen_arguments(),
            )  # fmt: skip
        if answers(server, port):
            return server, port
        stop(server)
    raise StartFailed(f"mariadbd did not start: {log.read_text(errors='replace').strip()[-500:]}")


def answers(server: subprocess.Popen[bytes], port: int) -> bool:
    """Wait until the server greets; False if it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=5) as probe:
                if probe.recv(1):
                    return True
        except OSError:
            pass
        time.sleep(0.05)
    return False


def stop(server: subprocess.Popen[bytes]) -> None:
    """End the server, by force if it takes long: nobody needs its data again."""
    if server.poll() is None:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def guard(address_file: Path, watched_pid: int) -> None:
    """Start a server, announce it, and keep it until the watched process ends or SIGTERM comes."""
    account = server_account()
    folder = account.temporary_folder("holdfast-mariadb-")
    server = None
    try:
        program(SERVERS)
        data = folder / "data"
        make_data(account, data)
        server, port = start(account, data, folder)
        announce(address_file, {"url": f"mariadb+pymysql://{USER}@127.0.0.1:{port}/mysql"})
        watch(server, watched_pid)
    finally:
        if server is not None:
            stop(server)
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(guard)
