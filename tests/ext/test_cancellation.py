"""A task may be cancelled wherever it waits: at every single one of these points the pool stays whole and no work is half done.

The points are not sampled: a program is run once to count where it suspends, then once more for each of them, cancelled
there. Two ways: the answer has not come yet, and the answer has come and the task has not gone on yet.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from holdfast import ForeignKey, String, delete, event, func, insert, make_url, select, text, update
from holdfast.engine import bridge_thread, task_waiter, uninterrupted, worker
from holdfast.exc import CommitUnknown
from holdfast.ext.asyncio import AsyncAttrs, AsyncEngine, AsyncSession, AsyncStatelessSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload
from holdfast.testing import Proxy, Watch
from tests.dialects.drivers.available import tried
from tests.support.databases import by_driver
from tests.support.waiting import PATIENCE, core_wait_until, join_all, threads_of_drivers


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


async def _disposed(engine: AsyncEngine) -> None:
    async with engine.connect() as one, engine.connect() as two:
        await one.execute(text("SELECT 1"))
        await two.execute(text("SELECT 1"))
    await engine.dispose()


async def _other_levels(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="SERIALIZABLE")
        await connection.execute(insert(Basket).values(name="a"))
        await connection.commit()
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        await connection.execute(select(Basket.id))


async def _asked_before_use(engine: AsyncEngine) -> None:
    event.listen(engine.sync_engine, "connect", _asks)
    engine.pool._pre_ping = engine.pool._is_careful = True
    for _ in "ab":
        async with engine.begin() as connection:
            await connection.execute(select(Basket.id))
            await connection.get_raw_connection()


def _asks(dbapi_connection: Any, entry: Any) -> None:
    cursor = dbapi_connection.cursor()
    cursor.execute("SELECT 1")
    cursor.close()


async def _session_by_statements(engine: AsyncEngine) -> None:
    async with AsyncSession(engine) as session, session.begin():
        first = await session.get_one(Basket, 1)
        await session.execute(update(Basket).values(name="same"), execution_options={"synchronize_session": "fetch"})
        await session.execute(delete(Apple).where(Apple.kind == "1"))
        await session.execute(insert(Basket), [{"name": "x"}, {"name": "y"}])
        await session.get_or_create(Basket, name="z")
        await session.run_sync(lambda sync: first.apples)


async def _without_state(engine: AsyncEngine) -> None:
    async with AsyncStatelessSession(engine) as session, session.begin():
        await session.insert(Basket(name="stateless"))
        async for _ in await session.stream(select(Apple), execution_options={"yield_per": 2}):
            break


PROGRAMS = [
    _connection_with_a_savepoint, _block_that_begins, _rolled_back, _streamed, _session_that_adds, _session_that_reads,
    _session_that_changes, _session_that_synchronises, _in_the_bridge, _in_the_queue, _disposed, _other_levels,
    _asked_before_use, _session_by_statements, _without_state,
]  # fmt: skip


EMPTY = {
    "sqlite": ["DELETE FROM apple", "DELETE FROM basket"],
    "postgresql": ["SET lock_timeout = 60000", "TRUNCATE apple, basket RESTART IDENTITY"],
    "mysql": [
        "SET innodb_lock_wait_timeout = 60",
        "DELETE FROM apple",
        "DELETE FROM basket",
        *(f"ALTER TABLE {name} AUTO_INCREMENT = 1" for name in ("apple", "basket")),
    ],
}
EMPTY["mariadb"] = EMPTY["mysql"]

OF_SERVERS = [
    pytest.param(f"{driver.server}+{driver.name}", marks=getattr(pytest.mark, driver.server))
    for driver in tried()
    if "async" in driver.faces and driver.name != "mysqldb"  # a thread, like PyMySQL
]
on_each_driver = pytest.mark.parametrize("driver", ["sqlite+aiosqlite", *OF_SERVERS])


def _address(driver: str, request: pytest.FixtureRequest, folder: Path) -> str:
    """Return the address of a clean database by a driver."""
    if driver.startswith("sqlite"):
        # Who waits for another's lock waits for a slow disk too.
        return f"{driver}:///{folder}/baskets.db?timeout={PATIENCE}"
    server, _, name = driver.partition("+")
    return by_driver(request.getfixturevalue(f"clean_{server}_url"), name).render_as_string(hide_password=False)


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
    await core_wait_until(lambda: engine.pool.checkedout() == 0, f"the pool is whole: {where}")
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
@on_each_driver
def test_cancelled_at_every_point(driver: str, program: Program, request, monkeypatch, tmp_path) -> None:
    """At each suspension, before and after its answer: the pool is whole, the work is done or not done."""
    # Every answer of a thread is waited for on the loop, so that each is a point where a task may be cancelled.
    monkeypatch.setattr(worker, "QUICK", 0)
    url = _address(driver, request, tmp_path)
    if driver == "postgresql+psycopg":
        # BEGIN and COMMIT by themselves, and in a pipeline with the statements.
        url += "?pipeline=never" if program in PROGRAMS[:3] else "?pipeline=always"

    async def body() -> None:
        # Each run has an engine of its own, so that opening connections is among its points; on a server once is enough.
        is_fresh = driver.startswith("sqlite") or program is _rolled_back
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
                    done, _ = await asyncio.wait([task], timeout=PATIENCE)
                    assert done, where
                    _ = task.cancelled() or task.exception()
                    await _check_whole(engine, before, after, where, program is not _in_the_queue)
        finally:
            await engine.dispose()
            await other.dispose()
        await core_wait_until(lambda: not threads_of_drivers(), "no thread is left")

    asyncio.run(body())


async def _await(what: Any) -> Any:
    return await what


@on_each_driver
def test_cancelled_at_every_io_of_the_bridge(driver: str, request, monkeypatch, tmp_path) -> None:
    """The function in the bridge ends with CancelledError at this I/O or the next; its caller goes on only after that."""
    monkeypatch.setattr(worker, "QUICK", 0)
    url = _address(driver, request, tmp_path)
    if driver == "postgresql+psycopg":
        # Each run has as many points as the one that counts them.
        url += "?pipeline=never"

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
        await core_wait_until(lambda: not threads_of_drivers(), "no thread is left")

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


@on_each_driver
def test_a_thousand_tasks_over_ten_connections(driver: str, request, tmp_path, monkeypatch) -> None:
    """All are served, in the order of their asking, and nothing leaks."""
    url = _address(driver, request, tmp_path)
    asked, given = list[str](), list[str]()

    class NotedWaiter(task_waiter.TaskWaiter):
        """Notes who asks and who gets a turn, where both happen: which task runs first after that is the loop's business."""

        __slots__ = ("name",)

        def __init__(self, holder: Any) -> None:
            super().__init__(holder)
            task = holder()
            assert task is not None
            self.name = task.get_name()
            asked.append(self.name)

        def wake(self) -> bool:
            given.append(self.name)
            return super().wake()

    monkeypatch.setattr(task_waiter, "TaskWaiter", NotedWaiter)

    async def body() -> None:
        engine = create_async_engine(url, pool_size=10, max_overflow=0, pool_timeout=10 * PATIENCE)
        await _prepare(engine)
        served: list[int] = []

        async def work(number: int) -> None:
            async with AsyncSession(engine) as session:
                assert (await session.get_one(Basket, 1)).name == "first"
            served.append(number)

        # All connections are out until all have asked, so that nobody is served who need not wait.
        held = [await engine.connect() for _ in range(10)]
        async with asyncio.TaskGroup() as tasks:
            for number in range(1000):
                tasks.create_task(work(number), name=str(number))
            await core_wait_until(lambda: len(asked) == 1000, "all have asked")
            for connection in held:
                await connection.close()
        assert asked == [str(number) for number in range(1000)]
        assert given == asked
        assert sorted(served) == list(range(1000))
        assert engine.pool.checkedout() == 0
        await engine.dispose()

    asyncio.run(body())


