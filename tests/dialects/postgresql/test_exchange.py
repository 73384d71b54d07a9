"""What goes past psycopg's cursors: texts, prepared statements, batches of any size, and a ROLLBACK that nobody waits for."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import Engine, create_engine, event, exc, make_url, text
from holdfast._util.drive import drive
from holdfast.dialects.postgresql.drivers import waiting
from holdfast.dialects.postgresql.drivers.exchange import Exchanges
from holdfast.dialects.postgresql.drivers.texts import plain_text, text_with
from holdfast.ext.asyncio import create_async_engine
from tests.support.awaited import engine_on
from tests.support.waiting import PATIENCE

PREPARED = text("SELECT name, statement FROM pg_prepared_statements WHERE name LIKE 'holdfast%'")


@pytest.fixture(params=["sync", "async"])
def engine(request: pytest.FixtureRequest, clean_postgresql_url: str) -> Iterator[Engine]:
    """An engine by psycopg with one connection, called or awaited."""
    url = make_url(clean_postgresql_url).set(drivername="postgresql+psycopg")
    with engine_on(url, request.param, pool_size=1, max_overflow=0) as engine:
        yield engine


@pytest.mark.parametrize(
    ("sql", "parameters", "sent", "values"),
    [
        ("SELECT %s, %s", (1, 2), "SELECT $1, $2", [1, 2]),
        ("SELECT %(b)s, %(a)s, %(b)s", {"a": 1, "b": 2, "c": 3}, "SELECT $1, $2, $1", [2, 1]),
        ("SELECT 5 %% %s", (3,), "SELECT 5 % $1", [3]),
        ("SELECT '100 %%'", {}, "SELECT '100 %'", []),
    ],
)
def test_marks_are_numbered(sql: str, parameters: Any, sent: str, values: list[Any]) -> None:
    """A name that comes twice is one value; what is not named is not sent."""
    found = text_with(sql, parameters)
    assert found is not None
    assert (found.sql.decode(), found.values(parameters)) == (sent, values)


@pytest.mark.parametrize(
    ("sql", "parameters"),
    [
        ("SELECT %b", (b"",)),
        ("SELECT %(a)s, %s", {"a": 1}),
        ("SELECT %s", {"a": 1}),
        ("SELECT 1", {"a": 1}),
        ("CREATE TABLE t (n INTEGER DEFAULT %s)", (1,)),
    ],
)
def test_odd_texts_stay_with_the_driver(sql: str, parameters: Any) -> None:
    """Other marks, mixed ones, parameters that do not fit, and what changes the schema."""
    assert text_with(sql, parameters) is None


def test_values_that_do_not_fit_stay_with_the_driver() -> None:
    """It says what is wrong with them."""
    named, numbered = text_with("SELECT %(a)s", {"a": 1}), text_with("SELECT %s", (1,))
    assert named is not None
    assert numbered is not None
    assert named.values({"b": 1}) is None
    assert numbered.values((1, 2)) is None


def test_texts_without_parameters_go_as_they_are() -> None:
    """A percent sign means itself; several statements, and changes of the schema, are the driver's."""
    found = plain_text("SELECT 5 % 3, '%s'")
    assert found is not None
    assert found.sql == b"SELECT 5 % 3, '%s'"
    assert plain_text("SELECT 1; SELECT 2") is None
    assert plain_text("DROP TABLE t") is None


def test_frequent_statements_are_prepared_and_kept_over_rollback(engine: Engine) -> None:
    """From the sixth time on, by psycopg's own threshold; so is a batch of more rows than that, at once."""
    for number in range(6):
        with engine.connect() as connection:
            assert not connection.execute(PREPARED).all() or number == 5
            assert connection.scalar(text("SELECT CAST(:n AS INTEGER) + 1"), {"n": number}) == number + 1
    with engine.connect() as connection:
        found = [statement for _, statement in connection.execute(PREPARED)]
        assert "ROLLBACK" not in found
        assert "SELECT CAST($1 AS INTEGER) + 1" in found
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
        connection.execute(text("INSERT INTO t VALUES (:n)"), [{"n": number} for number in range(10)])
        assert [statement for _, statement in connection.execute(PREPARED)] == ["INSERT INTO t VALUES ($1)"]


