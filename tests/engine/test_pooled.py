"""Faces of pooled connections: what the DBAPI promises, detached and invalidated ones, levels of isolation, what is told."""

import asyncio
import gc
import sqlite3

import pytest

from holdfast import create_engine, event, exc, text
from holdfast.ext.asyncio import create_async_engine
from holdfast.pool import PoolResetState, QueuePool


@pytest.fixture
def engine(tmp_path):
    """An engine on a file with an empty table; at the end nothing is out."""
    engine = create_engine(f"sqlite:///{tmp_path / 'data.db'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    yield engine
    gc.collect()
    assert engine.pool.checkedout() == 0
    engine.dispose()


def count(engine):
    """Return how many rows are committed."""
    with engine.connect() as connection:
        return connection.execute(text("SELECT count(*) FROM t")).scalar()


def test_a_raw_connection_is_transactional(engine):
    """It begins by itself, as the DBAPI says; what is not committed is rolled back, and the pool's next user is safe."""
    raw = engine.raw_connection()
    raw.cursor().execute("INSERT INTO t VALUES (1)")
    raw.commit()
    raw.execute("INSERT INTO t VALUES (2)")
    assert raw.dbapi_connection.in_transaction
    raw.close()
    raw.close()
    assert (raw.is_valid, raw.dbapi_connection) == (False, None)
    with pytest.raises(exc.InvalidRequestError, match="This connection is closed"):
        raw.cursor()
    assert count(engine) == 1
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO t VALUES (3)"))
    assert count(engine) == 1


def test_a_forgotten_raw_connection_goes_back(engine):
    """Rolled back, and open."""
    raw = engine.raw_connection()
    driver = raw.driver_connection
    raw.execute("INSERT INTO t VALUES (1)")
    del raw
    gc.collect()
    assert engine.pool.checkedout() == 0
    assert not driver.in_transaction
    assert count(engine) == 0


def test_what_is_committed_on_return(tmp_path):
    """`pool_reset_on_return="commit"` ends what a program left open that way."""
    engine = create_engine(f"sqlite:///{tmp_path / 'data.db'}", pool_reset_on_return="commit")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
    with engine.raw_connection() as raw:
        raw.execute("INSERT INTO t VALUES (1)")
    assert count(engine) == 1
    engine.dispose()


def test_connection_of_a_connection(engine):
    """Always the same proxy, with the driver's connection behind it and the same `info`."""
    with engine.connect() as connection:
        proxy = connection.connection
        assert connection.connection is proxy
        assert isinstance(proxy.dbapi_connection, sqlite3.Connection)
        assert proxy.driver_connection is proxy.dbapi_connection
        assert isinstance(proxy.cursor(), sqlite3.Cursor)
        assert (proxy.is_valid, proxy.is_detached) == (True, False)
        connection.info["a"] = 1
        proxy.record_info["b"] = 2
        assert proxy.info == {"a": 1}
        proxy.invalidate()
        assert connection.invalidated
        assert (connection.info, connection.connection.record_info) == ({}, {"b": 2})
    with pytest.raises(exc.ResourceClosedError):
        _ = connection.connection


def test_a_detached_connection_leaves_the_pool(engine):
    """It works on, makes room, and is closed at its end."""
    heard = []
    for name in ("detach", "checkin", "close", "close_detached"):
        event.listen(engine, name, lambda *arguments, name=name: heard.append(name))
    connection = engine.connect()
    raw = connection.connection.dbapi_connection
    connection.detach()
    assert engine.pool.checkedout() == 0
    assert (connection.connection.is_detached, connection.connection.record_info) == (True, None)
    assert connection.execute(text("SELECT 1")).scalar() == 1
    connection.close()
    with pytest.raises(sqlite3.ProgrammingError):
        raw.execute("SELECT 1")
    assert heard == ["detach", "close_detached"]


def test_an_invalidated_connection_is_opened_again(engine):
    """At the next statement, unless a transaction was lost with it: that one is to be rolled back first."""
    with engine.connect() as connection:
        first = connection.connection.dbapi_connection
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.invalidate()
        with pytest.raises(exc.PendingRollbackError, match="Can't reconnect until invalid transaction is rolled back"):
            connection.execute(text("SELECT 1"))
        assert not connection.get_transaction().is_valid
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM t")).scalar() == 0
        assert connection.connection.dbapi_connection is not first
        assert not connection.invalidated


def test_an_invalidated_connection_on_asyncio():
    """The same, awaited; the driver's thread ends with its connection."""

    async def work():
        engine = create_async_engine("sqlite+aiosqlite://", poolclass=QueuePool)
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
            await connection.invalidate()
            assert connection.invalidated
            await connection.rollback()
            assert (await connection.execute(text("SELECT 2"))).scalar() == 2
            raw = await connection.get_raw_connection()
            assert raw.is_valid
            with pytest.raises(exc.InvalidRequestError, match="get_raw_connection"):
                _ = connection.connection
        await engine.dispose()
        raw = await engine.raw_connection()
        assert raw.dbapi_connection.execute("SELECT 3").fetchone() == (3,)
        with pytest.raises(exc.MissingGreenlet):
            raw.close()
        await raw.core_close()
        await engine.dispose()

    asyncio.run(work())


def test_soft_invalidation_waits_for_the_next_use(engine):
    """The connection serves until it comes back; the next user gets another."""
    with engine.connect() as connection:
        first = connection.connection.dbapi_connection
        connection.connection.invalidate(soft=True)
        assert connection.execute(text("SELECT 1")).scalar() == 1
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is not first


def test_a_lost_server_invalidates_the_whole_pool(engine):
    """One connection that is lost tells that the others, which are older, are lost too."""
    one, two = engine.connect(), engine.connect()
    old = two.connection.dbapi_connection
    event.listen(engine, "handle_error", lambda context: setattr(context, "is_disconnect", True))
    with pytest.raises(exc.OperationalError) as lost:
        one.exec_driver_sql("SELECT nothing")
    assert lost.value.connection_invalidated
    assert one.invalidated
    one.close()
    two.close()
    with engine.connect() as connection, engine.connect() as other:
        assert old not in (connection.connection.dbapi_connection, other.connection.dbapi_connection)


def test_what_reset_is_told(engine):
    """Whether the transaction was ended already."""
    heard = []
    event.listen(engine, "reset", lambda connection, record, state: heard.append(state))
    engine.connect().close()
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert heard == [PoolResetState(False, False, True), PoolResetState(True, False, True)]


def test_isolation_levels(engine):
    """Set for the transactions to come, on the engine, or on one connection, which gives it back as it was."""
    with engine.connect() as connection:
        assert connection.default_isolation_level == connection.get_isolation_level() == "SERIALIZABLE"
        connection.execution_options(isolation_level="READ UNCOMMITTED")
        assert connection.get_isolation_level() == "READ UNCOMMITTED"
        connection.execute(text("SELECT 1"))
        assert connection.get_isolation_level() == "READ UNCOMMITTED"
        with pytest.raises(exc.InvalidRequestError, match="isolation_level may not be altered"):
            connection.execution_options(isolation_level="SERIALIZABLE")
    with engine.connect() as connection:
        assert connection.get_isolation_level() == "SERIALIZABLE"
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("INSERT INTO t VALUES (1)"))
        connection.exec_driver_sql("BEGIN")
        connection.execute(text("INSERT INTO t VALUES (2)"))
    assert count(engine) == 1


def test_two_phase_transactions_are_not_sqlites(engine):
    """Refused by name, with nothing begun."""
    with engine.connect() as connection:
        for ask in (connection.begin_twophase, connection.recover_twophase, lambda: connection.commit_prepared("x")):
            with pytest.raises(NotImplementedError, match="The database 'sqlite' has no two-phase transactions"):
                ask()
        assert not connection.in_transaction()


def test_dispose_and_forget(engine):
    """`dispose(close=False)` leaves the connections open and takes a new pool, for a process that was forked."""
    heard = []
    event.listen(engine, "engine_disposed", heard.append)
    with engine.connect() as connection:
        raw = connection.connection.dbapi_connection
    old = engine.pool
    engine.dispose(close=False)
    assert heard == [engine]
    assert (engine.pool is old, engine.pool.checkedin()) == (False, 0)
    assert raw.execute("SELECT 1").fetchone() == (1,)
    old.dispose()
