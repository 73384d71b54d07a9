"""The evaluator is the database's equal: whatever it decides about an object, the database decides about its row."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from holdfast import and_, bindparam, case, create_engine, delete, not_, or_, select, update
from holdfast.exc import DBAPIError
from holdfast.orm import Session
from holdfast.orm.set_based.evaluation import Matcher, values_for
from holdfast.orm.set_based.evaluator import UnevaluatableError
from holdfast.orm.set_based.exact_types import Unsure
from tests.orm.set_based.kinds import COLUMNS, ORDERED, TEXTS, Base, Thing, rows

EXAMPLES = int(os.environ.get("HOLDFAST_CRITERIA", "600")) // 10
"""Ten criteria each."""

PARTS, EXAMPLES_OF_A_PART = 20, 100
"""Of the long run: 20,000 criteria on each database."""

ARITHMETIC: dict[str, list[Callable[[Any, Any], Any]]] = {
    "whole": [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a % b,
        lambda a, b: a.bitwise_and(b),
    ],
    "big": [lambda a, b: a + b, lambda a, b: -a, lambda a, b: a % b, lambda a, b: a.bitwise_or(b)],
    "part": [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b],
    "exact": [lambda a, b: a + b, lambda a, b: a * b],
    "price": [lambda a, b: a - b],
    "word": [lambda a, b: a + b, lambda a, b: a.concat(b)],
}
COMPARISONS: list[Callable[[Any, Any], Any]] = [lambda a, b: a == b, lambda a, b: a != b]
ORDERS: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a < b,
    lambda a, b: a <= b,
    lambda a, b: a > b,
    lambda a, b: a >= b,
]
DISTINCT: list[Callable[[Any, Any], Any]] = [
    lambda a, b: a.is_distinct_from(b),
    lambda a, b: a.is_not_distinct_from(b),
]
MIXED = (
    ("whole", "part"),
    ("small", "big"),
    ("whole", "exact"),
    ("big", "double"),
    ("word", "text"),
    ("short", "unicode"),
)


@st.composite
def operands(draw: Any, name: str) -> Any:
    """A column, or arithmetic over it."""
    column = getattr(Thing, f"{name}_{draw(st.sampled_from('ab'))}")
    if name not in ARITHMETIC or draw(st.integers(0, 2)):
        return column
    calculate = draw(st.sampled_from(ARITHMETIC[name]))
    other = draw(st.one_of(st.just(getattr(Thing, f"{name}_b")), st.sampled_from(COLUMNS[name][1])))
    return calculate(column, other)


@st.composite
def comparisons(draw: Any) -> Any:
    """One criterion without AND and OR."""
    name = draw(st.sampled_from(list(COLUMNS)))
    values = COLUMNS[name][1]
    left = draw(operands(name))
    kind = draw(st.integers(0, 9))
    if kind == 0:
        return draw(st.sampled_from([left.is_(None), left.is_not(None), left == None, left != None]))  # noqa: E711
    if kind == 1:
        members = draw(st.lists(st.sampled_from([*values, None]), max_size=4))
        return left.in_(members) if draw(st.booleans()) else left.not_in(members)
    if kind == 2 and name in ORDERED:
        low, high = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        return draw(st.sampled_from([left.between(low, high), not_(left.between(low, high))]))
    if kind == 3 and name == "flag":
        return draw(st.sampled_from([left, not_(left), left.is_(True), left.is_not(False), left == True]))  # noqa: E712
    if kind == 4:
        first, second = draw(st.sampled_from(MIXED))
        return draw(st.sampled_from(COMPARISONS))(draw(operands(first)), draw(operands(second)))
    operators = COMPARISONS + (ORDERS if name in (*ORDERED, *TEXTS) else []) + DISTINCT
    right = draw(st.one_of(st.sampled_from(values), st.just(getattr(Thing, f"{name}_b")), operands(name)))
    # `column < True` can not be said.
    return draw(st.sampled_from(COMPARISONS if isinstance(right, bool) else operators))(left, right)


def _joined(inner: Any) -> Any:
    return st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: and_(*parts)),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: or_(*parts)),
        inner.map(not_),
    )


criteria = st.recursive(comparisons(), _joined, max_leaves=5)


class Store:
    """A database with the rows, and their objects: as they were written, and as they are read."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine(url)
        Base.metadata.create_all(self.engine)
        self.written = Session(self.engine, expire_on_commit=False)
        self.as_written = [Thing(**row) for row in rows()]
        self.written.add_all(self.as_written)
        self.written.commit()
        self.read = Session(self.engine)
        self.as_read = list(self.read.scalars(select(Thing).order_by(Thing.id)))
        self.connection = self.engine.connect()
        self.decided = self.undecided = 0

    def truth(self, wanted: list[Any]) -> list[set[int]] | None:
        """The rows for which each criterion holds, as the database says; None where it refuses one."""
        columns = [case((one, 1), else_=0).label(f"c{n}") for n, one in enumerate(wanted)]
        try:
            found = self.connection.execute(select(Thing.id, *columns)).all()
        except DBAPIError:
            self.connection.rollback()
            return None
        return [{row[0] for row in found if row[place + 1]} for place in range(len(wanted))]

    def check(self, criterion: Any, truth: set[int]) -> None:
        """Compare what the evaluator says about each object."""
        statement = delete(Thing).where(criterion)
        try:
            matcher = Matcher(statement._where, Thing.__mapper__, self.engine.dialect, statement._values)
            parameters = values_for(matcher, statement._values, None)
        except (UnevaluatableError, Unsure):
            self.undecided += 1
            return
        self.decided += 1
        for session, objects in ((self.written, self.as_written), (self.read, self.as_read)):
            found, unsure = matcher.match([one._sa_instance_state for one in objects], parameters)
            yes, perhaps = {one.id for _, one in found}, {one.id for _, one in unsure}
            how = "as written" if session is self.written else "as read"
            wrong = sorted(yes - truth | (truth - yes - perhaps))
            assert not wrong, f"rows {wrong} differ {how}: {criterion.compile(self.engine)}\n{matcher.source}"

    def close(self) -> None:
        """Give everything back."""
        self.connection.close()
        self.written.close()
        self.read.close()
        self.engine.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """The rows and objects on each database."""
    on_sqlite = request.param == "sqlite"
    store = Store("sqlite://" if on_sqlite else request.getfixturevalue("clean_postgresql_url"))
    yield store
    store.close()


