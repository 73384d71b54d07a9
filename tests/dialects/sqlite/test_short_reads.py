"""Short SELECTs under asyncio run in the loop's own thread; whatever may wait or take long goes to the connection's."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from holdfast import event, exc, func, insert, select, text
from holdfast.dialects.sqlite.drivers import brief
from holdfast.engine.worker import PATIENCE, Worker
from holdfast.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, mapped_column

ROWS = 1_000


class Base(DeclarativeBase):
    """What the class of this file stands on."""


class Note(Base):
    """A row that is read by its key."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


class Watched:
    """An engine with one connection, and the names of what its thread was asked to do."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.jobs: list[str] = []

    async def jobs_of(self, connection: AsyncConnection, statement: Any) -> tuple[Any, int]:
        """Return a statement's first value, and how many jobs the thread got for it."""
        self.jobs.clear()
        value = await connection.scalar(statement)
        return value, len(self.jobs)


def run_watched(
    path: Path, monkeypatch: pytest.MonkeyPatch, program: Callable[[Watched], Awaitable[None]], **options: Any
) -> None:
    """Run a program on a new file with a thousand rows; nothing is called long because the machine is busy."""
    call = Worker.call

    async def main() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}/notes.db", pool_size=1, max_overflow=0, **options)
        watched = Watched(engine)

        async def noting(worker: Worker, function: Any, *arguments: Any, **keywords: Any) -> Any:
            watched.jobs.append(function.__name__)
            return await call(worker, function, *arguments, **keywords)

        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(insert(Note), [{"text": f"note {number}"} for number in range(ROWS)])
        monkeypatch.setattr(Worker, "call", noting)
        try:
            await program(watched)
            assert engine.pool.checkedout() == 0
        finally:
            await engine.dispose()

    monkeypatch.setattr(brief, "LONG", 60.0)
    asyncio.run(main())


def by_key(key: int) -> Any:
    """Return a SELECT that takes a dozen steps."""
    return select(Note.text).where(Note.id == key)


PAIRS = text("SELECT count(*) FROM note AS a, note AS b WHERE a.id < b.id")
"""A SELECT of some million steps."""


