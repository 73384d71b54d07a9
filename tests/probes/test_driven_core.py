"""Probe 2: one driven core carries everything. The record of the decision: docs/decisions/0002-one-driven-core.md."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from holdfast import create_engine, event, exc, func, select
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from tests.orm.session.models import Base, Book, Writer
from tests.support.waiting import PATIENCE, threads_of_drivers, wait_until


class Counting(Session):
    """A session whose flush and choice of engine are the program's own."""

    flushes = 0
    binds = 0

    def flush(self, objects: Any = None) -> None:
        """Count, then flush."""
        type(self).flushes += 1
        super().flush(objects)


class Routing(Session):
    """A session that chooses the engine itself."""

    def get_bind(self, mapper: Any = None, **keywords: Any) -> Any:
        """Return the one engine of this test."""
        return self.info["engine"]


def test_overridden_methods_are_called() -> None:
    """Commit and autoflush go through the program's flush, statements through its get_bind; nested drives are legal."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    Counting.flushes = 0
    with Counting(engine) as session:
        session.add(Writer(name="a"))
        assert session.scalar(select(func.count(Writer.id))) == 1
        assert Counting.flushes == 1
        session.add(Writer(name="b"))
        session.commit()
        assert Counting.flushes == 2
    with Routing(info={"engine": engine}) as routing:
        assert routing.scalars(select(Writer.name).order_by(Writer.name)).all() == ["a", "b"]


def test_a_listener_queries_and_loads_lazily_inside_the_flush() -> None:
    """A before_flush listener may use the session: a query, and a lazy load."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    seen: list[Any] = []

    def look(session: Session, context: Any, instances: Any) -> None:
        [writer] = session.scalars(select(Writer)).all()
        seen.append([book.title for book in writer.books])

    with Session(engine) as session:
        session.add(Writer(name="a", books=[Book(title="one")]))
        session.commit()
        event.listen(session, "before_flush", look)
        session.add(Book(title="two"))
        session.commit()
    assert seen == [["one"]]


def test_200_run_sync_over_a_pool_of_5(tmp_path: Path) -> None:
    """Concurrent bridges, every third one cancelled: the pool is whole, no transaction is open, no thread stays."""

    async def main() -> None:
        # Two hundred commits, by five writers who wait for each other's lock: nobody is refused where the disk is slow.
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{tmp_path}/probe.db",
            pool_size=5, max_overflow=0, pool_timeout=10 * PATIENCE, connect_args={"timeout": PATIENCE},
        )  # fmt: skip
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

        def work(session: Session, number: int) -> int:
            session.add(Writer(name=f"writer {number}"))
            session.commit()
            return len(session.scalars(select(Writer).limit(3)).all())

        async def one(number: int) -> int:
            async with AsyncSession(engine) as session:
                return await session.run_sync(work, number)

        tasks = [asyncio.create_task(one(number)) for number in range(200)]
        await asyncio.sleep(0.05)
        for task in tasks[::3]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        strange = [one for one in results if not isinstance(one, (int, asyncio.CancelledError))]
        assert strange == []
        assert engine.pool.checkedout() == 0
        async with AsyncSession(engine) as session:
            stored = await session.scalar(select(func.count(Writer.id)))
            assert stored is not None and stored >= sum(isinstance(one, int) for one in results)
        await engine.dispose()

    asyncio.run(main())
    wait_until(lambda: not threads_of_drivers(), "no thread is left")


def test_cancelled_at_every_step(tmp_path: Path) -> None:
    """A small program is cancelled at its k-th turn of the loop, for every k: the pool is whole and a new session works."""

    async def program(engine: Any) -> None:
        async with AsyncSession(engine) as session:
            session.add(Writer(name="new", books=[Book(title="one")]))
            await session.flush()
            await session.scalars(select(Book))
            await session.commit()

    async def main(steps: int) -> bool:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/steps.db", pool_size=1, max_overflow=0)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        task = asyncio.create_task(program(engine))
        for _ in range(steps):
            if task.done():
                break
            await asyncio.sleep(0)
        finished = task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert engine.pool.checkedout() == 0
        async with AsyncSession(engine) as session:
            writers, books = [await session.scalar(select(func.count(kind.id))) for kind in (Writer, Book)]
            assert writers == books and writers in (0, 1)
        await engine.dispose()
        return finished

    for steps in (*range(30), 100, 100_000):
        if asyncio.run(main(steps)):
            break


def test_a_synchronous_call_on_an_asynchronous_session_is_refused() -> None:
    """Before anything is sent; the error is the one that programs know, and says what to do."""

    async def main() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with AsyncSession(engine) as session:
            with pytest.raises(exc.MissingGreenlet, match="outside of run_sync"):
                session.sync_session.scalars(select(Writer))
        await engine.dispose()

    asyncio.run(main())
