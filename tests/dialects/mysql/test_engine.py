"""The engine on MariaDB: streams, XA, isolation, implicit commits, raw and lost connections, cancelled statements."""

import asyncio
import threading
import uuid

import pytest

from holdfast import Column, Integer, MetaData, Sequence, Table, create_engine, event, exc, make_url, select, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from tests.crash.routes import OTHERS
from tests.dialects.mysql.models import Base, Shelf
from tests.servers.mariadb import run_sql
from tests.support.capability import needs
from tests.support.waiting import PATIENCE, core_wait_until, join_all, wait_until

MANY = "WITH RECURSIVE seq (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM seq WHERE n < 10) SELECT n FROM seq"
SHELVES = Shelf.__table__


@pytest.mark.parametrize("level", ["AUTOCOMMIT", "READ COMMITTED"])
def test_rows_come_as_they_are_fetched(engine, level):
    """Another statement on the connection keeps the rows that are left."""
    with engine.execution_options(isolation_level=level).connect() as connection:
        result = connection.execute(text(MANY), execution_options={"yield_per": 4})
        assert result.fetchmany(2) == [(1,), (2,)]
        assert connection.execute(text("SELECT 5 % 3")).scalar() == 2
        assert [len(part) for part in result.partitions()] == [4, 4]
        result = connection.execute(text(MANY), execution_options={"stream_results": True, "max_row_buffer": 3})
        assert result.scalars().fetchmany(7) == [1, 2, 3, 4, 5, 6, 7]
        result.close()
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_a_streamed_result_ends_with_its_connection(engine):
    """Also one whose rows were not fetched."""
    connection = engine.connect()
    result = connection.execute(text(MANY), execution_options={"yield_per": 1})
    result.fetchone()
    connection.close()
    with pytest.raises(exc.ResourceClosedError):
        result.fetchone()
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1


def test_percent_signs(engine):
    """A text without parameters goes as it is; with some, the driver's rules hold; `text()` takes care of both."""
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT 5 % 3, '50%'").one() == (2, "50%")
        assert connection.exec_driver_sql("SELECT 5 %% 3, %s", ("%s",)).one() == (2, "%s")
        assert connection.execute(text("SELECT 5 % 3, :a"), {"a": "%s"}).one() == (2, "%s")
        assert connection.execute(text("SELECT '50%'")).scalar() == "50%"


def test_streams_on_asyncio(clean_mariadb_url):
    """Rows stay in the connection's thread; a session loads objects chunk by chunk."""

    async def work():
        engine = create_async_engine(clean_mariadb_url)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(SHELVES.insert(), [{"name": f"s{n}", "width": n + 1} for n in range(5)])
            async with connection.stream(text(MANY), execution_options={"yield_per": 4}) as result:
                assert await result.fetchone() == (1,)
                assert (await connection.execute(text("SELECT 1"))).scalar() == 1
                assert [len(part) async for part in result.partitions()] == [4, 4, 1]
            assert connection.default_isolation_level == await connection.get_isolation_level() == "REPEATABLE READ"
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


@pytest.mark.parametrize("scheme", ["mysql", "mysql+aiomysql", "mysql+pymysql"])
def test_addresses_for_asyncio(clean_mariadb_url, scheme):
    """PyMySQL serves them in a thread, by its own name and by that of the driver made of it."""
    url = f"{scheme}://{clean_mariadb_url.partition('://')[2]}"

    async def work():
        engine = create_async_engine(url)
        async with engine.connect() as connection:
            assert (await connection.execute(text("SELECT 1"))).scalar() == 1
        await engine.dispose()

    asyncio.run(work())


