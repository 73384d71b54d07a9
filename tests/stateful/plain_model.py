"""What a session should hold and what the database should, in plain dictionaries: the machine's idea of the truth."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from holdfast import inspect

COLUMNS = ("name", "amount")

Rows = dict[str, dict[int, dict[str, Any]]]
"""Table -> primary key -> values; a child's row has ``parent``, the key of its parent."""


@dataclass(eq=False)
class Known:
    """One object that the machine holds.

    Attributes:
        kind: "parent", "child" or "tag".
        instance: the mapped object.
        status: "pending", "persistent", "deleting" (marked), "deleted" (by a flush of the transaction), "gone" (the session
            has let go of it; nothing is expected of it any more).
        key: the primary key, once there is a row.
        values: of its columns, as the program sees them.
        parent: of a child.
        tags: of a parent.
        made: the program made it in this transaction; else it was there before, or was loaded.
    """

    kind: str
    instance: Any
    status: str
    values: dict[str, Any]
    key: int | None = None
    parent: Known | None = None
    tags: set[Known] = field(default_factory=set)
    made: bool = False

    @property
    def is_here(self) -> bool:
        """It is in the session, and not about to leave."""
        return self.status in ("pending", "persistent")


def no_rows() -> tuple[Rows, set[tuple[int, int]]]:
    """Return an empty database: the rows of its tables, and the pairs of the table between parents and tags."""
    return {"parent": {}, "child": {}, "tag": {}}, set()


@dataclass
class Snapshot:
    """What one level of the transaction goes back to.

    Attributes:
        statuses: of the objects known when the level began.
    """

    rows: Rows
    pairs: set[tuple[int, int]]
    statuses: dict[Known, str]


class PlainModel:
    """The truth about one session and its database.

    Attributes:
        rows, pairs: as the session's transaction sees them.
        known: the objects that the machine holds.
        levels: snapshots, the committed state first, then one per savepoint.
    """

    def __init__(self) -> None:
        self.rows, self.pairs = no_rows()
        self.known: list[Known] = []
        self.levels: list[Snapshot] = [self._snapshot()]

    def _snapshot(self) -> Snapshot:
        statuses = {one: one.status for one in self.known}
        return Snapshot(deepcopy(self.rows), set(self.pairs), statuses)

    def of(self, *statuses: str, kind: str | None = None) -> list[Known]:
        """Return the known objects with one of these statuses."""
        return [one for one in self.known if one.status in statuses and kind in (None, one.kind)]

    def find(self, kind: str, key: int) -> Known | None:
        """Return the known persistent object of a row."""
        return next((one for one in self.of("persistent", "deleting", kind=kind) if one.key == key), None)

    def children_of(self, parent: Known) -> list[Known]:
        """Return the known children of a parent."""
        return [one for one in self.of("pending", "persistent", kind="child") if one.parent is parent]

    # -- flush and the ends of levels ------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what is waiting: new objects get rows, marked ones lose theirs."""
        for one in self.of("deleting"):
            self._delete_row(one)
        for one in self.of("pending"):
            one.status, one.key = "persistent", inspect(one.instance).identity[0]
        for one in self.of("persistent"):
            self._write_row(one)

    def _write_row(self, one: Known) -> None:
        assert one.key is not None
        row: dict[str, Any] = dict(one.values)
        if one.kind == "child":
            assert one.parent is not None
            row["parent"] = one.parent.key
        self.rows[one.kind][one.key] = row
        if one.kind == "parent":
            kept = {(parent, tag) for parent, tag in self.pairs if parent != one.key}
            self.pairs = kept | {(one.key, tag.key) for tag in one.tags if tag.key is not None}

    def _delete_row(self, one: Known) -> None:
        assert one.key is not None
        if one.kind == "parent":
            for key in [key for key, row in self.rows["child"].items() if row["parent"] == one.key]:
                self._drop("child", key)
        self._drop(one.kind, one.key)

    def _drop(self, kind: str, key: int) -> None:
        self.rows[kind].pop(key, None)
        place = {"parent": 0, "tag": 1}.get(kind)
        if place is not None:
            self.pairs = {pair for pair in self.pairs if pair[place] != key}
        for one in self.of("persistent", "deleting", kind=kind):
            if one.key == key:
                one.status = "deleted"
        if kind == "tag":
            for one in self.known:
                one.tags = {tag for tag in one.tags if tag.key != key}

    def commit(self) -> None:
        """The transaction is committed: what was deleted has left the session."""
        self.flush()
        for one in self.known:
            one.made = False
            one.status = "gone" if one.status == "deleted" else one.status
        self._forget_gone()
        self.levels = [self._snapshot()]

    def begin_nested(self) -> None:
        """A savepoint begins, after a flush."""
        self.flush()
        self.levels.append(self._snapshot())

    def release(self) -> None:
        """The innermost savepoint is released; its notes belong to the level above."""
        self.flush()
        self.levels.pop()

    def roll_back(self, whole: bool) -> None:
        """Go back to where the innermost level began, or the whole transaction."""
        level = self.levels[0] if whole else self.levels.pop()
        if whole:
            del self.levels[1:]
        self.rows, self.pairs = deepcopy(level.rows), set(level.pairs)
        for one in self.known:
            before = level.statuses.get(one, "gone" if one.made else "persistent")
            # What was pending when the level began was not in the database: a rollback lets it go.
            one.status = "gone" if before == "pending" else "persistent" if before == "deleting" else before
        for one in self.of("persistent"):
            self.read_row(one)
        self._forget_gone()

    def close(self) -> None:
        """The session let go of everything, and rolled back."""
        level = self.levels[0]
        self.rows, self.pairs = deepcopy(level.rows), set(level.pairs)
        for one in self.known:
            one.status = "gone"
        self._forget_gone()
        self.levels = [self._snapshot()]

    def _forget_gone(self) -> None:
        self.known = [one for one in self.known if one.status != "gone"]

    # -- rows into objects -----------------------------------------------------------------------------------------

    def read_row(self, one: Known) -> None:
        """An object has the values of its row again."""
        assert one.key is not None
        row = self.rows[one.kind][one.key]
        one.values = {name: row[name] for name in COLUMNS}
        if one.kind == "child":
            one.parent = self.find("parent", row["parent"])
        if one.kind == "parent":
            one.tags = {
                tag for tag in self.of("persistent", "deleting", kind="tag") if (one.key, tag.key) in self.pairs
            }
