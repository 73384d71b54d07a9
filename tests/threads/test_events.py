"""Listeners that come and go in many threads, while others do what is listened to: none is lost, none is called twice."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from holdfast import MetaData, Table, create_engine, event, text
from holdfast.engine import Engine
from holdfast.orm import Query, Session, sessionmaker
from holdfast.pool import QueuePool, StaticPool
from tests.threads.crowd import at_once
from tests.threads.models import new_mapping

EACH = 5


class OwnSession(Session):
    """A class of sessions of its own: nothing was listened to here before."""


class OwnPool(QueuePool):
    """A class of pools of its own."""


class OwnQuery(Query[Any]):
    """A class of queries of its own."""


def targets() -> dict[str, tuple[Any, str]]:
    """Return what may be listened to, with an event of it, by name."""
    classes = new_mapping()
    engine = create_engine("sqlite://")
    return {
        "engine": (engine, "begin"),
        "class of engines": (Engine, "begin"),
        "derived engine": (engine.execution_options(x=1), "begin"),
        "pool": (engine.pool, "connect"),
        "class of pools": (OwnPool, "connect"),
        "session": (Session(), "before_flush"),
        "class of sessions": (OwnSession, "before_flush"),
        "factory": (sessionmaker(engine), "before_flush"),
        "class of queries": (OwnQuery, "before_compile"),
        "mapped class": (classes.Book, "before_insert"),
        "attribute": (classes.Book.title, "set"),
        "table": (Table("t", MetaData()), "after_create"),
        "class of tables": (Table, "after_create"),
    }


@pytest.mark.parametrize("name", targets())
@pytest.mark.parametrize("options", [{}, {"propagate": True}], ids=["here", "propagate"])
def test_listeners_are_all_there(name: str, options: dict[str, Any]) -> None:
    """32 threads add listeners to one target at once and take half of them away: the other half listens."""
    target, identifier = targets()[name]
    made: list[list[Callable[..., Any]]] = [
        [lambda *arguments, _mark=(number, place): None for place in range(EACH)] for number in range(32)
    ]

    def work(number: int) -> None:
        for listener in made[number]:
            event.listen(target, identifier, listener, **options)
        for listener in made[number][1::2]:
            event.remove(target, identifier, listener)

    try:
        at_once(work)
        present = [[event.contains(target, identifier, one) for one in each] for each in made]
        assert present == [[True, False, True, False, True]] * 32
    finally:
        for each in made:
            for one in each:
                if event.contains(target, identifier, one):
                    event.remove(target, identifier, one)


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """What a listener on all pools of `OwnPool` hears; it is taken away at the end."""
    found: list[str] = []
    listener = lambda *arguments: found.append("connect")  # noqa: E731
    event.listen(OwnPool, "connect", listener)
    yield found
    event.remove(OwnPool, "connect", listener)


def test_each_listener_is_called(heard: list[str]) -> None:
    """A listener that was added counts from then on, on targets that come into being meanwhile too."""
    calls: list[int] = []

    def work(number: int) -> int:
        engine = create_engine("sqlite://", poolclass=OwnPool)
        event.listen(engine, "before_cursor_execute", lambda *arguments: calls.append(number))
        with engine.connect() as connection:
            for _ in range(3):
                connection.execute(text("SELECT 1"))
        engine.dispose()
        return number

    at_once(work)
    assert sorted(calls) == sorted([*range(32)] * 3)
    assert heard == ["connect"] * 32


def test_once_is_once() -> None:
    """Of threads that come at once one calls a listener with ``once=True``."""
    calls: list[str] = []
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "engine_connect", lambda connection: calls.append("x"), once=True)
    at_once(lambda number: engine.connect().close())
    assert calls == ["x"]
    engine.dispose()


def test_a_class_that_is_heard_while_it_is_first_used() -> None:
    """Who begins to listen to a mapped class while another thread configures it hears what comes after."""
    for _ in range(5):
        classes = new_mapping()
        heard: list[str] = []

        def work(number: int, classes: Any = classes, heard: list[str] = heard) -> None:
            if number % 2:
                classes.Book(title="b")
            else:
                event.listen(classes.Book, "init", lambda target, args, kwargs: heard.append("init"))
                event.listen(classes.Book.title, "set", lambda target, value, old, token: heard.append("set"))

        at_once(work)
        heard.clear()
        classes.Book(title="c")
        assert sorted(heard) == ["init"] * 16 + ["set"] * 16