def test_what_a_server_can_do_is_learned_from_it(clean_mariadb_url):
    """A MariaDB that is addressed by mysql:// has RETURNING too; so have copies of the engine that were made before."""
    engine = create_engine(clean_mariadb_url.replace("mariadb+", "mysql+"))
    is_mariadb = "mariadb" in run_sql(clean_mariadb_url, "SELECT VERSION()")[0][0].lower()
    assert not engine.dialect.capabilities.insert_returning
    copy = engine.execution_options(schema_translate_map={"other": None})
    table = Table("learned", MetaData(), Column("id", Integer, primary_key=True), schema="other")
    with copy.begin() as connection:
        table.create(connection)
        if is_mariadb:
            assert connection.execute(table.insert().returning(table.c.id), [{}, {}]).scalars().all() == [1, 2]
    for each in (engine, copy):
        assert each.dialect.is_mariadb == each.dialect.capabilities.insert_returning == is_mariadb
        assert each.dialect.server_version_info >= ((10, 6) if is_mariadb else (8, 0))
    engine.dispose()
    if not is_mariadb:
        wrong = create_engine(clean_mariadb_url.replace("mysql+", "mariadb+"))
        with pytest.raises(exc.InvalidRequestError, match="is not a MariaDB variant"):
            wrong.connect()
        assert wrong.pool.checkedout() == 0


def test_keys_of_a_sequence_are_told(clean_mariadb_url):
    """MariaDB has sequences; what they made comes back by RETURNING."""
    engine = create_engine(clean_mariadb_url)
    with engine.connect() as connection:
        needs(connection, "sequences")
    table = Table("counted", MetaData(), Column("id", Integer, Sequence("numbers", start=10), primary_key=True))
    with engine.begin() as connection:
        table.create(connection)
        assert connection.execute(table.insert()).inserted_primary_key == (10,)
        assert connection.execute(table.insert().values(id=3)).inserted_primary_key == (3,)
    engine.dispose()


# -- transactions ------------------------------------------------------------------------------------------------------


def test_a_prepared_transaction_is_committed(engine):
    """By the same connection, or by another that found it again."""
    with engine.connect() as connection:
        # A server has one name once, whichever of its databases it is of.
        transaction = connection.begin_twophase(f"it's mine {uuid.uuid4().hex}")
        connection.execute(SHELVES.insert(), {"name": "a", "width": 1})
        transaction.prepare()
        transaction.commit()
        assert connection.scalars(select(Shelf.name)).all() == ["a"]
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(SHELVES.insert(), {"name": "b", "width": 1})
        transaction.prepare()
        xid = transaction.xid
        connection.invalidate()
    with engine.connect() as connection:
        # The server gives the transaction to another session when it has noticed that its own is gone.
        wait_until(lambda: connection.scalar(text(OTHERS["mariadb"])) == 0, "the server has noticed")
        assert xid in connection.recover_twophase()
        connection.rollback()
        connection.commit_prepared(xid, recover=True)
        assert connection.scalars(select(Shelf.name)).all() == ["a", "b"]
        assert xid not in connection.recover_twophase()


def test_two_phase_transactions_that_are_not_prepared(engine):
    """commit() without prepare() commits in one phase; a block rolls back after an error, prepared or not."""
    with engine.connect() as connection:
        transaction = connection.begin_twophase()
        connection.execute(SHELVES.insert(), {"name": "kept", "width": 1})
        transaction.commit()
        for prepared in (False, True):
            with pytest.raises(ZeroDivisionError), connection.begin_twophase() as transaction:
                connection.execute(SHELVES.insert(), {"name": "gone", "width": 1})
                if prepared:
                    transaction.prepare()
                _ = 1 / 0
        assert connection.scalars(select(Shelf.name)).all() == ["kept"]


def test_isolation_levels(engine):
    """They are set before BEGIN, read back from the server, and gone with the connection's return to the pool."""
    with engine.connect() as connection:
        assert connection.default_isolation_level == connection.get_isolation_level() == "REPEATABLE READ"
        connection.execution_options(isolation_level="READ COMMITTED")
        assert connection.get_isolation_level() == "READ COMMITTED"
        connection.execute(text("SELECT 1"))
        assert connection.get_isolation_level() == "READ COMMITTED"
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        assert connection.get_isolation_level() == "REPEATABLE READ"
    with pytest.raises(exc.ArgumentError, match=r"Valid isolation levels for 'm\w+' are SERIALIZABLE, READ UNCOMM"):
        engine.execution_options(isolation_level="CHAOS")


