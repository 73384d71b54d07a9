"""Dialects of programs: a class that derives from one of Holdfast's is asked for what it overrides, and ``super()`` answers."""

import sqlite3
from typing import Any

import pytest

from holdfast import (
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    exc,
    insert,
    inspect,
    select,
    text,
)
from holdfast.dialects import registry
from holdfast.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from holdfast.engine.default import DefaultExecutionContext
from holdfast.engine.own_dialects.connection import OwnConnection
from holdfast.ext.asyncio import create_async_engine
from holdfast.pool import QueuePool, StaticPool
from holdfast.types import TypeDecorator

T = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("s", String))


@pytest.fixture
def make(monkeypatch):
    """Make an engine over a class derived from SQLite's dialect, with these members."""
    made = []

    def make_engine(address="sqlite+mine://", engine_options=None, **members: Any):
        class_ = type("Mine", (SQLiteDialect_pysqlite,), {"__module__": __name__, **members})
        monkeypatch.setitem(globals(), "Mine", class_)
        registry.register("sqlite.mine", __name__, "Mine")
        options = {"poolclass": StaticPool, **(engine_options or {})}
        made.append(create_engine(address, **options))
        return made[-1]

    yield make_engine
    for engine in made:
        engine.dispose()
    registry.clear()


def noting(said: list[str], *names: str) -> dict[str, Any]:
    """Return methods that note their names and do what they do otherwise."""

    def method(name: str) -> Any:
        def call(self: Any, *arguments: Any, **keywords: Any) -> Any:
            said.append(name)
            return getattr(super(SQLiteDialect_pysqlite, self), name)(*arguments, **keywords)

        return call

    return {name: method(name) for name in names}


def test_nothing_is_asked_where_nothing_is_overridden(make) -> None:
    """Its connections are those of any engine, and no listener makes statements take the longer way."""
    engine = make(supports_statement_cache=True)
    assert engine.connection_class is not OwnConnection
    assert engine.dialect.own_methods == frozenset()
    with engine.connect() as connection:
        assert not connection.dispatch.watched
        assert connection.scalar(text("SELECT 7")) == 7


def test_transactions_by_the_dialect(make) -> None:
    """Each mark goes by its method; what they do is done once."""
    said: list[str] = []
    engine = make(
        **noting(
            said,
            "do_begin",
            "do_commit",
            "do_rollback",
            "do_savepoint",
            "do_rollback_to_savepoint",
            "do_release_savepoint",
        )
    )
    with engine.connect() as connection:
        T.create(connection)
        connection.commit()
        connection.execute(insert(T), {"id": 1})
        with pytest.raises(RuntimeError), connection.begin_nested():
            connection.execute(insert(T), {"id": 2})
            raise RuntimeError
        with connection.begin_nested():
            connection.execute(insert(T), {"id": 3})
        connection.commit()
        connection.execute(insert(T), {"id": 4})
        connection.rollback()
        assert connection.scalars(select(T.c.id)).all() == [1, 3]
        connection.rollback()
    assert said == [
        "do_begin", "do_commit",
        "do_begin", "do_savepoint", "do_rollback_to_savepoint", "do_savepoint", "do_release_savepoint", "do_commit",
        "do_begin", "do_rollback",
        "do_begin", "do_rollback",
    ]  # fmt: skip


def test_transactions_that_the_dialect_ends_itself(make) -> None:
    """What it did is not done again; what it left open is ended as asked."""
    engine = make(
        do_begin=lambda self, raw: raw.execute("BEGIN IMMEDIATE"),
        do_commit=lambda self, raw: raw.commit(),
        do_rollback=lambda self, raw: None,
        do_savepoint=lambda self, connection, name: connection.exec_driver_sql(f"SAVEPOINT {name}"),
    )
    with engine.begin() as connection:
        T.create(connection)
        with connection.begin_nested():
            connection.execute(insert(T), {"id": 1})
    with engine.connect() as connection:
        connection.execute(insert(T), {"id": 2})
        connection.rollback()
        assert not connection.connection.dbapi_connection.in_transaction
        assert connection.scalars(select(T.c.id)).all() == [1]


