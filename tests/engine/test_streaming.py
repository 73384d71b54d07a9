"""Streamed results: rows come from the cursor in chunks, and the cursor is let go at the right moment."""

import asyncio
import sqlite3

import pytest

from holdfast import Column, Integer, MetaData, String, Table, create_engine, event, exc, insert, select, text
from holdfast.engine.stream import Feed
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column

TABLE = Table("t", MetaData(), Column("x", Integer, primary_key=True), Column("word", String))
EVERYTHING = select(TABLE.c.x).order_by(TABLE.c.x)


@pytest.fixture
def engine():
    """An engine in memory with twenty rows; at the end no connection is out."""
    engine = create_engine("sqlite://")
    TABLE.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(TABLE), [{"x": number, "word": str(number)} for number in range(20)])
    yield engine
    assert engine.pool.checkedout() == 0
    engine.dispose()


@pytest.fixture
def chunks(monkeypatch):
    """The sizes that were asked of cursors, in order; None: all the rest."""
    sizes = []
    fetch = Feed._fill

    async def noted(self, count):
        cursor = self._cursor

        class Noting:
            raw = cursor.raw

            def fetch(self, size):
                sizes.append(size)
                return cursor.fetch(size)

            def close(self):
                return cursor.close()

        self._cursor = Noting()
        await fetch(self, count)
        if isinstance(self._cursor, Noting):
            self._cursor = cursor

    monkeypatch.setattr(Feed, "_fill", noted)
    return sizes


def test_yield_per_fetches_so_many_rows_at_a_time(engine, chunks):
    """Partitions, portions and single rows all come out of chunks of that size."""
    with engine.connect() as connection:
        result = connection.execute(EVERYTHING, execution_options={"yield_per": 6})
        assert result.fetchone() == (0,)
        assert len(result.fetchmany()) == 6
        assert [len(part) for part in result.partitions()] == [6, 6, 1]
        assert chunks == [6, 6, 6, 6]
        result = connection.execution_options(yield_per=7).execute(EVERYTHING)
        assert result.scalars().fetchmany(2) == [0, 1]
        assert result.scalars().all() == list(range(2, 20))


def test_chunks_grow_up_to_the_buffer(engine, chunks):
    """Without a wish the first chunk is small; `max_row_buffer` bounds the later ones."""
    with engine.connect() as connection:
        result = connection.execute(EVERYTHING.execution_options(stream_results=True, max_row_buffer=8))
        assert [row.x for row in result] == list(range(20))
    assert chunks == [5, 8, 8]


def test_yield_per_of_a_streamed_result(engine, chunks):
    """Said afterwards, it counts for what is fetched from then on."""
    with engine.connect() as connection:
        result = connection.execute(EVERYTHING, execution_options={"stream_results": True}).yield_per(9)
        assert [len(part) for part in result.scalars().partitions()] == [9, 9, 2]
    assert chunks == [9, 9, 9]


def test_the_cursor_is_let_go_after_the_last_row(engine):
    """What is in the buffer can still be read; the result is not closed by that."""
    with engine.connect() as connection:
        result = connection.execute(EVERYTHING, execution_options={"yield_per": 50})
        assert result.is_streamed
        assert result.fetchone() == (0,)
        assert not result.is_streamed
        assert connection._feeds == []
        assert len(result.all()) == 19
        assert (result.all(), result.fetchone(), result.closed) == ([], None, False)


def test_close_lets_go_of_the_cursor(engine):
    """By close(), by the end of a block, by first(), and by closing another form of the result."""
    with engine.connect() as connection:
        for finish in (lambda result: result.close(), lambda result: result.first(), lambda r: r.mappings().close()):
            result = connection.execute(EVERYTHING, execution_options={"yield_per": 2})
            cursor = result.cursor
            assert isinstance(cursor, sqlite3.Cursor)
            finish(result)
            assert result.closed
            with pytest.raises(exc.ResourceClosedError, match="This result object is closed."):
                result.all()
            with pytest.raises(sqlite3.ProgrammingError):
                cursor.fetchone()
        with connection.execute(EVERYTHING, execution_options={"yield_per": 2}) as result:
            assert result.fetchone() == (0,)
        assert result.closed
        assert connection._feeds == []


def test_closing_the_connection_closes_its_results(engine):
    """The driver's connection goes back to the pool without open cursors."""
    connection = engine.connect()
    result = connection.execute(EVERYTHING, execution_options={"yield_per": 2})
    cursor = result.cursor
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError):
        cursor.fetchone()
    with pytest.raises(exc.ResourceClosedError):
        result.fetchone()


def test_rows_that_follow_a_commit(engine):
    """SQLite's cursor outlives the transaction, as a program that commits in batches wants it."""
    with engine.connect() as connection:
        result = connection.execute(EVERYTHING, execution_options={"yield_per": 4})
        seen = []
        for part in result.scalars().partitions():
            seen += part
            connection.commit()
        assert seen == list(range(20))


def test_rows_of_text_and_of_returning(engine):
    """Text for the driver and INSERT ... RETURNING stream too; a statement without rows has nothing to stream."""
    with engine.connect() as connection:
        options = {"stream_results": True}
        assert connection.exec_driver_sql("SELECT x FROM t", None, options).fetchmany(2) == [(0,), (1,)]
        assert connection.execute(text("SELECT x FROM t"), execution_options=options).fetchmany(2) == [(0,), (1,)]
        added = connection.execute(
            insert(TABLE).returning(TABLE.c.x), {"x": 99, "word": "new"}, execution_options=options
        )
        assert added.scalar_one() == 99
        changed = connection.execute(text("UPDATE t SET word = 'y' WHERE x < 3"), execution_options=options)
        assert (changed.returns_rows, changed.rowcount) == (False, 3)