def test_the_second_short_read_needs_no_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first time a statement is prepared and its pages are read: in the thread. BEGIN and ROLLBACK go with it."""

    async def program(watched: Watched) -> None:
        for key, jobs in ((1, 1), (2, 0), (3, 0)):
            async with watched.engine.connect() as connection:
                assert await watched.jobs_of(connection, by_key(key)) == (f"note {key - 1}", jobs)
                assert connection.sync_connection_or_raise().driver.in_transaction()
            assert not connection.closed or watched.jobs == watched.jobs[:jobs]
        async with AsyncSession(watched.engine) as session:
            for key in (4, 5):
                watched.jobs.clear()
                found = await session.get(Note, key)
                assert found is not None and found.text == f"note {key - 1}"
            assert watched.jobs == []

    run_watched(tmp_path, monkeypatch, program)


def test_a_long_read_goes_to_the_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is ended after its steps, begun again in the thread, and not tried here for longer and longer."""

    async def program(watched: Watched) -> None:
        async with watched.engine.connect() as connection:
            await connection.execute(insert(Note).values(text="of this transaction"))
            many = ROWS + 1
            jobs = [await watched.jobs_of(connection, PAIRS) for _ in range(brief.FIRST_PENALTY + 3)]
            assert jobs == [(many * (many - 1) // 2, 1)] * len(jobs)
            known = connection.sync_connection_or_raise().driver._reader._texts[str(PAIRS)]
            assert known.penalty == 4 * brief.FIRST_PENALTY and known.waits == known.penalty
            # What the transaction wrote is still there, and the connection serves.
            assert await connection.scalar(select(func.count(Note.id))) == many

    run_watched(tmp_path, monkeypatch, program)


def test_a_short_read_forgives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A statement that took long by the clock is tried again after its penalty, and then the penalty shrinks."""

    async def program(watched: Watched) -> None:
        async with watched.engine.connect() as connection:
            await connection.scalar(by_key(1))
            monkeypatch.setattr(brief, "LONG", 0.0)
            assert await watched.jobs_of(connection, by_key(2)) == ("note 1", 0)
            monkeypatch.setattr(brief, "LONG", 60.0)
            jobs = [(await watched.jobs_of(connection, by_key(3)))[1] for _ in range(brief.FIRST_PENALTY + 2)]
            assert jobs == [1] * brief.FIRST_PENALTY + [0, 0]
            [known] = [
                text
                for sql, text in connection.sync_connection_or_raise().driver._reader._texts.items()
                if "WHERE" in sql
            ]
            assert known.penalty == brief.FIRST_PENALTY // 4

    run_watched(tmp_path, monkeypatch, program)


def test_other_tasks_get_their_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However short its reads are, no task keeps the loop."""

    async def program(watched: Watched) -> None:
        turns = 0

        async def tick() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        ticking = asyncio.ensure_future(tick())
        async with watched.engine.connect() as connection:
            await connection.scalar(by_key(1))
            turns = 0
            for key in range(2, 2 + 4 * PATIENCE):
                assert await watched.jobs_of(connection, by_key(key)) == (f"note {key - 1}", 0)
            assert turns >= 3
        ticking.cancel()

    run_watched(tmp_path, monkeypatch, program)


def test_cancelled_in_that_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is cancelled while others have their turn has sent nothing; its connection goes back whole."""

    async def program(watched: Watched) -> None:
        read_keys: list[int] = []

        async def read() -> None:
            async with watched.engine.connect() as connection:
                for key in range(1, ROWS):
                    await connection.scalar(by_key(key))
                    read_keys.append(key)

        reading = asyncio.ensure_future(read())
        # Once it reads here, it suspends only to give others their turn.
        while len(read_keys) < 2:
            await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        assert watched.engine.pool.checkedout() == 0
        async with watched.engine.connect() as connection:
            assert await connection.scalar(by_key(7)) == "note 6"

    run_watched(tmp_path, monkeypatch, program)


@pytest.mark.parametrize("program", ["rollback journal", "a function", "a progress handler", "an attached file"])
def test_what_may_wait_goes_to_the_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    """Without a write-ahead log a reader waits for a writer; and nobody knows how long a program's function takes."""
    options: dict[str, Any] = {}
    if program == "rollback journal":
        options["connect_args"] = {"journal_mode": "delete"}
    handled: list[int] = []

    async def run(watched: Watched) -> None:
        async with watched.engine.connect() as connection:
            raw = connection.sync_connection_or_raise().driver.raw
            if program == "a function":
                raw.create_function("twice", 1, lambda value: 2 * value)
            if program == "a progress handler":
                raw.set_progress_handler(lambda: handled.append(threading.get_ident()), 1)
            if program == "an attached file":
                raw.execute(f"ATTACH '{tmp_path}/other.db' AS other")
            for key in (1, 2, 3):
                assert await watched.jobs_of(connection, by_key(key)) == (f"note {key - 1}", 1)
        assert threading.get_ident() not in handled
        assert bool(handled) is (program == "a progress handler")

    run_watched(tmp_path, monkeypatch, run, **options)


@pytest.mark.parametrize(
    "attach",
    [
        "ATTACH ? AS other",
        "\n  attach ? as other",
        "-- the archive\n-- of last year\nATTACH ? AS other",
        "/* job 7 */ATTACH ? AS other",
        " ;/* ; -- */ --\n\tAttach/**/? AS other",
    ],
)
def test_a_file_that_is_attached_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, attach: str) -> None:
    """ATTACH is heard: what was fit for the loop's thread is looked at again."""

    async def program(watched: Watched) -> None:
        engine = watched.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.scalar(by_key(1))
            assert (await watched.jobs_of(connection, by_key(2)))[1] == 0
            await connection.exec_driver_sql(attach, (f"{tmp_path}/other.db",))
            assert [(await watched.jobs_of(connection, by_key(3)))[1] for _ in range(2)] == [1, 1]
            await connection.exec_driver_sql("DETACH other")
            assert [(await watched.jobs_of(connection, by_key(3)))[1] for _ in range(2)] == [1, 0]

    run_watched(tmp_path, monkeypatch, program)


@pytest.mark.parametrize("way", ["stream", "gather"])
def test_a_file_that_is_attached_on_another_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    """A stream and statements that travel together are heard too."""

    async def program(watched: Watched) -> None:
        engine = watched.engine.execution_options(isolation_level="AUTOCOMMIT")
        attach = text("ATTACH :file AS other").bindparams(file=f"{tmp_path}/other.db")
        async with AsyncSession(engine) as session:
            connection = await session.connection()
            await connection.scalar(by_key(1))
            assert (await watched.jobs_of(connection, by_key(2)))[1] == 0
            if way == "stream":
                await session.stream(attach)
            else:
                await session.gather(by_key(2), attach)
            assert [(await watched.jobs_of(connection, by_key(3)))[1] for _ in range(2)] == [1, 1]

    run_watched(tmp_path, monkeypatch, program)


@pytest.mark.parametrize("pragma", ["PRAGMA journal_mode = delete", "pragma\n  main.journal_mode(delete)"])
def test_a_file_whose_journal_is_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pragma: str) -> None:
    """A file that has no write-ahead log any more is read in the thread."""

    async def program(watched: Watched) -> None:
        engine = watched.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.scalar(by_key(1))
            assert (await watched.jobs_of(connection, by_key(2)))[1] == 0
            await connection.exec_driver_sql(pragma)
            assert [(await watched.jobs_of(connection, by_key(3)))[1] for _ in range(2)] == [1, 1]

    run_watched(tmp_path, monkeypatch, program)


