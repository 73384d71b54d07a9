"""A task may be cancelled wherever it waits: at every single one of these points the pool stays whole and no work is half done.

The points are not sampled: a program is run once to count where it suspends, then once more for each of them, cancelled
there. Two ways: the answer has not come yet, and the answer has come and the task has not gone on yet.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest

from holdfast import ForeignKey, String, func, insert, select, text
from holdfast.engine import bridge_thread, worker
from holdfast.ext.asyncio import AsyncAttrs, AsyncEngine, AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload


class Base(AsyncAttrs, DeclarativeBase):
    # MySQL and MariaDB want a length.
    type_annotation_map = {str: String(50)}


class Basket(Base):
    __tablename__ = "basket"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    apples: Mapped[list["Apple"]] = relationship(back_populates="basket", cascade="all, delete-orphan")


class Apple(Base):
    __tablename__ = "apple"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    basket_id: Mapped[int | None] = mapped_column(ForeignKey("basket.id"))
    basket: Mapped[Basket | None] = relationship(back_populates="apples")


class CancelledAt:
    """Awaits a coroutine and cancels the task at one of its suspensions.

    Args:
        coroutine: the program.
        point: the number of the suspension, from 1; 0: none.
        late: cancel when the answer is there already.

    Attributes:
        suspensions: how many there were.
    """

    def __init__(self, coroutine: Any, point: int = 0, late: bool = False) -> None:
        self.coroutine = coroutine
        self.point = point
        self.late = late
        self.suspensions = 0

    def __await__(self) -> Generator[Any, Any, Any]:
        inner = self.coroutine.__await__()
        try:
            waits_for = next(inner)
            while True:
                self._suspends(waits_for)
                try:
                    answer = yield waits_for
                except BaseException as error:
                    waits_for = inner.throw(error)
                else:
                    waits_for = inner.send(answer)
        except StopIteration as done:
            return done.value

    def _suspends(self, waits_for: Any) -> None:
        self.suspensions += 1
        if self.suspensions != self.point:
            return
        task = asyncio.current_task()
        assert task is not None
        if self.late and waits_for is not None:
            # Ahead of the task's own call-back, which is put in after this.
            waits_for.add_done_callback(lambda _: task.cancel())
        else:
            task.cancel()


Program = Callable[[AsyncEngine], Awaitable[None]]


async def _connection_with_a_savepoint(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Basket), [{"name": "a"}, {"name": "b"}])
        async with connection.begin_nested():
            await connection.execute(insert(Basket).values(name="c"))
        await connection.commit()


async def _block_that_begins(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        for name in "abc":
            await connection.execute(insert(Basket).values(name=name))


async def _rolled_back(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Basket).values(name="never"))
        await connection.rollback()


async def _streamed(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        result = await connection.stream(select(Apple.id).order_by(Apple.id), execution_options={"yield_per": 2})
        async for _ in result:
            pass


async def _session_that_adds(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        session.add_all(Basket(name=name, apples=[Apple(kind=name)]) for name in "abc")
        await session.flush()
        async with session.begin_nested():
            session.add(Apple(kind="loose"))
        await session.commit()


async def _session_that_reads(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        basket = await session.get_one(Basket, 1)
        await basket.awaitable_attrs.apples
        await session.refresh(basket)
        await session.scalars(select(Basket).options(selectinload(Basket.apples)))
        await session.gather(select(Basket), select(func.count(Apple.id)))
        async for _ in await session.stream(select(Apple), execution_options={"yield_per": 2}):
            pass


async def _session_that_changes(engine: AsyncEngine) -> None:
    async with AsyncSession(engine, expire_on_commit=False) as session, session.begin():
        basket = await session.get_one(Basket, 1, with_for_update=True)
        basket.name = "changed"
        await session.merge(Basket(id=2, name="merged", apples=[]))
        await session.delete((await basket.awaitable_attrs.apples)[0])


async def _session_that_synchronises(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session:
        (await session.get_one(Basket, 1)).name = "changed"
        await session.commit(synchronize_session=True)


async def _in_the_bridge(engine: AsyncEngine) -> None:
    def work(session: Session) -> None:
        session.add(Basket(name="a"))
        session.flush()
        session.add(Basket(name="b"))
        session.commit()

    async with AsyncSession(engine) as session:
        await session.run_sync(work)


async def _in_the_queue(engine: AsyncEngine) -> None:
    async def add(name: str) -> None:
        async with AsyncSession(engine) as session:
            session.add(Basket(name=name))
            await session.commit()

    async with asyncio.TaskGroup() as others:
        # The pool is exhausted: what follows waits for its turn.
        for name in "xyz":
            others.create_task(add(name))
        await asyncio.sleep(0)
        await add("own")


PROGRAMS = [
    _connection_with_a_savepoint, _block_that_begins, _rolled_back, _streamed, _session_that_adds, _session_that_reads,
    _session_that_changes, _session_that_synchronises, _in_the_bridge, _in_the_queue,
]  # fmt: skip


EMPTY = {
    "sqlite": ["DELETE FROM apple", "DELETE FROM basket"],
    "postgresql": ["SET lock_timeout = 5000", "TRUNCATE apple, basket RESTART IDENTITY"],
}


async def _prepare(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        for statement in EMPTY[engine.name]:
            await connection.execute(text(statement))
    async with AsyncSession(engine) as session:
        session.add(Basket(name="first", apples=[Apple(kind=str(number)) for number in range(5)]))
        await session.flush()
        session.add(Basket(name="second", apples=[Apple(kind="6")]))
        await session.commit()


async def _facts(engine: AsyncEngine) -> tuple[Any, ...]:
    async with engine.connect() as connection:
        baskets = (await connection.execute(select(Basket.name).order_by(Basket.name))).scalars().all()
        return tuple(baskets), await connection.scalar(select(func.count(Apple.id)))


async def _check_whole(engine: AsyncEngine, before: Any, after: Any, where: str, atomic: bool) -> None:
    """The pool is whole, nothing is open, and the database is as it was or as it should be."""
    for _ in range(200):
        if engine.pool.checkedout() == 0:
            break
        await asyncio.sleep(0.001)
    assert engine.pool.checkedout() == 0, where
    async with engine.connect() as one, engine.connect() as two:
        for connection in (one, two):
            assert not connection.in_transaction(), where
            await connection.execute(text("SELECT 1"))
    found = await _facts(engine)
    if atomic:
        assert found in (before, after), where
    async with engine.begin() as connection:
        # No lock is left behind by whom nobody waits for any more.
        await connection.execute(text("UPDATE basket SET name = 'first' WHERE id = 1"))


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.__name__.strip("_"))
@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_cancelled_at_every_point(database: str, program: Program, request, monkeypatch, tmp_path) -> None:
    """At each suspension, before and after its answer: the pool is whole, the work is done or not done."""
    # Every answer of a thread is waited for on the loop, so that each is a point where a task may be cancelled.
    monkeypatch.setattr(worker, "QUICK", 0)
    if database == "sqlite":
        url = f"sqlite+aiosqlite:///{tmp_path}/baskets.db"
    else:
        # BEGIN and COMMIT by themselves, and in a pipeline with the statements.
        pipeline = "never" if program in PROGRAMS[:3] else "always"
        url = f"{request.getfixturevalue('clean_postgresql_url')}?pipeline={pipeline}"

    async def body() -> None:
        # Each run has an engine of its own, so that opening connections is among its points; on a server once is enough.
        is_fresh = database == "sqlite" or program is _rolled_back
        other = create_async_engine(url)
        engine = create_async_engine(url, pool_size=2, max_overflow=0)
        try:
            await _prepare(other)
            before = await _facts(other)
            counted = CancelledAt(program(engine))
            await counted
            after = await _facts(other)
            if not is_fresh:
                counted = CancelledAt(program(engine))
                await _prepare(other)
                await counted
            # An answer of a server may be there before anybody waits for it: then nothing is cancelled this time.
            points = max(counted.suspensions, 1)
            for late in (False, True):
                for point in range(1, points + 1):
                    await _prepare(other)
                    if is_fresh:
                        await engine.dispose()
                        engine = create_async_engine(url, pool_size=2, max_overflow=0)
                    where = f"{program.__name__}, {'after' if late else 'before'} the answer at {point} of {points}"
                    task = asyncio.ensure_future(_await(CancelledAt(program(engine), point, late)))
                    done, _ = await asyncio.wait([task], timeout=20)
                    assert done, where
                    _ = task.cancelled() or task.exception()
                    await _check_whole(engine, before, after, where, program is not _in_the_queue)
        finally:
            await engine.dispose()
            await other.dispose()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("holdfast")]

    asyncio.run(body())


async def _await(what: Any) -> Any:
    return await what


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_cancelled_at_every_io_of_the_bridge(database: str, request, monkeypatch, tmp_path) -> None:
    """The function in the bridge ends with CancelledError at its next I/O; its caller goes on only after that."""
    monkeypatch.setattr(worker, "QUICK", 0)
    url = f"sqlite+aiosqlite:///{tmp_path}/baskets.db"
    if database == "postgresql":
        url = request.getfixturevalue("clean_postgresql_url")

    async def body() -> None:
        engine = create_async_engine(url, pool_size=2, max_overflow=0)
        await _prepare(engine)
        before = await _facts(engine)
        counted = _Counted(monkeypatch)
        await _in_the_bridge(engine)
        points, after = counted.calls, await _facts(engine)
        assert points >= 2
        for point in range(1, points + 1):
            await _prepare(engine)
            counted.begin(point)
            task = counted.task = asyncio.ensure_future(_in_the_bridge(engine))
            with pytest.raises(asyncio.CancelledError):
                await task
            counted.begin(0)
            await _check_whole(engine, before, after, f"I/O {point} of {points}", True)
        await engine.dispose()
        assert not [thread for thread in threading.enumerate() if thread.name.startswith("holdfast")]

    asyncio.run(body())


class _Counted:
    """Counts the I/O of bridges, and cancels a task at one of them."""

    task: asyncio.Task[None] | None = None

    def __init__(self, monkeypatch: Any) -> None:
        self.begin(0)
        original = bridge_thread._Bridge.call

        def call(bridge: Any, make: Any) -> Any:
            self.calls += 1
            if self.calls == self.point:
                bridge.loop.call_soon_threadsafe(self.task.cancel)
            return original(bridge, make)

        monkeypatch.setattr(bridge_thread._Bridge, "call", call)

    def begin(self, point: int) -> None:
        """Count anew."""
        self.calls, self.point = 0, point


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def test_a_thousand_tasks_over_ten_connections(database: str, request, tmp_path) -> None:
    """All are served, in the order of their asking, and nothing leaks."""
    url = f"sqlite+aiosqlite:///{tmp_path}/many.db"
    if database == "postgresql":
        url = request.getfixturevalue("clean_postgresql_url")

    async def body() -> None:
        engine = create_async_engine(url, pool_size=10, max_overflow=0)
        await _prepare(engine)
        served: list[int] = []

        async def work(number: int) -> None:
            async with AsyncSession(engine) as session:
                await session.connection()
                served.append(number)
                assert (await session.get_one(Basket, 1)).name == "first"

        async with asyncio.TaskGroup() as tasks:
            for number in range(1000):
                tasks.create_task(work(number))
        assert sorted(served) == list(range(1000))
        # The first ten open their connections side by side.
        assert served[20:] == list(range(20, 1000))
        assert engine.pool.checkedout() == 0
        await engine.dispose()

    asyncio.run(body())
