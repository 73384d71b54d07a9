"""Connections and their transactions: begun by the first statement, nested by savepoints, refused where they make no sense."""

import sqlite3

import pytest

from holdfast import Column, Integer, MetaData, String, Table, create_engine, event, exc, func, insert, select, text
from holdfast.ext.asyncio import create_async_engine

TABLE = Table("t", MetaData(), Column("x", Integer, primary_key=True), Column("word", String))


@pytest.fixture
def engine():
    """An engine in memory with one table, and the SQL that it sends."""
    engine = create_engine("sqlite://")
    TABLE.create(engine)
    yield engine
    assert engine.pool.checkedout() == 0
    engine.dispose()


def numbers(engine):
    """Return what is in the table, as another transaction sees it."""
    with engine.connect() as connection:
        return connection.scalars(select(TABLE.c.x).order_by(TABLE.c.x)).all()


def marks(engine):
    """Note the marks of transactions; returns the list that grows."""
    found = []
    for name in ("begin", "commit", "rollback", "savepoint", "rollback_savepoint", "release_savepoint"):
        event.listen(engine, name, lambda *arguments, name=name: found.append(name))
    return found


def test_the_first_statement_begins_and_close_rolls_back(engine):
    """Autobegin, as documented; nothing is kept without commit()."""
    with engine.connect() as connection:
        assert not connection.in_transaction()
        connection.execute(insert(TABLE), {"x": 1})
        assert connection.in_transaction()
    assert numbers(engine) == []


def test_commit_and_go_on(engine):
    """One connection, several transactions after each other."""
    seen = marks(engine)
    with engine.connect() as connection:
        connection.execute(insert(TABLE), {"x": 1})
        connection.commit()
        assert not connection.in_transaction()
        connection.execute(insert(TABLE), {"x": 2})
        connection.rollback()
        connection.commit()
    assert seen == ["begin", "commit", "begin", "rollback"]
    assert numbers(engine) == [1]


def test_blocks(engine):
    """engine.begin() and connection.begin() commit at the end and roll back after an error."""
    with engine.begin() as connection:
        connection.execute(insert(TABLE), {"x": 1})
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.execute(insert(TABLE), {"x": 2})
        raise ZeroDivisionError
    with engine.connect() as connection:
        with connection.begin() as transaction:
            connection.execute(insert(TABLE), {"x": 3})
        assert not transaction.is_active
        with pytest.raises(ZeroDivisionError), connection.begin():
            connection.execute(insert(TABLE), {"x": 4})
            raise ZeroDivisionError
    assert numbers(engine) == [1, 3]


def test_savepoints(engine):
    """Three deep; the middle one is rolled back with what is inside it."""
    seen = marks(engine)
    with engine.begin() as connection:
        connection.execute(insert(TABLE), {"x": 1})
        outer = connection.begin_nested()
        connection.execute(insert(TABLE), {"x": 2})
        with connection.begin_nested():
            connection.execute(insert(TABLE), {"x": 3})
        outer.rollback()
        with connection.begin_nested():
            connection.execute(insert(TABLE), {"x": 4})
    assert numbers(engine) == [1, 4]
    assert seen[:8] == [
        "begin", "savepoint", "savepoint", "release_savepoint", "rollback_savepoint", "savepoint", "release_savepoint", "commit",
    ]  # fmt: skip