@pytest.mark.parametrize("before", ["/* of the report */ ", "-- of the report\n", "\n\t"])
def test_a_short_read_behind_a_comment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: str) -> None:
    """A comment before the SELECT makes no difference."""

    async def program(watched: Watched) -> None:
        async with watched.engine.connect() as connection:
            statement = text(f"{before}SELECT\ntext FROM note WHERE id = 1")
            assert [await watched.jobs_of(connection, statement) for _ in "ab"] == [("note 0", 1), ("note 0", 0)]

    run_watched(tmp_path, monkeypatch, program)


def test_a_file_that_is_attached_while_somebody_listens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements that are listened to go another way; afterwards the connection is looked at again."""

    async def program(watched: Watched) -> None:
        engine = watched.engine.execution_options(isolation_level="AUTOCOMMIT")
        async with engine.connect() as connection:
            await connection.scalar(by_key(1))
            assert (await watched.jobs_of(connection, by_key(2)))[1] == 0

            def note(*_given: Any) -> None:
                pass

            event.listen(watched.engine.sync_engine, "before_cursor_execute", note)
            await connection.exec_driver_sql("ATTACH ? AS other", (f"{tmp_path}/other.db",))
            event.remove(watched.engine.sync_engine, "before_cursor_execute", note)
            assert [(await watched.jobs_of(connection, by_key(3)))[1] for _ in range(2)] == [1, 1]

    run_watched(tmp_path, monkeypatch, program)


def test_begin_immediate_waits_in_the_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A transaction that takes the write lock at once may wait for it; reads inside of it wait for nothing."""

    async def program(watched: Watched) -> None:
        async with watched.engine.connect() as connection:
            await connection.scalar(by_key(1))
        async with watched.engine.connect() as connection:
            assert (await watched.jobs_of(connection, by_key(2)))[1] == 1
            assert (await watched.jobs_of(connection, by_key(3)))[1] == 0

    run_watched(tmp_path, monkeypatch, program, begin="immediate")


def test_an_error_of_a_short_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is wrapped like any other, and leaves the transaction usable."""

    async def program(watched: Watched) -> None:
        async with watched.engine.connect() as connection:
            wrong = text("SELECT abs(:value)")
            assert await watched.jobs_of(connection, wrong.bindparams(value=-3)) == (3, 1)
            with pytest.raises(exc.OperationalError, match="integer overflow"):
                await watched.jobs_of(connection, wrong.bindparams(value=-(2**63)))
            assert watched.jobs == []
            assert await watched.jobs_of(connection, wrong.bindparams(value=-4)) == (4, 0)

    run_watched(tmp_path, monkeypatch, program)


def test_a_listener_sees_short_reads_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With listeners a statement takes their way, through the thread."""

    async def program(watched: Watched) -> None:
        seen: list[str] = []

        @event.listens_for(watched.engine.sync_engine, "before_cursor_execute")
        def note(_connection: Any, _cursor: Any, sql: str, *_rest: Any) -> None:
            seen.append(sql.split()[0])

        async with watched.engine.connect() as connection:
            for key in (1, 2):
                assert await watched.jobs_of(connection, by_key(key)) == (f"note {key - 1}", 1)
        assert seen == ["SELECT", "SELECT"]

    run_watched(tmp_path, monkeypatch, program)
