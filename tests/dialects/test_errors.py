"""What a database refuses, provoked on SQLite, PostgreSQL and MariaDB: the same class everywhere, with its facts."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from holdfast import CheckConstraint, Engine, ForeignKey, MetaData, String, create_engine, exc, select, text, update
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from holdfast.testing import Proxy
from tests.support.waiting import PATIENCE, join_all

SERVERS = ("postgresql", "mariadb")


class Base(DeclarativeBase):
    """Base of the classes here."""

    metadata = MetaData()


class Shelf(Base):
    """Has every kind of constraint."""

    __tablename__ = "error_shelf"
    __table_args__ = (CheckConstraint("width > 0", name="has_width"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    width: Mapped[int] = mapped_column(default=1)
    inside: Mapped[int | None] = mapped_column(ForeignKey("error_shelf.id", name="is_inside"))


class Place:
    """One database and engines on it.

    Attributes:
        name: of the product.
        url: its address.
        engine: an engine with the table, two rows in it.
    """

    def __init__(self, name: str, url: str, stack: ExitStack) -> None:
        self.name, self.url, self._stack = name, url, stack
        self.engine = self.new_engine()
        Base.metadata.create_all(self.engine)
        with Session(self.engine) as session:
            session.add_all([Shelf(id=1, name="a"), Shelf(id=2, name="b")])
            session.commit()

    def new_engine(self, **keywords: Any) -> Engine:
        """Return another engine; it is disposed at the test's end."""
        engine = create_engine(keywords.pop("url", self.url), **keywords)
        self._stack.callback(engine.dispose)
        return engine

    def say(self, connection: Any, **texts: str) -> None:
        """Send the text for this product, if there is one."""
        if self.name in texts:
            connection.exec_driver_sql(texts[self.name])


def make_place(request: pytest.FixtureRequest, name: str, stack: ExitStack) -> Place:
    if name == "sqlite":
        folder: Path = request.getfixturevalue("tmp_path")
        return Place(name, f"sqlite:///{folder}/errors.db", stack)
    return Place(name, request.getfixturevalue(f"clean_{name}_url"), stack)


def params(*names: str) -> list[Any]:
    """Return a test's databases."""
    return [pytest.param(name, marks=[] if name == "sqlite" else getattr(pytest.mark, name)) for name in names]


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    """The database that the test's parameter names."""
    with ExitStack() as stack:
        yield make_place(request, request.param, stack)


everywhere = pytest.mark.parametrize("place", params("sqlite", *SERVERS), indirect=True)
on_servers = pytest.mark.parametrize("place", params(*SERVERS), indirect=True)

VIOLATIONS: dict[str, tuple[type[exc.IntegrityError], dict[str, Any], Any, tuple[str, ...]]] = {
    "unique": (
        exc.UniqueViolation,
        {"name": "a"},
        {"postgresql": "error_shelf_name_key", "mariadb": "name"},
        ("name",),
    ),
    "primary key": (
        exc.UniqueViolation,
        {"id": 1, "name": "c"},
        {"postgresql": "error_shelf_pkey", "mariadb": "PRIMARY"},
        ("id",),
    ),
    "not null": (exc.NotNullViolation, {"name": None}, {}, ("name",)),
    "check": (exc.CheckViolation, {"name": "c", "width": 0}, dict.fromkeys(("sqlite", *SERVERS), "has_width"), ()),
    "foreign key": (
        exc.ForeignKeyViolation,
        {"name": "c", "inside": 99},
        dict.fromkeys(SERVERS, "is_inside"),
        ("inside",),
    ),
}


@everywhere
@pytest.mark.parametrize("kind", VIOLATIONS)
def test_a_flush_tells_what_was_violated(place: Place, kind: str) -> None:
    """Constraint, table and columns as far as they are known, and the object; trying again is of no use."""
    class_, values, constraints, columns = VIOLATIONS[kind]
    with Session(place.engine) as session:
        culprit = Shelf(**{"id": 50, **values})
        session.add(culprit)
        with pytest.raises(class_) as refused:
            session.flush()
    error = refused.value
    assert type(error) is class_
    assert error.obj is culprit
    assert constraints.get(place.name) == error.constraint
    # SQLite tells neither table nor columns of a foreign key, and no table of a check.
    is_told = place.name != "sqlite" or kind not in ("foreign key", "check")
    assert (("error_shelf", columns) if is_told else (None, ())) == (error.table, tuple(error.columns))
    assert not error.retryable
    assert not error.connection_invalidated


