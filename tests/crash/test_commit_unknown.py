"""`CommitUnknown` on each path to it: what it says, and what session, transaction and connection are after it."""

from __future__ import annotations

import asyncio
import pickle
import signal
import threading
from typing import Any

import pytest

from holdfast import create_engine, event, exc, insert, inspect, text, update
from holdfast.engine import uninterrupted
from holdfast.ext.asyncio import AsyncSession
from holdfast.orm import Session
from tests.crash.ledger import Entry, Mark, new_entry
from tests.crash.routes import Place, Route, place_of, routes
from tests.support.waiting import PATIENCE, core_wait_until, join_all, wait_until

NUMBERS = "SELECT number FROM entry ORDER BY number"
TOLD = ("after_commit", "after_rollback", "after_soft_rollback")


def listen_to(session: Any) -> list[str]:
    """Note what a session's listeners are told from now on."""
    told: list[str] = []
    for name in TOLD:
        event.listen(session.sync_session, name, lambda *arguments, name=name: told.append(name))
    return told


@routes()
def test_the_session_after_it(route: Route, request: pytest.FixtureRequest) -> None:
    """Its transaction has ended; objects are as after a rollback: new ones out, the others expired; a look tells the truth."""

    async def program(place: Place) -> None:
        async with place.session(expire_on_commit=False) as session:
            mark = await session.get(Mark, 1)
            kept = new_entry(1, 1)
            session.add(kept)
            await session.commit()
            gone = new_entry(2, 0)
            session.add(gone)
            await session.commit()
            told = listen_to(session)
            new, mark.number = new_entry(3, 2), 3
            session.add(new)
            await session.delete(gone)
            place.proxy.cut_when(sent=b"COMMIT", before=False)
            with pytest.raises(exc.CommitUnknown) as unknown:
                await session.commit()
            assert told == ["after_soft_rollback"]
            error = unknown.value
            assert isinstance(error, exc.ConnectionLost) and not error.retryable and error.connection_invalidated
            assert error.engine is not None and place.url.database in error.engine
            message = str(error)
            assert "nobody knows whether the transaction was committed" in message and error.engine in message
            assert "Do not repeat it blindly. Look for a row that it wrote" in message
            assert "recover_twophase" not in message
            again = pickle.loads(pickle.dumps(error))
            assert type(again) is exc.CommitUnknown and again.engine == error.engine
            assert not session.in_transaction() and session.is_active
            assert inspect(new).transient and new.number == 3
            assert inspect(kept).persistent and inspect(mark).expired and "number" not in vars(mark)
            assert inspect(gone).persistent
            # rollback() may be called, and need not be.
            await session.rollback()
            assert told == ["after_soft_rollback"]
            await session.refresh(mark)
            assert mark.number == 3
            with pytest.raises(exc.InvalidRequestError, match="Could not refresh"):
                await session.refresh(gone)
            session.expunge(gone)
            # Whoever adds it again blindly is told by the database, since the program gave it a key of its own.
            session.add(Entry(number=new.number, size=0))
            with pytest.raises(exc.UniqueViolation):
                await session.commit()
            await session.rollback()
        assert place.rows(NUMBERS) == [(1,), (3,)]

    with place_of(route, request) as place:
        asyncio.run(program(place))


@routes()
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_block(route: Route, request: pytest.FixtureRequest, before: bool) -> None:
    """`with session.begin():` and `with engine.begin():` let it through; nothing is out of the pool afterwards."""

    async def program(place: Place) -> None:
        engine = place.engine()
        if route.face == "async":
            place.proxy.cut_when(sent=b"COMMIT", before=before)
            with pytest.raises(exc.CommitUnknown):
                async with AsyncSession(engine) as session, session.begin():
                    session.add(new_entry(1, 1))
            place.proxy.cut_when(sent=b"COMMIT", before=before)
            with pytest.raises(exc.CommitUnknown):
                async with engine.begin() as connection:
                    await connection.execute(insert(Entry), [{"number": 2, "size": 0}, {"number": 3, "size": 0}])
            assert engine.pool.checkedout() == 0
            await engine.dispose()
            return
        place.proxy.cut_when(sent=b"COMMIT", before=before)
        with pytest.raises(exc.CommitUnknown):
            with Session(engine) as session, session.begin():
                session.add(new_entry(1, 1))
        place.proxy.cut_when(sent=b"COMMIT", before=before)
        with pytest.raises(exc.CommitUnknown):
            with engine.begin() as connection:
                connection.execute(insert(Entry), [{"number": 2, "size": 0}, {"number": 3, "size": 0}])
        assert engine.pool.checkedout() == 0
        engine.dispose()

    with place_of(route, request) as place:
        asyncio.run(program(place))
        assert place.rows(NUMBERS) == ([] if before else [(1,), (2,), (3,)])


