"""Engines, connections, results and pools: what is refused, what listeners hear in which order, how results are read."""

import sqlite3
from collections.abc import Callable
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _note(log: Log, label: str, *values: Any) -> None:
    """Log several values as one."""
    log(label, values[0] if len(values) == 1 else values)


def _try(log: Log, label: str, call: Callable[[], Any]) -> None:
    """Log what a call returns, or the class of what it raises."""
    try:
        found = call()
    except Exception as error:
        _note(log, label, type(error).__name__)
    else:
        _note(log, label, found)


def _table(lib: Any, engine: Any) -> Any:
    table = lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer, primary_key=True), lib.Column("w", lib.String))
    table.create(engine)
    with engine.begin() as connection:
        connection.execute(lib.insert(table), [{"x": number, "w": str(number)} for number in range(10)])
    return table


@program
def results_read_in_portions(lib: Any, engine: Any, log: Log) -> None:
    table = _table(lib, engine)
    with engine.connect() as connection:
        for options in ({}, {"stream_results": True}, {"yield_per": 3}, {"stream_results": True, "max_row_buffer": 2}):

            def ask(**more: Any) -> Any:
                statement = lib.select(table.c.x, table.c.w).order_by(table.c.x)
                return connection.execute(statement, execution_options={**options, **more})  # noqa: B023

            _read_in_portions(lib, log, ask)
            _read_as_other_forms(log, ask)
            _read_once_each(log, ask)


def _read_in_portions(lib: Any, log: Log, ask: Callable[..., Any]) -> None:
    result = ask()
    _note(
        log, "all", [tuple(row) for row in result.all()], result.all(), result.closed, result.fetchone(), result.first()
    )
    result = ask()
    result.close()
    _try(log, "closed", result.all)
    _note(log, "closed", result.closed, list(result.keys()))
    result = ask()
    _note(log, "first", tuple(result.first()), result.closed)
    _try(log, "after first", result.all)
    result = ask()
    for _ in result:
        break
    _note(log, "after a loop that was left", len(result.all()))
    _note(
        log,
        "of four",
        [len(part) for part in ask().partitions(4)],
        [len(part) for part in ask().yield_per(4).partitions()],
    )
    for name in ("one", "one_or_none", "scalar_one", "scalar_one_or_none"):
        _try(log, name, getattr(ask(), name))


def _read_as_other_forms(log: Log, ask: Callable[..., Any]) -> None:
    result = ask()
    scalars = result.scalars()
    _note(
        log,
        "both forms move on",
        scalars.fetchmany(2),
        tuple(result.fetchone()),
        scalars.all(),
        scalars.closed,
        result.closed,
    )
    result = ask()
    result.mappings().close()
    _note(log, "closed by a form of it", result.closed)
    result = ask().mappings()
    _note(log, "mappings", [dict(row) for row in result.fetchmany(1)], dict(result.columns("w").fetchone()))
    _note(log, "columns", list(ask().columns("w", "x").keys()), tuple(ask().columns(1).fetchone()))
    _note(log, "scalars in parts", [len(part) for part in ask().yield_per(3).scalars().partitions()])
    _note(log, "frozen", len(ask().freeze()().scalars().all()))
    merged = ask().merge(ask())
    _note(log, "merged", [len(part) for part in merged.partitions(7)])
    keys = ask().keys()
    _note(log, "keys", type(keys).__name__, str(keys), "x" in keys, "z" in keys)


def _read_once_each(log: Log, ask: Callable[..., Any]) -> None:
    result = ask().unique(lambda row: row.x % 3)
    _note(log, "unique", [tuple(row) for row in result.fetchmany(2)], [tuple(row) for row in result.all()])
    result = ask().unique(lambda row: row.x % 3)
    _note(log, "unique in parts", [len(part) for part in result.partitions(2)])
    _note(log, "unique and one", tuple(ask().unique(lambda row: 1).one()))