def test_what_is_told_of_a_savepoint(engine):
    """Its own events with its name, and those of cursors; none where nobody used it."""
    seen = []
    event.listen(engine, "savepoint", lambda connection, name: seen.append(("savepoint", name)))
    event.listen(engine, "release_savepoint", lambda connection, name, context: seen.append(("release", name)))
    event.listen(engine, "rollback_savepoint", lambda connection, name, context: seen.append(("rollback", name)))
    for when in ("before", "after"):
        event.listen(engine, f"{when}_cursor_execute", lambda c, cu, sql, *rest, when=when: seen.append((when, sql)))
    event.listen(engine, "before_execute", lambda *arguments: seen.append(("program", "")))
    with engine.begin() as connection:
        with connection.begin_nested():
            pass
        assert seen == []
        first = connection.begin_nested()
        connection.exec_driver_sql("SELECT 1")
        name = seen[0][1]
        first.commit()
        connection.begin_nested()
        connection.exec_driver_sql("SELECT 2")
        connection.get_nested_transaction().rollback()
    other = seen[8][1]
    assert name != other
    assert seen == [
        ("savepoint", name), ("before", f"SAVEPOINT {name}"), ("after", f"SAVEPOINT {name}"),
        ("before", "SELECT 1"), ("after", "SELECT 1"),
        ("release", name), ("before", f"RELEASE SAVEPOINT {name}"), ("after", f"RELEASE SAVEPOINT {name}"),
        ("savepoint", other), ("before", f"SAVEPOINT {other}"), ("after", f"SAVEPOINT {other}"),
        ("before", "SELECT 2"), ("after", "SELECT 2"),
        ("rollback", other), ("before", f"ROLLBACK TO SAVEPOINT {other}"), ("after", f"ROLLBACK TO SAVEPOINT {other}"),
    ]  # fmt: skip


def test_an_unused_savepoint_sends_nothing(engine):
    """SAVEPOINT goes out with the first statement inside it."""
    sent = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2]))
    with engine.begin() as connection:
        connection.execute(text("SELECT 1"))
        with connection.begin_nested():
            pass
    assert sent == ["SELECT 1"]


