"""Every strategy loads the same graph: the one that stands in the rows. Schemas, rows and the mixture of strategies are random."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from holdfast import event, select
from holdfast.exc import InvalidRequestError
from holdfast.orm import (
    Session,
    immediateload,
    joinedload,
    lazyload,
    raiseload,
    selectinload,
    subqueryload,
)
from tests.orm.loading.random_graphs import Graph, Plan, Way, plans
from tests.support.awaited import engine_on

EAGER = {"joined": joinedload, "selectin": selectinload, "subquery": subqueryload, "immediate": immediateload}
STRATEGIES = {**EAGER, "lazy": lazyload}
DEPTH = 2

NORMAL, MANY = 30, 200

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""Not shrunk: that takes minutes, and a plan is short."""


@pytest.fixture
def sqlite_engine() -> Iterator[Any]:
    with engine_on("sqlite://", "sync") as engine:
        yield engine


@pytest.fixture
def awaited_engine() -> Iterator[Any]:
    with engine_on("sqlite://", "async") as engine:
        yield engine


@pytest.fixture
def postgresql_engine(clean_postgresql_url: str) -> Iterator[Any]:
    with engine_on(clean_postgresql_url, "sync") as engine:
        yield engine


class Trial:
    """One graph in an open transaction that is taken back at the end."""

    def __init__(self, engine: Any, plan: Plan) -> None:
        self.graph = Graph(plan)
        self.sent: list[str] = []
        self._engine = engine
        self._connection = engine.connect()

    def _note(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        self.sent.append(statement)

    def __enter__(self) -> Trial:
        self._connection.begin()
        try:
            self.graph.fill(self._connection)
        except BaseException:
            self._connection.close()
            raise
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *error: Any) -> None:
        event.remove(self._engine, "before_cursor_execute", self._note)
        self._connection.rollback()
        self._connection.close()
        self.graph.dispose()

    def load(self, number: int, options: list[Any], limit: int | None, batching: str = "peers") -> Session:
        """Return a session with all roots of a class in it, or the first ones."""
        class_ = self.graph.classes[number]
        session = Session(self._connection, lazy_batching=batching)
        order = list(class_.__mapper__.primary_key)  # type: ignore[attr-defined]
        statement = select(class_).options(*options).order_by(*order)
        if limit is not None:
            statement = statement.limit(limit)
        session.info["roots"] = session.scalars(statement).unique().all()
        return session

    def check(self, number: int, roots: Any, limit: int | None, depth: int = DEPTH) -> None:
        """Compare what hangs at the roots with the rows."""
        count = self.graph.plan.rows[number]
        expected = range(count if limit is None else min(limit, count))
        assert [self.graph.row_of(one) for one in roots] == list(expected)
        for row, root in zip(expected, roots, strict=True):
            self._check_object(number, row, root, depth)

    def _check_object(self, number: int, row: int, instance: Any, depth: int) -> None:
        assert self.graph.is_right(number, row, instance)
        if not depth:
            return
        for way in self.graph.ways[number]:
            found, expected = getattr(instance, way.name), way.found.get(row, [])
            members = found if way.uselist else [found] * (found is not None)
            assert [self.graph.row_of(one) for one in members] == expected, (number, row, way.name)
            for related, one in zip(expected, members, strict=True):
                self._check_object(way.target, related, one, depth - 1)


class Touched(NamedTuple):
    """A relationship that options load, and those below it."""

    way: Way
    option: Any
    below: list[Touched]


def chains(graph: Graph, number: int, draw: Any, names: list[str], depth: int = DEPTH) -> list[Touched]:
    """Return options for two relationships at each level, each by a strategy that is drawn."""
    found = []
    ways = graph.ways[number]
    for way in draw(st.lists(st.sampled_from(ways), max_size=2, unique_by=lambda way: way.name)) if ways else ():
        option = STRATEGIES[draw(st.sampled_from(names))](getattr(graph.classes[number], way.name))
        below = chains(graph, way.target, draw, names, depth - 1) if depth > 1 else []
        if below:
            option = option.options(*[one.option for one in below])
        found.append(Touched(way, option, below))
    return found


