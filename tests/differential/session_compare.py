"""What the accounts of a random session program differ in, step by step."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from difflib import unified_diff
from itertools import combinations, groupby
from typing import Any

from tests.differential.log import WARNING, Log
from tests.differential.session_cast import LOOSE
from tests.differential.session_programs import EVENT, STEP
from tests.differential.session_world import LINKS

NEIGHBOURS = {
    "owner": {"pet", "toy", "card", "owner_tags"}, "pet": {"owner", "rating"}, "toy": {"owner"}, "card": {"owner"},
    "tag": {"rating", "owner_tags"}, "rating": {"pet", "tag"}, "owner_tags": {"owner", "tag"},
}  # fmt: skip
"""Tables that refer to each other: the order of their statements counts."""

TREE = "owner"
VERSIONED = "toy"
_ROW = "     row  "
_ROWS = re.compile(
    rf"SQL  (?:INSERT INTO|UPDATE|DELETE FROM) (\w+)|{EVENT}(?:before|after)_(?:insert|update|delete) ([A-Z][a-z]+?)(?=None|[#(])"
)
MET = frozenset(("load", "loaded_as_persistent", "refresh"))
"""Events of objects that a query meets, which may be told object by object or one event after the other."""

LEFT = frozenset(("pending_to_transient", "persistent_to_transient", "persistent_to_detached", "deleted_to_detached"))
"""Events of objects that leave a session together, which SQLAlchemy takes from a set."""

Entry = tuple[str, ...]

_RETURNING = re.compile(r"\A(SQL  (?:UPDATE|DELETE|INSERT) .*) RETURNING .*\Z")
_POST_UPDATE = "SQL  UPDATE owner SET favourite_id=?"
_REST_OF_CLASS = "SQL  SELECT firm.level"
_EXPIRE = f"{EVENT}expire"
_KEPT_IN_STEP = (_EXPIRE, f"{EVENT}refresh")


def difference_of(oracle: Log, candidate: Log) -> str:
    """Compare the accounts of a program.

    Returns: an empty string, or the difference as a diff.
    """
    theirs, ours = [_told_as_it_is(step) for step in _steps(oracle)], _steps(candidate)
    pairs = [_levelled(*pair) for pair in zip(theirs, ours, strict=True)]
    theirs_told = [line for their, _ in pairs for line in their]
    ours_told = [line for _, our in pairs for line in our]
    if theirs_told == ours_told:
        return ""
    return "\n".join(unified_diff(theirs_told, ours_told, "oracle", "candidate", n=6, lineterm=""))


def account(log: Log) -> list[str]:
    """Return the lines of a log as they are compared."""
    return [line for step in _steps(log) for line in _lines(step)]


def _steps(log: Log) -> list[list[Entry]]:
    """Return the entries of each step, without what is meant to differ (see `intended.py`)."""
    steps: list[list[Entry]] = []
    for entry in log.entries:
        if entry[0].startswith(STEP):
            steps.append([entry])
        elif entry[0].startswith(WARNING) or _is_meant(steps[-1][0][0], entry[0]):
            continue
        elif entry[0].startswith(_REST_OF_CLASS):
            steps[-1].append((_REST_OF_CLASS,))
        else:
            steps[-1].append((_RETURNING.sub(r"\1", entry[0]), *entry[1:]))
    return [_without_rows(step) if any(entry[0].startswith("failed") for entry in step) else step for step in steps]


def _told_as_it_is(step: list[Entry]) -> list[Entry]:
    """Return a step in which a persistent object leaves as one.

    Where `get()` had once found no row for an object, and a rollback then made it transient, SQLAlchemy remembers that it
    was deleted: although it was added again since, and is persistent, it is told to have been deleted when it leaves.
    """
    states = [entry[0].split() for entry in step if not entry[0].startswith(EVENT)]
    persistent = {words[0] for words in states if len(words) > 1 and words[1] == "persistent"}
    found = []
    for entry in step:
        words = entry[0].split()
        is_wrong = entry[0].startswith(f"{EVENT}deleted_to_detached ") and words[2] in persistent
        found.append((entry[0].replace("deleted_to", "persistent_to", 1), *entry[1:]) if is_wrong else entry)
    return found


def _without_rows(step: list[Entry]) -> list[Entry]:
    """Return a step that failed without the rows that it wrote: how far it came is not compared."""
    return [entry for entry in step if not _table(entry)]


def _is_meant(step: str, line: str) -> bool:
    """Tell events of objects that a statement, a commit or a rollback keeps in step."""
    return line.startswith(_KEPT_IN_STEP) and ("_many " in step or (line.startswith(_EXPIRE) and " expire" not in step))


def _levelled(theirs: list[Entry], ours: list[Entry]) -> tuple[list[str], list[str]]:
    """Return the lines of one step on both libraries; of loose values only those that both know."""
    both = {_loose(entry) for entry in theirs} & {_loose(entry) for entry in ours}
    found = [[entry for entry in step if _loose(entry) in both] for step in (theirs, ours)]
    # When a foreign key is written by an UPDATE of its own is left open.
    found = [sorted(step, key=lambda entry: entry[0].startswith(_POST_UPDATE)) for step in found]
    return list(_lines(found[0])), list(_lines(found[1]))


def _loose(entry: Entry) -> str:
    """Return what a loose entry tells of; an empty string for others."""
    if entry[0].startswith(_POST_UPDATE):
        return "".join(entry)
    return entry[0].partition(": ")[0] if entry[0].startswith(LOOSE) else ""


def _lines(step: Sequence[Entry]) -> Iterator[str]:
    """Yield the lines of a step: queries in a row, and one event told of several objects in a row, sorted."""
    for _, run in groupby(_in_one_order(step), _kind):
        for entry in sorted(run):
            yield from entry


def _in_one_order(step: Sequence[Entry]) -> Iterator[Entry]:
    """Yield the entries; of those about rows in a row, what happens to each table and to each pair that depends on it."""
    entries = [one for entry in step for one in _row_by_row(entry)]
    for is_about_rows, run in groupby(entries, lambda entry: bool(_table(entry))):
        if not is_about_rows:
            yield from run
            continue
        written = list(run)
        tables = sorted({_table(entry) for entry in written})
        for near, far in [(table, table) for table in tables] + [
            pair for pair in combinations(tables, 2) if _depend(*pair)
        ]:
            yield (f"of {near} and {far}",)
            of_both = [entry for entry in written if _table(entry) in (near, far)]
            if (near, far) == (TREE, LINKS):
                of_both = _links_behind_rows(of_both)
            for table, found in groupby(of_both, _table):
                yield from sorted(found, key=_ORDERS.get(table, _as_it_is))


def _depend(near: str, far: str) -> bool:
    return far in NEIGHBOURS.get(near, ())


def _as_it_is(entry: Entry) -> int:
    return 0


def _tree_order(entry: Entry) -> tuple[int, Entry]:
    """Return the place of an entry about rows of a tree, which SQLAlchemy may write in several steps."""
    if entry[0].startswith(EVENT):
        return (0 if "before_" in entry[0] else 2), entry
    return 1, entry if entry[0].startswith("SQL  UPDATE") else ()


def _links_behind_rows(entries: list[Entry]) -> list[Entry]:
    """Return entries about the tree and its links with links behind rows; not behind rows that are deleted.

    SQLAlchemy, which may write the tree in several steps, writes the links of a row behind its step.
    """
    runs = groupby(entries, lambda entry: _table(entry) == TREE and "delete" in entry[0].lower())
    return [entry for _, run in runs for entry in sorted(run, key=lambda entry: _table(entry) == LINKS)]


def _link_order(entry: Entry) -> Entry:
    """Return what sorts links: deleted ones come first, as the words are."""
    return entry


_ORDERS: dict[str, Callable[[Entry], Any]] = {TREE: _tree_order, LINKS: _link_order}


def _row_by_row(entry: Entry) -> list[Entry]:
    """Return a batch of rows of the tree, of its links, or of rows with versions, as statements of one row."""
    rows = [line for line in entry if line.startswith(_ROW)]
    if not rows or _table(entry) not in (TREE, LINKS, VERSIONED):
        return [entry]
    return [(entry[0], line.replace(_ROW, "     with ")) for line in rows]


def _table(entry: Entry) -> str:
    """Return the table whose rows an entry is about; that of the base class for those of a hierarchy."""
    found = _ROWS.match(entry[0])
    if found is None:
        return ""
    name = (found.group(1) or found.group(2)).lower()
    return {"firm": "owner", "dog": "pet"}.get(name, name)


def _kind(entry: Entry) -> str:
    if entry[0].startswith("SQL  SELECT"):
        return "read"
    if not entry[0].startswith(EVENT):
        return entry[0]
    event = entry[0].split()[1]
    return "met" if event in MET else "left" if event in LEFT else event