def test_the_rarest_give_way(engine: Engine) -> None:
    """No more are prepared than `prepared_max`; the server forgets those that were used longest ago."""

    @event.listens_for(engine, "connect")
    def keep_two(connection: Any, record: Any) -> None:
        raw = getattr(connection, "driver_connection", connection)
        raw.prepare_threshold, raw.prepared_max = 0, 2

    with engine.connect() as connection:
        for number in (1, 2, 1, 3):
            connection.execute(text(f"SELECT {number} + 0"))
        # Asking is prepared too, in the place of the older one.
        statements = [statement for _, statement in connection.execute(PREPARED)]
        assert [each for each in statements if each.endswith("+ 0")] == ["SELECT 3 + 0"]


def test_another_schema(engine: Engine) -> None:
    """A column gets another type, by this connection, by a rolled-back one, and by somebody else."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
        connection.exec_driver_sql("INSERT INTO t VALUES (1)")
    rows = text("SELECT * FROM t")

    def read() -> Any:
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(rows)]

    for _ in range(7):
        assert read() == [(1,)]
    with engine.connect() as connection:
        connection.exec_driver_sql("ALTER TABLE t ADD COLUMN word VARCHAR")
        for _ in range(7):
            assert [tuple(row) for row in connection.execute(rows)] == [(1, None)]
        connection.rollback()
    for _ in range(7):
        assert read() == [(1,)]
    other = create_engine(make_url(engine.url).set(drivername="postgresql+psycopg"))
    with other.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE t ADD COLUMN word VARCHAR")
    # What begins a transaction is sent again; in the middle of one the server has given up all of it.
    assert read() == [(1, None)]
    for _ in range(7):
        assert read() == [(1, None)]
    with other.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE t DROP COLUMN word")
    other.dispose()
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        with pytest.raises(exc.DBAPIError, match="cached plan"):
            connection.execute(rows)
    assert read() == [(1,)]


def test_a_value_that_can_not_be_sent_leaves_nothing_behind(engine: Engine) -> None:
    """Nothing of the batch is sent, the transaction goes on."""
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
        insert = text("INSERT INTO t VALUES (:n)")
        with pytest.raises(exc.DBAPIError, match="adapt"):
            connection.execute(insert, [*({"n": number} for number in range(10)), {"n": object()}])
        assert connection.scalar(text("SELECT count(*) FROM t")) == 0
        connection.execute(insert, [{"n": number} for number in range(10)])
        assert connection.scalar(text("SELECT count(*) FROM t")) == 10


@pytest.mark.parametrize("rows", [1, 3])
def test_a_transaction_that_begins_with_such_a_value(engine: Engine, rows: int) -> None:
    """Its BEGIN goes with the next statement: what that writes is rolled back."""
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n INTEGER)")
    insert = text("INSERT INTO t VALUES (:n)")
    with engine.connect() as connection:
        with pytest.raises(exc.DBAPIError, match="adapt"):
            connection.execute(insert, [{"n": object()}] * rows)
        connection.execute(insert, {"n": 1})
        assert connection.driver.in_transaction()
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM t")) == 0


def test_batches_larger_than_any_buffer(engine: Engine) -> None:
    """Both sides send more than the network holds: neither waits for the other."""
    word = "x" * 20_000
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE TABLE t (n SERIAL PRIMARY KEY, word VARCHAR)")
        driver: Any = connection.driver
        rows = [{"word": word}] * 2_000
        answers = drive(driver.run_each("INSERT INTO t (word) VALUES (%(word)s) RETURNING n, word", rows))
        assert [answer.rows for answer in answers] == [[(number, word)] for number in range(1, 2_001)]


def test_the_end_of_mere_reading_is_not_waited_for(engine: Engine) -> None:
    """Its answer is read with the next one; a program that takes the connection finds it in order."""
    with engine.connect() as connection:
        driver: Any = connection.driver
        assert connection.scalar(text("SELECT 1")) == 1
    assert driver._exchanges.owed
    assert not driver.in_transaction()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 2")) == 2
        assert not driver._exchanges.owed
    assert driver._exchanges.owed
    raw = driver.raw
    assert not driver._exchanges.owed
    assert raw.pgconn.pipeline_status == psycopg.pq.PipelineStatus.OFF
    assert raw.pgconn.transaction_status == psycopg.pq.TransactionStatus.IDLE
    # The program may use it whenever it wants: nothing is left on it any more.
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 3")) == 3
    assert not driver._exchanges.owed


def test_dates_in_the_server_s_own_writing(engine: Engine) -> None:
    """It may change with each transaction, and its end changes it back: a day is never taken for a month."""
    read = text("SELECT DATE '2024-03-04', TIMESTAMPTZ '2024-03-04 12:00+00', INTERVAL '1 day 2 hours'")
    expected = (date(2024, 3, 4), datetime(2024, 3, 4, 12, tzinfo=UTC), timedelta(days=1, hours=2))
    styles = ("ISO, MDY", "SQL, DMY", "SQL, MDY", "German, DMY", "ISO, YMD")
    for style in styles:
        with engine.connect() as connection:
            assert tuple(connection.execute(read).one()) == expected
            if style.startswith("ISO"):
                connection.execute(text("SELECT set_config('timezone', 'Asia/Tokyo', true)"))
                found = connection.execute(read).one()
                assert tuple(found) == expected
                assert found[1].utcoffset() == timedelta(hours=9)
            connection.execute(text("SELECT set_config('datestyle', :style, true)"), {"style": style})
            assert connection.scalar(text("SELECT DATE '2024-03-04'")) == date(2024, 3, 4)
            connection.commit()
            assert tuple(connection.execute(read).one()) == expected
            assert connection.execute(read).one()[1].utcoffset() != timedelta(hours=9)


def test_a_program_s_own_adapters_are_heard(engine: Engine) -> None:
    """Also those that it registers when the connection has been used."""

    class Loader(psycopg.adapt.Loader):
        def load(self, data: Any) -> Any:
            return f"<{bytes(data).decode()}>"

    with engine.connect() as connection:
        query = text("SELECT CAST(17 AS OID)")
        assert connection.scalar(query) == 17
        connection.connection.driver_connection.adapters.register_loader("oid", Loader)
        assert connection.scalar(query) == "<17>"


def test_a_program_s_own_cursors_are_used(clean_postgresql_url: str) -> None:
    """A connection with another `cursor_factory` speaks by its cursors."""
    url = make_url(clean_postgresql_url).set(drivername="postgresql+psycopg")
    engine = create_engine(url, connect_args={"cursor_factory": psycopg.ClientCursor})
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT CAST(:n AS INTEGER)"), {"n": 3}) == 3
        assert not connection.driver._exchanges.can_speak()
    engine.dispose()


NUMBERS = st.integers(-(2**62), 2**62) | st.none()
WORDS = st.text(st.characters(blacklist_characters="\0", blacklist_categories=("Cs",)))


@pytest.fixture(scope="module")
def exchanges(postgresql_database: Any) -> Iterator[tuple[Any, Exchanges]]:
    """A connection of psycopg, and exchanges over it."""
    if isinstance(postgresql_database, BaseException):
        pytest.skip(str(postgresql_database))
    address = make_url(postgresql_database).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as raw:
        yield raw, Exchanges(raw)


@given(st.lists(st.tuples(NUMBERS, WORDS), min_size=1, max_size=20))
def test_any_values_come_back(exchanges: tuple[Any, Exchanges], rows: list[tuple[Any, str]]) -> None:
    """Numbers of every size in one batch, NULL among them, and any text: each in its place."""
    raw, exchange = exchanges
    sent = text_with("SELECT %s::BIGINT, %s::TEXT", rows[0])
    assert sent is not None
    statements = [(sent, [list(row) for row in rows])]
    exchange.send(exchange.spoken(statements))
    assert [answer.rows for answer in exchange.fetched(raw.wait(exchange.answers(statements)))] == [
        [row] for row in rows
    ]


def test_the_loop_s_thread_waits_shortly(clean_postgresql_url: str, monkeypatch: Any) -> None:
    """A quick answer is there at once, but every 17th gives the loop its turn; after slow ones the loop gets more."""
    url = make_url(clean_postgresql_url).set(drivername="postgresql+psycopg")

    async def body() -> list[bool]:
        engine = create_async_engine(url)
        at_once = []
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            driver: Any = connection.sync_connection.driver
            for _ in range(40):
                sent = driver.run("SELECT 1", ())
                at_once.append(not hasattr(sent, "send"))
                fetched = sent if at_once[-1] else await sent
                assert fetched.rows == [(1,)]
        await engine.dispose()
        return at_once

    monkeypatch.setattr(waiting, "QUICK", PATIENCE)
    assert asyncio.run(body()).count(False) in (2, 3)
    asked: list[Any] = []
    monkeypatch.setattr(waiting.select, "select", lambda *sockets: asked.append(sockets) or ([], [], []))
    assert not any(asyncio.run(body()))
    assert len(asked) < 15
