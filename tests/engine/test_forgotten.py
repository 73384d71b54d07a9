"""What nobody closed: the garbage collector gives the connection back, rolled back, and loses nothing else."""

import asyncio
import gc
import threading
from pathlib import Path

from holdfast import create_engine, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from tests.support.waiting import PATIENCE, join_all, wait_until


def test_a_database_in_memory_outlives_a_forgotten_session() -> None:
    """Its one connection is rolled back, not closed: closing it would be the end of the database."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE kept (id INTEGER)"))
    session = Session(engine)
    session.execute(text("INSERT INTO kept VALUES (1)"))
    del session
    gc.collect()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM kept")).scalar() == 0


def test_a_forgotten_connection_returns_to_the_pool(tmp_path: Path) -> None:
    """The lock on the database goes with the transaction, and the driver's connection is used again."""
    engine = create_engine(f"sqlite:///{tmp_path / 'data.db'}", pool_size=1, max_overflow=0, pool_timeout=1)
    connection = engine.connect()
    raw = connection.connection.dbapi_connection
    connection.execute(text("CREATE TABLE gone (id INTEGER)"))
    del connection
    gc.collect()
    assert engine.pool.checkedout() == 0
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is raw
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0


def test_a_thread_that_waits_gets_what_was_forgotten(tmp_path: Path) -> None:
    """Giving back wakes the queue, whichever thread collects."""
    engine = create_engine(f"sqlite:///{tmp_path / 'data.db'}", pool_size=1, max_overflow=0, pool_timeout=PATIENCE)
    held = [engine.connect()]
    answers: list[int] = []

    def ask() -> None:
        with engine.connect() as connection:
            answers.append(connection.execute(text("SELECT 1")).scalar_one())

    thread = threading.Thread(target=ask)
    thread.start()
    wait_until(lambda: engine.pool._waiters, "the thread waits")  # type: ignore[attr-defined]
    held.clear()
    gc.collect()
    join_all([thread])
    assert answers == [1]


def test_under_asyncio_too() -> None:
    """A forgotten AsyncSession that wrote is rolled back by its connection's thread; the database in memory stays."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE kept (id INTEGER)"))
        session = AsyncSession(engine)
        await session.execute(text("INSERT INTO kept VALUES (1)"))
        del session
        gc.collect()
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM kept"))).scalar() == 0
        await engine.dispose()

    asyncio.run(program())
