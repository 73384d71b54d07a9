"""Listeners of flush and row events: when they are called, what they see, what they may change."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import event, inspect
from holdfast.orm import Session
from tests.orm.unit_of_work.models import Base, Child, Defaults, Parent
from tests.orm.unit_of_work.recording import Sent, recorded


@pytest.fixture
def both(face: str) -> Iterator[tuple[Session, Sent]]:
    """A session and the record of what it sends."""
    with recorded(Base.metadata, face) as found:
        yield found


@pytest.fixture
def listen() -> Iterator[Any]:
    """Listen to an event until the test ends."""
    listening: list[tuple[Any, str, Any]] = []

    def start(target: Any, name: str, function: Any, **options: Any) -> None:
        event.listen(target, name, function, **options)
        listening.append((target, name, function))

    yield start
    for entry in listening:
        event.remove(*entry)


def test_flush_events_see_the_lists(both: tuple[Session, Sent], listen: Any) -> None:
    """Before and after the statements the lists are as they were; at the end they are empty."""
    session, sent = both
    seen: list[str] = []

    def note(name: str) -> Any:
        def listener(session: Session, *arguments: Any) -> None:
            lists = len(session.new), len(session.dirty), len(session.deleted)
            seen.append(f"{name} {lists} {[inspect(one).identity for one in session.new]}")

        return listener

    for name in ("before_flush", "after_flush", "after_flush_postexec"):
        listen(session, name, note(name))
    session.add(Parent(name="x"))
    session.flush()
    assert seen == [
        "before_flush (1, 0, 0) [None]",
        "after_flush (1, 0, 0) [None]",
        "after_flush_postexec (0, 0, 0) []",
    ]
    sent.clear()
    seen.clear()
    session.flush()
    assert (seen, sent.take()) == ([], [])


def test_before_flush_may_add(both: tuple[Session, Sent], listen: Any) -> None:
    """What it adds and changes is part of the flush."""
    session, sent = both

    def add_one(session: Session, context: Any, instances: Any) -> None:
        if not any(isinstance(one, Child) for one in session.new):
            session.add(Child(name="by listener"))
        for one in session.new:
            one.name = one.name.upper()

    listen(session, "before_flush", add_one)
    session.add(Parent(name="x"))
    session.flush()
    assert sent.take() == [
        "INSERT INTO p (name, other) VALUES (?, ?) ('X', None)",
        "INSERT INTO c (p_id, name) VALUES (?, ?) (None, 'BY LISTENER')",
    ]


def test_before_flush_may_query(both: tuple[Session, Sent], listen: Any) -> None:
    """A query inside of it does not flush again."""
    session, _ = both
    counts: list[int] = []
    listen(session, "before_flush", lambda session, *arguments: counts.append(session.query(Parent).count()), io=True)
    session.add(Parent(name="x"))
    session.flush()
    session.add(Parent(name="y"))
    session.flush()
    assert counts == [0, 1]


def test_after_flush_knows_the_plan(both: tuple[Session, Sent], listen: Any) -> None:
    """The context has it, to be printed."""
    session, _ = both
    plans: list[str] = []
    listen(session, "after_flush", lambda session, context: plans.append(str(context.plan)))
    session.add(Parent(name="x", cs=[Child(name="a"), Child(name="b")]))
    session.flush()
    assert plans == [
        "1. INSERT INTO p (name, other): 1 row\n2. (keys) Child.p_id = Parent.id: 2 objects\n"
        "3. INSERT INTO c (p_id, name): 2 rows"
    ]


def test_changes_of_after_flush_wait_for_the_next_one(both: tuple[Session, Sent], listen: Any) -> None:
    """An object that was clean before is dirty afterwards."""
    session, sent = both
    clean = Parent(id=1, name="clean")
    session.add(clean)
    session.flush()
    sent.clear()

    def change(session: Session, context: Any) -> None:
        if clean.name == "clean":
            clean.name = "changed"

    listen(session, "after_flush", change)
    session.add(Parent(id=2, name="other"))
    session.flush()
    assert sent.take() == ["INSERT INTO p (id, name, other) VALUES (?, ?, ?) (2, 'other', None)"]
    assert list(session.dirty) == [clean]
    session.flush()
    assert sent.take() == ["UPDATE p SET name=? WHERE p.id = ? ('changed', 1)"]


def test_row_events(both: tuple[Session, Sent], listen: Any) -> None:
    """Called for each object, around the batch; the identity comes with the end of the flush."""
    session, sent = both
    seen: list[Any] = []

    def note(name: str) -> Any:
        return lambda mapper, connection, target: seen.append((name, target.name, inspect(target).identity))

    for when in ("before", "after"):
        for what in ("insert", "update", "delete"):
            listen(Parent, f"{when}_{what}", note(f"{when}_{what}"))
    one, two = Parent(name="one"), Parent(name="two")
    session.add_all([one, two])
    session.flush()
    one.name = "1"
    session.flush()
    session.delete(two)
    session.flush()
    assert seen == [
        ("before_insert", "one", None),
        ("before_insert", "two", None),
        ("after_insert", "one", None),
        ("after_insert", "two", None),
        ("before_update", "1", (1,)),
        ("after_update", "1", (1,)),
        ("before_delete", "two", (2,)),
        ("after_delete", "two", (2,)),
    ]
    assert len([line for line in sent if line.startswith("INSERT")]) == 2


def test_before_insert_may_set_values(both: tuple[Session, Sent], listen: Any) -> None:
    """They are written, also where that makes other batches."""
    session, sent = both

    def give_key(mapper: Any, connection: Any, target: Parent) -> None:
        target.other = "by listener"
        if target.name == "b":
            target.id = 70

    listen(Parent, "before_insert", give_key)
    session.add_all([Parent(name="a"), Parent(name="b")])
    session.flush()
    assert sent.take() == [
        "INSERT INTO p (name, other) VALUES (?, ?) ('a', 'by listener')",
        "INSERT INTO p (id, name, other) VALUES (?, ?, ?) (70, 'b', 'by listener')",
    ]


def test_before_update_may_set_values(both: tuple[Session, Sent], listen: Any) -> None:
    """One more column is written."""
    session, sent = both
    one, two = Parent(id=1, name="a"), Parent(id=2, name="b")
    session.add_all([one, two])
    session.flush()
    sent.clear()

    def stamp(mapper: Any, connection: Any, target: Parent) -> None:
        if target.id == 2:
            target.other = "stamped"

    listen(Parent, "before_update", stamp)
    one.name, two.name = "x", "y"
    session.flush()
    assert sent.take() == [
        "UPDATE p SET name=? WHERE p.id = ? ('x', 1)",
        "UPDATE p SET name=?, other=? WHERE p.id = ? ('y', 'stamped', 2)",
    ]
    assert not session.dirty


def test_defaults_are_there_in_after_insert(both: tuple[Session, Sent], listen: Any) -> None:
    """Keys and defaults have come back by then."""
    session, _ = both
    seen: list[Any] = []
    listen(Defaults, "after_insert", lambda mapper, connection, target: seen.append((target.id, target.server)))
    session.add(Defaults())
    session.flush()
    assert seen == [(1, 9)]


def test_refreshed_attributes_are_named(both: tuple[Session, Sent], listen: Any) -> None:
    """Those that the flush filled: by defaults of Python and SQL, not those that the program gave, and not the key."""
    session, _ = both
    heard: list[Any] = []
    listen(Defaults, "refresh_flush", lambda target, context, attrs: heard.append(sorted(attrs)))
    row = Defaults(made=1)
    session.add(row)
    session.flush()
    assert heard == [["from_row", "given", "in_sql", "server"]]
    row.made = 2
    session.flush()
    assert heard[1:] == [["at_update"]]
