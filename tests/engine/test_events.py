"""Listeners to connections: real cursors in their hands, one context for both cursor events, results that count."""

import asyncio
import gc
import re
import sqlite3
import weakref

import pytest

from holdfast import Engine, create_engine, event, exc, insert, select, text
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column
from holdfast.pool import Pool, QueuePool


class Base(DeclarativeBase):
    """Of this file."""


class Item(Base):
    """Something with a number."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)


@pytest.fixture
def engine():
    """An engine in memory."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_the_cursor_is_the_drivers_and_the_context_is_shared(engine):
    """What a listener puts on the context before the statement is there after it; the cursor knows its answer."""
    seen = []

    def before(conn, cursor, statement, parameters, context, executemany):
        assert isinstance(cursor, sqlite3.Cursor)
        context.mark = (statement, parameters, executemany)

    def after(conn, cursor, statement, parameters, context, executemany):
        seen.append((*context.mark, cursor.rowcount, context.isinsert, context.cursor is cursor))

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    with engine.begin() as connection:
        connection.execute(insert(Item), [{"id": 1}, {"id": 2}])
    assert seen == [("INSERT INTO item (id) VALUES (?)", [(1,), (2,)], True, 2, True, True)]


def test_the_session_is_heard_too(engine):
    """What a session sends is announced with the statement that it was compiled from."""
    heard = []
    event.listen(engine, "before_execute", lambda conn, clause, multi, params, options: heard.append(str(clause)))
    event.listen(engine, "after_execute", lambda conn, clause, *rest: heard.append(rest[-1].rowcount))
    with Session(engine) as session:
        session.add(Item(id=5))
        session.flush()
        session.scalars(select(Item)).all()
    assert heard == [
        "INSERT INTO item (id) VALUES (:id)",
        1,
        "SELECT item.id \nFROM item",
        -1,
    ]


def test_do_execute_replaces_the_call_of_the_driver(engine):
    """A true result says that the listener has executed the statement on the cursor."""

    def execute(cursor, statement, parameters, context):
        if statement == "SELECT 1":
            cursor.execute("SELECT 77")
            return True
        return None

    event.listen(engine, "do_execute", execute)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 77
        assert connection.execute(text("SELECT 2")).scalar() == 2


def test_do_connect_changes_arguments_or_opens_the_connection(tmp_path):
    """The driver's own arguments, none of Holdfast's settings among them."""
    made = []

    def connect(dialect, conn_rec, cargs, cparams):
        made.append(sqlite3.connect(*cargs, **cparams))
        return made[-1]

    engine = create_engine(f"sqlite:///{tmp_path / 'a.db'}", connect_args={"foreign_keys": False})
    event.listen(engine, "do_connect", connect)
    with engine.connect() as connection:
        assert connection.connection.dbapi_connection is made[0]
        assert connection.execute(text("SELECT 1")).scalar() == 1
    other = create_engine("sqlite://")
    event.listen(
        other, "do_connect", lambda dialect, record, cargs, cparams: cargs.__setitem__(0, str(tmp_path / "b.db"))
    )
    with other.connect() as connection:
        assert connection.execute(text("PRAGMA database_list")).one()[2] == str(tmp_path / "b.db")
    engine.dispose()
    other.dispose()


def test_an_error_of_connecting_is_told(tmp_path):
    """There is no connection yet; the listener may give another exception."""
    engine = create_engine(f"sqlite:///{tmp_path / 'no' / 'where.db'}")
    heard = []
    event.listen(engine, "handle_error", lambda context: heard.append((context.connection, context.engine is engine)))
    with pytest.raises(exc.OperationalError, match="unable to open database file"):
        engine.connect()
    assert heard == [(None, True)]
    event.listen(engine, "handle_error", lambda context: RuntimeError("gone"), retval=True)
    with pytest.raises(RuntimeError, match="gone"):
        engine.connect()


def test_named_arguments_and_classes_of_engines_and_pools():
    """``named=True`` passes them by name; listeners on a class hear all of its engines, or pools."""
    heard = []

    def begun(conn):
        heard.append("begin")

    def opened(**names):
        heard.append(sorted(names))

    event.listen(Engine, "begin", begun)
    event.listen(QueuePool, "connect", opened, named=True)
    try:
        for class_ in (QueuePool, None):
            engine = create_engine("sqlite://", poolclass=class_)
            with engine.begin():
                pass
            engine.dispose()
        assert heard == [["connection_record", "dbapi_connection"], "begin", "begin"]
    finally:
        event.remove(Engine, "begin", begun)
        event.remove(QueuePool, "connect", opened)
    with pytest.raises(exc.InvalidRequestError, match="No such event 'nonesuch'"):
        event.listen(Pool, "nonesuch", begun)


