"""Document D, claims 9 to 12 and 14 to 16, on both faces: locks, states, sessions of requests and threads, misuse."""

import asyncio
import sqlite3
import threading
from contextlib import asynccontextmanager, closing

import pytest

from holdfast import ForeignKey, event, inspect, select
from holdfast.exc import (
    IllegalStateChangeError,
    IntegrityError,
    InvalidRequestError,
    OperationalError,
    PendingRollbackError,
)
from holdfast.ext.asyncio import AsyncSession, async_sessionmaker
from holdfast.orm import DeclarativeBase, Mapped, mapped_column, relationship, scoped_session, sessionmaker
from tests.support.waiting import PATIENCE


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(unique=True)
    balance: Mapped[int]
    entries: Mapped[list["Entry"]] = relationship(back_populates="account")


class Entry(Base):
    __tablename__ = "entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    amount: Mapped[int]
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    account: Mapped[Account] = relationship(back_populates="entries")


async def stored(store):
    """Store two accounts."""
    async with store.session() as session:
        session.add_all([Account(owner="ada", balance=100), Account(owner="ben", balance=20)])
        await session.commit()
    store.take()


def state(instance):
    """The one state that an object is in."""
    facts = inspect(instance)
    [found] = [name for name in ("transient", "pending", "persistent", "deleted", "detached") if getattr(facts, name)]
    return found


BALANCES = "SELECT balance FROM accounts ORDER BY id"


def test_a_transfer_locks_both_rows(on_face):
    """D9: both accounts are locked before they are read, and both are written in one transaction."""

    async def program(store):
        await stored(store)
        begun = []
        event.listen(store.engine, "begin", lambda connection: begun.append("begin"))
        async with store.session() as session:
            giver = await session.get(Account, 1, with_for_update=True)
            taker = await session.get(Account, 2, with_for_update=True)
            reads = [sql for sql, _ in store.take(as_sent=True)]
            assert len(reads) == 2 and is_locked(store)
            giver.balance -= 30
            taker.balance += 30
            await session.commit()
        assert [sql.split()[0] for sql, _ in store.take()] == ["UPDATE"] and len(begun) == 1
        if store.engine.dialect.name == "postgresql":
            assert all(sql.endswith("FOR UPDATE") for sql in reads)
        assert store.seen_by_others(BALANCES) == [70, 50]

    on_face(program)


def is_locked(store):
    """Whether another connection is kept from writing: PostgreSQL locks rows, SQLite the whole database."""
    lock = (
        "SELECT id FROM accounts FOR UPDATE NOWAIT" if store.engine.dialect.name == "postgresql" else "BEGIN IMMEDIATE"
    )
    try:
        if lock.startswith("BEGIN"):
            with closing(sqlite3.connect(store.engine.url.database, timeout=0)) as other:
                other.execute(lock)
        else:
            store.seen_by_others(lock)
    except (sqlite3.OperationalError, OperationalError):
        return True
    return False


def test_a_transfer_that_fails_changes_neither(on_face):
    """D9: what was subtracted is there again."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            giver = await session.get(Account, 1, with_for_update=True)
            giver.balance -= 30
            await session.flush()
            await session.rollback()
            assert await session.run_sync(lambda _: giver.balance) == 100
        assert store.seen_by_others(BALANCES) == [100, 20]

    on_face(program)


def test_the_states(on_face):
    """D10: transient, pending, persistent, deleted, detached."""

    async def program(store):
        async with store.session() as session:
            account = Account(owner="cid", balance=0)
            seen = [state(account)]
            session.add(account)
            seen.append(state(account))
            await session.commit()
            seen.append(state(account))
            await session.delete(account)
            await session.flush()
            seen.append(state(account))
            await session.commit()
            seen.append(state(account))
        assert seen == ["transient", "pending", "persistent", "deleted", "detached"]

    on_face(program)


def test_merge_of_detached_and_of_hand_built_objects(on_face):
    """D10: the session's own object of the key gets the fields; the given one stays outside."""

    async def program(store):
        await stored(store)
        async with store.session(expire_on_commit=False) as session:
            detached = await session.get(Account, 1)
        detached.balance = 1
        by_hand = Account(id=2, owner="ben", balance=2)
        async with store.session() as session:
            one, other = await session.merge(detached), await session.merge(by_hand)
            assert one is not detached and other is not by_hand
            assert [state(each) for each in (one, other, detached, by_hand)] == [
                "persistent", "persistent", "detached", "transient",
            ]  # fmt: skip
            await session.commit()
        assert store.seen_by_others(BALANCES) == [1, 2]

    on_face(program)


def requests(store, commits):
    """Return the dependency of a web service: a session per request, rolled back on error, closed at the end."""

    @asynccontextmanager
    async def dependency():
        async with store.session() as session:
            try:
                yield session
                if commits:
                    await session.commit()
            except Exception:
                await session.rollback()
                raise

    return dependency


