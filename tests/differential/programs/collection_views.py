"""Programs about what holds collections together: adapters, converters, the order in which members come in."""

from __future__ import annotations

import importlib
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _family(lib: Any, **options: Any) -> Any:
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    body = {
        "__tablename__": "parents",
        "id": lib.Column(lib.Integer, primary_key=True),
        "children": lib.orm.relationship("Child", back_populates="parent", **options),
    }
    parent = type("Parent", (base,), body)
    body = {
        "__tablename__": "children",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
        "parent_id": lib.Column(lib.ForeignKey("parents.id")),
        "parent": lib.orm.relationship("Parent", back_populates="children"),
        "toys": lib.orm.relationship("Toy"),
    }
    child = type("Child", (base,), body)
    body = {
        "__tablename__": "toys",
        "id": lib.Column(lib.Integer, primary_key=True),
        "name": lib.Column(lib.String),
        "child_id": lib.Column(lib.ForeignKey("children.id")),
    }
    return parent, child, type("Toy", (base,), body), base.metadata


@program
def adapter(lib: Any, engine: Any, log: Log) -> None:
    collections = importlib.import_module(f"{lib.__name__}.orm.collections")
    for options in ({}, {"collection_class": set}, {"collection_class": collections.attribute_keyed_dict("name")}):
        parent, child, _toy, _metadata = _family(lib, **options)
        one = parent()
        view = collections.collection_adapter(one.children)
        first, second = child(name="a"), child(name="b")
        view.append_with_event(first)
        log("other side", first.parent is one)
        view.append_without_event(second)
        log("other side", second.parent)
        log("members", sorted(each.name for each in view))
        log("length", (len(view), bool(view)))
        log("data", view.data is one.children)
        log("owner", view.owner_state is lib.inspect(one))
        view.remove_with_event(first)
        log("other side", first.parent)
        log("members", sorted(each.name for each in view))


@program
def members_come_in_with_what_they_refer_to(lib: Any, engine: Any, log: Log) -> None:
    """An assigned list: each member's own objects are inserted in the order in which the list is read."""
    parent, child, toy, metadata = _family(lib)
    with log.quiet():
        metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        one = parent()
        session.add(one)
        session.flush()
        one.children = [
            child(name="a", toys=[toy(name="a1"), toy(name="a2")]),
            child(name="b", toys=[toy(name="b1")]),
            child(name="c"),
        ]
        session.flush()
        one.children = [*one.children, child(name="d", toys=[toy(name="d1")]), child(name="e", toys=[toy(name="e1")])]
        session.flush()
        one.children.append(child(name="f", toys=[toy(name="f1")]))
        one.children.extend([child(name="g", toys=[toy(name="g1")]), child(name="h", toys=[toy(name="h1")])])
        session.flush()
        one.children[0:1] = [child(name="i", toys=[toy(name="i1")]), child(name="j", toys=[toy(name="j1")])]
        session.flush()


@program
def references_come_in_with_the_member(lib: Any, engine: Any, log: Log) -> None:
    """Members that refer to new objects of another class, which refer to further ones."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    names = ("First", "Second", "Third")
    classes = []
    for number, name in enumerate(names):
        body: dict[str, Any] = {
            "__tablename__": name.lower(),
            "id": lib.Column(lib.Integer, primary_key=True),
            "name": lib.Column(lib.String),
        }
        if number:
            body["up_id"] = lib.Column(lib.ForeignKey(f"{names[number - 1].lower()}.id"))
            body["other_id"] = lib.Column(lib.ForeignKey("first.id"))
            body["up"] = lib.orm.relationship(classes[-1], back_populates="downs", foreign_keys=[body["up_id"]])
            body["other"] = lib.orm.relationship(classes[0], foreign_keys=[body["other_id"]])
        if number < 2:
            body["downs"] = lib.orm.relationship(
                names[number + 1], back_populates="up", foreign_keys=f"{names[number + 1]}.up_id"
            )
        classes.append(type(name, (base,), body))
    first, second, third = classes
    with log.quiet():
        base.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        root = first(name="r")
        session.add(root)
        session.flush()
        root.downs = [
            second(name="s1", other=first(name="f1"), downs=[third(name="t1", other=first(name="f2"))]),
            second(
                name="s2", other=first(name="f3"), downs=[third(name="t2"), third(name="t3", other=first(name="f4"))]
            ),
        ]
        session.flush()
        root.downs.append(second(name="s3", downs=[third(name="t4", other=first(name="f5"))], other=first(name="f6")))
        session.flush()
        second(name="s4", other=first(name="f7"), up=root)
        session.add(third(name="t5", up=second(name="s5", up=first(name="f8")), other=first(name="f9")))
        session.flush()