@routes("sync")
def test_the_connection_after_it(route: Route, request: pytest.FixtureRequest) -> None:
    """Its transaction has ended, and says that nobody knows how; the next statement opens another connection."""
    with place_of(route, request) as place:
        engine = place.engine()
        with engine.connect() as connection:
            transaction = connection.begin()
            connection.execute(update(Mark).values(number=7))
            place.proxy.cut_when(sent=b"COMMIT", before=False)
            with pytest.raises(exc.CommitUnknown):
                transaction.commit()
            assert transaction.is_committed is None and not transaction.is_active
            assert not connection.in_transaction() and connection.invalidated
            transaction.rollback()
            connection.rollback()
            with pytest.raises(exc.InvalidRequestError, match="This transaction is inactive"):
                transaction.commit()
            assert connection.scalar(text("SELECT number FROM mark")) == 7
            transaction = connection.get_transaction()
            assert transaction.is_committed is False
            connection.commit()
            assert transaction.is_committed is True
            # What was lost before COMMIT was sent is no such case.
            connection.execute(update(Mark).values(number=8))
            place.proxy.cut()
            with pytest.raises(exc.ConnectionLost) as lost:
                connection.execute(update(Mark).values(number=9))
            assert lost.value.retryable
            with pytest.raises(exc.PendingRollbackError, match="Can't reconnect until invalid transaction is rolled"):
                connection.commit()
            connection.rollback()
            assert connection.scalar(text("SELECT number FROM mark")) == 7
        engine.dispose()


@routes()
def test_a_statement_that_commits_by_itself(route: Route, request: pytest.FixtureRequest) -> None:
    """In autocommit; a text of the program's; what MariaDB commits before: not retryable. What only reads: retryable."""
    cases: list[tuple[bool, str, bytes]] = [
        (True, "INSERT INTO entry (number, size) VALUES (5, 0)", b"INSERT"),
        (False, "COMMIT", b"COMMIT"),
    ]
    if route.server == "mariadb":
        cases.append((False, "CREATE TABLE other (id INTEGER)", b"CREATE"))
    harmless = [(True, "SELECT 1", b"SELECT 1"), (False, "INSERT INTO entry (number, size) VALUES (6, 0)", b"INSERT")]

    async def lose(place: Place, is_autocommit: bool, sql: str, sent: bytes) -> exc.ConnectionLost:
        async with place.session(**({"isolation_level": "AUTOCOMMIT"} if is_autocommit else {})) as session:
            await session.execute(text("UPDATE mark SET number = 1"))
            place.proxy.cut_when(sent=sent, before=False)
            with pytest.raises(exc.ConnectionLost) as lost:
                await session.execute(text(sql))
            await session.rollback()
            assert await session.scalar(text("SELECT number FROM mark")) is not None
            return lost.value

    async def program(place: Place) -> None:
        for case in cases:
            assert type(await lose(place, *case)) is exc.CommitUnknown, case
        for case in harmless:
            error = await lose(place, *case)
            assert type(error) is exc.ConnectionLost and error.retryable, case

    with place_of(route, request) as place:
        asyncio.run(program(place))


