"""The engine on PostgreSQL: cursors of the server, two-phase transactions, isolation, raw connections, listeners."""

import asyncio
import uuid

import pytest

from holdfast import create_engine, event, exc, select, text
from holdfast.engine import AdaptedConnection
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from tests.dialects.postgresql.models import Shelf

MANY = "SELECT n FROM generate_series(1, 10) AS n"


@pytest.mark.parametrize("level", ["AUTOCOMMIT", "READ COMMITTED"])
def test_rows_stay_at_the_server(engine, level):
    """A cursor of the server, also without a transaction; it is gone when its rows are, or when it is closed."""
    with engine.execution_options(isolation_level=level).connect() as connection:
        cursors = text("SELECT count(*) FROM pg_cursors WHERE name LIKE 'holdfast%'")
        result = connection.execute(text(MANY), execution_options={"yield_per": 4})
        assert result.fetchmany(2) == [(1,), (2,)]
        assert connection.execute(cursors).scalar() == 1
        assert [len(part) for part in result.partitions()] == [4, 4]
        assert connection.execute(cursors).scalar() == 0
        result = connection.execute(text(MANY), execution_options={"stream_results": True, "max_row_buffer": 3})
        assert result.scalars().fetchmany(7) == [1, 2, 3, 4, 5, 6, 7]
        result.close()
        assert connection.execute(cursors).scalar() == 0


def test_parameters_and_changes_stream_too(engine):
    """A SELECT with parameters has a cursor of the server, what RETURNING gives has none."""
    with engine.begin() as connection:
        options = {"yield_per": 2}
        added = connection.execute(
            Shelf.__table__.insert().returning(Shelf.name), {"name": "50%", "width": 1}, execution_options=options
        )
        assert added.all() == [("50%",)]
        found = connection.execute(select(Shelf.name).where(Shelf.name == "50%"), execution_options=options)
        assert found.all() == [("50%",)]
        drawn = connection.exec_driver_sql("SELECT %s::int AS a, 5 %% 3", (4,), options)
        assert drawn.all() == [(4, 2)]


def test_a_streamed_result_ends_with_its_connection(engine):
    """Also after an error has spoilt the transaction."""
    connection = engine.connect()
    result = connection.execute(text(MANY), execution_options={"yield_per": 1})
    result.fetchone()
    with pytest.raises(exc.ProgrammingError):
        connection.execute(text("SELECT nothing"))
    connection.close()
    with pytest.raises(exc.ResourceClosedError):
        result.fetchone()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_streams_on_asyncio(clean_postgresql_url):
    """Cursors of the server, awaited; a session loads objects chunk by chunk."""

    async def work():
        engine = create_async_engine(clean_postgresql_url)
        async with engine.begin() as connection:
            await connection.run_sync(Shelf.metadata.create_all)
            await connection.execute(Shelf.__table__.insert(), [{"name": f"s{n}", "width": n + 1} for n in range(5)])
            async with connection.stream(text(MANY), execution_options={"yield_per": 4}) as result:
                assert await result.fetchone() == (1,)
                open_cursors = await connection.execute(text("SELECT count(*) FROM pg_cursors WHERE name != ''"))
                assert open_cursors.scalar() == 1
                assert [len(part) async for part in result.partitions()] == [4, 4, 1]
            assert connection.default_isolation_level == await connection.get_isolation_level() == "READ COMMITTED"
        async with AsyncSession(engine) as session:
            result = await session.stream(select(Shelf).order_by(Shelf.width), execution_options={"yield_per": 2})
            assert [[shelf.name for shelf in part] async for part in result.scalars().partitions()] == [
                ["s0", "s1"],
                ["s2", "s3"],
                ["s4"],
            ]
        assert engine.pool.checkedout() == 0
        await engine.dispose()

    asyncio.run(work())


def test_a_prepared_transaction_is_committed(engine):
    """Prepared, then committed: by the same connection, or by another that found it again."""
    heard = []
    for what in ("begin_twophase", "prepare_twophase", "commit_twophase", "rollback_twophase", "begin", "commit"):
        event.listen(engine, what, lambda conn, *rest, what=what: heard.append((what, *rest)))
    # A server has one name once, whichever of its databases it is of.
    name = f"it's mine {uuid.uuid4().hex}"
    with engine.connect() as connection:
        transaction = connection.begin_twophase(name)
        connection.execute(Shelf.__table__.insert(), {"name": "a", "width": 1})
        transaction.prepare()
        transaction.commit()
        assert not connection.in_transaction()
    assert heard == [
        ("begin_twophase", name),
        ("prepare_twophase", name),
        ("commit_twophase", name, True),
    ]
    with engine.connect() as connection:
        assert connection.scalars(select(Shelf.name)).all() == ["a"]


def test_a_prepared_transaction_outlives_its_connection(engine):
    """It is found again and ended from another connection."""
    names = []
    for _ in range(2):
        with engine.connect() as connection:
            transaction = connection.begin_twophase()
            names.append(transaction.xid)
            connection.execute(Shelf.__table__.insert(), {"name": f"s{len(names)}", "width": 1})
            transaction.prepare()
            connection.invalidate()
    with engine.connect() as connection:
        assert set(names) <= set(connection.recover_twophase())
        connection.rollback()
        connection.commit_prepared(names[0], recover=True)
        connection.rollback_prepared(names[1], recover=True)
        assert connection.scalars(select(Shelf.name)).all() == ["s1"]
        assert not set(names) & set(connection.recover_twophase())