def test_an_error_while_rows_are_fetched(engine):
    """It is the driver's, wrapped, with its statement; the cursor is closed."""
    sql = "SELECT abs(CASE x WHEN 12 THEN -9223372036854775808 ELSE x END) FROM t ORDER BY x"
    with engine.connect() as connection:
        result = connection.exec_driver_sql(sql, None, {"yield_per": 5})
        assert len(result.fetchmany(10)) == 10
        with pytest.raises(exc.DBAPIError, match="integer overflow") as refused:
            result.fetchmany(5)
        assert refused.value.statement == sql
        assert not result.is_streamed


def test_listeners_hear_of_streamed_statements(engine):
    """Both cursor events come before the rows; the second has the open cursor."""
    heard = []
    event.listen(engine, "before_cursor_execute", lambda *found: heard.append(found[2]))
    event.listen(engine, "after_cursor_execute", lambda *found: heard.append(found[1].fetchone()))
    with engine.connect() as connection:
        result = connection.execute(EVERYTHING, execution_options={"yield_per": 5})
        assert heard == ["SELECT t.x \nFROM t ORDER BY t.x", (0,)]
        assert result.fetchone() == (1,)


def test_a_forgotten_result_does_not_hold_the_table(tmp_path):
    """Its connection closes it when it goes back, so another one may write."""
    engine = create_engine(f"sqlite:///{tmp_path / 'data.db'}")
    TABLE.create(engine)
    with engine.begin() as connection:
        connection.execute(insert(TABLE), [{"x": number, "word": ""} for number in range(9)])
    with engine.connect() as connection:
        connection.execute(EVERYTHING, execution_options={"yield_per": 1}).fetchone()
    TABLE.drop(engine)
    engine.dispose()


class Base(DeclarativeBase):
    """Of this file."""


class Item(Base):
    """Something with a number."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    word: Mapped[str]


def test_a_session_loads_objects_in_chunks(chunks):
    """`yield_per` on a session: objects appear as their chunk is read; scalars and rows alike."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(Item(id=number, word=str(number)) for number in range(7))
        session.commit()
        session.expunge_all()
        statement = select(Item).order_by(Item.id).execution_options(yield_per=3)
        result = session.scalars(statement)
        first = result.fetchmany(2)
        assert first == [session.get(Item, 0), session.get(Item, 1)]
        assert len(session.identity_map) == 3
        assert [[item.id for item in part] for part in result.partitions()] == [[2, 3, 4], [5, 6]]
        rows = session.execute(select(Item.word, Item), execution_options={"yield_per": 4})
        assert [(row.word, row.Item.id) for row in rows.fetchmany()] == [("0", 0), ("1", 1), ("2", 2), ("3", 3)]
        assert chunks == [3, 3, 3, 4]
    engine.dispose()


def test_the_asynchronous_faces():
    """stream() on connection and session: awaited or as a block; every form of a result is awaited."""

    async def work():
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(insert(Item), [{"id": n, "word": f"w{n % 2}"} for n in range(7)])
            everything = select(Item.id, Item.word).order_by(Item.id)
            async with connection.stream(everything, execution_options={"yield_per": 3}) as result:
                assert list(result.keys()) == ["id", "word"]
                assert await result.fetchone() == (0, "w0")
                assert await result.fetchmany(2) == [(1, "w1"), (2, "w0")]
                assert [row.id async for row in result] == [3, 4, 5, 6]
                assert not result.closed
            assert result.closed
            result = await connection.stream(everything)
            assert [len(part) async for part in result.mappings().partitions(4)] == [4, 3]
            assert await (await connection.stream_scalars(everything)).unique().first() == 0
            assert await (await connection.stream(everything)).unique(lambda row: row.word).all() == [
                (0, "w0"),
                (1, "w1"),
            ]
            assert await (await connection.stream(everything)).columns("word").fetchmany(1) == [("w0",)]
            assert (await (await connection.stream(everything)).freeze())().scalars().all() == list(range(7))
            with pytest.raises(exc.MultipleResultsFound):
                await (await connection.stream(everything)).one()
            with pytest.raises(exc.AsyncMethodRequired, match=r"Use the AsyncConnection.stream\(\) method"):
                await connection.execute(everything, execution_options={"yield_per": 3})
            assert await connection.run_sync(
                lambda sync: sync.execute(everything, execution_options={"yield_per": 3}).scalars().all()
            ) == list(range(7))
        async with AsyncSession(engine) as session:
            result = await session.stream_scalars(select(Item).order_by(Item.id), execution_options={"yield_per": 3})
            first = await result.fetchmany(2)
            assert [item.id for item in first] == [0, 1]
            assert len(session.identity_map) == 3
            assert [item.id async for item in result] == [2, 3, 4, 5, 6]
            with pytest.raises(exc.AsyncMethodRequired, match=r"Use the AsyncSession.stream\(\) method"):
                await session.execute(select(Item), execution_options={"stream_results": True})
        assert engine.pool.checkedout() == 0
        await engine.dispose()

    asyncio.run(work())


def test_a_stream_that_is_left_does_not_keep_the_connection():
    """Closing the connection closes the cursor in the driver's thread."""

    async def work():
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.connect() as connection:
            result = await connection.stream(text("SELECT 1 UNION SELECT 2"), execution_options={"yield_per": 1})
            assert await result.fetchone() == (1,)
        with pytest.raises(exc.ResourceClosedError):
            await result.fetchone()
        await engine.dispose()

    asyncio.run(work())
