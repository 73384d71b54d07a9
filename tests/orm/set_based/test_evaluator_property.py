"""The evaluator is the database's equal: whatever it decides about an object, the database decides about its row."""

from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import pytest

from holdfast import bindparam, case, delete, select, update
from holdfast.exc import DBAPIError
from holdfast.orm import Session
from holdfast.orm.set_based.code_writer import UnevaluatableError
from holdfast.orm.set_based.evaluation import Matcher, values_for
from holdfast.orm.set_based.exact_types import Unsure
from tests.orm.set_based.kinds import Base, Thing, rows
from tests.orm.set_based.random_criteria import Maker
from tests.support.awaited import engine_on

PARTS, BATCHES, CRITERIA = 20, 125, 8
"""Each part of the test asks for so many batches of criteria, each batch by one SELECT: 20,000 on each database."""


class Decision(NamedTuple):
    """A criterion that the evaluator decides, and how."""

    criterion: Any
    matcher: Matcher
    parameters: list[Any]


class Store:
    """A database with the rows, and their objects: as they were written, and as they are read."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        Base.metadata.create_all(self.engine)
        self.written = Session(self.engine, expire_on_commit=False)
        self.as_written = [Thing(**row) for row in rows()]
        self.written.add_all(self.as_written)
        self.written.commit()
        self.read = Session(self.engine)
        self.as_read = list(self.read.scalars(select(Thing).order_by(Thing.id)))
        self.states_written = [one._sa_instance_state for one in self.as_written]
        self.states_read = [one._sa_instance_state for one in self.as_read]
        self.connection = self.engine.connect()

    def truths(self, wanted: list[Any]) -> list[set[int] | None]:
        """The rows for which each criterion holds, as the database says; None where it refuses one."""
        columns = [case((one, 1), else_=0).label(f"c{n}") for n, one in enumerate(wanted)]
        try:
            found = [tuple(row) for row in self.connection.execute(select(Thing.id, *columns))]
        except DBAPIError:
            self.connection.rollback()
            if len(wanted) == 1:
                return [None]
            middle = len(wanted) // 2
            return self.truths(wanted[:middle]) + self.truths(wanted[middle:])
        return [{row[0] for row in found if row[place]} for place in range(1, len(wanted) + 1)]

    def decision(self, criterion: Any) -> Decision | None:
        """What the evaluator makes of a criterion; None where it leaves it to the database."""
        statement = delete(Thing).where(criterion)
        try:
            matcher = Matcher(statement._where, Thing.__mapper__, self.engine.dialect, statement._values)
            return Decision(criterion, matcher, values_for(matcher, statement._values, None))
        except (UnevaluatableError, Unsure):
            return None

    def check(self, decision: Decision, truth: set[int]) -> None:
        """Compare what the evaluator says about each object."""
        for how, states in (("written", self.states_written), ("read", self.states_read)):
            found, unsure = decision.matcher.match(states, decision.parameters)
            yes, perhaps = {one.id for _, one in found}, {one.id for _, one in unsure}
            if yes - truth or truth - yes - perhaps:
                wrong = sorted(yes - truth | (truth - yes - perhaps))
                shown = decision.criterion.compile(self.engine)
                pytest.fail(f"rows {wrong} differ as {how}: {shown}\n{decision.matcher.source}")

    def close(self) -> None:
        """Give everything back."""
        self.connection.close()
        self.written.close()
        self.read.close()


DATABASES = [("sync", "sqlite"), pytest.param(("sync", "postgresql"), marks=pytest.mark.postgresql)]
on_both_faces = pytest.mark.parametrize("store", [*DATABASES, ("async", "sqlite")], indirect=True)
"""For what sessions do; the evaluator alone knows no face."""


@pytest.fixture(params=DATABASES)
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The rows and objects on each database."""
    face, database = request.param
    url = "sqlite://" if database == "sqlite" else request.getfixturevalue("clean_postgresql_url")
    with engine_on(url, face) as engine:
        store = Store(engine)
        yield store
        store.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_the_evaluator_decides_as_the_database(store: Store, part: int) -> None:
    """20,000 random criteria: no object is said to match whose row does not, or the other way round."""
    make = Maker(Random(part))
    compared = 0
    for _ in range(BATCHES):
        decisions = [one for _ in range(CRITERIA) if (one := store.decision(make.criterion())) is not None]
        for decision, truth in zip(decisions, store.truths([one.criterion for one in decisions]), strict=True):
            if truth is not None:
                store.check(decision, truth)
                compared += 1
    assert compared > 0.7 * BATCHES * CRITERIA, "most criteria are of the kinds that Python decides"


@on_both_faces
@pytest.mark.parametrize("part", range(3))
def test_updated_objects_have_the_values_of_their_rows(store: Store, part: int) -> None:
    """Whatever an UPDATE sets, by whatever strategy: what the object shows afterwards is what its row has."""
    random, session = Random(part), store.written
    make = Maker(random)
    for number in range(60):
        values, criterion = make.assignments(), make.comparison()
        statement = update(Thing).where(criterion).values(values)
        try:
            session.execute(statement, execution_options={"synchronize_session": random.choice(["auto", "fetch"])})
        except DBAPIError:
            session.rollback()
            continue
        held = {
            one.id: {name: one.__dict__[name] for name in values if name in one.__dict__} for one in store.as_written
        }
        for identity, *stored in session.execute(select(Thing.id, *[getattr(Thing, name) for name in values])):
            for name, value in zip(values, stored, strict=True):
                shown = held.get(identity, {}).get(name, value)
                assert same(shown, value), f"{name} of {identity}: {shown!r}, its row has {value!r}: {statement}"
        session.rollback()
        # From the second half on the objects are as read; in the first half only those that were in doubt.
        if number >= 30:
            session.expire_all()
        assert all(one in session for one in session.scalars(select(Thing)))


def same(shown: Any, value: Any) -> bool:
    """Equal and of one class, or neither a number; zero may have another sign."""
    return type(shown) is type(value) and bool(shown == value or (shown != shown and value != value))


@on_both_faces
def test_named_parameters_are_evaluated(store: Store) -> None:
    """A value that comes with the execution decides as one that stands in the statement."""
    session = store.read
    statement = update(Thing).where(Thing.whole_a > bindparam("least")).values(whole_b=bindparam("new"))
    session.execute(statement, {"least": 5, "new": 77}, execution_options={"synchronize_session": "evaluate"})
    shown = {one.id: one.__dict__.get("whole_b") for one in store.as_read if one.id in {2, 5, 6}}
    stored = dict(session.execute(select(Thing.id, Thing.whole_b).where(Thing.id.in_([2, 5, 6]))).all())
    assert shown == stored
    session.rollback()
