"""No stale object: random sessions, random statements, every strategy; afterwards each object equals its row."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from holdfast import case, delete, func, inspect, select, update
from holdfast.exc import InvalidRequestError
from holdfast.orm import Session, load_only
from tests.orm.set_based.models import Base, Good, Pair, Place, Shelf, some_goods
from tests.support.awaited import engine_on

EXAMPLES, MANY = 60, 1500
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)

Act = Callable[[Session, int], Any]

_keys = count(1000)


def _change(session: Session, number: int) -> None:
    for good in _present(session)[: 1 + number % 2]:
        good.amount = number
        good.title = f"t{number}"


def _present(session: Session) -> list[Any]:
    return sorted((one for one in session.identity_map.values() if isinstance(one, Good)), key=lambda one: one.id)


def _expire(session: Session, number: int) -> None:
    for good in _present(session)[number % 3 :]:
        if number % 2:
            session.expire(good, ["amount", "value"])
        else:
            session.expire(good)


def _delete(session: Session, number: int) -> None:
    present = _present(session)
    if present:
        session.delete(present[number % len(present)])


def _expunge(session: Session, number: int) -> None:
    present = _present(session)
    if present:
        session.expunge(present[number % len(present)])


ACTS: dict[str, Act] = {
    "load all": lambda session, number: session.scalars(select(Good)).all(),
    "load one": lambda session, number: session.get(Good, 1 + number % 4),
    "load few columns": lambda session, number: session.scalars(select(Good).options(load_only(Good.title))).all(),
    "load shelves": lambda session, number: [shelf.goods for shelf in session.scalars(select(Shelf))],
    "read composites": lambda session, number: [good.place for good in _present(session)],
    "change": _change,
    "expire": _expire,
    "delete": _delete,
    "expunge": _expunge,
    "add": lambda session, number: session.add(
        Good(id=next(_keys), title="new", amount=number, place=Place(number, None))
    ),
    "savepoint": lambda session, number: session.begin_nested(),
    "take back": lambda session, number: session.get_nested_transaction() and session.get_nested_transaction().rollback(),  # type: ignore[union-attr]
    "flush": lambda session, number: session.flush(),
}  # fmt: skip

CRITERIA: list[Callable[[int], Any]] = [
    lambda n: Good.amount > n,
    lambda n: Good.amount.is_(None),
    lambda n: Good.title == "nut",
    lambda n: Good.name != "nut",
    lambda n: Good.id.in_([1, n % 5]),
    lambda n: (Good.amount < 25) | (Good.price == n % 7),
    lambda n: Good.value > 40,
    lambda n: Good.place == Place(1, 1),
    lambda n: Good.shelf.has(label="top"),
    lambda n: func.length(Good.title) > 3,
    lambda n: Good.shelf_id == select(Shelf.id).where(Shelf.label == "top").scalar_subquery(),
    lambda n: (Good.shelf_id == Shelf.id) & (Shelf.label == "bottom"),
]

VALUES: list[Callable[[int], dict[Any, Any]]] = [
    lambda n: {"amount": n},
    lambda n: {"amount": Good.amount + n},
    lambda n: {"title": "set", "price": n},
    lambda n: {Good.title: func.upper(Good.title)},
    lambda n: {"name": f"by synonym {n}"},
    lambda n: {Good.place: Place(n, n)},
    lambda n: {"amount": None, "note": "a note"},
    lambda n: {"shelf_id": 1 + n % 2},
    lambda n: {"amount": case((Good.amount > n, 0), else_=Good.price)},
    lambda n: {"id": Good.id + 100},
]

STRATEGIES = ("auto", "fetch", "evaluate", False)


@st.composite
def trials(draw: Any) -> list[tuple[str, Any]]:
    """What happens to a session, in order: acts by name with a number, and statements."""
    steps: list[tuple[str, Any]] = []
    for _ in range(draw(st.integers(1, 3))):
        for _ in range(draw(st.integers(1, 3))):
            steps.append((draw(st.sampled_from(list(ACTS))), draw(st.integers(0, 40))))
        kind = draw(st.sampled_from(["update", "update", "delete", "rows", "query update", "query delete"]))
        # The last one reads another table, which no DELETE of SQLite does.
        criteria = len(CRITERIA) - 1 - ("delete" in kind)
        given_ = (
            draw(st.integers(0, criteria)),
            draw(st.integers(0, len(VALUES) - 1)),
            draw(st.integers(0, 40)),
        )
        steps.append((kind, (*given_, draw(st.sampled_from(STRATEGIES)))))
    return steps


def _execute(session: Session, kind: str, what: tuple[int, int, int, Any]) -> bool:
    """Run one statement; returns whether objects are to equal their rows now."""
    criterion, values, number, strategy = what
    where, new = CRITERIA[criterion](number), VALUES[values](number)
    options = {"synchronize_session": strategy}
    try:
        if kind == "rows":
            rows = [{"id": good.id, "amount": number} for good in _present(session)]
            if rows:
                session.execute(update(Good), rows)
            return True
        if kind == "query update":
            session.query(Good).filter(where).update(new, **options)  # type: ignore[arg-type]
        elif kind == "query delete":
            session.query(Good).filter(where).delete(**options)  # type: ignore[arg-type]
        elif kind == "update":
            session.execute(update(Good).where(where).values(new), execution_options=options)
        else:
            session.execute(delete(Good).where(where), execution_options=options)
    except InvalidRequestError as error:
        if strategy != "evaluate" or "Could not evaluate" not in str(error):
            raise
    return strategy is not False


def _check(session: Session) -> None:
    """Compare all that objects show without loading, and then all that they show, with the rows."""
    session.flush()
    table = Good.__table__
    rows = {row.id: row for row in session.execute(select(*table.c))}
    for good in _present(session):
        assert inspect(good).persistent
        row = rows.get(good.__dict__.get("id", inspect(good).identity[0]))
        assert row is not None, f"{good!r} is in the session, its row is gone"
        for name, column in (("amount", "amount"), ("title", "good_title"), ("price", "price"), ("note", "note"),
                             ("changes", "changes"), ("touched", "touched"), ("shelf_id", "shelf_id")):  # fmt: skip
            if name in good.__dict__:
                assert good.__dict__[name] == row._mapping[column], (good.id, name)
        if "value" in good.__dict__:
            assert good.value == (None if row.amount is None else row.amount * row.price)
    for good in _present(session):
        row = rows[good.id]
        assert (good.title, good.amount, good.note, good.name) == (row.good_title, row.amount, row.note, row.good_title)
        assert good.place == Place(row.place_row, row.place_side)
        assert (None if good.shelf is None else good.shelf.id) == row.shelf_id


def _run(engine: Any, examples: int) -> None:
    @given(trials())
    @settings(max_examples=examples, deadline=None, phases=PHASES)
    def no_object_is_stale(steps: list[tuple[str, Any]]) -> None:
        with engine.connect() as connection, connection.begin() as transaction:
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                session.add_all(some_goods())
                session.add(Pair(left=1, right=1))
                session.flush()
                session.expunge_all()
                for kind, what in steps:
                    if kind in ACTS:
                        ACTS[kind](session, what)
                    elif _execute(session, kind, what):
                        _check(session)
                    else:
                        session.expunge_all()
            transaction.rollback()

    no_object_is_stale()


@pytest.fixture
def sqlite_engine() -> Iterator[Any]:
    with engine_on("sqlite://", "sync") as engine:
        Base.metadata.create_all(engine)
        yield engine


@pytest.fixture
def awaited_engine() -> Iterator[Any]:
    with engine_on("sqlite://", "async") as engine:
        Base.metadata.create_all(engine)
        yield engine


@pytest.fixture
def postgresql_engine(clean_postgresql_url: str) -> Iterator[Any]:
    with engine_on(clean_postgresql_url, "sync") as engine:
        Base.metadata.create_all(engine)
        yield engine


def test_on_sqlite(sqlite_engine: Any) -> None:
    """Expired, partly loaded, changed and new objects; criteria over columns, relationships, subqueries and other tables."""
    _run(sqlite_engine, EXAMPLES)


def test_awaited(awaited_engine: Any) -> None:
    """The same on the asynchronous face."""
    _run(awaited_engine, EXAMPLES // 2)


@pytest.mark.postgresql
def test_on_postgresql(postgresql_engine: Any) -> None:
    """The same on PostgreSQL."""
    _run(postgresql_engine, EXAMPLES // 2)


@pytest.mark.slow
def test_many(sqlite_engine: Any) -> None:
    """More of them."""
    _run(sqlite_engine, MANY)
