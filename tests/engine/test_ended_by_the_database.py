"""A transaction that the database rolls back with an error: nothing goes on before `rollback`, and nothing is stored by itself."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import holdfast as hf
from holdfast import exc, text
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import Session
from tests.support.waiting import PATIENCE, join_all

ENDED = "This transaction was rolled back by the database, with the error that came before"


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A database that may not grow by more than some pages."""
    path = tmp_path / "full.db"
    raw = sqlite3.connect(path)
    raw.execute("CREATE TABLE kept (x INTEGER)")
    raw.execute("CREATE TABLE large (x TEXT)")
    raw.commit()
    yield path
    raw.close()


def stored(file: Path) -> list[Any]:
    """Return what is committed."""
    raw = sqlite3.connect(file)
    try:
        return raw.execute("SELECT x FROM kept").fetchall()
    finally:
        raw.close()


FILL = text("INSERT INTO large VALUES (zeroblob(1000000))")


def limited(engine: Any) -> Any:
    """Let the engine's connections have no more than a few pages."""
    hf.event.listen(engine, "connect", lambda raw, record: raw.execute("PRAGMA max_page_count = 8"))
    return engine


def test_a_full_disk(file: Path) -> None:
    """SQLite has rolled back: the next statement is refused, not stored at once; after `rollback` all goes on."""
    engine = limited(hf.create_engine(f"sqlite:///{file}"))
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO kept VALUES (1)"))
        with pytest.raises(exc.OperationalError, match="full"):
            connection.execute(FILL)
        with pytest.raises(exc.PendingRollbackError, match=ENDED):
            connection.execute(text("INSERT INTO kept VALUES (2)"))
        with pytest.raises(exc.PendingRollbackError, match=ENDED) as told:
            connection.commit()
        assert isinstance(told.value.__cause__, sqlite3.OperationalError)
        connection.rollback()
        assert stored(file) == []
        connection.execute(text("INSERT INTO kept VALUES (3)"))
        connection.commit()
    assert stored(file) == [(3,)]
    engine.dispose()


def test_a_full_disk_in_a_session(file: Path) -> None:
    """The same, where a program passes over the error of `session.execute`."""
    engine = limited(hf.create_engine(f"sqlite:///{file}"))
    with Session(engine) as session:
        session.execute(text("INSERT INTO kept VALUES (1)"))
        with pytest.raises(exc.OperationalError, match="full"):
            session.execute(FILL)
        with pytest.raises(exc.PendingRollbackError, match=ENDED):
            session.execute(text("INSERT INTO kept VALUES (2)"))
        session.rollback()
        session.execute(text("INSERT INTO kept VALUES (3)"))
        session.commit()
    assert stored(file) == [(3,)]
    engine.dispose()


def pass_over(connection: Any) -> None:
    """Store a row, then go on after the error that has ended the transaction."""
    connection.execute(text("INSERT INTO kept VALUES (1)"))
    with pytest.raises(exc.OperationalError, match="full"):
        connection.execute(FILL)


def test_blocks_that_pass_over_the_error(file: Path) -> None:
    """No block of a transaction, savepoint or session comes to its end as if all were stored."""
    engine = limited(hf.create_engine(f"sqlite:///{file}"))
    with pytest.raises(exc.PendingRollbackError, match=ENDED), engine.begin() as connection:
        pass_over(connection)
    with pytest.raises(exc.PendingRollbackError, match="This savepoint transaction was rolled back by the database"):
        with engine.begin() as connection, connection.begin_nested():
            pass_over(connection)
    with pytest.raises(exc.PendingRollbackError, match=ENDED), Session(engine) as session, session.begin():
        pass_over(session)
    with pytest.raises(exc.PendingRollbackError, match=ENDED), engine.begin() as connection:
        pass_over(connection)
        connection.execute(text("INSERT INTO kept VALUES (2)"))
    with engine.begin() as connection:
        pass_over(connection)
        connection.rollback()
    assert stored(file) == []
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO kept VALUES (3)"))
    assert stored(file) == [(3,)]
    engine.dispose()