def test_statements_by_the_dialect(make) -> None:
    """One row, many rows and none; listeners go before it, and what the cursor tells is known."""
    said: list[Any] = []

    def do_execute(self: Any, cursor: Any, statement: str, parameters: Any, context: Any = None) -> None:
        said.append((statement.split()[0], context.isinsert))
        SQLiteDialect_pysqlite.do_execute(self, cursor, statement, parameters, context)

    engine = make(do_execute=do_execute, **noting(said, "do_executemany", "do_execute_no_params"))
    with engine.begin() as connection:
        T.create(connection)
        assert connection.execute(insert(T), {"s": "a"}).inserted_primary_key == (1,)
        assert connection.execute(insert(T), [{"s": "b"}, {"s": "c"}]).rowcount == 2
        assert connection.scalars(select(T.c.s)).all() == ["a", "b", "c"]
        one = connection.exec_driver_sql("SELECT 1", execution_options={"no_parameters": True})
        assert one.scalar() == 1
        assert said == [
            ("CREATE", False),
            ("INSERT", True),
            "do_executemany",
            ("SELECT", False),
            "do_execute_no_params",
        ]

        @event.listens_for(engine, "do_execute")
        def instead(cursor: Any, statement: str, parameters: Any, context: Any) -> bool:
            cursor.execute("SELECT 42")
            return True

        assert connection.scalar(select(T.c.id)) == 42
        assert len(said) == 5


def test_the_context_of_an_execution(make) -> None:
    """`pre_exec` and `post_exec` of a class of contexts; it may change the text, and say which key was made."""
    said: list[str] = []

    class Context(DefaultExecutionContext):
        def pre_exec(self) -> None:
            self.statement = f"{self.statement} /* mine */"

        def post_exec(self) -> None:
            said.append(str(self.statement))

        def get_lastrowid(self) -> Any:
            return 99

    engine = make(execution_ctx_cls=Context)
    with engine.begin() as connection:
        T.create(connection)
        assert connection.execute(insert(T), {"s": "a"}).lastrowid == 99
    assert said[-1] == "INSERT INTO t (s) VALUES (?) /* mine */"


def test_a_connection_begins(make, tmp_path) -> None:
    """From the address to the first statement: each step by its method, with the settings that connections have otherwise."""
    said: list[Any] = []

    def create_connect_args(self: Any, url: Any) -> Any:
        args, keywords = SQLiteDialect_pysqlite.create_connect_args(self, url)
        said.append((args, sorted(keywords)))
        return [str(tmp_path / "mine.db")], keywords

    def connect(self: Any, *args: Any, **keywords: Any) -> Any:
        said.append((args, keywords["timeout"]))
        return SQLiteDialect_pysqlite.connect(self, *args, **keywords)

    def initialize(self: Any, connection: Any) -> None:
        SQLiteDialect_pysqlite.initialize(self, connection)
        said.append(("initialize", connection.scalar(text("PRAGMA foreign_keys")), self.server_version_info))

    engine = make(
        "sqlite+mine:///other.db?timeout=3",
        {"poolclass": None, "connect_args": {"timeout": 9}},
        create_connect_args=create_connect_args,
        connect=connect,
        initialize=initialize,
        on_connect=lambda self: lambda raw: said.append(type(raw)),
        _get_server_version_info=lambda self, connection: (9, 9),
        get_pool_class=classmethod(lambda class_, url: QueuePool),
        engine_created=classmethod(lambda class_, engine: said.append("created")),
        import_dbapi=classmethod(lambda class_: sqlite3),
    )
    assert said == ["created"]
    assert isinstance(engine.pool, QueuePool)
    with engine.connect() as first, engine.connect() as second:
        first.execute(text("CREATE TABLE t (id INTEGER)"))
        first.commit()
        assert second.scalar(text("SELECT count(*) FROM t")) == 0
    opened = [(["other.db"], ["check_same_thread", "timeout"]), ((str(tmp_path / "mine.db"),), 9), sqlite3.Connection]
    assert said == ["created", *opened, ("initialize", 1, (9, 9)), *opened]
    assert (tmp_path / "mine.db").exists()
    assert engine.dialect.server_version_info == (9, 9)


