"""Random mappings of up to six classes: every kind of relationship between them, with every cascade that fits.

References lead from later classes to earlier ones only, so that the order of the tables is given by the mapping and not by
the sets that SQLAlchemy walks through.
"""

from __future__ import annotations

import random
from functools import cache
from typing import Any, NamedTuple

from tests.differential.six_classes import World

NAMES = ("Ant", "Bee", "Cat", "Dog", "Elk", "Fox")

KINDS = ("both sides", "both sides", "reference", "collection", "one to one", "many to many", "many to many, one side")

CASCADES = (None, None, "all", "all, delete-orphan", "save-update, merge, delete")


class Tie(NamedTuple):
    """One relationship between two classes.

    Attributes:
        kind: one of `KINDS`.
        near: the class that is referred to, or the first of a many-to-many.
        far: the class that has the foreign key, or the second one.
        cascade: of the side of `near`.
        nullable: whether the foreign key may be NULL.
    """

    kind: str
    near: str
    far: str
    cascade: str | None
    nullable: bool


@cache
def ties_of(seed: int) -> tuple[tuple[str, ...], tuple[Tie, ...]]:
    """Return the classes and the relationships of a random mapping."""
    dice = random.Random(seed)
    names = NAMES[: dice.randrange(2, len(NAMES) + 1)]
    found = []
    pairs = [(near, far) for place, far in enumerate(names) for near in names[:place]]
    for near, far in dice.sample(pairs, min(len(pairs), dice.randrange(1, len(names) + 2))):
        kind = dice.choice(KINDS)
        owns = kind in ("both sides", "collection", "one to one")
        cascade = dice.choice(CASCADES) if owns else None
        found.append(Tie(kind, near, far, cascade, dice.random() < 0.8))
    return names, tuple(found)


def world_of(seed: int) -> World:
    """Return a random mapping as the world of a play."""
    names, ties = ties_of(seed)
    sides: list[tuple[str, str, bool]] = []
    targets: dict[str, str] = {}
    for number, tie in enumerate(ties):
        many, one = f"far{number}", f"near{number}"
        targets.update({many: tie.far, one: tie.near})
        if tie.kind != "reference":
            sides.append((tie.near, many, tie.kind != "one to one"))
        if tie.kind in ("both sides", "reference", "one to one", "many to many"):
            sides.append((tie.far, one, tie.kind == "many to many"))
    secondary = tuple(f"links{number}" for number, tie in enumerate(ties) if tie.kind.startswith("many to many"))
    return World(names, tuple(sides), targets, lambda lib: _mapped(lib, seed), secondary)


@cache
def _mapped(lib: Any, seed: int) -> dict[str, Any]:
    names, ties = ties_of(seed)
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    bodies: dict[str, dict[str, Any]] = {
        name: {
            "__tablename__": name.lower(),
            "id": lib.Column(lib.Integer, primary_key=True),
            "name": lib.Column(lib.String),
        }
        for name in names
    }
    for number, tie in enumerate(ties):
        _declare(lib, base, bodies, number, tie)
    found = {name: type(name, (base,), body) for name, body in bodies.items()}
    base.registry.configure()
    return {"metadata": base.metadata, **found}


def _declare(lib: Any, base: Any, bodies: dict[str, dict[str, Any]], number: int, tie: Tie) -> None:
    many, one = f"far{number}", f"near{number}"
    near, far, relationship = bodies[tie.near], bodies[tie.far], lib.orm.relationship
    options: dict[str, Any] = {} if tie.cascade is None else {"cascade": tie.cascade}
    if tie.kind.startswith("many to many"):
        between = lib.Table(f"links{number}", base.metadata, *[
            lib.Column(f"{name}_id", lib.ForeignKey(f"{target.lower()}.id"), primary_key=True)
            for name, target in (("near", tie.near), ("far", tie.far))
        ])  # fmt: skip
        has_both = tie.kind == "many to many"
        more = {"back_populates": one} if has_both else {}
        near[many] = relationship(tie.far, secondary=between, order_by=f"{tie.far}.id", **more)
        if has_both:
            far[one] = relationship(tie.near, secondary=between, order_by=f"{tie.near}.id", back_populates=many)
        return
    far[f"key{number}"] = lib.Column(lib.ForeignKey(f"{tie.near.lower()}.id"), nullable=tie.nullable)
    has_both = tie.kind in ("both sides", "one to one")
    if tie.kind != "reference":
        shape = {"uselist": False} if tie.kind == "one to one" else {"order_by": f"{tie.far}.id"}
        more = {"back_populates": one} if has_both else {}
        near[many] = relationship(tie.far, foreign_keys=f"{tie.far}.key{number}", **shape, **more, **options)
    if tie.kind != "collection":
        more = {"back_populates": many} if has_both else {}
        far[one] = relationship(tie.near, foreign_keys=f"{tie.far}.key{number}", **more)