@routes("async")
@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_a_cancellation_that_the_database_does_not_answer(
    route: Route, request: pytest.FixtureRequest, before: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The connection is given up at the deadline, and the program is told so, through a timeout of its own too."""
    monkeypatch.setattr(uninterrupted, "DEADLINE", 0.1)

    async def program(place: Place) -> None:
        async with place.session() as session:
            session.add(new_entry(1, 1))
            watch = place.proxy.hold_when(sent=b"COMMIT", before=before)
            task = asyncio.ensure_future(session.commit())
            await asyncio.to_thread(watch.wait, PATIENCE)
            task.cancel()
            with pytest.raises(exc.CommitUnknown) as unknown:
                await task
            assert isinstance(unknown.value.orig, asyncio.CancelledError)
            assert not session.in_transaction()
            session.add(new_entry(2, 1))
            watch = place.proxy.hold_when(sent=b"COMMIT", before=before)
            with pytest.raises(exc.CommitUnknown):
                async with asyncio.timeout(None) as limit:
                    # Its time is up when COMMIT has been sent, however long that takes.
                    begun = asyncio.ensure_future(end_when_sent(watch, limit))
                    await session.commit()
            await begun
            place.proxy.cut()
            session.add(new_entry(3, 1))
            await session.commit()

    with place_of(route, request) as place:
        asyncio.run(program(place))
        assert place.rows(NUMBERS) == ([(3,)] if before else [(1,), (2,), (3,)])


@routes("async")
@pytest.mark.parametrize("is_flushed", [True, False], ids=["alone", "with its rows"])
def test_a_cancellation_that_comes_with_the_answer(
    route: Route, request: pytest.FixtureRequest, is_flushed: bool
) -> None:
    """COMMIT is waited for: the cancellation goes on, and the session knows that the transaction is committed."""

    async def program(place: Place) -> None:
        async with place.session() as session:
            told = listen_to(session)
            entry = new_entry(1, 1)
            session.add(entry)
            if is_flushed:
                await session.flush()
            watch = place.proxy.hold_when(sent=b"COMMIT", before=False)
            task = asyncio.ensure_future(session.commit())
            await asyncio.to_thread(watch.wait, PATIENCE)
            await wait_until_stored(place)
            task.cancel()
            await asyncio.sleep(0)
            place.proxy.release()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert told == ["after_commit"]
            assert not session.in_transaction() and inspect(entry).persistent
            await session.refresh(entry)
            assert entry.number == 1

    with place_of(route, request) as place:
        asyncio.run(program(place))
        assert place.rows(NUMBERS) == [(1,)]


@routes("async")
def test_a_cancellation_before_commit_is_reached(route: Route, request: pytest.FixtureRequest) -> None:
    """The statement waits for a lock, COMMIT may stand behind it: it is ended, and nothing is committed."""

    async def program(place: Place) -> None:
        async with place.session() as session:
            with place.direct.begin() as other:
                other.execute(update(Mark).values(number=1))
                (await session.get(Mark, 1)).number = 2
                watch = place.proxy.hold_when(sent=b"UPDATE mark", before=True)
                task = asyncio.ensure_future(session.commit())
                await asyncio.to_thread(watch.wait, PATIENCE)
                place.proxy.release()
                await wait_until_blocked(place)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
            await session.rollback()
            assert (await session.get(Mark, 1)).number == 1

    with place_of(route, request) as place:
        asyncio.run(program(place))


async def end_when_sent(watch: Any, limit: asyncio.Timeout) -> None:
    """Let a program's time be up when bytes have been sent."""
    assert await asyncio.to_thread(watch.wait, PATIENCE)
    limit.reschedule(asyncio.get_running_loop().time())


BLOCKED = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()",
    "mariadb": "SELECT count(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT'",
}


async def wait_until_blocked(place: Place) -> None:
    """Wait until a session waits for a lock of another."""
    await core_wait_until(lambda: place.rows(BLOCKED[place.route.server]) != [(0,)], "somebody waits for a lock")


async def wait_until_stored(place: Place) -> None:
    """Wait until the server has done the COMMIT whose answer is held back."""
    await core_wait_until(lambda: place.rows(NUMBERS), "the row is stored")


