"""A process that is forked while an engine is in use: it neither uses nor closes what belongs to its parent."""

import gc
import importlib
import os
import pickle
import pkgutil
import select
import signal
import threading
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from holdfast import Engine, create_engine, dialects, event, exc, text
from holdfast._util.collector import CollectorPause
from holdfast.dialects.sqlite.drivers.pysqlite import SQLiteConnection
from holdfast.engine.forks import leave_alone
from holdfast.engine.thread_driver import ThreadConnection
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import Session
from holdfast.pool import NullPool, StaticPool
from tests.support.databases import by_driver
from tests.support.waiting import PATIENCE
from tests.threads.models import new_mapping

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked on this system")


def in_child(work: Callable[[], Any]) -> Any:
    """Return what a function returns in a process that is forked from this one; its garbage is collected before it ends.

    Raises: AssertionError: it failed there.
    """
    reading, writing = os.pipe()
    with warnings.catch_warnings():
        # Python 3.12 warns of the threads that other tests have left.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            told: Any = (True, work())
        except BaseException:
            told = (False, traceback.format_exc())
        gc.collect()
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(told, pipe)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        if not select.select([pipe], [], [], PATIENCE)[0]:
            os.kill(child, signal.SIGKILL)
        told = pipe.read()
    os.waitpid(child, 0)
    assert told, f"the child said nothing within {PATIENCE:.0f} seconds"
    good, answer = pickle.loads(told)
    assert good, answer
    return answer


PROCESS = {
    "postgresql": "SELECT pg_backend_pid()",
    "mysql": "SELECT connection_id()",
    "mariadb": "SELECT connection_id()",
}

DRIVERS = {
    "psycopg": "clean_postgresql_url",
    "psycopg2": "clean_postgresql_url",
    "pymysql": "clean_mariadb_url",
}


@pytest.fixture(params=DRIVERS)
def server(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a server, one of each family of drivers."""
    url = by_driver(request.getfixturevalue(DRIVERS[request.param]), request.param)
    engine = create_engine(url, pool_timeout=PATIENCE)
    yield engine
    engine.dispose()


def process(engine: Engine) -> Any:
    """Return the number that the server gives to the connection at the top of the pool."""
    with engine.connect() as connection:
        return connection.scalar(text(PROCESS[engine.dialect.name]))


def test_a_child_opens_its_own(server: Engine) -> None:
    """The program forgets everything: the child gets connections of its own, the parent keeps the one that it had."""
    mine = process(server)

    def child() -> Any:
        before = server.pool.status()
        return before, [process(server) for _ in range(3)]

    status, theirs = in_child(child)
    assert "Connections in pool: 0" in status and "Checked out connections: 0" in status
    assert len(set(theirs)) == 1 and theirs[0] != mine
    assert [process(server), in_child(lambda: process(server)) != mine, process(server)] == [mine, True, mine]


@pytest.mark.parametrize("close", [False, True], ids=["forgets", "closes"])
def test_a_child_that_disposes(server: Engine, close: bool) -> None:
    """`dispose(close=False)` is what is documented for a child; `dispose()` does no harm either."""
    mine = process(server)

    def child() -> Any:
        server.dispose(close=close)
        theirs = process(server)
        server.dispose()
        return theirs

    assert in_child(child) != mine
    assert process(server) == mine


def test_a_child_drops_the_engine(server: Engine) -> None:
    """What is garbage in the child is not closed, though drivers close their garbage."""
    held = [server]
    with server.connect() as connection:
        mine = connection.scalar(text(PROCESS[server.dialect.name]))

        def child() -> None:
            held.clear()
            server.__dict__.clear()

        in_child(child)
        assert connection.scalar(text(PROCESS[server.dialect.name])) == mine
    assert process(server) == mine


def test_a_transaction_stays_the_parents(server: Engine) -> None:
    """Forked inside a transaction: the child can do nothing with it, and ends its blocks without a byte."""
    with server.begin() as connection:
        connection.execute(text("CREATE TABLE forked (n INTEGER)"))
    with Session(server) as session:
        session.execute(text("INSERT INTO forked VALUES (1)"))

        def child() -> Any:
            with pytest.raises(exc.InvalidRequestError, match="the process that this one was forked from"):
                session.execute(text("INSERT INTO forked VALUES (2)"))
            session.close()
            with server.begin() as connection:
                connection.execute(text("INSERT INTO forked VALUES (3)"))
            return server.pool.status()

        assert "Checked out connections: 0" in in_child(child)
        session.execute(text("INSERT INTO forked VALUES (4)"))
        session.commit()
    with server.connect() as connection:
        assert connection.scalars(text("SELECT n FROM forked ORDER BY n")).all() == [1, 3, 4]


def test_a_commit_is_refused(server: Engine) -> None:
    """The child must not commit what the parent has not finished."""
    with server.begin() as connection:
        connection.execute(text("CREATE TABLE forked (n INTEGER)"))
    with server.connect() as connection:
        connection.execute(text("INSERT INTO forked VALUES (1)"))

        def child() -> Any:
            with pytest.raises(exc.InvalidRequestError, match="the process that this one was forked from"):
                connection.commit()
            connection.close()

        in_child(child)
        connection.rollback()
        assert connection.scalar(text("SELECT count(*) FROM forked")) == 0


@pytest.mark.parametrize("poolclass", [None, NullPool, StaticPool], ids=["queue", "none", "static"])
def test_a_file_of_sqlite(tmp_path: Path, poolclass: Any) -> None:
    """A file that is open in the parent, a transaction on it too: the child writes by connections of its own."""
    options = {} if poolclass is None else {"poolclass": poolclass}
    engine = create_engine(f"sqlite:///{tmp_path / 'forked.db'}", **options)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE forked (n INTEGER)"))
        connection.execute(text("INSERT INTO forked VALUES (1)"))
        raw = id(connection.connection.dbapi_connection)

    def child() -> Any:
        with engine.begin() as own:
            own.execute(text("INSERT INTO forked VALUES (2)"))
            return id(own.connection.dbapi_connection)

    assert in_child(child) != raw
    with engine.connect() as connection:
        connection.execute(text("INSERT INTO forked VALUES (3)"))

        def child_inside() -> None:
            with pytest.raises(exc.InvalidRequestError, match="was forked from"):
                connection.execute(text("INSERT INTO forked VALUES (4)"))
            connection.close()

        in_child(child_inside)
        connection.commit()
        assert connection.scalars(text("SELECT n FROM forked ORDER BY n")).all() == [1, 2, 3]
    engine.dispose()


@pytest.mark.parametrize("options", [{}, {"poolclass": StaticPool}], ids=["of a thread", "of all"])
def test_a_database_in_memory(options: dict[str, Any]) -> None:
    """It is in the child's memory too, as a copy: nothing is shared, so the child goes on with it."""
    engine = create_engine("sqlite://", **options)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE forked (n INTEGER)"))

    def child() -> Any:
        with engine.begin() as own:
            own.execute(text("INSERT INTO forked VALUES (1)"))
            return own.scalar(text("SELECT count(*) FROM forked"))

    assert in_child(child) == 1
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM forked")) == 0
    engine.dispose()


def test_asyncio(tmp_path: Path) -> None:
    """The threads of asynchronous SQLite connections are not in the child: it waits for none of them."""
    import asyncio

    engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path / 'forked.db'}")

    async def ask() -> Any:
        async with engine.connect() as connection:
            return await connection.scalar(text("SELECT 5"))

    async def dispose() -> None:
        await engine.dispose()

    assert asyncio.run(ask()) == 5

    def child() -> Any:
        answer = asyncio.run(ask())
        asyncio.run(dispose())
        return answer

    assert in_child(child) == 5
    assert asyncio.run(ask()) == 5
    asyncio.run(dispose())