async def _committed(engine: AsyncEngine, freeze: Callable[[], None]) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Basket).values(name="never"))
        freeze()
        await connection.commit()


async def _closed(engine: AsyncEngine, freeze: Callable[[], None]) -> None:
    async with engine.connect() as connection:
        await connection.execute(insert(Basket).values(name="never"))
        freeze()


async def _session_closed(engine: AsyncEngine, freeze: Callable[[], None]) -> None:
    async with AsyncSession(engine) as session:
        session.add(Basket(name="never"))
        await session.flush()
        freeze()
        await asyncio.sleep(10)


async def _closed_in_the_bridge(engine: AsyncEngine, freeze: Callable[[], None]) -> None:
    def work(session: Session) -> None:
        with session:
            session.add(Basket(name="never"))
            session.flush()
            freeze()

    async with AsyncSession(engine) as session:
        await session.run_sync(work)


async def _disposed_of(engine: AsyncEngine, freeze: Callable[[], None]) -> None:
    await (await engine.connect()).close()
    freeze()
    await engine.dispose()
    # Not every driver says good-bye.
    await asyncio.sleep(10)


@pytest.mark.parametrize("seconds", [0.1, 0.0])
@pytest.mark.parametrize("driver", OF_SERVERS)
@pytest.mark.parametrize(
    "program",
    [_committed, _closed, _session_closed, _closed_in_the_bridge, _disposed_of],
    ids=lambda program: program.__name__.strip("_"),
)
def test_clean_up_has_a_deadline(driver: str, program: Any, seconds: float, request, monkeypatch, tmp_path) -> None:
    """The server is silent: a cancelled task gives its connection up, and the pool is whole; of a COMMIT nobody knows then.

    A deadline that is over at once may end a ROLLBACK before it was sent.
    """
    monkeypatch.setattr(uninterrupted, "DEADLINE", seconds)
    url = make_url(_address(driver, request, tmp_path))

    async def body(proxy: Proxy) -> None:
        engine = create_async_engine(proxy.address(url), pool_size=1, max_overflow=0)
        await _prepare(engine)
        before = await _facts(engine)
        waiters: list[threading.Thread] = []
        held: list[Watch] = []

        def freeze() -> None:
            # Only now, so that the program gets here on any machine; `_committed` is stopped when COMMIT has been sent.
            proxy.latency = 3600
            sent = proxy.hold_when(sent=bool)
            held.append(sent)
            if program is _committed:
                begin_limit = threading.Thread(target=lambda: sent.wait(PATIENCE) and limit_in(0))
                waiters.append(begin_limit)
                begin_limit.start()
            else:
                limit_in(0.3)

        def limit_in(seconds: float) -> None:
            loop.call_soon_threadsafe(lambda: limit.reschedule(loop.time() + seconds))

        with pytest.raises(CommitUnknown if program is _committed else TimeoutError):
            async with asyncio.timeout(None) as limit:
                loop = asyncio.get_running_loop()
                await program(engine, freeze)
        assert engine.pool.checkedout() == 0
        # Where the deadline was over at once nothing was sent that it could hold; it must not hold the next connection.
        for each in held:
            proxy.forget(each)
        proxy.latency = 0
        proxy.cut()
        assert before == await _facts(engine)
        await engine.dispose()
        join_all(waiters)

    with Proxy(url.host or "", url.port or 0) as proxy:
        asyncio.run(body(proxy))
    join_all(thread for thread in threading.enumerate() if thread.name.startswith("holdfast"))
