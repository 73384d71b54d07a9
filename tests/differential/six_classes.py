"""Random edits of a graph of six classes, described by a list of numbers; every kind of relationship but a tree.

A class that refers to itself is left out: there SQLAlchemy takes parts of its order from sets.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

from tests.differential.log import Log
from tests.differential.registry import Program

NAMES = ("Firm", "Site", "Room", "Tool", "Worker", "Badge")

SIDES = (
    ("Firm", "sites", True), ("Site", "firm", False), ("Site", "rooms", True), ("Room", "site", False),
    ("Room", "tools", True), ("Tool", "rooms", True), ("Worker", "firm", False), ("Worker", "badge", False),
    ("Badge", "worker", False), ("Firm", "head", False), ("Tool", "owner", False),
)  # fmt: skip
"""Class, attribute, whether it is a collection."""

TARGETS = {
    "sites": "Site", "firm": "Firm", "rooms": "Room", "site": "Site", "tools": "Tool", "badge": "Badge",
    "worker": "Worker", "head": "Worker", "owner": "Worker",
}  # fmt: skip


class Step(NamedTuple):
    """One edit: the name of a method of `Play`, and three numbers by which it picks sides, objects and values."""

    name: str
    first: int
    second: int
    third: int


@cache
def firm(lib: ModuleType) -> dict[str, Any]:
    """Map the six classes, once per library."""
    orm, core = lib.orm, lib
    base = type("Base", (orm.DeclarativeBase,), {})
    between = core.Table(
        "room_tools",
        base.metadata,
        core.Column("room_id", core.ForeignKey("room.id"), primary_key=True),
        core.Column("tool_id", core.ForeignKey("tool.id"), primary_key=True),
    )

    def key(target: str, **options: Any) -> Any:
        return core.Column(core.ForeignKey(f"{target}.id", **options))

    bodies: dict[str, dict[str, Any]] = {
        "Firm": {
            "head_id": key("worker", use_alter=True, name="head"),
            "sites": orm.relationship("Site", back_populates="firm", order_by="Site.id"),
            "head": orm.relationship("Worker", foreign_keys="Firm.head_id", post_update=True),
        },
        "Site": {
            "firm_id": key("firm"),
            "firm": orm.relationship("Firm", back_populates="sites"),
            "rooms": orm.relationship("Room", back_populates="site", cascade="all, delete-orphan", order_by="Room.id"),
        },
        "Room": {
            "site_id": key("site"),
            "site": orm.relationship("Site", back_populates="rooms"),
            "tools": orm.relationship("Tool", secondary=between, back_populates="rooms", order_by="Tool.id"),
        },
        "Tool": {
            "owner_id": key("worker"),
            "rooms": orm.relationship("Room", secondary=between, back_populates="tools", order_by="Room.id"),
            "owner": orm.relationship("Worker"),
        },
        "Worker": {
            "firm_id": key("firm"),
            "firm": orm.relationship("Firm", foreign_keys="Worker.firm_id"),
            "badge": orm.relationship("Badge", back_populates="worker", uselist=False),
        },
        "Badge": {"worker_id": key("worker"), "worker": orm.relationship("Worker", back_populates="badge")},
    }
    found: dict[str, Any] = {"metadata": base.metadata}
    for name, body in bodies.items():
        columns = {
            "__tablename__": name.lower(),
            "id": core.Column(core.Integer, primary_key=True),
            "name": core.Column(core.String),
        }
        found[name] = type(name, (base,), {**columns, **body})
    return found


class World(NamedTuple):
    """Classes that a play is about.

    Attributes:
        names: their names.
        sides: class, attribute, whether it is a collection.
        targets: attribute -> class; attributes of different classes have different targets only under different names.
        classes: library -> the classes by name, and ``metadata``.
        secondary: the names of the association tables.
    """

    names: tuple[str, ...]
    sides: tuple[tuple[str, str, bool], ...]
    targets: dict[str, str]
    classes: Callable[[Any], dict[str, Any]]
    secondary: tuple[str, ...]


FIRM = World(NAMES, SIDES, TARGETS, firm, ("room_tools",))


class Play:
    """The objects made so far, and what a step can do with them; a step that picks nothing usable does nothing."""

    def __init__(self, lib: Any, session: Any, log: Log, world: World) -> None:
        self._session = session
        self._log = log
        self._world = world
        self._classes = world.classes(lib)
        self.objects: list[Any] = []

    def make(self, first: int, second: int, third: int) -> None:
        """Make an object and add it."""
        made = self._classes[self._name(first)](name=f"n{second}")
        self.objects.append(made)
        self._session.add(made)

    def bring(self, first: int, second: int, third: int) -> None:
        """Let one side refer to an object."""
        found = self._pair(first, second, third)
        if found is None:
            return
        instance, name, is_collection, other = found
        if not is_collection:
            # What is replaced is read before: SQLAlchemy does so only when it flushes.
            if getattr(instance, name) is not other:
                setattr(instance, name, other)
        elif other not in getattr(instance, name):
            getattr(instance, name).append(other)

    def take(self, first: int, second: int, third: int) -> None:
        """Let one side no longer refer to an object."""
        found = self._pair(first, second, third)
        if found is None:
            return
        instance, name, is_collection, other = found
        if not is_collection:
            # SQLAlchemy writes NULL over NULL.
            if getattr(instance, name) is not None:
                setattr(instance, name, None)
        elif other in getattr(instance, name):
            getattr(instance, name).remove(other)

    def assign(self, first: int, second: int, third: int) -> None:
        """Put one object in the place of all that a collection holds."""
        found = self._pair(first, second, third)
        if found is not None and found[2]:
            setattr(found[0], found[1], [found[3]])

    def rename(self, first: int, second: int, third: int) -> None:
        """Set the name of an object, which is read before."""
        chosen = self._pick(self._name(first), second)
        if chosen is not None and chosen.name != f"m{third}":
            chosen.name = f"m{third}"

    def delete(self, first: int, second: int, third: int) -> None:
        """Delete an object that has a row."""
        chosen = self._pick(self._name(first), second)
        if chosen is not None and self._log.state_of(chosen) == "persistent":
            self._session.delete(chosen)

    def flush(self, first: int, second: int, third: int) -> None:
        """Flush."""
        self._session.flush()

    def commit(self, first: int, second: int, third: int) -> None:
        """Commit."""
        self._session.commit()

    def tell(self) -> None:
        """Write down the states of all objects."""
        self._log("  " + ", ".join(f"{self._log.show(one)} {self._log.state_of(one)}" for one in self.objects))

    def _pair(self, first: int, second: int, third: int) -> tuple[Any, str, bool, Any] | None:
        class_name, name, is_collection = self._world.sides[first % len(self._world.sides)]
        instance, other = self._pick(class_name, second), self._pick(self._world.targets[name], third)
        return None if instance is None or other is None else (instance, name, is_collection, other)

    def _name(self, number: int) -> str:
        return self._world.names[number % len(self._world.names)]

    def _pick(self, kind: str, number: int) -> Any:
        usable = [
            one
            for one in self.objects
            if type(one).__name__ == kind
            and self._log.state_of(one) in ("pending", "persistent")
            and one not in self._session.deleted
        ]
        return usable[number % len(usable)] if usable else None


EDITS = ("bring", "take", "assign", "rename", "delete", "flush", "commit")


def world_program(world: World, steps: Sequence[Step]) -> Program:
    """Make a program of steps; it ends with a commit."""

    def play_steps(lib: Any, engine: Any, log: Log) -> None:
        log.any_order(*world.secondary)
        log.without_reads()
        with log.quiet():
            world.classes(lib)["metadata"].create_all(engine)
        with lib.orm.Session(engine) as session:
            play = Play(lib, session, log, world)
            for step in steps:
                log(" ".join(map(str, step)))
                _attempt(session, log, getattr(play, step.name), *step[1:])
                play.tell()
            _attempt(session, log, session.commit)

    return play_steps


def _attempt(session: Any, log: Log, action: Callable[..., None], *numbers: int) -> None:
    try:
        action(*numbers)
    except Exception as error:
        log.raised("failed", error)
        session.rollback()
