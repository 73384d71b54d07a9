"""Events of attributes: what is heard, in which order, with which values: a program for each way to listen and to act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import Program, program

Heard = list[list[Any]]


def namespace(lib: Any, kind: str) -> Any:
    """Map a parent with children in a collection of a kind, and tags without another side."""
    base = lib.orm.declarative_base()
    classes = {"list": {}, "set": {"collection_class": set}, "dict": {}}
    if kind == "dict":
        classes["dict"] = {"collection_class": lib.orm.attribute_keyed_dict("name")}

    class Parent(base):
        __tablename__ = "parents"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)
        note = lib.Column(lib.String)
        children = lib.orm.relationship("Child", back_populates="parent", order_by="Child.id", **classes[kind])
        tags = lib.orm.relationship("Tag", secondary=lambda: links, order_by="Tag.id", **classes[kind])

    class Child(base):
        __tablename__ = "children"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)
        parent_id = lib.Column(lib.ForeignKey("parents.id"))
        parent = lib.orm.relationship("Parent", back_populates="children")

    class Tag(base):
        __tablename__ = "tags"
        id = lib.Column(lib.Integer, primary_key=True)
        name = lib.Column(lib.String)

    links = lib.Table(
        "links",
        base.metadata,
        lib.Column("parent_id", lib.ForeignKey("parents.id"), primary_key=True),
        lib.Column("tag_id", lib.ForeignKey("tags.id"), primary_key=True),
    )
    base.Parent, base.Child, base.Tag, base.kind = Parent, Child, Tag, kind
    return base


def shown(log: Log, value: Any) -> Any:
    """Show a value without what only one library has."""
    kind = type(value).__name__
    if kind in ("LoaderCallableStatus", "NoValue", "EventConstants", "NoKey"):
        return "nothing known"
    if kind == "AttributeEventToken":
        return f"{value.key} {value.op.name}"
    if isinstance(value, (list, set)):
        return sorted(shown(log, each) for each in value)
    if isinstance(value, dict):
        return sorted(value)
    return f"{kind} {vars(value).get('name')}" if hasattr(value, "_sa_instance_state") else log.show(value)


def listen(lib: Any, log: Log, heard: Heard, attribute: Any, *events: str, **options: Any) -> None:
    for event in events:

        def listener(*arguments: Any, event: str = event, **keywords: Any) -> None:
            told = [shown(log, each) for each in arguments]
            heard.append([attribute.key, event, *told, *sorted((k, shown(log, v)) for k, v in keywords.items())])

        lib.event.listen(attribute, event, listener, **options)


def add(s: Any, collection: Any, *members: Any) -> None:
    for member in members:
        if s.kind == "dict":
            collection[member.name] = member
        elif s.kind == "set":
            collection.add(member)
        else:
            collection.append(member)


def collected(s: Any, *members: Any) -> Any:
    if s.kind == "dict":
        return {member.name: member for member in members}
    return set(members) if s.kind == "set" else list(members)


def take(s: Any, collection: Any, member: Any) -> None:
    if s.kind == "dict":
        del collection[member.name]
    else:
        collection.remove(member)


# What is done: namespace, a parent with two children, another one without, session.


def appended(s: Any, one: Any, other: Any, session: Any) -> None:
    add(s, one.children, s.Child(name="new"))


def moved(s: Any, one: Any, other: Any, session: Any) -> None:
    add(s, other.children, next(iter(collected_members(s, one))))


def collected_members(s: Any, one: Any) -> list[Any]:
    found = one.children.values() if s.kind == "dict" else one.children
    return sorted(found, key=lambda child: child.name)


def removed(s: Any, one: Any, other: Any, session: Any) -> None:
    take(s, one.children, collected_members(s, one)[0])


def cleared(s: Any, one: Any, other: Any, session: Any) -> None:
    _first, second = collected_members(s, one)
    take(s, one.children, second)
    one.children.clear()


def replaced(s: Any, one: Any, other: Any, session: Any) -> None:
    _first, second = collected_members(s, one)
    one.children = collected(s, second, s.Child(name="new"))


def emptied(s: Any, one: Any, other: Any, session: Any) -> None:
    take(s, one.children, collected_members(s, one)[0])
    one.children = collected(s)


def parent_set(s: Any, one: Any, other: Any, session: Any) -> None:
    s.Child(name="new").parent = one


def parent_changed(s: Any, one: Any, other: Any, session: Any) -> None:
    collected_members(s, one)[0].parent = other


def parent_taken(s: Any, one: Any, other: Any, session: Any) -> None:
    collected_members(s, one)[0].parent = None


def parent_the_same(s: Any, one: Any, other: Any, session: Any) -> None:
    collected_members(s, one)[0].parent = one


def parent_in_the_constructor(s: Any, one: Any, other: Any, session: Any) -> None:
    s.Child(name="new", parent=one)


def children_in_the_constructor(s: Any, one: Any, other: Any, session: Any) -> None:
    s.Parent(name="new", children=collected(s, s.Child(name="new"), collected_members(s, one)[0]))


def tagged(s: Any, one: Any, other: Any, session: Any) -> None:
    one.tags = collected(s, s.Tag(name="x"), s.Tag(name="y"))
    add(s, one.tags, s.Tag(name="z"))
    take(s, one.tags, next(tag for tag in (one.tags.values() if s.kind == "dict" else one.tags) if tag.name == "x"))


def retagged(s: Any, one: Any, other: Any, session: Any) -> None:
    first, second = s.Tag(name="x"), s.Tag(name="y")
    one.tags = collected(s, first)
    one.tags = collected(s, first, second)
    one.tags = collected(s, second)


def unloaded_append(s: Any, one: Any, other: Any, session: Any) -> None:
    session.expire(one)
    add(s, one.children, s.Child(name="new"))


def unloaded_parent(s: Any, one: Any, other: Any, session: Any) -> None:
    child = session.get(s.Child, 1)
    session.expire(one)
    child.parent = other


def loaded_and_flushed(s: Any, one: Any, other: Any, session: Any) -> None:
    session.expire_all()
    len(one.children)
    add(s, other.children, s.Child(name="new"))
    session.flush()
    session.refresh(other)


def deleted_attribute(s: Any, one: Any, other: Any, session: Any) -> None:
    del collected_members(s, one)[0].parent


def bulk(s: Any, one: Any, other: Any, session: Any) -> None:
    members = [s.Child(name="n1"), s.Child(name="n2")]
    if s.kind == "list":
        one.children.extend(members)
        one.children[0] = s.Child(name="n3")
        del one.children[0]
        one.children.insert(1, s.Child(name="n4"))
    elif s.kind == "set":
        one.children.update(members)
        one.children.discard(members[0])
        one.children.add(members[1])
    else:
        one.children.update({member.name: member for member in members})
        one.children["n1"] = s.Child(name="n1")
        one.children.setdefault("n5", s.Child(name="n5"))


def rolled_back(s: Any, one: Any, other: Any, session: Any) -> None:
    add(s, one.children, s.Child(name="new"))
    session.flush()
    session.rollback()
    add(s, one.children, s.Child(name="newer"))


ACTIONS = (
    appended, moved, removed, cleared, replaced, emptied, parent_set, parent_changed, parent_taken, parent_the_same,
    parent_in_the_constructor, children_in_the_constructor, tagged, retagged, unloaded_append, unloaded_parent,
    loaded_and_flushed, deleted_attribute, bulk, rolled_back,
)  # fmt: skip

MEMBERS = ("append", "remove", "bulk_replace", "append_wo_mutation")


def collection_heard(lib: Any, log: Log, s: Any, heard: Heard) -> None:
    listen(lib, log, heard, s.Parent.children, *MEMBERS)
    listen(lib, log, heard, s.Parent.tags, *MEMBERS)


def reference_heard(lib: Any, log: Log, s: Any, heard: Heard) -> None:
    listen(lib, log, heard, s.Child.parent, "set", "remove")


def both_heard(lib: Any, log: Log, s: Any, heard: Heard) -> None:
    collection_heard(lib, log, s, heard)
    reference_heard(lib, log, s, heard)


def keys_heard(lib: Any, log: Log, s: Any, heard: Heard) -> None:
    listen(lib, log, heard, s.Parent.tags, *MEMBERS[:3], include_key=True)


UNORDERED = (children_in_the_constructor, tagged)
"""What puts several members at once into a set, which has no order."""


def _relationships(kind: str, way: Callable[..., None], action: Callable[..., None], is_configured: bool) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        heard: Heard = []
        with log.quiet():
            s = namespace(lib, kind)
            s.metadata.create_all(engine)
            if is_configured:
                lib.orm.configure_mappers()
            way(lib, log, s, heard)
            with lib.orm.Session(engine) as session, session.no_autoflush:
                one, other = s.Parent(name="one"), s.Parent(name="other")
                session.add_all([one, other])
                session.flush()
                for name in ("a", "b"):
                    session.add(s.Child(name=name, parent=one))
                    session.flush()
                session.commit()
                [len(each.children) and each.name for each in (one, other)]
                [child.parent for child in collected_members(s, one)]
                heard.clear()
                action(s, one, other, session)
                session.rollback()
        for entry in heard:
            if entry[1:2] == ["remove"] and action in (replaced, emptied) and not entry[4].startswith(entry[0]):
                # SQLAlchemy tells of a member that is replaced twice, for the other side once more.
                continue
            log("heard", entry)

    run.__name__ = f"{kind}_{way.__name__}_{action.__name__}{'_late' if is_configured else ''}"
    return program(run)


for _kind in ("list", "set", "dict"):
    for _action in ACTIONS:
        if _kind != "set" or _action not in UNORDERED:
            _relationships(_kind, collection_heard, _action, False)
            _relationships(_kind, reference_heard, _action, True)
            _relationships(_kind, both_heard, _action, False)
            _relationships(_kind, both_heard, _action, True)
for _action in (tagged, retagged):
    for _kind in ("list", "dict"):
        _relationships(_kind, keys_heard, _action, False)


# Columns.


def constructed(lib: Any, s: Any, one: Any, session: Any) -> None:
    s.Parent(name="new", note="note")


def set_on_a_new_one(lib: Any, s: Any, one: Any, session: Any) -> None:
    new = s.Parent()
    new.name = "x"
    new.name = "x"
    new.name = None


def set_loaded(lib: Any, s: Any, one: Any, session: Any) -> None:
    session.refresh(one)
    one.name = "x"
    one.name = "y"
    session.flush()
    one.name = "z"


def set_expired(lib: Any, s: Any, one: Any, session: Any) -> None:
    session.expire(one)
    one.name = "x"


def set_by_name(lib: Any, s: Any, one: Any, session: Any) -> None:
    lib.orm.attributes.set_attribute(one, "name", "x")
    setattr(one, "name", "y")  # noqa: B010
    lib.orm.attributes.set_committed_value(one, "name", "z")


def deleted(lib: Any, s: Any, one: Any, session: Any) -> None:
    session.refresh(one)
    del one.name


def flagged(lib: Any, s: Any, one: Any, session: Any) -> None:
    session.refresh(one)
    lib.orm.attributes.flag_modified(one, "name")


def merged(lib: Any, s: Any, one: Any, session: Any) -> None:
    session.refresh(one)
    session.merge(s.Parent(id=one.id, name="merged"))


def read_on_a_new_one(lib: Any, s: Any, one: Any, session: Any) -> None:
    s.Parent().name


def loaded_only(lib: Any, s: Any, one: Any, session: Any) -> None:
    session.expire_all()
    one.name
    session.refresh(one)


COLUMN_ACTIONS = (
    constructed, set_on_a_new_one, set_loaded, set_expired, set_by_name, deleted, flagged, merged, read_on_a_new_one,
    loaded_only,
)  # fmt: skip
COLUMN_OPTIONS: dict[str, dict[str, Any]] = {
    "plainly": {}, "actively": {"active_history": True}, "named": {"named": True}, "propagated": {"propagate": True},
    "once": {"once": True},
}  # fmt: skip


def _columns(label: str, options: dict[str, Any], action: Callable[..., None]) -> Program:
    def run(lib: Any, engine: Any, log: Log) -> None:
        heard: Heard = []
        with log.quiet():
            s = namespace(lib, "list")
            s.metadata.create_all(engine)
            with lib.orm.Session(engine) as session:
                one = s.Parent(name="one")
                session.add(one)
                session.commit()
                listen(lib, log, heard, s.Parent.name, "set", "remove", "modified", "init_scalar", **options)
                action(lib, s, one, session)
                session.rollback()
        for entry in heard:
            log("heard", entry)

    run.__name__ = f"column_{label}_{action.__name__}"
    return program(run)


for _label, _options in COLUMN_OPTIONS.items():
    for _column_action in COLUMN_ACTIONS:
        _columns(_label, _options, _column_action)