def test_locks_that_other_threads_hold(tmp_path: Path) -> None:
    """What another thread held when the process was forked holds nobody up in the child."""
    engine = create_engine(f"sqlite:///{tmp_path / 'forked.db'}", pool_size=1, max_overflow=0, pool_timeout=PATIENCE)
    classes = new_mapping()
    is_held, may_go = threading.Event(), threading.Event()

    def hold() -> None:
        with engine.connect(), engine.pool._lock, CollectorPause(5000):  # type: ignore[attr-defined]
            is_held.set()
            may_go.wait(PATIENCE)

    thread = threading.Thread(target=hold)
    thread.start()
    assert is_held.wait(PATIENCE)

    def child() -> Any:
        event.listen(classes.Book, "load", lambda target, context: None)
        with Session(engine) as session:
            classes.Base.metadata.create_all(session.connection())
            session.add(classes.Book(title="b"))
            session.commit()
        with CollectorPause(5000):
            inside = gc.isenabled()
        return inside, gc.isenabled()

    try:
        assert in_child(child) == (False, True)
        assert not gc.isenabled()
    finally:
        may_go.set()
        thread.join(PATIENCE)
    assert gc.isenabled()
    engine.dispose()


def test_a_program_that_looks_by_itself(tmp_path: Path) -> None:
    """The listeners that are documented for this work: a connection is let go without being closed, and another taken."""
    engine = create_engine(f"sqlite:///{tmp_path / 'forked.db'}", pool_size=1, max_overflow=0)
    opened: list[Any] = []
    owner = [1]

    @event.listens_for(engine, "connect")
    def connect(dbapi_connection: Any, connection_record: Any) -> None:
        opened.append(dbapi_connection)
        connection_record.info["pid"] = owner[0]

    @event.listens_for(engine, "checkout")
    def checkout(dbapi_connection: Any, connection_record: Any, connection_proxy: Any) -> None:
        if connection_record.info["pid"] != owner[0]:
            connection_record.dbapi_connection = connection_proxy.dbapi_connection = None
            raise exc.DisconnectionError("Connection record belongs to another process")

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT 1")) == 1
    owner[0] = 2
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is opened[1]
        assert connection.scalar(text("SELECT 2")) == 2
    assert opened[0].execute("SELECT 3").fetchone() == (3,)
    assert len(opened) == 2
    opened[0].close()
    engine.dispose()


def test_connections_of_each_driver_can_be_left() -> None:
    """They are exchanged for ones that send nothing, whatever their layout: those of the drivers that are installed here."""
    classes = {SQLiteConnection, ThreadConnection}
    for found in pkgutil.walk_packages(dialects.__path__, f"{dialects.__name__}."):
        if ".drivers." in found.name:
            with suppress(ModuleNotFoundError):
                module = importlib.import_module(found.name)
                classes.update(one for one in vars(module).values() if hasattr(one, "run_essential"))
    for class_ in classes:
        entry: Any = SimpleNamespace(driver=class_.__new__(class_))
        leave_alone(entry)
        assert isinstance(entry.driver, class_)
        assert not entry.driver.in_transaction()
        assert entry.driver.terminate() is None
        with pytest.raises(exc.InvalidRequestError, match="was forked from"):
            entry.driver.run("SELECT 1", ())
    assert len(classes) >= 4