@pytest.mark.parametrize("commits", [True, False], ids=["commits on success", "commits in the handler"])
def test_a_session_per_request(on_face, commits):
    """D11: what the handler did is kept if it succeeded; an error takes it back; the connection is free afterwards."""

    async def program(store):
        await stored(store)
        dependency = requests(store, commits)
        async with dependency() as session:
            (await session.get(Account, 1)).balance = 1
            if not commits:
                await session.commit()
        with pytest.raises(ZeroDivisionError):
            async with dependency() as session:
                (await session.get(Account, 1)).balance = 2
                await session.flush()
                1 / 0
        assert store.engine.pool.checkedout() == 0
        assert store.seen_by_others(BALANCES) == [1, 20]

    on_face(program)


def test_a_writing_session_beside_a_reading_one(on_face):
    """D11: they share nothing: the reader sees what was committed, once it asks again."""

    async def program(store):
        await stored(store)
        async with store.session() as writer, store.session() as reader:
            (await writer.get(Account, 1)).balance = 1
            await writer.commit()
            seen = await reader.get(Account, 1)
            assert seen.balance == 1 and seen not in writer
            await reader.rollback()

    on_face(program)


def test_a_session_for_each_thread(file_engine):
    """D12: within one thread a `scoped_session` is one session; another thread has another one."""
    Base.metadata.create_all(file_engine)
    current = scoped_session(sessionmaker(file_engine))
    mine, others = current(), []

    def elsewhere():
        others.append(current())
        current.add(Account(owner="theirs", balance=1))
        current.commit()
        current.remove()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert current() is mine and others[0] is not mine
    assert current.scalars(select(Account.owner)).all() == ["theirs"]
    current.remove()
    assert current() is not mine
    current.remove()


def test_before_commit_sees_what_will_be_written(on_face):
    """D14: the listener finds `new`, `dirty` and `deleted`; it hears of asynchronous sessions too."""

    async def program(store):
        await stored(store)
        told = []
        async with store.session() as session:

            @event.listens_for(session.sync_session, "before_commit")
            def look(session):
                told.append([[each.owner for each in group] for group in (session.new, session.dirty, session.deleted)])

            changed, gone = await session.get(Account, 1), await session.get(Account, 2)
            changed.balance = 1
            session.add(Account(owner="new", balance=0))
            await session.delete(gone)
            await session.commit()
        assert told == [[["new"], ["ada"], ["ben"]]]

    on_face(program)


def test_two_tasks_in_one_session(on_face):
    """D15: the second task is refused while the first is inside, and the error names both places."""

    async def program(store):
        if not store.is_async:
            return
        await stored(store)
        async with store.session() as session:

            @event.listens_for(session.sync_session, "do_orm_execute")
            async def wait(state):
                await asyncio.sleep(0)

            found = await asyncio.gather(session.get(Account, 1), session.get(Account, 2), return_exceptions=True)
            [error] = [one for one in found if isinstance(one, Exception)]
            assert isinstance(error, IllegalStateChangeError)
            assert str(error).count("test_d_transfers_and_requests.py") == 2

    on_face(program)


def test_two_threads_in_one_session(file_engine):
    """D15: the same for threads."""
    Base.metadata.create_all(file_engine)
    session = sessionmaker(file_engine)()
    inside, done = threading.Event(), threading.Event()

    @event.listens_for(session, "do_orm_execute")
    def wait(state):
        inside.set()
        done.wait(PATIENCE)

    thread = threading.Thread(target=lambda: session.scalars(select(Account)).all())
    thread.start()
    assert inside.wait(PATIENCE)
    with pytest.raises(IllegalStateChangeError) as caught:
        session.get(Account, 1)
    done.set()
    thread.join()
    assert str(caught.value).count("test_d_transfers_and_requests.py") == 2
    session.close()


def test_the_mistakes_are_named(on_face):
    """D16: one object in two sessions; an error that was caught without rollback; a lazy load where none can be."""

    async def program(store):
        await stored(store)
        async with store.session() as one, store.session() as other:
            account = await one.get(Account, 1)
            with pytest.raises(InvalidRequestError, match="already attached to session"):
                other.add(account)
        async with store.session() as session:
            session.add(Account(owner="ada", balance=0))
            with pytest.raises(IntegrityError):
                await session.commit()
            with pytest.raises(PendingRollbackError) as caught:
                await session.get(Account, 1)
            assert caught.value.objects[0].owner == "ada"
            assert ("test_d_transfers_and_requests.py" if store.is_async else "faces.py") in str(caught.value.place)
            await session.rollback()
            assert (await session.get(Account, 1)).owner == "ada"

    on_face(program)


def test_an_async_maker(on_face):
    """D11: `async_sessionmaker` in place of the store's own: a session per request, committed by `begin()`."""

    async def program(store):
        if not store.is_async:
            return
        make = async_sessionmaker(store.async_engine, expire_on_commit=False)
        async with make.begin() as session:
            assert isinstance(session, AsyncSession)
            session.add(Account(owner="made", balance=5))
        assert store.seen_by_others(BALANCES) == [5]

    on_face(program)
