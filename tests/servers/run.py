"""What the processes of one test run share: a folder, and one private server of each kind, started at the first use."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from tests.servers.availability import ServerUnavailable
from tests.servers.guardian import STOP_SECONDS

RUN_FOLDER_VARIABLE = "HOLDFAST_TEST_RUN_FOLDER"
REPOSITORY = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 600
# Kept until the process ends: a dropped handle of a living process is reported as a leak.
STARTED: list[subprocess.Popen[bytes]] = []


class TestRun:
    """The folder that all processes of one test run share, and the guardians that they may start.

    Made by the process that the user started; xdist's workers find it by `RUN_FOLDER_VARIABLE`.
    """

    __test__ = False

    def __init__(self) -> None:
        """Make the folder and tell the processes to come where it is."""
        self.folder = Path(tempfile.mkdtemp(prefix="holdfast-tests-"))
        (self.folder / "owner").write_text(str(os.getpid()))
        os.environ[RUN_FOLDER_VARIABLE] = str(self.folder)

    def close(self) -> None:
        """End the guardians, wait until their servers are down, and remove the folder."""
        for file in sorted(self.folder.glob("*.guardian")):
            with suppress(ValueError):
                end_guardian(int(file.read_text()))
        os.environ.pop(RUN_FOLDER_VARIABLE, None)
        shutil.rmtree(self.folder, ignore_errors=True)


def end_guardian(pid: int) -> None:
    """Tell the guardian to stop and wait until it is gone (it stops its server first)."""
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return
    deadline = time.monotonic() + STOP_SECONDS + 30
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


def shared_server_url(folder: Path, name: str, guardian: str, help: str) -> str:
    """The URL of a private server of the run in `folder`, started once however many processes ask at the same time.

    Args:
        name: of its files in the folder.
        guardian: the module that owns it; see `tests.servers.guardian`.
        help: what would make it start.

    Raises: ServerUnavailable: it did not start; every later caller gets the same reason.
    """
    address_file = folder / f"{name}.json"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address_file.exists():
            start_guardian(folder, name, guardian, address_file)
    address = json.loads(address_file.read_text())
    if "error" in address:
        raise ServerUnavailable(f"{address['error']}; {help}")
    return address["url"]


def start_guardian(folder: Path, name: str, module: str, address_file: Path) -> None:
    """Start a guardian and wait until it has written its server's address, or why there is none."""
    owner = (folder / "owner").read_text()
    log_file = folder / f"{name}.log"
    with log_file.open("wb") as log:
        guardian = subprocess.Popen(
            [sys.executable, "-m", module, str(address_file), owner],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    STARTED.append(guardian)
    (folder / f"{name}.guardian").write_text(str(guardian.pid))
    deadline = time.monotonic() + WAIT_SECONDS
    while not address_file.exists():
        if guardian.poll() is not None and not address_file.exists():
            words = log_file.read_text(errors="replace").strip()[-500:]
            address_file.write_text(json.dumps({"error": f"the server's guardian ended early: {words}"}))
        elif time.monotonic() > deadline:
            address_file.write_text(json.dumps({"error": f"no private server within {WAIT_SECONDS} seconds"}))
        time.sleep(0.05)
