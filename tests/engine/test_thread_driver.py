"""A transaction's hops to the connection's thread: what goes along with a statement, and what becomes of its COMMIT."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from holdfast import ForeignKey, create_engine, event, exc, func, inspect, select
from holdfast.engine import uninterrupted
from holdfast.engine.worker import Worker
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from tests.support.waiting import PATIENCE, core_wait_until


class Base(DeclarativeBase):
    """What the classes of this file share."""


class Note(Base):
    """A row with a key that the database makes."""

    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(unique=True)


class Remark(Base):
    """A row whose foreign key is looked at only by COMMIT."""

    __tablename__ = "remark"
    id: Mapped[int] = mapped_column(primary_key=True)
    note_id: Mapped[int] = mapped_column(ForeignKey("note.id", deferrable=True, initially="DEFERRED"))


class Traced:
    """What a test looks at: the engine, the SQL that reached SQLite, and the jobs that were waited for."""

    def __init__(self, engine: Any) -> None:
        self.engine = engine
        self.sql: list[str] = []
        self.hops: list[str] = []

    def kinds(self) -> list[str]:
        """Return the first word of each statement, and forget them."""
        kinds = [sql.split()[0] for sql in self.sql]
        self.sql.clear()
        return kinds


def run_traced(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    program: Callable[[Traced], Awaitable[None]],
    journal_mode: str = "wal",
) -> None:
    """Run a program on a new database, with one connection that is traced."""
    call = Worker.call

    async def main() -> None:
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{path}/notes.db",
            pool_size=1,
            max_overflow=0,
            connect_args={"journal_mode": journal_mode},
        )
        traced = Traced(engine)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            connection.sync_connection_or_raise().driver.raw.set_trace_callback(traced.sql.append)

        async def counting(worker: Worker, function: Any, *arguments: Any, **keywords: Any) -> Any:
            traced.hops.append(function.__name__)
            return await call(worker, function, *arguments, **keywords)

        monkeypatch.setattr(Worker, "call", counting)
        traced.kinds()
        try:
            await program(traced)
            assert engine.pool.checkedout() == 0
        finally:
            await engine.dispose()

    asyncio.run(main())


def test_a_commit_of_one_object_is_one_hop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BEGIN, INSERT and COMMIT go together; the object has its key, and the next transaction begins anew."""

    async def program(traced: Traced) -> None:
        async with AsyncSession(traced.engine, expire_on_commit=False) as session:
            for number in (1, 2):
                session.add(note := Note(text=f"text {number}"))
                await session.commit()
                assert note.id == number
                assert traced.kinds() == ["BEGIN", "INSERT", "COMMIT"]
                assert len(traced.hops) == number

    run_traced(tmp_path, monkeypatch, program)


def test_the_last_of_several_statements_takes_commit_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an INSERT is the last statement that the commit sends."""

    async def program(traced: Traced) -> None:
        async with AsyncSession(traced.engine) as session:
            session.add(Note(text="one"))
            session.add(Remark(note_id=1))
            await session.commit()
        assert traced.kinds() == ["BEGIN", "INSERT", "INSERT", "COMMIT"]
        assert len(traced.hops) == 2

    run_traced(tmp_path, monkeypatch, program)


def test_what_was_sent_before_is_committed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The last INSERT of a longer transaction may take COMMIT along; a savepoint's INSERT may not."""

    async def program(traced: Traced) -> None:
        async with AsyncSession(traced.engine) as session:
            session.add(Note(text="one"))
            await session.flush()
            async with session.begin_nested():
                session.add(Note(text="two"))
            assert traced.kinds() == ["BEGIN", "INSERT", "SAVEPOINT", "INSERT", "RELEASE"]
            session.add(Note(text="three"))
            await session.commit()
            assert traced.kinds() == ["INSERT", "COMMIT"]
            assert (await session.scalars(select(Note.text).order_by(Note.id))).all() == ["one", "two", "three"]

    run_traced(tmp_path, monkeypatch, program)