def test_autocommit(engine):
    """Each statement is its own transaction."""
    with engine.connect() as connection, engine.connect() as other:
        connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(SHELVES.insert(), {"name": "a", "width": 1})
        assert other.scalars(select(Shelf.name)).all() == ["a"]


def test_what_follows_a_change_of_the_schema_can_be_rolled_back(engine):
    """The server commits before CREATE TABLE; what comes after it goes into a new transaction."""
    with engine.connect() as connection:
        connection.execute(SHELVES.insert(), {"name": "committed", "width": 1})
        connection.execute(text("CREATE TABLE made (id INT)"))
        connection.execute(SHELVES.insert(), {"name": "rolled back", "width": 1})
        connection.rollback()
        assert connection.scalars(select(Shelf.name)).all() == ["committed"]


def test_savepoints(engine):
    """Released and rolled back."""
    with engine.begin() as connection:
        with connection.begin_nested():
            connection.execute(SHELVES.insert(), {"name": "kept", "width": 1})
        nested = connection.begin_nested()
        connection.execute(SHELVES.insert(), {"name": "gone", "width": 1})
        nested.rollback()
    with engine.connect() as connection:
        assert connection.scalars(select(Shelf.name)).all() == ["kept"]


def test_a_raw_connection_is_transactional(engine):
    """As PyMySQL's own; afterwards the engine's transactions are its own again."""
    with engine.raw_connection() as raw:
        raw.cursor().execute("INSERT INTO shelf (name, width) VALUES ('a', 1)")
        raw.commit()
        raw.cursor().execute("INSERT INTO shelf (name, width) VALUES ('b', 1)")
    with engine.connect() as connection:
        assert connection.scalars(select(Shelf.name)).all() == ["a"]


# -- lost and cancelled ------------------------------------------------------------------------------------------------


def test_a_lost_connection_is_opened_again(engine):
    """What was lost with it is rolled back first; idle connections of the pool are opened anew too."""
    idle, connection = engine.connect(), engine.connect()
    session = connection.execute(text("SELECT CONNECTION_ID()")).scalar()
    idle.close()
    other = create_engine(engine.url)
    with other.connect() as killer:
        killer.execute(text(f"KILL {int(session)}"))
    other.dispose()
    with pytest.raises(exc.DBAPIError) as lost:
        connection.execute(text("SELECT 1"))
    assert lost.value.connection_invalidated
    assert connection.invalidated
    with pytest.raises(exc.PendingRollbackError):
        connection.execute(text("SELECT 1"))
    connection.rollback()
    assert connection.execute(text("SELECT CONNECTION_ID()")).scalar() != session
    connection.close()


def test_a_cancelled_statement_leaves_the_pool_whole(clean_mariadb_url):
    """The server is told to end it; the connection serves on, with nothing of the transaction."""

    async def work():
        engine = create_async_engine(clean_mariadb_url, pool_size=1, max_overflow=0)
        watcher = create_engine(clean_mariadb_url, isolation_level="AUTOCOMMIT")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

        def sleeps():
            with watcher.connect() as connection:
                return connection.scalar(
                    text(
                        "SELECT count(*) FROM information_schema.processlist "
                        "WHERE db = database() AND info LIKE 'SELECT SLEEP%'"
                    )
                )

        async def write_and_wait():
            async with engine.begin() as connection:
                await connection.execute(SHELVES.insert(), {"name": "never", "width": 1})
                await connection.execute(text("SELECT SLEEP(600)"))

        for _ in range(3):
            task = asyncio.create_task(write_and_wait())
            await core_wait_until(sleeps, "the statement is under way")
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert engine.pool.checkedout() == 0
            async with engine.connect() as connection:
                assert (await connection.execute(select(Shelf.name))).all() == []
        await engine.dispose()
        watcher.dispose()

    asyncio.run(asyncio.wait_for(work(), PATIENCE))


