"""Pools: bounded, fair, whole after every accident, in threads and under asyncio."""

import asyncio
import gc
import sqlite3
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from holdfast import create_engine, event, exc, make_url, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.pool import AssertionPool, NullPool, QueuePool, SingletonThreadPool, StaticPool
from tests.support.waiting import PATIENCE, core_wait_until, join_all, threads_of_drivers, wait_until


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A database in a file: each connection of the pool is one of its own."""
    return f"sqlite:///{tmp_path / 'pool.db'}"


def raw_of(connection):
    """Return the driver's connection."""
    return connection.connection.dbapi_connection


def test_connections_are_used_again(url):
    """What came back first goes out first; with LIFO what came back last."""
    engine = create_engine(url)
    first, second = engine.connect(), engine.connect()
    raws = raw_of(first), raw_of(second)
    first.close()
    second.close()
    with engine.connect() as one, engine.connect() as two:
        assert (raw_of(one), raw_of(two)) == raws
    lifo = create_engine(url, pool_use_lifo=True)
    with lifo.connect() as one, lifo.connect() as two:
        last = raw_of(one)
        two.close()
    with lifo.connect() as again:
        assert raw_of(again) is last
    engine.dispose()
    lifo.dispose()


def test_numbers(url):
    """Size, overflow, what is in and out; what is over the size is closed when it comes back."""
    engine = create_engine(url, pool_size=1, max_overflow=1)
    pool = engine.pool
    assert (pool.size(), pool.checkedin(), pool.checkedout(), pool.overflow()) == (1, 0, 0, -1)
    one, two = engine.connect(), engine.connect()
    assert (pool.checkedin(), pool.checkedout(), pool.overflow()) == (0, 2, 1)
    one.close()
    two.close()
    assert (pool.checkedin(), pool.checkedout(), pool.overflow()) == (1, 0, 0)
    assert "Pool size: 1  Connections in pool: 1" in pool.status()
    engine.dispose()
    assert pool.checkedin() == 0


def test_a_time_out_names_the_holders(url):
    """Who has the connection, and its last SQL."""
    engine = create_engine(url, pool_size=1, max_overflow=0, pool_timeout=0.05)
    with engine.connect() as connection:
        connection.execute(text("SELECT 42"))
        with pytest.raises(exc.TimeoutError) as refused:
            engine.connect()
    message = str(refused.value)
    assert "QueuePool limit of size 1 overflow 0 reached, connection timed out, timeout 0.05" in message
    assert "by thread MainThread; last statement: SELECT 42" in message
    assert engine.pool.checkedout() == 0


def test_a_time_out_names_the_tasks(url):
    """On an asynchronous engine the holders are tasks, by their names and coroutines."""

    async def program() -> None:
        engine = create_async_engine(
            url.replace("sqlite:", "sqlite+aiosqlite:"), pool_size=1, max_overflow=0, pool_timeout=0.05
        )
        is_held, may_go = asyncio.Event(), asyncio.Event()

        async def hold() -> None:
            async with engine.connect() as connection:
                await connection.execute(text("SELECT 42"))
                is_held.set()
                await may_go.wait()

        holding = asyncio.create_task(hold(), name="the slow one")
        await is_held.wait()
        with pytest.raises(exc.TimeoutError, match=r"by task 'the slow one' \(.*hold\); last statement: SELECT 42"):
            async with engine.connect():
                pass
        may_go.set()
        await holding
        await engine.dispose()

    asyncio.run(program())


def test_threads_wait_their_turn(url):
    """Twelve threads share two connections; each is served, in the order of asking."""
    engine = create_engine(url, pool_size=2, max_overflow=0, pool_timeout=PATIENCE)
    held = [engine.connect(), engine.connect()]
    served, threads = [], []

    def work(number: int) -> None:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
            served.append(number)

    for number in range(12):
        thread = threading.Thread(target=work, args=(number,))
        thread.start()
        threads.append(thread)
        wait_until(lambda number=number: len(engine.pool._waiters) > number, "the thread waits")
    held.pop().close()
    join_all(threads)
    held.pop().close()
    assert served == list(range(12))
    assert engine.pool.checkedout() == 0
    engine.dispose()