def test_lost_connections(make) -> None:
    """The dialect says which errors mean that, and whether an idle connection still answers."""
    said: list[str] = []

    def is_disconnect(self: Any, error: Exception, connection: Any, cursor: Any) -> bool:
        return "gone" in str(error) or SQLiteDialect_pysqlite.is_disconnect(self, error, connection, cursor)

    answers = [True, False]

    def do_ping(self: Any, raw: Any) -> bool:
        said.append("ping")
        return SQLiteDialect_pysqlite.do_ping(self, raw) and answers.pop(0)

    engine = make(
        engine_options={"poolclass": QueuePool, "pool_pre_ping": True}, is_disconnect=is_disconnect, do_ping=do_ping
    )
    with engine.connect() as connection:
        with pytest.raises(exc.OperationalError) as raised:
            connection.execute(text("SELECT usual"))
        assert not raised.value.connection_invalidated
        with pytest.raises(exc.OperationalError) as raised:
            connection.execute(text("SELECT gone"))
        assert raised.value.connection_invalidated
        assert connection.invalidated
    kept = []
    for _ in range(3):
        with engine.connect() as connection:
            kept.append(connection.connection.dbapi_connection)
    assert said == ["ping"] * 2
    assert kept[0] is kept[1]
    assert kept[1] is not kept[2]


def test_reading_a_schema(make) -> None:
    """Inspector, reflection of tables and CREATE TABLE with a look before ask the dialect; the rest is read as ever."""

    def get_columns(self: Any, connection: Any, table_name: str, schema: Any = None, **kw: Any) -> Any:
        found = SQLiteDialect_pysqlite.get_columns(self, connection, table_name, schema, **kw)
        return [{**column, "comment": f"of {table_name}"} for column in found]

    engine = make(
        get_columns=get_columns,
        get_table_names=lambda self, connection, schema=None, **kw: [
            *SQLiteDialect_pysqlite.get_table_names(self, connection, schema), "seen"
        ],
        has_table=lambda self, connection, name, schema=None, **kw: (
            name == "seen" or SQLiteDialect_pysqlite.has_table(self, connection, name, schema)
        ),
        has_index=lambda self, connection, table, index, schema=None, **kw: index == "by_wish",
        get_multi_indexes=lambda self, connection, *, schema, filter_names, **kw: [
            ((schema, name), [{"name": "by_wish"}]) for name in filter_names or ()
        ],
    )  # fmt: skip
    with engine.begin() as connection:
        T.create(connection)
    inspector = inspect(engine)
    assert [column["comment"] for column in inspector.get_columns("t")] == ["of t", "of t"]
    assert inspector.get_table_names() == ["t", "seen"]
    assert inspector.has_table("seen")
    assert not inspector.has_table("unseen")
    assert inspector.has_index("t", "by_wish")
    assert inspector.get_pk_constraint("t")["constrained_columns"] == ["id"]
    assert inspector.get_multi_columns(filter_names=["t"])[None, "t"][0]["comment"] == "of t"
    assert inspector.get_multi_indexes(filter_names=["t"]) == {(None, "t"): [{"name": "by_wish"}]}
    assert [column.comment for column in Table("t", MetaData(), autoload_with=engine).c] == ["of t", "of t"]
    # Seen by the dialect, so not made.
    Table("seen", MetaData(), Column("id", Integer)).create(engine, checkfirst=True)
    with engine.connect() as connection, pytest.raises(exc.OperationalError, match="no such table: seen"):
        connection.execute(text("SELECT * FROM seen"))