@routes()
def test_the_drivers_own_timeout(route: Route, request: pytest.FixtureRequest) -> None:
    """A driver that waits no longer for the answer to COMMIT does not know it either."""
    # Long enough for all that comes before COMMIT, also on a machine that has much else to do.
    limits = {"pymysql": {"read_timeout": 3}, "asyncpg": {"command_timeout": 3}}
    if route.driver not in limits:
        assert route.driver in ("psycopg", "psycopg2", "asyncmy", "mysqldb")  # which have none
        return

    async def program(place: Place) -> None:
        async with place.session(connect_args=limits[route.driver]) as session:
            session.add(new_entry(1, 1))
            await session.flush()
            place.proxy.hold_when(sent=b"COMMIT", before=False)
            with pytest.raises(exc.CommitUnknown):
                await session.commit()
            place.proxy.cut()
            assert (await session.get(Mark, 1)).number == 0

    with place_of(route, request) as place:
        asyncio.run(program(place))
        assert place.rows(NUMBERS) == [(1,)]


@routes("sync")
def test_two_phases(route: Route, request: pytest.FixtureRequest) -> None:
    """The other database is committed all the same; the message says how to find out about this one, and to end it."""
    with place_of(route, request) as place:
        engine, others = place.engine(), create_engine("sqlite://")
        sent = b"COMMIT PREPARED" if route.server == "postgresql" else b"XA COMMIT"
        # A server tells of the prepared transactions of all databases: other tests' are left alone.
        prepared: list[str] = []
        event.listen(engine, "prepare_twophase", lambda connection, xid: prepared.append(xid))
        # The identifier, and so the last of the transaction, is there as long as it was not committed.
        for before, number in ((True, 1), (False, 2)):
            with Session(engine, twophase=True) as session:
                session.add(new_entry(number, 1))
                session.prepare()
                place.proxy.cut_when(sent=sent, before=before)
                with pytest.raises(exc.CommitUnknown, match=r"connection.recover_twophase\(\) lists its identifier"):
                    session.commit()
                assert not session.in_transaction()
            # MariaDB gives a transaction to another session when it has noticed that its own is gone.
            wait_until(place.is_alone, "the server has noticed that the connection is gone")
            with place.direct.connect() as connection:
                waiting = [xid for xid in connection.recover_twophase() if xid in prepared]
                connection.rollback()
                assert len(waiting) == before
                for xid in waiting:
                    connection.commit_prepared(xid, recover=True)
        assert place.rows(NUMBERS) == [(1,), (2,)]
        # Not prepared: MariaDB's word for COMMIT is another one there.
        with engine.connect() as connection:
            transaction = connection.begin_twophase()
            connection.execute(update(Mark).values(number=7))
            place.proxy.cut_when(sent=b"COMMIT", before=False)
            with pytest.raises(exc.CommitUnknown) as unknown:
                transaction.commit()
            assert "recover_twophase" not in str(unknown.value)
            assert transaction.is_committed is None
        assert place.rows("SELECT number FROM mark") == [(7,)]
        engine.dispose()
        others.dispose()


def test_ctrl_c_while_commit_is_under_way(request: pytest.FixtureRequest) -> None:
    """It stays what it is, with a note; the session's transaction has ended without a word of commit or rollback."""
    route = Route("mariadb", "pymysql", "sync")
    with place_of(route, request) as place:
        engine = place.engine()
        with Session(engine) as session:
            told = listen_to(type("Face", (), {"sync_session": session}))
            entry = new_entry(1, 1)
            session.add(entry)
            session.flush()
            watch = place.proxy.hold_when(sent=b"COMMIT", before=False)
            main = threading.main_thread().ident
            assert main is not None

            def interrupt() -> None:
                watch.wait(PATIENCE)
                signal.pthread_kill(main, signal.SIGINT)

            thread = threading.Thread(target=interrupt)
            thread.start()
            with pytest.raises(KeyboardInterrupt) as interrupted:
                session.commit()
            join_all([thread])
            assert "nobody knows whether the transaction was committed" in interrupted.value.__notes__[0]
            assert told == ["after_soft_rollback"]
            assert not session.in_transaction() and inspect(entry).transient
            place.proxy.cut()
            assert session.get(Mark, 1) is not None
        engine.dispose()