@pytest.mark.parametrize("way", ["comes back", "is gone"])
def test_who_waits_in_a_loop_that_was_closed_is_passed_over(url, way):
    """The connection, or the right to open one, goes to the next in the queue; giving it back raises nothing."""
    engine = create_async_engine(
        url.replace("sqlite:", "sqlite+aiosqlite:"), pool_size=1, max_overflow=0, pool_timeout=PATIENCE
    )

    async def use() -> int:
        async with engine.connect() as connection:
            return await connection.scalar(text("SELECT 42"))

    async def has_begun(waiters: int) -> None:
        await core_wait_until(lambda: len(engine.pool._waiters) == waiters, "the task waits")

    def lose() -> asyncio.Task:
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda loop, context: None)
        task = loop.create_task(use())
        loop.run_until_complete(has_begun(1))
        loop.close()
        return task

    with asyncio.Runner() as runner:

        async def open_one():
            return await engine.connect()

        held = runner.run(open_one())
        lost = lose()

        async def give() -> int:
            next_one = asyncio.create_task(use())
            await has_begun(2)
            if way == "is gone":
                await held.invalidate()
            await held.close()
            return await next_one

        assert runner.run(give()) == 42
        assert (engine.pool.checkedout(), len(engine.pool._waiters)) == (0, 0)
        # What the lost one would clean up at its end was never its own.
        lost.get_coro().close()
        assert runner.run(use()) == 42
        assert (engine.pool.checkedin(), engine.pool.checkedout(), engine.pool._opening) == (1, 0, set())
        runner.run(engine.dispose())


@pytest.mark.parametrize("is_forgotten", [False, True])
@pytest.mark.parametrize(
    "what", ["waits for an answer", "holds it", "was given it", "opens it", "holds it in a bridge"]
)
def test_what_a_task_holds_whose_loop_was_closed_is_taken_back(url, what, is_forgotten, caplog):
    """Its place in the pool is the next one's, and nothing that it does at its end changes that."""
    url = url.replace("sqlite:", "sqlite+aiosqlite:")
    release = threading.Event()
    is_there = []

    async def open_slowly():
        if what == "opens it" and not is_there:
            is_there.append("opening")
            await asyncio.Event().wait()
        return sqlite3.connect(make_url(url).database, check_same_thread=False, isolation_level=None)

    engine = create_async_engine(url, async_creator=open_slowly, pool_size=1, max_overflow=0, pool_timeout=PATIENCE)

    async def hold() -> None:
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            raw.driver_connection.create_function("wait", 0, release.wait)
            is_there.append("inside")
            if what == "waits for an answer":
                await connection.execute(text("SELECT wait()"))
            await asyncio.Event().wait()

    async def use() -> int:
        async with engine.connect() as connection:
            return await connection.scalar(text("SELECT 42"))

    async def begin(tasks) -> None:
        held = await engine.connect() if what == "was given it" else None
        tasks.append(asyncio.create_task(hold(), name="the one that is lost"))
        if held is None:
            await core_wait_until(lambda: is_there, "it is at it")
        else:
            await core_wait_until(lambda: engine.pool._waiters, "it waits")
            # It is told in the loop's next turn, which there is not.
            await held.close()

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda loop, context: None)
    tasks = []
    loop.run_until_complete(begin(tasks))
    loop.close()
    if is_forgotten:
        tasks.clear()
        gc.collect()
    # The thread is at a job that the end of the connection can not end.
    release.set()

    async def use_and_dispose() -> list[int]:
        found = [await use(), await use()]
        await engine.dispose()
        return found

    assert asyncio.run(use_and_dispose()) == [42, 42]
    assert (engine.pool.checkedin(), engine.pool.checkedout(), engine.pool._opening) == (0, 0, set())
    if tasks and what != "opens it":
        assert "taken back and closed: the event loop of task 'the one that is lost'" in caplog.text
    for task in tasks:
        with suppress(RuntimeError):  # it awaits in its clean-up
            task.get_coro().close()
    assert asyncio.run(use_and_dispose()) == [42, 42]
    assert (engine.pool.checkedin(), engine.pool.checkedout(), engine.pool._opening) == (0, 0, set())


def test_the_holder_in_a_bridge_is_the_task_that_waits_for_it(url):
    """What `run_sync` holds is held by its caller: the error of who waits in vain names the task."""

    async def program() -> None:
        engine = create_async_engine(
            url.replace("sqlite:", "sqlite+aiosqlite:"), pool_size=1, max_overflow=0, pool_timeout=0
        )

        def ask_twice(session) -> None:
            session.execute(text("SELECT 1"))
            with pytest.raises(exc.TimeoutError, match=r"held for 0\.\d s by task 'the one that bridges' "):
                session.get_bind().connect()

        async def bridge() -> None:
            async with AsyncSession(engine) as session:
                await session.run_sync(ask_twice)

        await asyncio.create_task(bridge(), name="the one that bridges")
        await engine.dispose()

    asyncio.run(program())