@pytest.mark.parametrize("name", ["after_flush", "after_flush_postexec", "after_insert", "commit"])
def test_a_listener_between_finds_the_transaction_open(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where code of the program's runs between INSERT and COMMIT, the COMMIT waits for it; if it raises, none is sent."""

    async def program(traced: Traced) -> None:
        session = AsyncSession(traced.engine)
        target = {"after_insert": Note, "commit": traced.engine.sync_engine}.get(name, session.sync_session)

        def refuse(*arguments: Any) -> None:
            raise RuntimeError("refused")

        event.listen(target, name, refuse)
        try:
            async with session:
                session.add(Note(text="one"))
                with pytest.raises(RuntimeError, match="refused"):
                    await session.commit()
        finally:
            event.remove(target, name, refuse)
        assert traced.kinds() == ["BEGIN", "INSERT", "ROLLBACK"]

    run_traced(tmp_path, monkeypatch, program)


def test_an_overridden_flush_comes_before_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a program's own flush does after the session's belongs to the transaction."""

    class Refusing(Session):
        """A session whose flush fails at its end."""

        def flush(self, objects: Any = None) -> None:
            """Flush, then refuse."""
            super().flush(objects)
            raise RuntimeError("refused")

    async def program(traced: Traced) -> None:
        async with AsyncSession(traced.engine, sync_session_class=Refusing) as session:
            session.add(Note(text="one"))
            with pytest.raises(RuntimeError, match="refused"):
                await session.commit()
        assert traced.kinds() == ["BEGIN", "INSERT", "ROLLBACK"]

    run_traced(tmp_path, monkeypatch, program)


def test_a_refused_insert_is_not_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The error names the INSERT, and what the transaction did before is rolled back with it."""

    async def program(traced: Traced) -> None:
        async with AsyncSession(traced.engine) as session:
            session.add(Note(text="one"))
            await session.flush()
            session.add(Note(text="one"))
            with pytest.raises(exc.IntegrityError) as caught:
                await session.commit()
            assert caught.value.statement is not None and caught.value.statement.startswith("INSERT INTO note")
            assert traced.kinds() == ["BEGIN", "INSERT", "INSERT", "ROLLBACK"]
            await session.rollback()
            assert await session.scalar(select(func.count(Note.id))) == 0

    run_traced(tmp_path, monkeypatch, program)


def test_a_refused_commit_is_the_commits_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As without asyncio: the error names COMMIT, the transaction is rolled back, the session goes on."""

    async def program(traced: Traced) -> None:
        async with AsyncSession(traced.engine) as session:
            remark = Remark(note_id=7)
            session.add(remark)
            with pytest.raises(exc.IntegrityError) as caught:
                await session.commit()
            assert caught.value.statement == "COMMIT"
            await session.rollback()
            assert remark not in session
            assert traced.kinds() == ["BEGIN", "INSERT", "COMMIT", "ROLLBACK"]
            session.add(Note(text="one"))
            await session.commit()
            assert await session.scalar(select(func.count(Remark.id))) == 0

    run_traced(tmp_path, monkeypatch, program)
    engine = create_engine(f"sqlite:///{tmp_path}/notes.db")
    with Session(engine) as session:
        session.add(Remark(note_id=7))
        with pytest.raises(exc.IntegrityError) as caught:
            session.commit()
        assert caught.value.statement == "COMMIT"
    engine.dispose()


def test_cancelled_before_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An INSERT that waits for another's lock is cancelled: it is neither done nor committed when the lock goes."""

    async def program(traced: Traced) -> None:
        other = sqlite3.connect(tmp_path / "notes.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        async def add() -> None:
            async with AsyncSession(traced.engine) as session:
                session.add(Note(text="one"))
                await session.commit()

        task = asyncio.create_task(add())
        await core_wait_until(lambda: traced.sql, "BEGIN IMMEDIATE is under way")
        task.cancel()
        await asyncio.sleep(0)
        other.execute("ROLLBACK")
        with pytest.raises(asyncio.CancelledError):
            await task
        async with AsyncSession(traced.engine) as session:
            assert await session.scalar(select(func.count(Note.id))) == 0
            session.add(Note(text="two"))
            await session.commit()
        assert other.execute("SELECT text FROM note").fetchall() == [("two",)]
        other.close()

    run_traced(tmp_path, monkeypatch, program)


class SlowCommit:
    """A connection in its thread that stands still when a COMMIT is done, before anybody hears of it."""

    def __init__(self) -> None:
        self.inner: Any = None
        self.has_begun = threading.Event()
        self.may_end = threading.Event()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def fetch(self, sql: str, parameters: Any) -> Any:
        """Execute a statement."""
        answer = self.inner.fetch(sql, parameters)
        if sql == "COMMIT":
            self.has_begun.set()
            self.may_end.wait(PATIENCE)
        return answer

    async def watch(self, engine: Any) -> None:
        """Stand before the engine's only connection."""
        async with engine.connect() as connection:
            driver = connection.sync_connection_or_raise().driver
            self.inner, driver._inner = driver._inner, self


@pytest.mark.parametrize("is_flushed", [True, False], ids=["alone", "with its rows"])
def test_cancelled_with_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_flushed: bool) -> None:
    """The COMMIT is waited for: the session knows that the transaction is committed, and then the cancellation goes on."""

    async def program(traced: Traced) -> None:
        slow, told = SlowCommit(), list[str]()
        await slow.watch(traced.engine)
        async with AsyncSession(traced.engine) as session:
            for name in ("after_commit", "after_rollback", "after_soft_rollback"):
                event.listen(session.sync_session, name, lambda *arguments, name=name: told.append(name))
            note = Note(text="one")
            session.add(note)
            if is_flushed:
                await session.flush()
            task = asyncio.create_task(session.commit())
            await asyncio.to_thread(slow.has_begun.wait, PATIENCE)
            task.cancel()
            await asyncio.sleep(0)
            slow.may_end.set()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert told == ["after_commit"]
            assert not session.in_transaction()
            assert await session.scalar(select(func.count(Note.id))) == 1
            await session.refresh(note)

    run_traced(tmp_path, monkeypatch, program)


class StandingInsert(SlowCommit):
    """A connection in its thread whose INSERT stands still until it is interrupted; then it says so, as SQLite does."""

    def fetch(self, sql: str, parameters: Any) -> Any:
        """Execute a statement."""
        if sql.startswith("INSERT"):
            self.has_begun.set()
            self.may_end.wait(30)
            raise sqlite3.OperationalError("interrupted")
        return self.inner.fetch(sql, parameters)

    def interrupt(self) -> None:
        """End the INSERT."""
        self.may_end.set()


def test_interrupted_with_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task that is cancelled while its statement runs, COMMIT behind it, gets its cancellation: not the driver's word."""

    async def program(traced: Traced) -> None:
        standing = StandingInsert()
        await standing.watch(traced.engine)
        async with AsyncSession(traced.engine) as session:
            note = Note(text="one")
            session.add(note)
            task = asyncio.create_task(session.commit())
            await asyncio.to_thread(standing.has_begun.wait, 30)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            await session.rollback()
            assert inspect(note).transient
            assert await session.scalar(select(func.count(Note.id))) == 0

    run_traced(tmp_path, monkeypatch, program)


@pytest.mark.parametrize("is_flushed", [True, False], ids=["alone", "with its rows"])
def test_given_up_with_its_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_flushed: bool) -> None:
    """A COMMIT that does not end until the deadline: nobody knows, and the program is told so."""
    monkeypatch.setattr(uninterrupted, "DEADLINE", 0.05)

    async def program(traced: Traced) -> None:
        slow = SlowCommit()
        await slow.watch(traced.engine)
        async with AsyncSession(traced.engine) as session:
            note = Note(text="one")
            session.add(note)
            if is_flushed:
                await session.flush()
            task = asyncio.create_task(session.commit())
            await asyncio.to_thread(slow.has_begun.wait, PATIENCE)
            task.cancel()
            with pytest.raises(exc.CommitUnknown) as unknown:
                await task
            assert isinstance(unknown.value.orig, asyncio.CancelledError)
            assert not session.in_transaction() and inspect(note).transient
            slow.may_end.set()
            await session.rollback()
            assert await session.scalar(select(func.count(Note.id))) in (0, 1)

    run_traced(tmp_path, monkeypatch, program)


def test_a_read_ends_in_the_loops_next_turn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits for a reader's ROLLBACK: it goes ahead of the next statement, or by itself when no other comes."""

    async def program(traced: Traced) -> None:
        for _ in range(3):
            async with AsyncSession(traced.engine) as session:
                await session.get(Note, 1)
        kinds = [kind for kind in traced.kinds() if kind != "PRAGMA"]
        assert kinds == ["BEGIN", "SELECT", "ROLLBACK", "BEGIN", "SELECT", "ROLLBACK", "BEGIN", "SELECT"]
        assert len(traced.hops) == 3
        await core_wait_until(lambda: traced.sql, "the last ROLLBACK")
        assert traced.kinds() == ["ROLLBACK"]
        async with AsyncSession(traced.engine) as session:
            await session.get(Note, 1)
        assert traced.kinds()[:2] == ["BEGIN", "SELECT"]

    monkeypatch.setattr("holdfast.engine.worker.QUICK", PATIENCE)
    run_traced(tmp_path, monkeypatch, program, journal_mode="delete")
