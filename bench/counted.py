"""Rows whose figure is not a multiple of raw's time: bytes per loaded object, and the time of an import."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median

from bench.contenders.registry import ONLY_POSTGRESQL, RAW, contender_class, is_installed
from bench.harness import held
from bench.settings import Setting

OBJECTS = 200_000
PEER = "sqlalchemy"
IMPORTS = {"holdfast": "import holdfast.orm", "sqlalchemy": "import sqlalchemy.orm"}


@dataclass
class Counts:
    """The figures of one counted row.

    Args:
        row: the row.
        values: per contender.
        absent: why a contender has none.
    """

    row: CountedRow
    values: dict[str, float] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CountedRow:
    """A row that is counted, on SQLite.

    Args:
        key, name, target, sqlalchemy, peer: as in `bench/rows.py`.
        unit: written behind the figures.
        measure: given the contenders and the number of rounds, gives the figures.
    """

    key: str
    name: str
    target: float
    sqlalchemy: float
    peer: str
    unit: str
    measure: Callable[[Sequence[str], int], tuple[dict[str, float], dict[str, str]]]


def count(row: CountedRow, contenders: Sequence[str], rounds: int) -> Counts:
    """Measure a counted row."""
    return Counts(row, *row.measure([name for name in contenders if name not in ONLY_POSTGRESQL], rounds))


def _bytes_per_object(contenders: Sequence[str], _rounds: int) -> tuple[dict[str, float], dict[str, str]]:
    """The resident memory of a process grows by so much per object while the objects and their session are alive."""
    values, absent = {}, {}
    setting = Setting()
    sizes = replace(setting.sizes, narrow=OBJECTS)
    for name in contenders:
        found = held(name, "hold_narrow", sizes, setting)
        if isinstance(found, str):
            absent[name] = found
        else:
            values[name] = found["bytes"] / OBJECTS
    return values, absent


def _share_of_import(contenders: Sequence[str], rounds: int) -> tuple[dict[str, float], dict[str, str]]:
    """Both from bytecode, as installed packages are: in a folder for the caches, filled by an import not counted."""
    programs, absent = _imports(contenders)
    if not is_installed(PEER):
        return {}, dict.fromkeys(contenders, f"{PEER} is not installed")
    shares: dict[str, list[float]] = {name: [] for name in programs}
    with tempfile.TemporaryDirectory(prefix="bench-") as caches:
        every = {**programs, PEER: IMPORTS[PEER]}
        for program in every.values():
            _processor_seconds(program, caches)
        for _ in range(rounds):
            bare = _processor_seconds("pass", caches)
            times = {name: _processor_seconds(program, caches) - bare for name, program in every.items()}
            for name in programs:
                shares[name].append(times[name] / times[PEER])
    return {name: median(found) for name, found in shares.items()}, absent


def _imports(contenders: Sequence[str]) -> tuple[dict[str, str], dict[str, str]]:
    programs, absent = {}, {}
    for name in contenders:
        if not is_installed(name) or name == RAW:
            absent[name] = "not installed" if name != RAW else "nothing to import"
            continue
        try:
            programs[name] = IMPORTS.get(name) or contender_class(name, "sqlite", False).import_statement
        except ImportError as missing:
            absent[name] = str(missing)
    return programs, absent


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


COUNTED: tuple[CountedRow, ...] = (
    CountedRow("memory", "bytes per loaded object of 4 columns", 520, 1_348, "612 Django", "bytes", _bytes_per_object),
    CountedRow("import", "import of the orm package", 0.2, 1, "0.22 Pony", "of SQLAlchemy's", _share_of_import),
)