def test_the_class_of_engines_hears_what_pools_tell():
    """The way to prepare every connection of a program: a listener on the class, for engines made before and after."""
    sent = []
    before = create_engine("sqlite://")

    def prepare(dbapi_connection, connection_record):
        dbapi_connection.execute("CREATE TEMP TABLE prepared (x)")
        sent.append(connection_record.info)

    event.listen(Engine, "connect", prepare)
    after = create_engine("sqlite://")
    try:
        assert event.contains(Engine, "connect", prepare)
        for engine in (before, after):
            with engine.connect() as connection:
                assert connection.scalar(text("SELECT count(*) FROM prepared")) == 0
            engine.dispose()
        assert len(sent) == 2
    finally:
        event.remove(Engine, "connect", prepare)
    with create_engine("sqlite://").connect() as connection, pytest.raises(exc.OperationalError, match="prepared"):
        connection.execute(text("SELECT * FROM prepared"))
    assert len(sent) == 2


def test_options_of_an_engine_are_told(engine):
    """Those that it gets for good, as those of an engine over the same pool."""
    told = []
    event.listen(engine, "set_engine_execution_options", lambda on, options: told.append((on is engine, options)))
    engine.update_execution_options(colour="red")
    engine.execution_options(colour="blue")
    assert told == [(True, {"colour": "red"}), (False, {"colour": "blue"})]


def test_an_error_that_a_listener_gives_is_raised(engine):
    """With and without ``retval=True``; what is no exception is nobody's answer."""
    event.listen(engine, "handle_error", lambda facts: "looked at")
    event.listen(engine, "handle_error", lambda facts: ValueError("mine"))
    with engine.connect() as connection, pytest.raises(ValueError, match="mine"):
        connection.execute(text("SELECT nonesuch"))


def test_the_log_has_names_and_a_token(caplog):
    """``logging_name`` stands in the logger's name, ``logging_token`` before the message; the pool logs each use."""
    engine = create_engine(
        "sqlite://", echo=True, logging_name="mine", poolclass=QueuePool, echo_pool="debug", pool_logging_name="its"
    )
    with engine.connect() as connection:
        connection.execution_options(logging_token="token").execute(text("SELECT 1"))
    engine.dispose()
    pool, mine = "holdfast.pool.impl.QueuePool.its", "holdfast.engine.Engine.mine"
    said = [(one.name, re.sub(r"[\d.]+s\b", "_s", one.getMessage()).split(" <")[0]) for one in caplog.records]
    assert said == [
        (pool, "Created new connection"),
        (pool, "Connection"),
        (mine, "[token] BEGIN (implicit)"),
        (mine, "[token] SELECT 1"),
        (mine, "[token] [generated in _s] [SQL parameters hidden due to hide_parameters=True]"),
        (mine, "[token] ROLLBACK"),
        (pool, "Connection"),
        (pool, "Connection"),
        (pool, "Closing connection"),
    ]


def test_options_are_told_before_they_hold(engine):
    """A listener may read them, and may change them."""
    heard = []

    def told(target, options):
        heard.append((type(target).__name__, dict(options)))
        options["added"] = True

    event.listen(engine, "set_engine_execution_options", told)
    event.listen(engine, "set_connection_execution_options", told)
    other = engine.execution_options(a=1)
    with other.connect() as connection:
        connection.execution_options(b=2)
        assert connection.get_execution_options() == {"a": 1, "b": 2, "added": True}
        context = connection.execute(text("SELECT 1"), execution_options={"c": 3}).context
        assert context.execution_options == {"a": 1, "b": 2, "c": 3, "added": True}
    assert heard == [("Engine", {"a": 1}), ("Connection", {"b": 2})]
    assert engine.get_execution_options() == {}


def test_listeners_of_an_asynchronous_engine():
    """They are put on `sync_engine`, are no coroutines, and get a connection that they may use."""

    async def work():
        engine = create_async_engine("sqlite+aiosqlite://")
        heard = []

        def connected(dbapi_connection, record):
            cursor = dbapi_connection.cursor()
            cursor.execute("PRAGMA foreign_keys")
            heard.append(cursor.fetchone())
            cursor.close()

        event.listen(engine.sync_engine, "connect", connected)
        event.listen(engine.sync_engine, "after_cursor_execute", lambda *found: heard.append(type(found[1])))
        async with engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        assert heard == [(1,), sqlite3.Cursor]
        await engine.dispose()

    asyncio.run(work())


def test_listeners_go_with_their_connection(engine):
    """Nothing holds a connection that was listened to, nor what its listener holds."""

    class Listener:
        def __call__(self, *arguments):
            """Hear."""

    listener = Listener()
    with engine.connect() as connection:
        event.listen(connection, "before_cursor_execute", listener)
        connection.execute(text("SELECT 1"))
    gone = weakref.ref(listener), weakref.ref(connection)
    del listener, connection
    gc.collect()
    assert [each() for each in gone] == [None, None]
