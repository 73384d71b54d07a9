"""The user that a private server runs as: servers refuse to run as root, so root hands them to somebody else."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFERRED_USERS = ("postgres", "mysql", "nobody")


@dataclass(frozen=True)
class Account:
    """Who runs a server. `ids` is None for the user who runs the tests."""

    ids: tuple[int, int] | None

    def popen_arguments(self) -> dict[str, Any]:
        """Keyword arguments for `subprocess` that start a program as this user, in a session of its own."""
        if self.ids is None:
            return {"start_new_session": True}
        user, group = self.ids
        return {"user": user, "group": group, "extra_groups": [], "start_new_session": True}

    def can_run(self, command: Sequence[str | Path]) -> bool:
        """True if this user can start `command` (a root-only folder on the way to a program forbids it)."""
        try:
            done = subprocess.run(command, capture_output=True, cwd="/", timeout=120, **self.popen_arguments())
        except OSError:
            return False
        return done.returncode == 0

    def temporary_folder(self, prefix: str) -> Path:
        """Make a folder that this user owns and can reach, in the first place that allows it.

        Raises: OSError: no temporary place can be reached by this user.
        """
        for place in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm")):
            if not os.path.isdir(place):
                continue
            folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
            if self.ids is not None:
                os.chown(folder, *self.ids)
            if self.can_run(["test", "-w", folder]):
                return folder
            folder.rmdir()
        raise OSError("no temporary folder that the server's user can reach")


def server_account() -> Account:
    """The user for a private server: the present one, or for root the first of `PREFERRED_USERS` that exists.

    Raises: LookupError: the tests run as root and none of these users exists.
    """
    if os.geteuid() != 0:
        return Account(ids=None)
    for name in PREFERRED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(ids=(entry.pw_uid, entry.pw_gid))
    raise LookupError(f"the tests run as root and none of the users {', '.join(PREFERRED_USERS)} exists")