@program
def results_without_rows(lib: Any, engine: Any, log: Log) -> None:
    table = _table(lib, engine)
    with engine.connect() as connection:
        result = connection.execute(lib.text("INSERT INTO t VALUES (100, 'a')"))
        for name in ("all", "keys", "fetchone", "scalar", "scalars", "mappings", "first", "close", "first"):
            _try(log, name, lambda name=name: getattr(result, name)() and "something")
        _note(log, "facts", result.rowcount, result.closed, result.returns_rows)
        result = connection.execute(lib.insert(table), {"x": 50})
        _note(
            log,
            "insert",
            tuple(result.inserted_primary_key),
            result.lastrowid,
            result.is_insert,
            result.postfetch_cols(),
        )
        _try(log, "no update", result.last_updated_params)
        result = connection.execute(lib.select(table))
        _try(log, "no insert", result.last_inserted_params)
        _try(log, "no insert", lambda: result.inserted_primary_key)


@program
def texts_for_the_driver(lib: Any, engine: Any, log: Log) -> None:
    with engine.connect() as connection:
        for parameters in (None, (1,), [(1,)], {"a": 1}, [1], 1, [(1,), (2,)], []):
            sql = "SELECT :a" if isinstance(parameters, dict) else "SELECT ?" if parameters else "SELECT 1"
            _try(
                log,
                repr(parameters),
                lambda sql=sql, parameters=parameters: [
                    tuple(row) for row in connection.exec_driver_sql(sql, parameters).all()
                ],
            )


@program
def states_of_a_connection(lib: Any, engine: Any, log: Log) -> None:
    connection = engine.connect()
    _note(log, "levels", connection.default_isolation_level, connection.get_isolation_level())
    connection.execution_options(isolation_level="READ UNCOMMITTED", own=3)
    _note(log, "level", connection.get_isolation_level(), dict(connection.get_execution_options()))
    connection.execute(lib.select(lib.literal(1)))
    _try(log, "level in a transaction", lambda: connection.execution_options(isolation_level="SERIALIZABLE"))
    _try(log, "begin twice", connection.begin)
    _try(log, "two-phase in a transaction", connection.begin_twophase)
    connection.rollback()
    connection.begin_nested()
    connection.execute(lib.select(lib.literal(1)))
    _note(log, "nested", connection.in_transaction(), connection.in_nested_transaction())
    connection.rollback()
    connection.close()
    for name in ("begin", "commit", "rollback", "in_transaction", "invalidate", "detach", "close"):
        _try(log, f"closed: {name}", getattr(connection, name))
    _try(log, "closed", lambda: connection.execute(lib.select(lib.literal(1))))


@program
def lost_and_found_connections(lib: Any, engine: Any, log: Log) -> None:
    engine = lib.create_engine("sqlite://", poolclass=import_module(f"{lib.__name__}.pool").QueuePool)
    connection = engine.connect()
    connection.invalidate()
    _note(log, "lost", connection.invalidated, connection.closed)
    _note(log, "found", connection.execute(lib.text("SELECT 1")).scalar(), connection.invalidated)
    connection.invalidate()
    _try(log, "lost in a transaction", lambda: connection.execute(lib.text("SELECT 1")))
    connection.rollback()
    _note(log, "found", connection.execute(lib.text("SELECT 1")).scalar())
    connection.close()
    raw = engine.raw_connection()
    _note(log, "raw", raw.is_valid, raw.is_detached, raw.info, raw.record_info)
    raw.detach()
    _note(log, "detached", raw.is_detached, raw.record_info)
    raw.close()
    _note(log, "closed", raw.is_valid, raw.dbapi_connection)
    connection = engine.connect()
    connection.info["a"] = 1
    connection.connection.record_info["b"] = 2
    connection.invalidate()
    _note(log, "facts", connection.info, connection.connection.record_info)
    connection.close()


@program
def refused_keywords(lib: Any, engine: Any, log: Log) -> None:
    pool = import_module(f"{lib.__name__}.pool")
    for keywords in (
        {"bogus": 1},
        {"pool_timeout": 3},
        {"poolclass": pool.NullPool, "pool_size": 3},
        {"pool_reset_on_return": "perhaps"},
        {"isolation_level": "NONE SUCH"},
        {"plugins": ["nonesuch"]},
        {"future": False},
        {"creator": lambda: sqlite3.connect(":memory:")},
        {"pool_size": 3},
        {"echo_pool": False, "pool_pre_ping": True, "pool_recycle": 5, "hide_parameters": True, "label_length": 7},
    ):

        def answer(keywords: dict[str, Any] = keywords) -> Any:
            with lib.create_engine("sqlite://", **keywords).connect() as connection:
                return connection.execute(lib.select(lib.literal(1))).scalar()

        _try(log, str(list(keywords)), answer)