def test_listeners_get_the_drivers_connection(clean_mariadb_url):
    """At "connect", where a program may set what it wants."""
    engine = create_engine(clean_mariadb_url)

    @event.listens_for(engine, "connect")
    def connected(dbapi_connection, record):
        with dbapi_connection.cursor() as cursor:
            cursor.execute("SET @mine = 7")

    with engine.connect() as connection:
        assert connection.execute(text("SELECT @mine")).scalar() == 7
    engine.dispose()


# -- errors ------------------------------------------------------------------------------------------------------------


def test_constraint_errors_have_their_facts(engine):
    """Of all kinds; no value of a row stands in the message."""
    cases = {
        exc.UniqueViolation: ("INSERT INTO shelf (name, width) VALUES (:v, 1), (:v, 1)", "name", None, ()),
        exc.NotNullViolation: ("INSERT INTO shelf (name, width) VALUES (NULL, 1)", None, None, ("name",)),
        exc.CheckViolation: ("INSERT INTO shelf (name, width) VALUES (:v, 0)", "has_width", "shelf", ()),
        exc.ForeignKeyViolation: (
            "INSERT INTO book (`the %(title)s ``q```, shelf_id) VALUES (:v, 99)", "on_shelf", "book", ("shelf_id",)
        ),
    }  # fmt: skip
    with engine.connect() as connection:
        for class_, (sql, constraint, table, columns) in cases.items():
            with pytest.raises(class_) as error:
                connection.execute(text(sql), {"v": "secret"} if ":v" in sql else {})
            assert (error.value.constraint, error.value.columns) == (constraint, columns)
            # MySQL names the table of a key, and not that of a CHECK.
            assert error.value.table in (table, "shelf" if class_ is exc.UniqueViolation else None)
            assert isinstance(error.value, exc.IntegrityError)
            assert "secret" not in str(error.value)
            connection.rollback()
        with pytest.raises(exc.NotNullViolation) as error:
            connection.execute(text("INSERT INTO shelf (width) VALUES (1)"))
        assert error.value.columns == ("name",)


@pytest.mark.parametrize("sql", ["SELECT :v FROM", "INSERT INTO shelf (name, width) VALUES ('a', :v)"])
def test_no_message_shows_values(engine, sql):
    """The driver puts values into the text, of which the server quotes pieces."""
    with engine.connect() as connection, pytest.raises(exc.DBAPIError) as error:
        connection.execute(text(sql), {"v": "secret"})
    assert "secret" not in str(error.value)


def test_the_loser_of_a_deadlock_can_try_again(engine):
    """Its transaction is rolled back by the server; the error says that it may be tried again."""
    with Session(engine) as session:
        session.add_all([Shelf(name="a"), Shelf(name="b")])
        session.commit()
    both_have_one = threading.Barrier(2)
    failed = []

    def change(first, second):
        with Session(engine) as session:
            session.execute(SHELVES.update().where(Shelf.name == first).values(width=5))
            both_have_one.wait(PATIENCE)
            try:
                session.execute(SHELVES.update().where(Shelf.name == second).values(width=5))
                session.commit()
            except exc.OperationalError as error:
                failed.append(error)
                session.rollback()
                session.execute(SHELVES.update().where(Shelf.name == second).values(width=7))
                session.commit()

    threads = [threading.Thread(target=change, args=names) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    join_all(threads)
    [error] = failed
    assert error.retryable
    assert error.orig.args[0] == 1213


def test_the_words_for_encryption_are_the_same_for_each_driver():
    """asyncmy wants them in one argument."""
    driver = pytest.importorskip("holdfast.dialects.mysql.drivers.asyncmy").AsyncmyDriver()
    url = make_url("mysql+asyncmy://me@h/d?ssl_ca=/ca&ssl_verify_identity=true&charset=utf8mb4")
    found = driver.arguments(url, {}).keywords
    assert found["ssl"] == {"ca": "/ca", "check_hostname": True}
    assert not [name for name in found if name.startswith("ssl_")]
    assert "ssl" not in driver.arguments(url, {"ssl_disabled": True}).keywords
