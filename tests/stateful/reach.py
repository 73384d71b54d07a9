"""Which operation met an object in which state: what programs must reach, and what can not be, with the reason."""

from __future__ import annotations

from collections import Counter
from typing import Any

from holdfast import inspect
from tests.stateful.plain_model import Known, columns_of

reached: Counter[tuple[str, str]] = Counter()
"""How often each operation met an object in each state: (state, operation)."""

STATES = ("transient", "pending", "persistent", "changed", "expired", "marked", "deleted", "detached")
"""An object's states; of the persistent ones those with changes, without values, and marked for deletion by themselves."""

WHOLE = (
    "flush", "commit None", "commit False", "commit True", "commit evaluate", "roll back", "begin a savepoint",
    "release a savepoint", "roll back to a savepoint", "close", "expire all", "write by another connection",
    "write in a second session",
)  # fmt: skip
"""Operations on the session or the database: they meet every object that is known."""

SINGLE = (
    "add", "set", "read", "pickle", "delete", "expunge", "expire", "refresh", "merge a copy", "get", "query",
    "set a reference", "append to a collection", "remove from a collection", "set a one-to-one", "change a many-to-many",
    "set a self-reference", "associate", "update auto", "update fetch", "update evaluate", "update False", "delete auto",
    "delete fetch", "delete evaluate", "upsert",
)  # fmt: skip
"""Operations on one object."""

RELATED = (
    "set a reference", "append to a collection", "remove from a collection", "set a one-to-one", "change a many-to-many",
    "set a self-reference", "associate",
)  # fmt: skip


def _impossible() -> dict[tuple[str, str], str]:
    """Return the pairs that no program reaches, each with the reason."""
    found: dict[tuple[str, str], str] = {}

    def note(reason: str, states: tuple[str, ...], operations: tuple[str, ...]) -> None:
        found.update({(state, operation): reason for state in states for operation in operations})

    note(
        "a transient object is not in the session, and both write a pending one first, which is persistent by then",
        ("transient", "pending"),
        ("get", "merge a copy"),
    )
    note(
        "its DELETE was sent: on SQLite another writer waits until the transaction has ended, and it is deleted no more",
        ("deleted",),
        ("write by another connection", "write in a second session"),
    )
    note("a child is not taken out of the session, since a parent owns it", ("detached",), ("set a reference",))
    note("its row goes, so that nothing of what it is related with is written for it", ("marked", "deleted"), RELATED)
    return found


IMPOSSIBLE = _impossible()

REFUSED = {
    ("transient", "delete"), ("transient", "expunge"), ("transient", "expire"), ("transient", "refresh"),
    ("pending", "delete"), ("pending", "expire"), ("pending", "refresh"),
    ("detached", "expunge"), ("detached", "expire"), ("detached", "refresh"),
    ("deleted", "add"), ("deleted", "expire"), ("deleted", "refresh"),
}  # fmt: skip
"""Pairs that are reached, and answered by InvalidRequestError."""


def state_of(one: Known) -> str:
    """Name the state of an object."""
    if one.status in ("transient", "pending", "deleted", "detached"):
        return one.status
    if one.status == "deleting":
        return "deleted" if inspect(one.instance).deleted else "marked"
    if not set(columns_of(one.kind)) & vars(one.instance).keys():
        return "expired"
    return "changed" if inspect(one.instance).modified else "persistent"


def meet(operation: str, *objects: Known) -> None:
    """Note that an operation meets objects."""
    for one in objects:
        reached[state_of(one), operation] += 1


def unexplained() -> dict[str, Any]:
    """Return the pairs that are neither reached nor impossible, and the impossible ones that were reached."""
    pairs = {(state, operation) for state in STATES for operation in (*WHOLE, *SINGLE)}
    return {
        "neither reached nor impossible": sorted(pairs - reached.keys() - IMPOSSIBLE.keys()),
        "called impossible, and reached": sorted(IMPOSSIBLE.keys() & reached.keys()),
        "unknown pairs": sorted(reached.keys() - pairs),
    }