def test_savepoints_that_went_with_the_transaction(file: Path) -> None:
    """Who rolls back to a savepoint is not told of a savepoint that is not there; what follows says what has happened."""
    engine = limited(hf.create_engine(f"sqlite:///{file}"))
    with engine.connect() as connection:
        with pytest.raises(exc.OperationalError, match="full"), connection.begin_nested():
            connection.execute(text("INSERT INTO kept VALUES (1)"))
            connection.execute(FILL)
        with pytest.raises(exc.PendingRollbackError, match=ENDED):
            connection.execute(text("INSERT INTO kept VALUES (2)"))
        connection.rollback()
    with Session(engine) as session:
        with pytest.raises(exc.OperationalError, match="full"), session.begin_nested():
            session.execute(text("INSERT INTO kept VALUES (1)"))
            session.execute(FILL)
        with pytest.raises(exc.PendingRollbackError, match=ENDED):
            session.commit()
        session.rollback()
        session.execute(text("INSERT INTO kept VALUES (3)"))
        session.commit()
    assert stored(file) == [(3,)]
    engine.dispose()


def test_a_full_disk_awaited(file: Path) -> None:
    """The same in the driver's thread, where BEGIN travels."""

    async def program() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{file}")
        limited(engine.sync_engine)
        async with engine.connect() as connection:
            await connection.execute(text("INSERT INTO kept VALUES (1)"))
            with pytest.raises(exc.OperationalError, match="full"):
                await connection.execute(FILL)
            with pytest.raises(exc.PendingRollbackError, match=ENDED):
                await connection.execute(text("INSERT INTO kept VALUES (2)"))
            with pytest.raises(exc.PendingRollbackError, match=ENDED):
                await connection.commit()
            await connection.rollback()
            await connection.execute(text("INSERT INTO kept VALUES (3)"))
            await connection.commit()
        await engine.dispose()

    asyncio.run(program())
    assert stored(file) == [(3,)]


def test_a_begin_that_travels_and_is_refused(file: Path) -> None:
    """The next statement begins again, as it does where BEGIN is sent alone: it is never stored by itself."""

    async def program() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{file}", connect_args={"timeout": 0.01})
        other = sqlite3.connect(file, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        async with engine.connect() as connection:
            with pytest.raises(exc.OperationalError, match="locked"):
                await connection.execute(text("INSERT INTO kept VALUES (1)"))
            other.execute("ROLLBACK")
            await connection.execute(text("INSERT INTO kept VALUES (2)"))
            assert stored(file) == []
            await connection.rollback()
        other.close()
        await engine.dispose()

    asyncio.run(program())
    assert stored(file) == []


def test_a_deadlock_on_mariadb(clean_mariadb_url: str) -> None:
    """The victim's transaction is gone: what it sends next, without `rollback`, is refused."""
    engine = hf.create_engine(clean_mariadb_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE row_of_two (id INTEGER PRIMARY KEY, x INTEGER) ENGINE=InnoDB"))
        connection.execute(text("INSERT INTO row_of_two VALUES (1, 0), (2, 0)"))
    both_wait = threading.Barrier(2)
    refused: list[str] = []

    def work(first: int, second: int) -> None:
        change = text("UPDATE row_of_two SET x = x + 1 WHERE id = :id")
        with engine.connect() as connection:
            connection.execute(change, {"id": first})
            both_wait.wait(PATIENCE)
            try:
                connection.execute(change, {"id": second})
            except exc.OperationalError:
                with pytest.raises(exc.PendingRollbackError, match=ENDED):
                    connection.execute(text("UPDATE row_of_two SET x = 100"))
                refused.append(f"{first} then {second}")
                connection.rollback()
            else:
                connection.commit()

    threads = [threading.Thread(target=work, args=order) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    join_all(threads)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT x FROM row_of_two ORDER BY id")).scalars().all() == [1, 1]
    assert len(refused) == 1
    engine.dispose()
