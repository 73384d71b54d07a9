"""A pooler in transaction mode: each transaction may have another session of the server, and nothing is left in one."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import create_engine, func, select, text, update
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from tests.dialects.postgresql.models import Base, Shelf
from tests.servers.availability import ServerUnavailable, skip_or_fail
from tests.servers.pgbouncer import pooler

CLIENTS, ROUNDS = 10, 100


@pytest.fixture
def pooled_url(clean_postgresql_url: str) -> Iterator[Any]:
    """An address through a pooler with two connections to the server; the tables are there."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    engine.dispose()
    try:
        with pooler(clean_postgresql_url) as url:
            yield url.update_query_dict({"pooler": "transaction"})
    except ServerUnavailable as reason:
        skip_or_fail("pgbouncer", reason)


def test_none_of_1000_transactions_fails(pooled_url: Any) -> None:
    """Ten clients share two sessions: inserts in batches, updates, reads, savepoints, streams, levels of isolation."""
    engine = create_engine(pooled_url, pool_size=CLIENTS)
    failed: list[BaseException] = []

    def client(number: int) -> None:
        for turn in range(ROUNDS):
            try:
                work(Session(engine), number, turn)
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Session(engine) as session:
        count = session.scalar(select(func.count()).select_from(Shelf))
        assert session.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0
    engine.dispose()
    assert failed == []
    assert count == CLIENTS * ROUNDS * 2


def work(session: Session, number: int, turn: int) -> None:
    """One transaction of one client."""
    with session:
        if turn % 10 == 0:
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        shelves = [Shelf(name=f"{number} {turn} {side}", width=1) for side in "ab"]
        session.add_all(shelves)
        session.flush()
        with session.begin_nested():
            shelves[0].width = 2
        session.execute(update(Shelf).where(Shelf.id == shelves[1].id).values(width=3))
        rows = session.execute(select(Shelf.name).where(Shelf.width > 0).limit(5), execution_options={"yield_per": 2})
        assert 1 < len(rows.all()) <= 5
        session.commit()


def test_on_asyncio_and_in_autocommit(pooled_url: Any) -> None:
    """Rows that are streamed without a transaction come whole: the next statement may be another session's."""

    async def client(engine: Any, number: int) -> None:
        for turn in range(20):
            async with AsyncSession(engine) as session:
                session.add_all([Shelf(name=f"{number} {turn} {side}", width=1) for side in "ab"])
                await session.commit()
            async with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                async with connection.stream(select(Shelf.name), execution_options={"yield_per": 1}) as result:
                    assert (await result.fetchone()) is not None
                    await connection.execute(text("SELECT 1"))

    async def main() -> None:
        engine = create_async_engine(pooled_url, pool_size=5)
        await asyncio.gather(*(client(engine, number) for number in range(5)))
        async with AsyncSession(engine) as session:
            assert await session.scalar(select(func.count()).select_from(Shelf)) == 200
        await engine.dispose()

    asyncio.run(main())