CONNECTION_EVENTS = """before_execute after_execute before_cursor_execute after_cursor_execute begin commit rollback
    rollback_savepoint release_savepoint engine_connect engine_disposed set_connection_execution_options connect
    first_connect checkout checkin reset invalidate soft_invalidate close detach close_detached""".split()


@program
def order_of_events(lib: Any, engine: Any, log: Log) -> None:
    pools = import_module(f"{lib.__name__}.pool")
    engine = lib.create_engine("sqlite://", poolclass=pools.QueuePool)
    for name in CONNECTION_EVENTS:
        lib.event.listen(
            engine, name, lambda *arguments, name=name: _note(log, name, [_shown(each) for each in arguments])
        )
    connection = engine.connect()
    connection.execute(lib.select(lib.literal(1))).all()
    connection.execute(lib.text("CREATE TABLE t (x)"))
    connection.execute(lib.text("INSERT INTO t VALUES (:a)"), [{"a": 1}, {"a": 2}])
    connection.execute(lib.text("INSERT INTO t VALUES (:a)"), {"a": 3})
    connection.exec_driver_sql("SELECT 1")
    connection.commit()
    connection.execution_options(isolation_level="AUTOCOMMIT", own=1)
    connection.execute(lib.select(lib.literal(1)), execution_options={"more": 2})
    connection.close()
    connection = engine.connect()
    connection.detach()
    connection.close()
    connection = engine.connect()
    connection.invalidate()
    connection.close()
    connection = engine.connect()
    connection.connection.invalidate(soft=True)
    connection.close()
    engine.connect().close()
    engine.raw_connection().close()
    engine.dispose()
    with engine.begin():
        pass


def _shown(argument: Any) -> Any:
    """Return a listener's argument as the log may show it: values, and for objects only that they are there."""
    if isinstance(argument, (str, int, type(None))):
        return argument
    if isinstance(argument, sqlite3.Connection | sqlite3.Cursor):
        return type(argument).__name__
    if isinstance(argument, (list, tuple)) and not hasattr(argument, "transaction_was_reset"):
        return [_shown(each) for each in argument]
    if hasattr(argument, "items"):
        return dict(argument)
    return "object"


@program
def listeners_that_change_things(lib: Any, engine: Any, log: Log) -> None:
    engine = lib.create_engine("sqlite://")

    def comment(conn: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool) -> Any:
        _note(log, "sent", statement)
        return f"{statement} -- seen", parameters

    def other(conn: Any, clauseelement: Any, multiparams: Any, params: Any, execution_options: Any) -> Any:
        return lib.text("SELECT 5"), multiparams, params

    lib.event.listen(engine, "before_cursor_execute", comment, retval=True)
    lib.event.listen(engine, "before_cursor_execute", lambda **names: _note(log, "named", sorted(names)), named=True)
    lib.event.listen(engine, "before_execute", other, retval=True)
    with engine.connect() as connection:
        _note(log, "answer", connection.execute(lib.text("SELECT 1")).scalar())
    _try(log, "no result counts", lambda: lib.event.listen(engine, "rollback", lambda conn: 1, retval=True))


@program
def listeners_to_errors(lib: Any, engine: Any, log: Log) -> None:
    engine = lib.create_engine("sqlite://")
    lost = []

    def told(context: Any) -> Any:
        _note(
            log,
            "error",
            context.statement,
            type(context.original_exception).__name__,
            type(context.sqlalchemy_exception).__name__,
            context.is_disconnect,
            context.is_pre_ping,
        )
        context.is_disconnect = bool(lost)

    lib.event.listen(engine, "handle_error", told)
    with engine.connect() as connection:
        _try(log, "refused", lambda: connection.exec_driver_sql("SELECT nothing"))
        _note(log, "still there", connection.invalidated)
        lost.append(1)
        _try(log, "refused", lambda: connection.exec_driver_sql("SELECT nothing"))
        _note(log, "lost", connection.invalidated)
        _try(log, "before rollback", lambda: connection.exec_driver_sql("SELECT 1"))
        connection.rollback()
        _note(log, "after rollback", connection.exec_driver_sql("SELECT 1").scalar())
    lib.event.listen(engine, "handle_error", lambda context: KeyError("other"), retval=True)
    with engine.connect() as connection:
        _try(log, "another error", lambda: connection.exec_driver_sql("SELECT nothing"))