def change(connection: Any, key: int, width: int) -> None:
    """Change one row."""
    connection.execute(update(Shelf).where(Shelf.id == key).values(width=width))


@everywhere
def test_a_row_that_changed_since_it_was_read(place: Place) -> None:
    """A transaction with a snapshot can not change it: it is to be repeated, and then succeeds."""
    level = {} if place.name == "sqlite" else {"isolation_level": "REPEATABLE READ"}
    first, second = place.engine.connect(), place.engine.connect()
    with first.execution_options(**level), second:
        place.say(first, mariadb="SET SESSION innodb_snapshot_isolation = ON")
        first.rollback()
        assert first.scalar(select(Shelf.width).where(Shelf.id == 1)) == 1
        change(second, 1, 5)
        second.commit()
        with pytest.raises(exc.SerializationFailure) as refused:
            change(first, 1, 7)
        assert refused.value.retryable
        first.rollback()
        change(first, 1, 7)
        first.commit()


@everywhere
def test_a_lock_that_is_not_got(place: Place) -> None:
    """Not waited for, as the database was told."""
    impatient = place.new_engine(connect_args={"timeout": 0} if place.name == "sqlite" else {})
    with place.engine.connect() as holder, impatient.connect() as other:
        change(holder, 1, 5)
        place.say(other, postgresql="SET lock_timeout = '1ms'", mariadb="SET SESSION innodb_lock_wait_timeout = 0")
        with pytest.raises(exc.LockTimeout) as refused:
            change(other, 1, 6)
        assert refused.value.retryable
        other.rollback()
        if place.name != "sqlite":
            with pytest.raises(exc.LockTimeout):
                other.execute(select(Shelf).where(Shelf.id == 1).with_for_update(nowait=True))


@on_servers
def test_a_deadlock(place: Place) -> None:
    """One of the two goes through; the other may try again, and does."""
    both_have_one = threading.Barrier(2)
    failed: list[exc.DBAPIError] = []

    def work(first: int, second: int) -> None:
        with place.engine.connect() as connection:
            change(connection, first, 5)
            both_have_one.wait(PATIENCE)
            try:
                change(connection, second, 6)
            except exc.DBAPIError as error:
                failed.append(error)
                connection.rollback()
                change(connection, second, 7)
            connection.commit()

    run_all(lambda: work(1, 2), lambda: work(2, 1))
    [error] = failed
    assert isinstance(error, exc.Deadlock)
    assert error.retryable


def run_all(*functions: Callable[[], None]) -> None:
    """Run functions in threads of their own, to their ends."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    join_all(threads)


@on_servers
def test_a_statement_that_takes_too_long(place: Place) -> None:
    """The transaction is not tried again by itself; what a user cancels is another matter."""
    with place.engine.connect() as connection:
        place.say(connection, postgresql="SET statement_timeout = 20", mariadb="SET SESSION max_statement_time = 0.02")
        slow = "SELECT pg_sleep(60)" if place.name == "postgresql" else "SELECT SLEEP(60) FROM error_shelf"
        with pytest.raises(exc.StatementTimeout) as refused:
            connection.exec_driver_sql(slow)
        assert not refused.value.retryable
        assert not refused.value.connection_invalidated


@everywhere
def test_what_may_only_be_read(place: Place) -> None:
    """A transaction, or a connection, that may not write."""
    with place.engine.connect() as connection:
        place.say(
            connection,
            sqlite="PRAGMA query_only = ON",
            postgresql="SET TRANSACTION READ ONLY",
            mariadb="SET SESSION TRANSACTION READ ONLY",
        )
        if place.name != "postgresql":
            connection.commit()
        with pytest.raises(exc.ReadOnlyViolation) as refused:
            change(connection, 1, 5)
        assert not refused.value.retryable
        connection.invalidate()


@on_servers
def test_too_many_connections(place: Place) -> None:
    """The server's own limit, for one user."""
    url = place.engine.url
    with place.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        texts = {
            "postgresql": ("CREATE ROLE holdfast_few LOGIN CONNECTION LIMIT 1", "DROP ROLE holdfast_few"),
            "mariadb": (
                "CREATE USER holdfast_few@'127.0.0.1' WITH MAX_USER_CONNECTIONS 1",
                "DROP USER holdfast_few@'127.0.0.1'",
            ),
        }
        make, drop = texts[place.name]
        connection.exec_driver_sql(make)
        try:
            database = url.database if place.name == "postgresql" else "information_schema"
            few = place.new_engine(url=url.set(username="holdfast_few", database=database))
            with few.connect() as first:
                assert first.scalar(text("SELECT 1")) == 1
                with pytest.raises(exc.TooManyConnections) as refused:
                    few.connect()
            assert refused.value.retryable
            few.dispose()
        finally:
            connection.exec_driver_sql(drop)


