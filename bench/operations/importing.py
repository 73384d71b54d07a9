"""The row that compares the time of `import <library>.orm`, as a share of SQLAlchemy's.

Both from bytecode, as installed packages are: in a folder for the caches, filled by a first import that is not counted,
whatever the environment says about writing bytecode.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
from statistics import median

from bench.operation import Counted

PEER = "sqlalchemy"


def _measure(libraries: list[str], rounds: int) -> dict[str, float]:
    if importlib.util.find_spec(PEER) is None:
        return {}
    names = [*(name for name in libraries if name != PEER), PEER]
    shares: dict[str, list[float]] = {name: [] for name in names}
    with tempfile.TemporaryDirectory(prefix="bench-") as caches:
        for name in names:
            _processor_seconds(f"import {name}.orm", caches)
        for _ in range(rounds):
            bare = _processor_seconds("pass", caches)
            times = {name: _processor_seconds(f"import {name}.orm", caches) - bare for name in names}
            for name in names:
                shares[name].append(times[name] / times[PEER])
    return {name: median(shares[name]) for name in libraries}


def _processor_seconds(program: str, caches: str) -> float:
    """Give the processor time, user and system, of a fresh interpreter that runs a program.

    Args:
        caches: the folder for bytecode.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": caches}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = subprocess.Popen([sys.executable, "-c", program], env=environment)
    _, status, usage = os.wait4(started.pid, 0)
    started.returncode = os.waitstatus_to_exitcode(status)
    if started.returncode != 0:
        raise subprocess.CalledProcessError(started.returncode, program)
    return usage.ru_utime + usage.ru_stime


OPERATIONS = (Counted("import of the orm package", 0.2, 1, "of SQLAlchemy's", _measure),)
