"""Says in what two accounts of a program differ, as a diff that a person can read."""

from __future__ import annotations

from collections.abc import Callable
from difflib import unified_diff
from itertools import groupby
from typing import TypeVar

from tests.differential.log import MESSAGE, WARNING, Log

Account = TypeVar("Account")

OTHER_RUNS = 40
"""Times that the oracle is asked again where an account differs."""


def difference(oracle: Log, candidate: Log, with_sql: bool = True) -> str:
    """Compare two logs.

    Args:
        oracle: the account of the library that is right by definition.
        candidate: the account of the library under test.
        with_sql: compare the statements too; otherwise values, states, errors and final rows.
    Returns:
        an empty string, or the diff (`-` the oracle's line, `+` the candidate's), with the candidate's traceback
        if the program broke there.
    """
    theirs = _lines(oracle, with_sql)
    ours = _with_messages_levelled(theirs, _lines(candidate, with_sql))
    if ours == theirs:
        return ""
    lines = unified_diff(theirs, ours, "oracle", "candidate", n=4, lineterm="")
    return "\n".join([*lines, *([candidate.trace] if candidate.trace else [])])


def comes_out_otherwise(again: Callable[[], Account], is_wanted: Callable[[Account], bool]) -> bool:
    """Ask the oracle again: it walks through sets of objects, whose order is that of their addresses in memory.

    Args:
        again: runs the program on the oracle.
        is_wanted: tells of an account whether it is another one, or the candidate's.
    Returns:
        whether one of the runs is. Each finds memory in another state, so that addresses fall in another order.
    """
    held: list[list[bytes]] = []
    for number in range(OTHER_RUNS):
        held.append([bytes(size) for size in range(1, 480, 8) for _ in range(number % 7 + 1)])
        if number % 3 == 0:
            del held[: len(held) // 2]
        if is_wanted(again()):
            return True
    return False


def _lines(log: Log, with_sql: bool) -> list[str]:
    """Give the lines of a log, queries sent in a row in the order of their text, warnings last (see `intended.py`)."""
    warnings = [entry for entry in log.entries if entry[0].startswith(WARNING)]
    if not with_sql:
        # Whether a flush warns depends on what it looks at.
        warnings.clear()
    levelled: list[tuple[str, ...]] = []
    told = [
        entry
        for entry in log.entries
        if not entry[0].startswith(WARNING) and (with_sql or not entry[0].startswith("SQL"))
    ]
    for only_reads, run in groupby(told, _is_read):
        entries = list(run)
        levelled += sorted(entries) if only_reads else entries
    return [line for entry in [*levelled, *warnings] for line in entry]


def _is_read(entry: tuple[str, ...]) -> bool:
    return entry[0].startswith("SQL  SELECT")


def _with_messages_levelled(theirs: list[str], ours: list[str]) -> list[str]:
    """Give the candidate's lines with each message that begins with one of the oracle's cut to that beginning."""
    known = [line for line in theirs if line.startswith(MESSAGE)]
    levelled = []
    for line in ours:
        if line.startswith(MESSAGE):
            line = next((each for each in known if line.startswith(each)), line)
        levelled.append(line)
    return levelled
