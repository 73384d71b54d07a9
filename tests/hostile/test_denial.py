"""Values that cost more than their length: work is counted in calls, which neither the clock nor other programs change."""

from __future__ import annotations

import sys
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from holdfast import (
    JSON,
    Column,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    and_,
    case,
    create_engine,
    exc,
    exists,
    func,
    insert,
    literal,
    make_url,
    or_,
    select,
    text,
    tuple_,
    union,
)
from holdfast.dialects import sqlite
from holdfast.sql.node import MANY, Expanded, Node, combine

TABLE = Table(
    "t",
    MetaData(),
    Column("x", Integer, primary_key=True),
    Column("w", String),
    Column("j", JSON),
    Column("n", Numeric(10, 2)),
)
x, w, j, n = TABLE.c
DIALECT = sqlite.dialect()


def steps(work: Callable[[], Any]) -> int:
    """Count the calls of Python and of its library that a piece of work takes; what it raises is a result too."""
    count = 0

    def note(*_: Any) -> None:
        nonlocal count
        count += 1

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    except (exc.SQLAlchemyError, ValueError):
        pass
    finally:
        sys.setprofile(before)
    return count


def written(statement: Any) -> str:
    """Return the text of a statement with all values in their places."""
    return str(statement.compile(dialect=DIALECT, compile_kwargs={"render_postcompile": True}))


def chained(join: Callable[[Any, Any], Any], first: Any, count: int) -> Any:
    """Join criteria one by one, as a loop does."""
    for number in range(count):
        first = join(first, x == number)
    return first


GROWING: dict[str, Callable[[int], Any]] = {
    "colons in an address": lambda k: make_url("x://" + ":" * k),
    "at signs in an address": lambda k: make_url("x://" + "@" * k),
    "brackets in an address": lambda k: make_url("x://" + "[" * k),
    "no address": lambda k: make_url("a" * k + "@"),
    "options of an address": lambda k: make_url("x://h/d?" + "a=1&" * k),
    "digits of a port": lambda k: make_url("x://h:" + "9" * k),
    "colons in a text": lambda k: str(text(":" * k)),
    "parameters of a text": lambda k: str(text(" :a" * k)),
    "escapes in a text": lambda k: str(text("\\:a" * k)),
    "and_": lambda k: written(and_(*[x == number for number in range(k)])),
    "or_": lambda k: written(or_(*[x == number for number in range(k)])),
    "& in a loop": lambda k: written(chained(lambda a, b: a & b, x > 0, k)),
    "| in a loop": lambda k: written(chained(lambda a, b: a | b, x > 0, k)),
    "where in a loop": lambda k: written(chained(lambda a, b: a.where(b), select(x), k)),
    "IN": lambda k: written(x.in_(range(k))),
    "IN with tuples": lambda k: written(tuple_(x, w).in_([(number, "a") for number in range(k)])),
    "many IN": lambda k: written(and_(*[x.in_([1, number]) for number in range(k)])),
    "CASE": lambda k: written(case(*[(x == number, number) for number in range(k)])),
    "VALUES": lambda k: written(insert(TABLE).values([{"x": number} for number in range(k)])),
    "labels of one name": lambda k: written(select(*[x.label("a") for _ in range(k)])),
    "UNION": lambda k: written(union(*[select(x)] * k)),
    "path of a document": lambda k: written(select(j[tuple(["a"] * k)])),
    "unknown columns": lambda k: written(insert(TABLE).values({f"z{number}": 1 for number in range(k)})),
    "a long name": lambda k: written(select(x.label("a" * k))),
    "a long unknown name": lambda k: select(TABLE).filter_by(**{"x" * k: 1}),
    "a long literal": lambda k: select(literal("'" * k)).compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}),
    "a long pattern": lambda k: written(w.contains("%_/" * k, autoescape=True)),
}  # fmt: skip


@pytest.mark.parametrize("what", GROWING)
def test_steps_grow_with_the_length(what: str) -> None:
    """Four times the length takes about four times the steps. Found here: criteria joined by & in a loop took sixteen times."""
    make = GROWING[what]
    make_ = lambda k: lambda: make(k)  # noqa: E731
    steps(make_(100))  # what is made once
    first, second = steps(make_(100)), steps(make_(400))
    assert second <= 4.6 * first + 60, (first, second)


def subqueries(depth: int) -> Any:
    """A SELECT from a SELECT from ..."""
    statement: Any = select(x).where(x > 0)
    for _ in range(depth):
        statement = select(statement.subquery().c[0])
    return statement