def equal_graphs(engine: Any, plan: Plan, draw: Any) -> None:
    """Load one graph lazily, by each strategy and by a mixture of them."""
    with Trial(engine, plan) as trial:
        number = draw(st.integers(0, len(plan.rows) - 1))
        limit = draw(st.one_of(st.none(), st.integers(0, 3)))
        for batching in ("peers", "one"):
            with trial.load(number, [], limit, batching) as session:
                trial.check(number, session.info["roots"], limit)
        for names in [[name] for name in EAGER] + [list(EAGER), list(STRATEGIES)]:
            touched = chains(trial.graph, number, draw, names)
            with trial.load(number, [one.option for one in touched], limit) as session:
                sent = len(trial.sent)
                for root in session.info["roots"]:
                    touch(root, touched)
                # A mixture may meet an object on a way that says less of it than another one does; immediate loading takes a
                # reference that the session has as it is.
                if len(names) == 1 and names != ["immediate"]:
                    assert trial.sent[sent:] == [], names
                trial.check(number, session.info["roots"], limit)


def touch(instance: Any, touched: list[Touched]) -> None:
    """Read what the options loaded."""
    for one in touched:
        found = getattr(instance, one.way.name)
        for related in found if one.way.uselist else [found] * (found is not None):
            touch(related, one.below)


def raising(engine: Any, plan: Plan, draw: Any) -> None:
    """What is loaded is the same beside relationships that raise; these do so, and send nothing."""
    with Trial(engine, plan) as trial:
        number = draw(st.integers(0, len(plan.rows) - 1))
        ways = trial.graph.ways[number]
        class_ = trial.graph.classes[number]
        loaded = [way for way in ways if draw(st.booleans())]
        options = [EAGER[draw(st.sampled_from(list(EAGER)))](getattr(class_, way.name)) for way in loaded]
        with trial.load(number, [*options, raiseload("*")], None) as session:
            sent = len(trial.sent)
            for row, root in enumerate(session.info["roots"]):
                for way in ways:
                    if way not in loaded:
                        with pytest.raises(InvalidRequestError, match="lazy='raise'"):
                            getattr(root, way.name)
                        continue
                    found = getattr(root, way.name)
                    members = found if way.uselist else [found] * (found is not None)
                    assert [trial.graph.row_of(one) for one in members] == way.found.get(row, [])
            assert trial.sent[sent:] == []


def _run(engine: Any, examples: int, body: Any) -> None:
    @given(plans(), st.data())
    @settings(max_examples=examples, deadline=None, phases=PHASES)
    def trials(plan: Plan, data: Any) -> None:
        body(engine, plan, data.draw)

    trials()


@pytest.mark.parametrize("body", [equal_graphs, raising])
def test_on_sqlite(sqlite_engine: Any, body: Any) -> None:
    """Six classes at most, with subclasses, keys of one and of two columns, all kinds of relationships, also to itself."""
    _run(sqlite_engine, NORMAL, body)


@pytest.mark.parametrize("body", [equal_graphs, raising])
def test_awaited(awaited_engine: Any, body: Any) -> None:
    """The same on the asynchronous face."""
    _run(awaited_engine, NORMAL // 3, body)


@pytest.mark.postgresql
@pytest.mark.parametrize("body", [equal_graphs, raising])
def test_on_postgresql(postgresql_engine: Any, body: Any) -> None:
    """The same on PostgreSQL."""
    _run(postgresql_engine, NORMAL // 3, body)


@pytest.mark.slow
@pytest.mark.parametrize("body", [equal_graphs, raising])
def test_many(sqlite_engine: Any, postgresql_engine: Any, body: Any) -> None:
    """More of them."""
    _run(sqlite_engine, MANY, body)
    _run(postgresql_engine, MANY // 4, body)
