"""What a session should hold and what the database should, in plain dictionaries: the machine's idea of the truth."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from holdfast import inspect

ROOTS = {"parent": "parent", "child": "child", "infant": "child", "tag": "tag", "label": "tag", "badge": "badge", "rating": "rating"}  # fmt: skip
"""Kind -> the kind whose table it shares."""


class Reference(NamedTuple):
    """A foreign key that a relationship stands for.

    Attributes:
        kind, name: who has it, and the relationship's name there; `target`, `reverse`: whose key, and the other side.
        owned: who has it is deleted when it has nobody to refer to.
    """

    kind: str
    name: str
    target: str
    reverse: str
    owned: bool


REFERENCES = (
    Reference("child", "parent", "parent", "children", True),
    Reference("badge", "owner", "parent", "badge", False),
    Reference("parent", "boss", "parent", "staff", False),
    Reference("rating", "parent", "parent", "ratings", True),
    Reference("rating", "tag", "tag", "ratings", True),
)

Key = Any
"""A primary key; of a rating the pair of its parent's and its tag's."""
Rows = dict[str, dict[Key, dict[str, Any]]]
"""Root kind -> key -> kind, columns, and for each reference the key or None."""


def references_of(root: str) -> list[Reference]:
    """Return the references that rows of a table have."""
    return [reference for reference in REFERENCES if reference.kind == root]


def columns_of(kind: str) -> tuple[str, ...]:
    """Return the plain columns of a kind."""
    return ("name", "amount", "extra") if kind in ("infant", "label") else ("name", "amount")


@dataclass(eq=False)
class Known:
    """One object that the machine holds.

    Attributes:
        kind: its class.
        instance: the mapped object.
        status: "transient", "pending", "persistent", "deleting" (marked), "deleted" (by a flush of the transaction),
            "detached", "gone" (nothing is expected of it any more).
        values: of its columns, as the program sees them.
        key: the primary key, once there is a row.
        refs: name of a reference -> the known object, or the key of one that is not known, or None.
        tags: of a parent: the known ones.
        made: the program made it in this transaction; else it was there before, or was loaded.
        changed: of a detached one: the columns that were set outside.
    """

    kind: str
    instance: Any
    status: str
    values: dict[str, Any]
    key: Key = None
    refs: dict[str, Any] = field(default_factory=dict)
    tags: set[Known] = field(default_factory=set)
    made: bool = False
    changed: set[str] = field(default_factory=set)

    @property
    def root(self) -> str:
        """The kind whose table it shares."""
        return ROOTS[self.kind]

    @property
    def is_here(self) -> bool:
        """It is in the session, and not about to leave."""
        return self.status in ("pending", "persistent")


HERE = ("pending", "persistent", "deleting")
OUTSIDE = ("transient", "detached")


@dataclass
class Snapshot:
    """What one level of the transaction goes back to: the rows, and the statuses of the objects known by then."""

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
        self.rows: Rows = {root: {} for root in sorted(set(ROOTS.values()))}
        self.pairs: set[tuple[int, int]] = set()
        self.known: list[Known] = []
        self.levels: list[Snapshot] = [self._snapshot()]

    def _snapshot(self) -> Snapshot:
        return Snapshot(deepcopy(self.rows), set(self.pairs), {one: one.status for one in self.known})

    def of(self, *statuses: str, kind: str | None = None) -> list[Known]:
        """Return the known objects with one of these statuses, of a kind or of those that share its table."""
        return [one for one in self.known if one.status in statuses and kind in (None, one.kind, one.root)]

    def find(self, root: str, key: Key) -> Known | None:
        """Return the known object of a row that is in the session."""
        return next((one for one in self.of("persistent", "deleting", kind=root) if one.key == key), None)

    def referring(self, one: Known, reference: Reference) -> list[Known]:
        """Return the known objects that refer to one."""
        return [other for other in self.of(*HERE, kind=reference.kind) if other.refs.get(reference.name) is one]

    # -- flush ---------------------------------------------------------------------------------------------------------

    def flush(self) -> None:
        """Write what is waiting: new objects get rows, marked ones lose theirs."""
        for one in self.of("deleting"):
            self.drop(one.root, one.key)
        for one in self.of("pending"):
            identity = inspect(one.instance).identity
            one.status, one.key = "persistent", identity[0] if len(identity) == 1 else tuple(identity)
        for one in self.of("persistent"):
            self._write_row(one)

    def _write_row(self, one: Known) -> None:
        row: dict[str, Any] = {"kind": one.kind, **one.values}
        for name, value in one.refs.items():
            row[name] = value.key if isinstance(value, Known) else value
        self.rows[one.root][one.key] = row
        if one.kind == "parent":
            for tag in self.of("persistent", kind="tag"):
                (self.pairs.add if tag in one.tags else self.pairs.discard)((one.key, tag.key))

    def drop(self, root: str, key: Key) -> None:
        """Delete a row, with what is owned by it; others forget whom they referred to."""
        self.rows[root].pop(key, None)
        gone = [one for one in self.of("persistent", "deleting", kind=root) if one.key == key]
        for one in gone:
            one.status = "deleted"
        for reference in REFERENCES:
            if reference.target != root:
                continue
            rows = self.rows[reference.kind]
            for other, row in [(other, row) for other, row in rows.items() if row[reference.name] == key]:
                if reference.owned:
                    self.drop(reference.kind, other)
                else:
                    row[reference.name] = None
            for known in self.of(*HERE, kind=reference.kind):
                if known.refs[reference.name] in [key, *gone] and not reference.owned:
                    known.refs[reference.name] = None
        place = {"parent": 0, "tag": 1}.get(root)
        if place is not None:
            self.pairs = {pair for pair in self.pairs if pair[place] != key}
        for known in self.known:
            known.tags.difference_update(gone)

    # -- the ends of levels --------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """The transaction is committed: what was deleted has left the session."""
        self.flush()
        for one in self.known:
            one.made = False
            one.status = "gone" if one.status == "deleted" else one.status
        self.forget_gone()
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
            if one.status in OUTSIDE:
                continue
            # What was read meanwhile stays, if its row does.
            is_kept = not one.made and one.key in self.rows[one.root]
            before = level.statuses.get(one, "persistent" if is_kept else "gone")
            # What was pending when the level began was not in the database: a rollback lets it go.
            going = before in ("pending", "transient")
            one.status = "gone" if going else "persistent" if before in ("deleting", "detached") else before
        self.read_rows()
        self.forget_gone()

    def close(self) -> None:
        """The session let go of everything, and rolled back; what has a row is detached."""
        level = self.levels[0]
        self.rows, self.pairs = deepcopy(level.rows), set(level.pairs)
        for one in self.known:
            if one.status != "transient":
                has_row = one.status in ("persistent", "detached") and not one.made
                one.status = "detached" if has_row else "gone"
        self.forget_gone()
        self.levels = [self._snapshot()]

    def forget_gone(self) -> None:
        """Nothing is expected any more of objects that the session has let go."""
        self.known = [one for one in self.known if one.status != "gone"]

    # -- rows into objects -----------------------------------------------------------------------------------------------

    def read_rows(self) -> None:
        """All persistent objects have the values of their rows again."""
        for one in self.of("persistent"):
            self.read_row(one)

    def read_row(self, one: Known) -> None:
        """An object has the values of its row; others that referred to its key know it now."""
        row = self.rows[one.root][one.key]
        one.values = {name: row[name] for name in columns_of(one.kind)}
        for reference in references_of(one.root):
            key = row[reference.name]
            one.refs[reference.name] = None if key is None else self.find(reference.target, key) or key
        if one.kind == "parent":
            one.tags = {
                tag for tag in self.of("persistent", "deleting", kind="tag") if (one.key, tag.key) in self.pairs
            }

    def leave(self, one: Known) -> None:
        """An object has left the session: others know its key only."""
        for reference in REFERENCES:
            for other in self.of(*HERE, kind=reference.kind):
                if other.refs.get(reference.name) is one:
                    other.refs[reference.name] = one.key
        for parent in self.known:
            parent.tags.discard(one)
        one.tags = set()

    def come(self, one: Known) -> None:
        """An object of a row has come into the session: it has the row's values but for those that were set outside."""
        own = {name: one.values[name] for name in one.changed}
        one.status, one.changed = "persistent", set()
        self.read_row(one)
        one.values.update(own)
        for other in self.of("persistent"):
            for reference in references_of(other.root):
                if reference.target == one.root and other.refs[reference.name] == one.key:
                    other.refs[reference.name] = one
            if other.kind == "parent" and one.root == "tag" and (other.key, one.key) in self.pairs:
                other.tags.add(one)