@program
def listeners_that_refuse_connections(lib: Any, engine: Any, log: Log) -> None:
    pools, exc = import_module(f"{lib.__name__}.pool"), import_module(f"{lib.__name__}.exc")
    for refusals in (0, 1, 2, 3):
        engine = lib.create_engine("sqlite://", poolclass=pools.QueuePool)
        left = [exc.DisconnectionError("dead")] * refusals

        def checkout(connection: Any, record: Any, proxy: Any, left: list[Exception] = left) -> None:
            if left:
                raise left.pop()

        lib.event.listen(engine, "checkout", checkout)
        _try(log, f"{refusals} refusals", lambda engine=engine: engine.connect().close())
        _note(log, "out", engine.pool.checkedout(), "left", len(left))


@program
def schema_for_a_mock(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    lib.Table("t", metadata, lib.Column("id", lib.Integer, primary_key=True))
    for url in ("postgresql://", "sqlite://"):
        mock = lib.create_mock_engine(
            url,
            lambda statement, *rest: _note(log, "would send", str(statement.compile(dialect=mock.dialect)).split("\n")),  # noqa: B023
        )
        metadata.create_all(mock)
        _note(log, "mock", mock.engine is mock, mock.connect() is mock, mock.name)


@program
def pools_alone(lib: Any, engine: Any, log: Log) -> None:
    pools = import_module(f"{lib.__name__}.pool")
    opened: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        opened.append(sqlite3.connect(":memory:"))
        return opened[-1]

    pool = pools.QueuePool(connect, pool_size=1, max_overflow=1, timeout=0.01)
    first = pool.connect()
    _note(
        log, "open", first.dbapi_connection is opened[0], first.cursor().execute("SELECT 1").fetchall(), pool.status()
    )
    second = pool.connect()
    _try(log, "a third", pool.connect)
    second.close()
    first.close()
    _note(log, "back", pool.status())
    pool.dispose()
    _note(log, "recreated", pool.recreate().status())
    pool = pools.AssertionPool(connect)
    kept = pool.connect()
    _try(log, "a second", pool.connect)
    kept.close()
    pool.connect().close()
    pool = lib.create_pool_from_url("sqlite://")
    with_rows = pool.connect()
    _note(log, "by address", with_rows.cursor().execute("SELECT 1").fetchall())
    with_rows.close()
    _try(log, "bogus", lambda: lib.create_pool_from_url("sqlite://", bogus=1))


@program
def a_begin_of_the_program(lib: Any, engine: Any, log: Log) -> None:
    """A program says itself of what kind a transaction is: by its first statement, or in a listener of `begin`."""

    def fresh() -> Any:
        made = lib.create_engine("sqlite://")

        @lib.event.listens_for(made, "connect")
        def connected(connection: Any, record: Any) -> None:
            connection.isolation_level = None

        return made

    first = fresh()
    with first.connect() as connection:
        connection.execute(lib.text("BEGIN IMMEDIATE TRANSACTION"))
        connection.execute(lib.text("CREATE TABLE a (x INTEGER)"))
        connection.commit()
        connection.exec_driver_sql("  begin immediate")
        connection.exec_driver_sql("INSERT INTO a VALUES (1)")
        connection.rollback()
        log("rolled back", connection.execute(lib.text("SELECT x FROM a")).all())

    second = fresh()

    @lib.event.listens_for(second, "begin")
    def began(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN EXCLUSIVE")

    with second.begin() as connection:
        connection.execute(lib.text("CREATE TABLE a (x INTEGER)"))
    with second.begin() as connection:
        connection.execute(lib.text("INSERT INTO a VALUES (2)"))
        log("within", connection.execute(lib.text("SELECT x FROM a")).all())