PID = {"postgresql": "SELECT pg_backend_pid()", "mariadb": "SELECT CONNECTION_ID()"}
KILL = {"postgresql": "SELECT pg_terminate_backend({})", "mariadb": "KILL {}"}


@on_servers
def test_a_connection_that_the_server_ends(place: Place) -> None:
    """The error says that all may be tried again; the pool opens a new connection, and drops the idle ones too."""
    idle, connection = place.engine.connect(), place.engine.connect()
    pid = connection.exec_driver_sql(PID[place.name]).scalar()
    idle.exec_driver_sql(PID[place.name])
    idle.close()
    with place.new_engine().connect() as killer:
        killer.exec_driver_sql(KILL[place.name].format(pid))
    with pytest.raises(exc.ConnectionLost) as lost:
        change(connection, 1, 5)
    assert lost.value.retryable
    assert lost.value.connection_invalidated
    assert isinstance(lost.value, exc.OperationalError)
    connection.rollback()
    assert connection.exec_driver_sql(PID[place.name]).scalar() != pid
    connection.close()


@on_servers
@pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])
def test_the_network_fails_and_comes_back(place: Place, is_async: bool) -> None:
    """Idle connections are dead without a word: the first use says so, the next has a good one."""
    url = place.engine.url
    assert url.host is not None and url.port is not None
    with Proxy(url.host, url.port) as proxy:
        if is_async:
            engine = create_async_engine(proxy.address(url))

            async def use() -> Any:
                async with engine.connect() as connection:
                    return await connection.scalar(select(Shelf.name).where(Shelf.id == 1))

            async def program() -> None:
                assert await use() == "a"
                proxy.refuse()
                for _ in range(2):
                    with pytest.raises(exc.ConnectionLost) as lost:
                        await use()
                    assert lost.value.retryable
                proxy.accept()
                assert await use() == "a"
                assert engine.pool.checkedout() == 0
                await engine.dispose()

            asyncio.run(program())
            return
        other = place.new_engine(url=proxy.address(url))
        with Session(other) as session:
            assert session.get(Shelf, 1) is not None
            session.commit()
            proxy.refuse()
            for _ in range(2):
                with pytest.raises(exc.ConnectionLost):
                    session.get(Shelf, 2)
                session.rollback()
            proxy.accept()
            assert session.get(Shelf, 2) is not None
            # In the middle of a transaction: what it did is gone, the session can go on after rollback().
            session.add(Shelf(id=9, name="lost"))
            session.flush()
            proxy.cut()
            with pytest.raises(exc.ConnectionLost) as lost:
                session.commit()
            # Nobody knows whether the COMMIT arrived.
            assert not lost.value.retryable
            session.rollback()
            assert session.get(Shelf, 9) is None


@pytest.mark.parametrize("place", params(*SERVERS), indirect=True)
def test_no_message_and_no_log_shows_the_password(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    """Neither of engine and address, nor of a refused or failed connection, nor of the log at its loudest."""
    secret = "hunter2-s3cret"
    url = place.engine.url.set(password=secret)
    shown = []
    caplog.set_level(logging.DEBUG)
    for broken in (url.set(username="nobody_here"), url.set(port=1), url.set(host="256.1.1.1")):
        engine = place.new_engine(url=broken, echo="debug", echo_pool="debug")
        with pytest.raises(exc.DBAPIError) as refused:
            engine.connect()
        shown += [str(refused.value), repr(refused.value), repr(engine), str(engine.url), repr(refused.value.orig)]
        engine.dispose()
    assert secret not in " ".join((*shown, caplog.text))


@on_servers
def test_a_server_that_is_not_there(place: Place) -> None:
    """Nobody listens: the connection is lost before it was made. Who is not let in has another error."""
    with Proxy("127.0.0.1", 1) as nowhere, pytest.raises(exc.ConnectionLost) as lost:
        place.new_engine(url=nowhere.address(place.engine.url)).connect()
    assert lost.value.retryable
    assert not lost.value.connection_invalidated, "there was none yet"
    with pytest.raises(exc.OperationalError) as refused:
        place.new_engine(url=place.engine.url.set(username="nobody_here", password="x")).connect()
    assert not isinstance(refused.value, exc.ConnectionLost)
    assert not refused.value.retryable