def test_two_phase_transactions_that_are_not_prepared(engine):
    """commit() without prepare() is an ordinary COMMIT; a block rolls back after an error, prepared or not."""
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(Shelf.__table__.insert(), {"name": "kept", "width": 1})
        transaction.commit()
        names = []
        for prepared in (False, True):
            with pytest.raises(ZeroDivisionError), connection.begin_twophase() as transaction:
                names.append(transaction.xid)
                connection.execute(Shelf.__table__.insert(), {"name": "gone", "width": 1})
                if prepared:
                    transaction.prepare()
                _ = 1 / 0
        assert connection.scalars(select(Shelf.name)).all() == ["kept"]
        assert not set(names) & set(connection.recover_twophase())


def test_isolation_levels(engine):
    """They go with BEGIN, and are read back from the server."""
    with engine.connect() as connection:
        assert connection.default_isolation_level == connection.get_isolation_level() == "READ COMMITTED"
        connection.execution_options(isolation_level="REPEATABLE READ")
        assert connection.get_isolation_level() == "REPEATABLE READ"
        connection.execute(text("SELECT 1"))
        assert connection.get_isolation_level() == "REPEATABLE READ"
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert connection.get_isolation_level() == "READ COMMITTED"
    with pytest.raises(
        exc.ArgumentError, match="Valid isolation levels for 'postgresql' are SERIALIZABLE, READ UNCOMM"
    ):
        engine.execution_options(isolation_level="CHAOS")


def test_a_raw_connection_is_transactional(engine):
    """As psycopg's own; afterwards the engine's transactions are its own again."""
    with engine.raw_connection() as raw:
        raw.cursor().execute("INSERT INTO shelf (name, width) VALUES ('a', 1)")
        raw.commit()
        raw.execute("INSERT INTO shelf (name, width) VALUES ('b', 1)")
    with engine.connect() as connection:
        assert connection.scalars(select(Shelf.name)).all() == ["a"]


def test_a_lost_connection_is_opened_again(engine):
    """What was lost with it is rolled back first; idle connections of the pool are opened anew too."""
    idle, connection = engine.connect(), engine.connect()
    pid = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    idle.close()
    other = create_engine(engine.url)
    with other.connect() as killer:
        killer.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    other.dispose()
    with pytest.raises(exc.OperationalError) as lost:
        connection.execute(text("SELECT 1"))
    assert lost.value.connection_invalidated
    assert connection.invalidated
    with pytest.raises(exc.PendingRollbackError):
        connection.execute(text("SELECT 1"))
    connection.rollback()
    assert connection.execute(text("SELECT pg_backend_pid()")).scalar() != pid
    connection.close()


def test_listeners_of_an_asynchronous_engine(clean_postgresql_url):
    """They get a connection that looks synchronous, over a bridge to the loop."""

    async def work():
        engine = create_async_engine(clean_postgresql_url)
        heard = []

        def connected(dbapi_connection, record):
            assert isinstance(dbapi_connection, AdaptedConnection)
            with dbapi_connection.cursor() as cursor:
                cursor.execute("SET application_name = 'listened'")
            dbapi_connection.run_async(lambda driver: driver.execute("SET extra_float_digits = 1"))
            heard.append(record.driver_connection is dbapi_connection.driver_connection)

        event.listen(engine.sync_engine, "connect", connected)
        async with engine.connect() as connection:
            assert (await connection.execute(text("SHOW application_name"))).scalar() == "listened"
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is raw.dbapi_connection.driver_connection
        assert heard == [True]
        await engine.dispose()

    asyncio.run(work())


def test_the_first_connection_tells_the_schema_of_plain_names(postgresql_url):
    """Asked for once, with the isolation level: whoever compares schemas needs no inspector."""
    engine = create_engine(postgresql_url)
    assert engine.dialect.default_schema_name is None
    with engine.connect() as connection:
        assert engine.dialect.default_schema_name == "public"
        assert engine.dialect.default_isolation_level == connection.default_isolation_level == "READ COMMITTED"
    engine.dispose()
    elsewhere = create_engine(postgresql_url, connect_args={"options": "-c search_path=pg_catalog"})
    with elsewhere.connect():
        assert elsewhere.dialect.default_schema_name == "pg_catalog"
    elsewhere.dispose()


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_keywords_of_the_drivers_over_libpq(postgresql_url, driver):
    """The encoding reaches the server; advice on sending many rows changes nothing."""
    pytest.importorskip(driver)
    engine = create_engine(
        postgresql_url.replace("+psycopg", f"+{driver}"),
        client_encoding="latin1",
        executemany_mode="values_plus_batch",
        executemany_batch_page_size=50,
        use_native_hstore=True,
    )
    with engine.connect() as connection:
        assert connection.scalar(text("SHOW client_encoding")).lower() in ("latin1", "iso88591")
        assert connection.scalar(text("SELECT 'é'")) == "é"
    engine.dispose()
