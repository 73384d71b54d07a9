"""Nothing costs more where nobody listens: counted as the rows of the guard are, without a clock.

The rows of the guard themselves have no listener, and their figures are kept: see test_guard.py.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import holdfast as hf
from bench.guard.__main__ import ENVIRONMENT
from bench.guard.counting import WARMING, calls_of
from bench.work import Work
from holdfast import event, select
from holdfast.engine.events import CONNECTION_EVENTS, POOL_EVENTS
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from holdfast.orm.events import SESSION_EVENTS
from holdfast.orm.mapping.mapper_events import INSTANCE_EVENTS, ROW_EVENTS

OBJECTS = 3
FREE = ("do_connect", "do_setinputsizes", "do_execute", "do_execute_no_params", "do_executemany")
"""Events of which a listener that does nothing would have to be one that answers."""


def mapped() -> tuple[Any, Any]:
    """Return the classes of a parent and its children, in a mapping of their own."""

    class Base(DeclarativeBase):
        """Base of the classes."""

    class Parent(Base):
        """Has children."""

        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        children: Mapped[list["Child"]] = relationship(back_populates="parent", cascade="all, delete-orphan")

    class Child(Base):
        """Has a parent."""

        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        parent_id: Mapped[int] = mapped_column(hf.ForeignKey("parent.id"))
        parent: Mapped[Parent] = relationship(back_populates="children")

    Base.registry.configure()
    return Parent, Child


def work(engine: Any, parent: Any, child: Any) -> Work:
    """Return a run through a session's life: new, queried, read lazily, changed, moved, deleted, rolled back."""

    def run() -> None:
        with Session(engine) as session:
            session.add_all([parent(name=f"p{n}", children=[child(name="c")]) for n in range(OBJECTS)])
            session.commit()
            found = session.scalars(select(parent).order_by(parent.id)).all()
            for each in found:
                each.name = each.children[0].name
            found[0].children.append(found[1].children.pop())
            session.flush()
            session.refresh(found[0])
            session.query(child).filter_by(name="c").count()
            with session.begin_nested() as savepoint:
                session.execute(hf.update(child).values(name="d"))
                savepoint.rollback()
            session.rollback()
            for each in session.scalars(select(parent)).all():
                session.delete(each)
            session.commit()

    return Work(run)


def listen_to_all(act: Callable[..., None], engine: Any, session: Any, parent: Any, child: Any) -> None:
    """Listen to, or stop listening to, every event of an engine, its pool, sessions, classes and their attributes."""
    for name in (*CONNECTION_EVENTS, *POOL_EVENTS):
        if name not in FREE:
            act(engine, name, nothing)
    for name in SESSION_EVENTS:
        act(session, name, nothing)
    for class_ in (parent, child):
        for name in (*ROW_EVENTS, *INSTANCE_EVENTS):
            act(class_, name, nothing)
        act(class_.name, "set", nothing)
    act(parent.children, "append", nothing)
    act(parent.children, "remove", nothing)
    act(child.parent, "set", nothing)


def nothing(*_: Any, **__: Any) -> None:
    """Listen."""


def calls(program: Work) -> int:
    """Count the calls of a program whose caches are warm."""
    for _ in range(WARMING):
        program.run()
    return calls_of(program)


def counts() -> list[int]:
    """Count a program: before anybody has listened; after it was listened to; while others are listened to."""
    engine, classes = hf.create_engine("sqlite://"), mapped()
    classes[0].metadata.create_all(engine)
    program = work(engine, *classes)
    found = [calls(program)]
    makers = [type("OwnSession", (Session,), {}) for _ in range(2)]
    listen_to_all(event.listen, engine, Session, *classes)
    program.run()
    listen_to_all(event.remove, engine, Session, *classes)
    found.append(calls(program))
    other = hf.create_engine("sqlite://")
    listen_to_all(event.listen, other, makers[0], *mapped())
    found.append(calls(program))
    return found


def test_who_is_not_listened_to_costs_what_it_did() -> None:
    """In a fresh process: the same calls, whoever has listened before and whoever else is heard."""
    done = subprocess.run(
        [sys.executable, "-c", "import json; from tests.bench.test_unheard import counts; print(json.dumps(counts()))"],
        capture_output=True,
        text=True,
        env={**os.environ, **ENVIRONMENT},
    )
    assert done.returncode == 0, done.stderr[-3000:]
    fresh, after, beside = json.loads(done.stdout)
    assert (after, beside) == (fresh, fresh)