def ctes(depth: int) -> Any:
    """The same with common table expressions."""
    statement: Any = select(x)
    for _ in range(depth):
        statement = select(statement.cte().c[0])
    return statement


def scalars(depth: int) -> Any:
    """Values of subqueries of subqueries."""
    statement: Any = select(x)
    for _ in range(depth):
        statement = select(select(statement.subquery().c[0]).scalar_subquery().label("q"))
    return statement


def unions(depth: int) -> Any:
    """Unions of what was selected from unions."""
    statement: Any = select(x)
    for number in range(depth):
        statement = union(select(statement.subquery().c[0]), select(x).where(x == number))
    return statement


def correlated(depth: int) -> Any:
    """EXISTS over the very subquery that stands in FROM."""
    statement: Any = select(x)
    for _ in range(depth):
        inner = statement.subquery()
        statement = select(inner.c[0]).where(exists(select(inner.c[0]).where(inner.c[0] == x)))
    return statement


@pytest.mark.parametrize("make", [subqueries, ctes, scalars, unions, correlated], ids=lambda make: make.__name__)
def test_nested_statements(make: Callable[[int], Any]) -> None:
    """Found here: the values of a statement, and the work on them, doubled with each level; 30 levels took minutes."""
    sizes = [len(make(depth)._values) for depth in (5, 10, 20)]
    assert sizes[2] <= 2.2 * sizes[1] <= 5 * sizes[0]
    assert steps(lambda: written(make(16))) <= 3 * steps(lambda: written(make(8)))
    outer = make(24)
    assert hash(outer._key) == hash(outer._key)
    assert outer.compare(outer._copy())


def test_what_nested_statements_mean() -> None:
    """The keys still tell apart what makes different texts, and the values find their places."""
    engine = create_engine("sqlite://")
    inner = select(TABLE.c.x).where(TABLE.c.x > 0).subquery()
    same, other = inner.alias("o"), select(TABLE.c.x).where(TABLE.c.x > 0).subquery()
    once = select(inner.c.x, select(inner.c.x).where(inner.c.x == 1).scalar_subquery())
    twice = select(inner.c.x, select(other.c.x).where(other.c.x == 1).scalar_subquery())
    assert once._key != twice._key
    assert select(inner.c.x, same.c.x)._key != select(inner.c.x, other.c.x)._key
    with engine.connect() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE), [{"x": 1}, {"x": 2}, {"x": 3}])
        for low in (0, 1, 2, 0):
            statement: Any = select(TABLE.c.x).where(TABLE.c.x > low)
            for step in range(6):
                around = statement.subquery()
                found = exists(select(around.c.x).where(around.c.x == TABLE.c.x, TABLE.c.x < 10 - step))
                statement = select(around.c.x).where(around.c.x < 9 - step, found)
            assert sorted(connection.scalars(statement)) == [1, 2, 3][low:]
            assert isinstance(statement._values[0], Expanded)
    engine.dispose()


def repeated(change: Callable[[Any], Any]) -> Any:
    """An expression that was changed more often than Python's stack is deep."""
    made: Any = x
    for _ in range(1500):
        made = change(made)
    return select(made)


DEEP: dict[str, Callable[[], Any]] = {
    "NOT": lambda: repeated(lambda made: ~(func.coalesce(made, 1) == 1)),
    "functions": lambda: repeated(func.f),
    "sum": lambda: repeated(lambda made: made + 1),
    "AND in OR": lambda: repeated(lambda made: ((made > 0) & (x == 1)) | (x == 2)),
    "statements": lambda: subqueries(400),
}


@pytest.mark.parametrize("what", DEEP)
def test_too_deep(what: str) -> None:
    """Deeper than Python's stack: an error of one page that says what to write, at once; the engine goes on."""
    make = DEEP[what]
    engine = create_engine("sqlite://")
    words = "^The statement is nested too deeply to be written as SQL. Join many"
    with engine.connect() as connection:
        for attempt in (lambda: connection.execute(make()), lambda: str(make().compile(dialect=DIALECT))):
            with pytest.raises(exc.CompileError, match=words) as refused:
                attempt()
            error = refused.value
            assert error.__cause__ is None and (error.__suppress_context__ or error.__context__ is None)
        assert connection.scalar(select(1)) == 1
    engine.dispose()