def test_isolation_levels(make) -> None:
    """Levels of the dialect's own are taken, set before the transaction, and taken back when the connection goes."""
    said: list[Any] = []
    engine = make(
        get_isolation_level_values=lambda self, raw: ["SERIALIZABLE", "MINE", "AUTOCOMMIT"],
        set_isolation_level=lambda self, raw, level: said.append(level),
        get_isolation_level=lambda self, raw: "MINE",
    )
    with engine.connect().execution_options(isolation_level="mine") as connection:
        connection.execute(text("SELECT 1"))
        assert connection.get_isolation_level() == "MINE"
    assert said == ["MINE", "SERIALIZABLE"]
    with pytest.raises(exc.ArgumentError, match="are SERIALIZABLE, MINE, AUTOCOMMIT"):
        engine.connect().execution_options(isolation_level="READ UNCOMMITTED")


def test_types_of_a_dialect(make) -> None:
    """`colspecs` names what stands for a type there."""

    class Year(TypeDecorator[int]):
        impl = String
        cache_ok = True

    class OwnDate(Date):
        def bind_processor(self, dialect: Any) -> Any:
            return lambda value: f"day {value}"

        def result_processor(self, dialect: Any, coltype: Any) -> Any:
            return lambda value: value.upper()

    engine = make(colspecs={Date: OwnDate})
    t = Table("days", MetaData(), Column("day", Date), Column("year", Year))
    with engine.begin() as connection:
        t.create(connection)
        connection.execute(insert(t), {"day": 5, "year": "y"})
        assert connection.execute(select(t)).one() == ("DAY 5", "y")


def test_a_class_for_an_address(make) -> None:
    """`get_dialect_cls` may give another class than the one that is registered."""

    class Other(SQLiteDialect_pysqlite):
        pass

    engine = make(get_dialect_cls=classmethod(lambda class_, url: Other))
    assert type(engine.dialect) is Other


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("statement_compiler", "@compiles"),
        ("do_close", "pool's event 'close'"),
        ("do_prepare_twophase", "two_phase_texts"),
        ("set_connection_execution_options", "event of that name"),
    ],
)
def test_what_no_engine_asks(make, name: str, instead: str) -> None:
    """It would be passed over without a word."""
    with pytest.raises(
        exc.ArgumentError, match=rf"The dialect Mine has its own {name}, which no engine asks: .*{instead}"
    ):
        make(**{name: lambda self, *arguments: None})


def test_a_method_put_into_a_dialect_of_holdfast(make, monkeypatch) -> None:
    """Programs do so for databases that answer otherwise; it counts as overridden."""
    monkeypatch.setattr(
        SQLiteDialect_pysqlite, "_get_server_version_info", lambda self, connection: (1, 2), raising=False
    )
    engine = create_engine("sqlite://")
    with engine.connect():
        assert engine.dialect.server_version_info == (1, 2)


def test_under_asyncio(monkeypatch) -> None:
    """What asks the driver and is not awaited is refused; the rest works."""
    members: dict[str, Any] = {
        "__module__": __name__,
        "needs_loop": True,
        "driver_name": "aiosqlite",
        "is_disconnect": lambda self, error, connection, cursor: "gone" in str(error),
        "initialize": lambda self, connection: setattr(self, "met", connection.scalar(text("SELECT 7"))),
    }
    class_ = type("Mine", (SQLiteDialect_pysqlite,), members)
    monkeypatch.setitem(globals(), "Mine", class_)
    registry.register("sqlite.mine", __name__, "Mine")
    try:
        engine = create_async_engine("sqlite+mine://")

        async def program() -> None:
            async with engine.connect() as connection:
                with pytest.raises(exc.OperationalError) as raised:
                    await connection.execute(text("SELECT gone"))
                assert raised.value.connection_invalidated
            await engine.dispose()

        import asyncio

        asyncio.run(program())
        assert engine.dialect.met == 7
        class_.do_begin = lambda self, raw: None
        with pytest.raises(
            exc.InvalidRequestError, match=r"Mine overrides do_begin\(\), which can not await the driver"
        ):
            create_async_engine("sqlite+mine://")
    finally:
        registry.clear()
