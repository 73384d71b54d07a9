"""The kept figures, and what it takes to be worse than they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

FILE = Path(__file__).with_name("figures.json")
ALLOWED = 0.05
"""A count may grow by this share; of small ones see `SLACK`."""

SLACK = {"blocks": 24, "peak": 2_048}
"""What allocations may differ by without a reason: what the interpreter itself keeps for later."""

Counts = Mapping[str, Mapping[str, int]]
"""Per operation, per kind of count."""

PYTHON = f"python {sys.version_info.major}.{sys.version_info.minor}"
"""The counts of instructions and calls are one interpreter's."""


def kept() -> dict[str, dict[str, dict[str, int]]]:
    """Read the kept figures: per place (a Python on SQLite, PostgreSQL), per operation, per kind."""
    found: dict[str, dict[str, dict[str, int]]] = json.loads(FILE.read_text()) if FILE.exists() else {}
    return found


def accept(place: str, counts: Counts) -> None:
    """Keep figures from now on; those of operations that are not named stay."""
    every = kept()
    every[place] = {**every.get(place, {}), **{name: dict(each) for name, each in counts.items()}}
    FILE.write_text(json.dumps(every, indent=1, sort_keys=True) + "\n")


def worse(before: Counts, now: Counts) -> list[str]:
    """Name every operation that has become worse by more than is allowed, with its counts.

    Returns:
        sentences; none when all is well. An operation that was not counted before is named too.
    """
    found = []
    for operation, counts in now.items():
        for kind, count in counts.items():
            if operation not in before or kind not in before[operation]:
                found.append(f"{operation}: {kind} {count:,} are not in {FILE.name} yet")
                continue
            old = before[operation][kind]
            if count > old * (1 + ALLOWED) + SLACK.get(kind, 0):
                share = f"{count / old - 1:+.1%}" if old else "from nothing"
                found.append(f"{operation}: {kind} {old:,} -> {count:,} ({share})")
    return found


def better(before: Counts, now: Counts) -> list[str]:
    """Name what has become better by more than the same share: time to keep it."""
    found = []
    for operation, counts in now.items():
        for kind, old in before.get(operation, {}).items():
            count = counts.get(kind, old)
            if old > count * (1 + ALLOWED) + SLACK.get(kind, 0):
                found.append(f"{operation}: {kind} {old:,} -> {count:,} ({count / old - 1:+.1%})")
    return found