def test_many_threads_leave_the_pool_whole(url):
    """Random work and errors in 8 threads: nobody gets another's connection, none is lost."""
    engine = create_engine(url, pool_size=3, max_overflow=0, pool_timeout=PATIENCE)
    in_use: set[int] = set()
    clashes: list[int] = []

    def work(seed: int) -> None:
        for number in range(30):
            try:
                with engine.connect() as connection:
                    key = id(raw_of(connection))
                    if key in in_use:
                        clashes.append(key)
                    in_use.add(key)
                    try:
                        connection.execute(text("SELECT 1" if (number + seed) % 5 else "SELECT nonsense"))
                    finally:
                        # Before it goes back: then it is the next one's.
                        in_use.discard(key)
            except exc.OperationalError:
                pass

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    join_all(threads)
    assert not clashes
    # On a busy machine the threads may run one after the other, and need fewer.
    assert engine.pool.checkedout() == 0
    assert 1 <= engine.pool.checkedin() <= 3
    engine.dispose()


def test_a_connection_comes_back_without_its_transaction(url):
    """What was not committed is rolled back before anybody else gets the connection."""
    engine = create_engine(url, pool_size=1, max_overflow=0)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    connection = engine.connect()
    connection.execute(text("INSERT INTO t VALUES (1)"))
    connection.close()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM t")) == 0
    engine.dispose()


def test_a_failed_rollback_ends_its_connection(url, monkeypatch):
    """What is open on it nobody knows: it is closed, and the next one gets another."""
    engine = create_engine(url, pool_size=1, max_overflow=0)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    connection = engine.connect()
    connection.execute(text("INSERT INTO t VALUES (1)"))
    lost = raw_of(connection)

    def fail(driver, sql):
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(type(connection.driver), "run_essential", fail)
    with pytest.raises(exc.OperationalError, match="disk I/O error"):
        connection.rollback()
    monkeypatch.undo()
    connection.close()
    with engine.begin() as connection:
        assert raw_of(connection) is not lost
        connection.execute(text("INSERT INTO t VALUES (2)"))
        assert connection.execute(text("SELECT x FROM t")).all() == [(2,)]
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        lost.execute("SELECT 1")
    engine.dispose()


def test_a_refused_checkout_leaves_nothing_open(url):
    """A listener's error is the caller's; the connection is closed."""
    engine = create_engine(url)
    seen = []

    @event.listens_for(engine, "checkout")
    def refuse(dbapi_connection, entry, proxy):
        seen.append(dbapi_connection)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        engine.connect()
    assert engine.pool.checkedout() == 0
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        seen[0].execute("SELECT 1")
    engine.dispose()


def test_recycle_invalidate_dispose(url):
    """Old, broken and disposed connections do not come again."""
    old = create_engine(url, pool_recycle=0)
    with old.connect() as connection:
        first = raw_of(connection)
    time.sleep(0.01)
    with old.connect() as connection:
        assert raw_of(connection) is not first
    engine = create_engine(url)
    with engine.connect() as connection:
        first = raw_of(connection)
        connection.invalidate()
    with engine.connect() as connection:
        second = raw_of(connection)
        assert second is not first
        engine.dispose()
    assert engine.pool.checkedin() == 0, "what was out at dispose() is closed when it comes back"
    old.dispose()


def test_pre_ping_replaces_a_dead_connection(url):
    """Nobody notices."""
    engine = create_engine(url, pool_pre_ping=True)
    with engine.connect() as connection:
        raw_of(connection).close()
        connection.invalidated = False
    # The close of the block rolled nothing back: no statement was sent.
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    engine.dispose()


@pytest.mark.parametrize("others_too", [True, False])
def test_a_failed_ping_is_told(url, others_too):
    """As an error of the driver, with `is_pre_ping`; all idle ones are lost with it, unless a listener says otherwise."""
    engine = create_engine(url, pool_pre_ping=True)
    heard = []

    @event.listens_for(engine, "handle_error")
    def on_error(context):
        heard.append((context.is_pre_ping, context.is_disconnect, type(context.original_exception).__name__))
        context.invalidate_pool_on_disconnect = others_too

    event.listen(engine, "invalidate", lambda raw, entry, error: heard.append(type(error).__name__))
    first, second = engine.connect(), engine.connect()
    raws = [raw_of(first), raw_of(second)]
    first.close()
    second.close()
    raws[0].close()
    with engine.connect() as one, engine.connect() as two:
        assert one.scalar(text("SELECT 1")) == two.scalar(text("SELECT 1")) == 1
        assert raw_of(one) not in raws
        assert (raw_of(two) in raws) is not others_too
    assert heard == [(True, True, "ProgrammingError"), "ProgrammingError"]
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_a_connection_that_is_opened_again_is_told_of(url):
    """After a loss it came back and is taken again: who prepares connections at `checkout` prepares the new one, too."""
    engine = create_engine(url)
    heard = []
    for name in ("connect", "checkout", "checkin", "invalidate"):
        event.listen(engine, name, lambda raw, *rest, name=name: heard.append((name, raw is None)))
    with engine.connect() as connection:
        connection.invalidate()
        assert connection.scalar(text("SELECT 1")) == 1
    assert heard == [
        ("connect", False), ("checkout", False), ("invalidate", False), ("checkin", True), ("connect", False),
        ("checkout", False), ("checkin", False),
    ]  # fmt: skip

    def refuse(*arguments):
        raise RuntimeError("not this one")

    with engine.connect() as connection:
        connection.invalidate()
        event.listen(engine, "checkout", refuse)
        with pytest.raises(RuntimeError, match="not this one"):
            connection.execute(text("SELECT 1"))
        event.remove(engine, "checkout", refuse)
        assert connection.scalar(text("SELECT 1")) == 1
    assert engine.pool.checkedout() == 0
    engine.dispose()