REFUSED = {
    "begin twice": (
        lambda c: (c.begin(), c.begin()),
        exc.InvalidRequestError,
        "already initialized a SQLAlchemy Transaction",
    ),
    "begin after a statement": (
        lambda c: (c.execute(text("SELECT 1")), c.begin()),
        exc.InvalidRequestError,
        "already initialized",
    ),
    "commit twice": (lambda c: (t := c.begin(), t.commit(), t.commit()), exc.InvalidRequestError, "closed|inactive"),
    "after close": (
        lambda c: (c.close(), c.execute(text("SELECT 1"))),
        exc.ResourceClosedError,
        "Connection is closed",
    ),
    "text without text()": (lambda c: c.execute("SELECT 1"), exc.ObjectNotExecutableError, "Not an executable object"),
    "a level inside a transaction": (
        lambda c: (c.execute(text("SELECT 1")), c.execution_options(isolation_level="SERIALIZABLE")),
        exc.InvalidRequestError,
        "isolation_level may not be altered",
    ),
    "an unknown level": (
        lambda c: c.execution_options(isolation_level="FAST"),
        exc.ArgumentError,
        "Invalid value 'FAST' for isolation_level. Valid isolation levels",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(engine, case):
    """What makes no sense is refused with words."""
    call, error, words = REFUSED[case]
    with engine.connect() as connection, pytest.raises(error, match=words):
        call(connection)


def test_autocommit(engine):
    """Each statement is kept at once; rollback() undoes nothing."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(insert(TABLE), {"x": 1})
        connection.rollback()
    assert numbers(engine) == [1]


def test_errors_are_wrapped_with_their_statement(engine):
    """The documented class; .orig is the driver's, .statement and .params what was sent; values are not in the message."""
    with engine.connect() as connection:
        connection.execute(insert(TABLE), {"x": 1})
        with pytest.raises(exc.UniqueViolation) as refused:
            connection.execute(insert(TABLE), {"x": 1, "word": "secret"})
    error = refused.value
    assert isinstance(error.orig, sqlite3.IntegrityError)
    assert isinstance(error, (exc.IntegrityError, exc.DBAPIError))
    assert error.statement == "INSERT INTO t (x, word) VALUES (?, ?)"
    assert error.params == (1, "secret")
    assert (error.table, error.columns) == ("t", ("x",))
    assert "secret" not in str(error)
    assert "[SQL: INSERT INTO t (x, word) VALUES (?, ?)]" in str(error)


def test_values_are_shown_when_asked():
    """hide_parameters=False puts them into the message."""
    engine = create_engine("sqlite://", hide_parameters=False)
    with engine.connect() as connection, pytest.raises(exc.OperationalError) as refused:
        connection.execute(text("SELECT nothing FROM nowhere WHERE x = :x"), {"x": "shown"})
    assert "[parameters: ('shown',)]" in str(refused.value)


class Refusal(exc.DontWrapMixin, Exception):
    """A program's own exception."""


def test_an_exception_that_is_not_to_be_wrapped_arrives_as_it_is(engine):
    """DontWrapMixin, raised while a value is prepared."""
    from holdfast import TypeDecorator

    class Picky(TypeDecorator):
        impl = String
        cache_ok = True

        def process_bind_param(self, value, dialect):
            raise Refusal("not this one")

    table = Table("picky", MetaData(), Column("x", Picky))
    with engine.connect() as connection, pytest.raises(Refusal, match="not this one"):
        connection.execute(insert(table), {"x": "a"})


def test_logging_hides_values(caplog):
    """echo prints SQL and the marks of transactions; values only when they are not to be hidden."""
    for hidden in (True, False):
        engine = create_engine("sqlite://", echo=True, hide_parameters=hidden, logging_name=f"test{hidden}")
        with engine.connect() as connection:
            connection.execute(text("SELECT :x"), {"x": "secret"})
            connection.commit()
        printed = caplog.text
        caplog.clear()
        assert "BEGIN (implicit)" in printed
        assert "SELECT ?" in printed
        assert "COMMIT" in printed
        assert ("secret" in printed) is not hidden
        engine.dispose()


def test_synchronous_calls_on_an_asynchronous_engine_are_refused():
    """Before anything is sent, with what to do."""
    engine = create_async_engine("sqlite+aiosqlite://")
    with pytest.raises(exc.SyncCallOnAsyncError, match="Await"):
        engine.sync_engine.connect()


def test_a_full_disk_leaves_a_connection_that_works(tmp_path):
    """SQLite rolls back by itself; ROLLBACK is then not sent, and the connection serves again."""
    engine = create_engine(f"sqlite:///{tmp_path / 'small.db'}", pool_size=1, max_overflow=0)
    table = Table("t", MetaData(), Column("x", String))
    table.create(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count = 12")
        connection.commit()
        with pytest.raises(exc.OperationalError, match="full"):
            connection.execute(insert(table), [{"x": "long" * 1000} for _ in range(50)])
        connection.rollback()
        assert connection.scalars(select(table.c.x)).all() == []
        connection.execute(insert(table), {"x": "short"})
        connection.commit()
    assert engine.pool.checkedin() == 1
    engine.dispose()


def test_keys_that_sql_makes_are_told():
    """A key by an expression or by a default of the server comes back by RETURNING, not as the number of the row."""
    engine = create_engine("sqlite://")
    metadata = MetaData()
    by_expression = Table("a", metadata, Column("id", String(9), primary_key=True, default=func.lower("ABC")))
    by_server = Table(
        "b", metadata, Column("id", String(9), primary_key=True, server_default="q"), Column("x", Integer)
    )
    metadata.create_all(engine)
    with engine.begin() as connection:
        assert connection.execute(by_expression.insert()).inserted_primary_key == ("abc",)
        assert connection.execute(by_server.insert(), {"x": 1}).inserted_primary_key == ("q",)
    engine.dispose()


def test_keys_are_asked_for_first_where_nothing_tells_them():
    """A table that forbids RETURNING, and has no number that the driver tells: a SELECT goes ahead of the INSERT."""
    engine = create_engine("sqlite://")
    sent = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: sent.append(arguments[2:4]))
    table = Table(
        "a",
        MetaData(),
        Column("id", String(9), primary_key=True, default=func.lower("ABC")),
        Column("x", Integer),
        implicit_returning=False,
    )
    table.create(engine)
    with engine.begin() as connection:
        assert connection.execute(table.insert(), {"x": 1}).inserted_primary_key == ("abc",)
        assert connection.execute(table.insert().values(id=func.lower("D"))).inserted_primary_key == (None,)
    assert sent[-3:] == [
        ("SELECT lower(?) AS lower_1", ("ABC",)),
        ("INSERT INTO a (id, x) VALUES (?, ?)", ("abc", 1)),
        ("INSERT INTO a (id) VALUES (lower(?))", ("D",)),
    ]
    engine.dispose()
