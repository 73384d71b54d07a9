"""Values of another type, size or sign than is expected."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from holdfast import Integer, Numeric, String, bindparam, create_engine, exc, literal, make_url, select, text
from holdfast.orm import Session
from tests.dialects.drivers.available import tried
from tests.hostile.test_stored_keys import Base, Person
from tests.hostile.world import CANARY, HOSTILE, World

CONFUSED: tuple[Any, ...] = (
    {"a": 1},
    {HOSTILE: HOSTILE},
    {"$ne": None},
    ["alive"],
    [HOSTILE],
    ("a", "b"),
    b"alive",
    b"\xff'",
    object(),
)


@pytest.mark.parametrize("number", range(len(CONFUSED)))
@pytest.mark.parametrize("name", ["id", "word", "number"])
def test_type_confusion(world: World, name: str, number: int) -> None:
    """It travels as a value, or an error comes: no operator, no list of rows, no SQL is made of it."""
    value = CONFUSED[number]
    compared = select(CANARY.c.id).where(CANARY.c[name] == value)
    assert "DROP" not in str(compared)
    with world.engine.connect() as connection:
        found: Any = []
        with suppress(exc.StatementError, TypeError):
            found = connection.scalars(compared).all()
        # MariaDB compares bytes and one-element rows with text, and text that is no number with 0.
        assert found == [] or world.name == "mariadb"
        connection.rollback()
        written = CANARY.insert().values({"id": 2, name: [[value], {"a": value}]})
        with pytest.raises((exc.StatementError, TypeError)):
            connection.execute(written)


def test_a_number_for_a_text(world: World) -> None:
    """SQLite and PostgreSQL do not take 0 for a word. MariaDB does, whoever asks: what is sent is the number that was given."""
    statement = select(CANARY.c.id).where(CANARY.c.word == 0)
    with world.engine.connect() as connection:
        if world.name == "postgresql":
            with pytest.raises(exc.ProgrammingError, match="operator does not exist: character varying = integer"):
                connection.execute(statement)
        else:
            expected = [1] if world.name == "mariadb" else []
            assert connection.scalars(statement).all() == expected
        connection.rollback()
        as_text = select(CANARY.c.id).where(CANARY.c.word == literal(0, String).cast(String(10)))
        assert connection.scalars(as_text).all() == []


@pytest.mark.parametrize("identity", [{"a": 1}, [1, 2], {"name": {"a": 1}}, {}, (), (1, 2), [[1]]], ids=repr)
def test_identities_of_another_shape(world: World, identity: Any) -> None:
    """A document where a key is expected is refused, or is no row's key."""
    Base.metadata.create_all(world.engine)
    with Session(world.engine) as session, pytest.raises((exc.SQLAlchemyError, TypeError)):
        session.get(Person, identity)
    Base.metadata.drop_all(world.engine)


def test_more_parameters_than_a_message_holds(world: World) -> None:
    """PostgreSQL counts parameters in 16 bits, SQLite has a limit of its own: more of them are an error and never fewer; in
    batches of the library's own they are never too many."""
    with world.engine.connect() as connection:
        for count in (65_535, 65_536 + 1):
            statement = select(CANARY.c.id).where(CANARY.c.id.in_(range(count)))
            if world.name == "postgresql" and count > 65_535:
                with pytest.raises(exc.DBAPIError, match="number of parameters must be between 0 and 65535"):
                    connection.execute(statement)
            else:
                assert connection.scalars(statement).all() == [1]
            connection.rollback()
        rows = [{"id": number, "word": HOSTILE, "number": number} for number in range(2, 12_000)]
        assert connection.execute(CANARY.insert(), rows).rowcount == len(rows)
        connection.rollback()


def test_a_number_beyond_every_column(world: World) -> None:
    """It is refused, or equals no row: it never makes another type of the comparison, for which an index is of no use."""
    statement = select(CANARY.c.id).where(CANARY.c.id == 10**30)
    with world.engine.connect() as connection:
        if world.name == "mariadb":
            assert connection.scalars(statement).all() == []
        else:
            with pytest.raises((exc.DataError, OverflowError), match="out of range|too large"):
                connection.execute(statement)


NEGATIVE = {
    "minus a parameter": (lambda a, b: -a, lambda a, b: -a),
    "difference": (lambda a, b: a - b, lambda a, b: a - b),
    "twice": (lambda a, b: a.__neg__().__neg__() - -b, lambda a, b: a + b),
    "product": (lambda a, b: a * -b, lambda a, b: -a * b),
    "difference of a negation": (lambda a, b: 1 - -a - b, lambda a, b: 1 + a - b),
}


def negative_on(engine: Any) -> None:
    """Try the expressions of negative numbers on a database, as parameters and as literals, with text right behind."""
    with engine.connect() as connection:
        for make, reckon in NEGATIVE.values():
            for a, b in ((-1, -2), (-1, 2), (0, -7), (-30_000, -30_000), (-(2**30), 1)):
                for type_, number in ((Integer(), int), (Numeric(20, 0), Decimal)):
                    first, second = literal(number(a), type_), literal(number(b), type_)
                    statement = select(make(first, second), literal("\n; --'", String))
                    assert connection.execute(statement).one() == (reckon(a, b), "\n; --'")
                    written = str(statement.compile(engine, compile_kwargs={"literal_binds": True}))
                    assert "--" not in written.replace("'\n; --'''", "")
                    assert connection.exec_driver_sql(written.replace("%%", "%")).one() == (reckon(a, b), "\n; --'")
        # The published attack: a number behind a minus in the program's own text, and a text on the next line.
        own = text("SELECT 5 -:a AS x, :b AS y").bindparams(bindparam("b", type_=String))
        for b in ("\n, 6; --", "'\n", "\\"):
            row = connection.execute(own, {"a": -1, "b": b}).one()
            assert (int(row.x), row.y) == (6, b)


def test_negative_literals(world: World) -> None:
    """Two minus signs never meet; SQLite, psycopg and PyMySQL."""
    negative_on(world.engine)


@pytest.mark.parametrize(
    "name", [driver.name for driver in tried() if driver.server == "postgresql" and "sync" in driver.faces]
)
def test_negative_literals_by_other_drivers(name: str, postgresql_url: str) -> None:
    """psycopg2 writes values into the text itself."""
    engine = create_engine(make_url(postgresql_url).set(drivername=f"postgresql+{name}"))
    negative_on(engine)
    engine.dispose()


@pytest.mark.parametrize(
    "mode", ["", "NO_BACKSLASH_ESCAPES", "ANSI_QUOTES", "NO_BACKSLASH_ESCAPES,ANSI_QUOTES,PIPES_AS_CONCAT"]
)
def test_texts_in_every_mode_of_mariadb(mariadb_url: str, mode: str) -> None:
    """Quotes and backslashes stay what they are, whatever the server's mode says of them."""
    engine = create_engine(mariadb_url)
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET SESSION sql_mode = '{mode}'")
        for value in (HOSTILE, "\\", "\\'", "'", "''", "\\\\'; --", "\x1a", "\b", "a\\", '"', "`"):
            assert connection.scalar(select(literal(value))) == value
    engine.dispose()