CHAINS: dict[str, Callable[[Any, int], Any]] = {
    "+": lambda made, number: made + number,
    "-, on the right": lambda made, number: number - made,
    "==": lambda made, number: made == number,
    "& and |": lambda made, number: ((made == 1) & (x == number)) | (x == -number),
    "functions": lambda made, number: func.coalesce(made, number),
    "CASE": lambda made, number: case((x == number, number), else_=made),
    "sums of many": lambda made, number: made + func.coalesce(*range(50)),
}


@pytest.mark.parametrize("what", CHAINS)
def test_chains_without_end(what: str) -> None:
    """Found here: each node of a chain held the values of all below it, so that 20,000 operators took gigabytes, before
    the error that such a depth can not be written. Now it comes as soon as the chain is deeper than any stack."""
    join, made, length = CHAINS[what], x, 0

    def build() -> None:
        nonlocal made, length
        for length in range(20_000):
            made = join(made, length)

    with pytest.raises(exc.CompileError, match="^The statement is nested too deeply to be written as SQL. Join many"):
        build()
    assert length <= sys.getrecursionlimit() + 2 * MANY


def test_long_lists_are_no_chains() -> None:
    """What is wide and not deep is written, however many values it has; a chain that is not too deep too."""
    wide = and_(*[or_(x == number, x + number > 0) for number in range(5000)])
    assert written(select(x).where(wide)).count("?") == 15_000
    made: Any = x
    for _ in range(50):
        made = made + func.coalesce(*range(50))
    assert len(made._values) == 2500 and written(made).count("?") == 2500


def test_values_of_many_children_are_taken_once() -> None:
    """Found here: a list of 30,000 criteria took seconds, as the values so far were copied for each of them."""
    copied = 0

    class Held(tuple[Any, ...]):
        def __radd__(self, others: tuple[Any, ...]) -> tuple[Any, ...]:
            nonlocal copied
            copied += len(others) + len(self)
            return (*others, *self)

    class Leaf(Node):
        __slots__ = ("_key", "_values")

        def __init__(self, number: int) -> None:
            self._key, self._values = number, Held([number])

    _, values = combine("list", *map(Leaf, range(2000)))
    assert values == tuple(range(2000)) and copied <= 2000
    _, values = combine("list", *map(Leaf, range(3)))
    assert values == (0, 1, 2) and copied <= 2010


EXTREMES: tuple[Any, ...] = (
    Decimal("1e1000000"), Decimal("-1e-1000000"), Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), Decimal("0e-999999"),
    10**400, -(10**5000), 1e308, 5e-324, float("nan"), float("-inf"), "9" * 10000, "\ud800", "a" * 300_000,
)  # fmt: skip


@pytest.mark.parametrize("number", range(len(EXTREMES)))
def test_extreme_values(number: int) -> None:
    """Written or refused in a text of about its own length; the connection is as it was."""
    value = EXTREMES[number]
    engine = create_engine("sqlite://")
    size = len(value) if isinstance(value, str) else 100
    with engine.connect() as connection:
        TABLE.create(connection)
        for column in (x, w, n):
            for statement, parameters, literally in (
                (select(literal(value, column.type)), None, True),
                (insert(TABLE), {column.key: value}, False),
                (select(TABLE).where(column == value), None, False),
            ):
                made = ""
                try:
                    if literally:
                        made = str(statement.compile(dialect=DIALECT, compile_kwargs={"literal_binds": True}))
                    else:
                        connection.execute(statement, parameters)
                except (exc.SQLAlchemyError, OverflowError, ValueError) as error:
                    made = str(error)
                assert len(made) < 2 * size + 1000
        assert connection.scalar(select(1)) == 1
    engine.dispose()


def test_deep_documents() -> None:
    """Deeper than the parser goes, in either direction: an ordinary exception; the connection is as it was."""
    engine = create_engine("sqlite://")
    document: Any = []
    for _ in range(100_000):
        document = [document]
    with engine.connect() as connection:
        TABLE.create(connection)
        with pytest.raises(exc.StatementError, match="t.j was given a list; nothing was sent"):
            connection.execute(insert(TABLE), {"x": 1, "j": document})
        connection.exec_driver_sql("INSERT INTO t (x, j) VALUES (1, ?)", ("[" * 100_000 + "]" * 100_000,))
        with pytest.raises(RecursionError):
            connection.execute(select(j)).all()
        assert connection.scalars(select(x)).all() == [1]
    engine.dispose()
    while document:
        document = document[0]
