"""Programs about references that an UPDATE of their own writes (``post_update``), beside rows that go."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def lists_with_favourites(lib: Any, engine: Any, log: Log) -> Any:
    """Map lists that own their entries and refer to one of them."""
    o = lib.orm
    base: Any = o.declarative_base()
    list_: Any = type("List", (base,), {
        "__tablename__": "lists",
        "id": lib.Column(lib.Integer, primary_key=True),
        "favourite_id": lib.Column(lib.ForeignKey("entries.id", use_alter=True, name="favourites")),
        "entries": o.relationship(
            "Entry", primaryjoin="List.id == Entry.list_id", back_populates="list", cascade="all, delete-orphan"
        ),
        "favourite": o.relationship("Entry", primaryjoin="List.favourite_id == Entry.id", post_update=True),
    })  # fmt: skip
    entry: Any = type("Entry", (base,), {
        "__tablename__": "entries",
        "id": lib.Column(lib.Integer, primary_key=True),
        "list_id": lib.Column(lib.ForeignKey("lists.id")),
        "list": o.relationship("List", primaryjoin="List.id == Entry.list_id", back_populates="entries"),
    })  # fmt: skip
    with log.quiet():
        base.metadata.create_all(engine)
    return SimpleNamespace(List=list_, Entry=entry, metadata=base.metadata)


@program
def the_referred_row_goes(lib: Any, engine: Any, log: Log) -> None:
    """The reference is written before: foreign keys are enforced."""
    names = lists_with_favourites(lib, engine, log)
    with lib.orm.Session(engine, expire_on_commit=False) as session:
        owner = names.List()
        first, second = names.Entry(list=owner), names.Entry(list=owner)
        owner.favourite = first
        session.add(owner)
        session.commit()
        owner.favourite = second
        owner.entries.remove(first)
        session.commit()
        third = names.Entry(list=owner)
        owner.favourite = third
        session.delete(second)
        session.commit()
        session.expire(owner, ["entries"])
        owner.favourite = None
        owner.entries.remove(third)
        session.commit()
        last = names.Entry(list=owner)
        owner.favourite = last
        session.commit()
        session.delete(owner)
        session.commit()


@program
def a_circle_of_two_references(lib: Any, engine: Any, log: Log) -> None:
    o = lib.orm
    base: Any = o.declarative_base()
    key = lib.Column(lib.Integer, primary_key=True)
    left, right = lib.Column(lib.ForeignKey("nodes.id")), lib.Column(lib.ForeignKey("nodes.id"))
    node: Any = type("Node", (base,), {
        "__tablename__": "nodes",
        "id": key,
        "left_id": left,
        "right_id": right,
        "left": o.relationship("Node", foreign_keys=left, remote_side=key, post_update=True),
        "right": o.relationship("Node", foreign_keys=right, remote_side=key, post_update=True),
    })  # fmt: skip
    with log.quiet():
        base.metadata.create_all(engine)
    with o.Session(engine, expire_on_commit=False) as session:
        one, two, three = (node(id=number) for number in (1, 2, 3))
        one.left, two.left, three.left = two, one, three
        one.right, two.right, three.right = one, three, one
        session.add_all([one, two, three])
        session.commit()
        one.left, one.right, two.left = three, two, two
        session.commit()
        for each in (one, two, three):
            session.delete(each)
        session.commit()