def test_the_evaluator_decides_as_the_database(store: Store) -> None:
    """Random criteria over every type: no object is said to match whose row does not, or the other way round."""
    decide_all(store, EXAMPLES, None)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_twenty_thousand_criteria(store: Store, part: int) -> None:
    """The same, for long; each part begins elsewhere."""
    decide_all(store, EXAMPLES_OF_A_PART, part)


def decide_all(store: Store, examples: int, part: int | None) -> None:
    """Decide random criteria by the evaluator and by the database."""

    @settings(max_examples=examples, deadline=None)
    @given(st.lists(criteria, min_size=10, max_size=10))
    def decide(wanted: list[Any]) -> None:
        together = store.truth(wanted)
        truths = [store.truth([one]) for one in wanted] if together is None else [[one] for one in together]
        for criterion, truth in zip(wanted, truths, strict=True):
            if truth is not None:
                store.check(criterion, truth[0])

    (decide if part is None else seed(part)(decide))()
    assert store.decided > store.undecided, "most criteria are of the kinds that Python decides"


VALUES: dict[str, list[Callable[[Any, Any], Any]]] = {
    **ARITHMETIC,
    **{name: [] for name in COLUMNS if name not in ARITHMETIC},
}


@st.composite
def assignments(draw: Any) -> Any:
    """An attribute and what an UPDATE sets it to."""
    name = draw(st.sampled_from(list(COLUMNS)))
    target = f"{name}_{draw(st.sampled_from('ab'))}"
    value = draw(st.one_of(st.sampled_from([*COLUMNS[name][1], None]), operands(name)))
    return target, value


def test_updated_objects_have_the_values_of_their_rows(store: Store) -> None:
    """Whatever an UPDATE sets, by whatever strategy: what the object shows afterwards is what its row has."""

    @settings(max_examples=EXAMPLES)
    @given(st.lists(assignments(), min_size=1, max_size=3), comparisons(), st.sampled_from(["auto", "fetch"]))
    def set_and_read(pairs: list[Any], criterion: Any, strategy: str) -> None:
        session = store.written
        statement = update(Thing).where(criterion).values(dict(pairs))
        try:
            session.execute(statement, execution_options={"synchronize_session": strategy})
        except DBAPIError:
            session.rollback()
            return
        held = {
            one.id: {name: one.__dict__[name] for name in dict(pairs) if name in one.__dict__}
            for one in store.as_written
        }
        names = list(dict(pairs))
        read = session.execute(select(Thing.id, *[getattr(Thing, name) for name in names]))
        for identity, *values in read:
            for name, value in zip(names, values, strict=True):
                shown = held.get(identity, {}).get(name, value)
                assert same(shown, value), f"{name} of {identity}: {shown!r}, its row has {value!r}: {statement}"
        session.rollback()
        session.expire_all()
        for one in session.scalars(select(Thing)):
            assert one in session

    # Afterwards all objects are as read: rolled back and loaded again.
    set_and_read()


def same(shown: Any, value: Any) -> bool:
    """Equal and of one class, or neither a number; zero may have another sign."""
    return type(shown) is type(value) and bool(shown == value or (shown != shown and value != value))


def test_named_parameters_are_evaluated(store: Store) -> None:
    """A value that comes with the execution decides as one that stands in the statement."""
    session = store.read
    statement = update(Thing).where(Thing.whole_a > bindparam("least")).values(whole_b=bindparam("new"))
    session.execute(statement, {"least": 5, "new": 77}, execution_options={"synchronize_session": "evaluate"})
    shown = {one.id: one.__dict__.get("whole_b") for one in store.as_read if one.id in {2, 5, 6}}
    stored = dict(session.execute(select(Thing.id, Thing.whole_b).where(Thing.id.in_([2, 5, 6]))).all())
    assert shown == stored
    session.rollback()