def test_kinds_of_pools(url):
    """Which one is chosen, and what each does."""
    assert type(create_engine(url).pool) is QueuePool
    assert type(create_engine("sqlite://").pool) is SingletonThreadPool
    assert type(create_async_engine("sqlite+aiosqlite://").pool) is StaticPool
    none = create_engine(url, poolclass=NullPool)
    with none.connect() as connection:
        first = raw_of(connection)
    with none.connect() as connection:
        assert raw_of(connection) is not first
    one = create_engine(url, poolclass=AssertionPool)
    with one.connect(), pytest.raises(AssertionError, match="connection is already checked out at"):
        one.connect()
    one.dispose()


def test_connections_that_are_opened_side_by_side_on_a_new_file(tmp_path):
    """Each wants to switch the new file to a write-ahead log; SQLite lets one, and the others wait instead of failing."""
    for number in range(10):
        engine = create_engine(f"sqlite:///{tmp_path / f'{number}.db'}")
        errors = []
        start = threading.Barrier(4)

        def open_one(engine=engine, errors=errors, start=start) -> None:
            start.wait(PATIENCE)
            try:
                with engine.connect() as connection:
                    connection.execute(text("SELECT count(*) FROM sqlite_master"))
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=open_one) for _ in range(4)]
        for thread in threads:
            thread.start()
        join_all(threads)
        assert errors == []
        engine.dispose()
        bare = sqlite3.connect(tmp_path / f"{number}.db")
        assert bare.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        bare.close()


def test_one_connection_a_thread_in_memory():
    """Each thread has a database in memory of its own."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    found = []

    def look() -> None:
        with engine.connect() as connection:
            found.append(connection.scalar(text("SELECT count(*) FROM sqlite_master")))

    thread = threading.Thread(target=look)
    thread.start()
    thread.join()
    look()
    assert found == [0, 1]
    engine.dispose()


def test_events(url):
    """connect once, checkout and checkin each time."""
    engine = create_engine(url)
    seen = []
    for name in ("connect", "checkout", "checkin"):
        event.listen(engine.pool, name, lambda *arguments, name=name: seen.append(name))
    for _ in range(2):
        with engine.connect():
            pass
    assert seen == ["connect", "checkout", "checkin", "checkout", "checkin"]
    engine.dispose()


def test_tasks_wait_their_turn(url):
    """200 tasks share three connections; the cancelled ones leave no gap."""

    async def program() -> None:
        engine = create_async_engine(
            url.replace("sqlite:", "sqlite+aiosqlite:"), pool_size=3, max_overflow=0, pool_timeout=PATIENCE
        )
        done = []

        async def work(number: int) -> None:
            async with engine.connect() as connection:
                done.append(number)
                await connection.execute(text("SELECT 1"))
                await asyncio.sleep(0)

        tasks = [asyncio.create_task(work(number)) for number in range(200)]
        await asyncio.sleep(0.01)
        for task in tasks[::3]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [
            result for result in results if not isinstance(result, asyncio.CancelledError) and result is not None
        ] == []
        assert engine.pool.checkedout() == 0
        # The first three open their connections side by side; all others are served in the order of asking.
        assert sorted(done) == [number for number in range(200) if number % 3 or number in done]
        async with engine.connect() as one, engine.connect() as two, engine.connect() as three:
            for connection in (one, two, three):
                assert not connection.sync_connection.driver.in_transaction()
        await engine.dispose()
        await core_wait_until(lambda: not threads_of_drivers(), "no thread is left")

    asyncio.run(program())
