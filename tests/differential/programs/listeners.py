"""Whom a listener hears: one connection, the engines made of an engine, all that share a dialect or a pool."""

from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program

OF_THE_DIALECT = ("do_connect", "do_execute", "do_execute_no_params", "do_executemany", "handle_error")
OF_THE_POOL = ("connect", "checkout", "checkin")
OF_THE_ENGINE = (
    "before_execute", "after_execute", "before_cursor_execute", "after_cursor_execute", "begin", "commit", "rollback",
    "engine_connect", "engine_disposed", "set_connection_execution_options", "set_engine_execution_options",
)  # fmt: skip


def _use(lib: Any, engine: Any) -> None:
    """Use an engine in all the ways that tell listeners something."""
    with engine.connect() as connection:
        connection.execute(lib.text("SELECT :a"), {"a": 1})
        connection.execute(lib.text("CREATE TABLE t (a INTEGER)"))
        connection.execute(lib.text("INSERT INTO t VALUES (:a)"), [{"a": 1}, {"a": 2}])
        connection.commit()
        connection.execution_options(mark=1)
        try:
            connection.execute(lib.text("SELECT nothing"))
        except Exception:
            connection.rollback()
    engine.execution_options(mark=2)
    engine.dispose()


@program
def listeners_of_engines_made_of_one(lib: Any, engine: Any, log: Log) -> None:
    pools = import_module(f"{lib.__name__}.pool")
    for name in OF_THE_DIALECT + OF_THE_POOL + OF_THE_ENGINE:
        for listens_to_first in (True, False):
            first = lib.create_engine("sqlite://", poolclass=pools.NullPool)
            second = first.execution_options(own=1)
            third = second.execution_options(own=2)
            heard: list[str] = []
            listener = lambda *arguments, heard=heard: heard.append("heard") and None  # noqa: E731
            lib.event.listen(first if listens_to_first else second, name, listener)
            for label, used in (("first", first), ("second", second), ("third", third)):
                heard.clear()
                _use(lib, used)
                log(f"{name} on the {'first' if listens_to_first else 'second'}, {label} used", len(heard))


@program
def listeners_of_one_connection(lib: Any, engine: Any, log: Log) -> None:
    for name in (*OF_THE_DIALECT, *OF_THE_POOL, *OF_THE_ENGINE):
        engine = lib.create_engine("sqlite://")
        heard: list[str] = []

        def hear(*arguments: Any, heard: list[str] = heard) -> None:
            heard.append("heard")

        with engine.connect() as connection:
            try:
                lib.event.listen(connection, name, hear)
            except Exception as error:
                log.raised(name, error)
                continue
            log("listens", (lib.event.contains(connection, name, hear), lib.event.contains(engine, name, hear)))
            connection.execute(lib.text("SELECT 1"))
            connection.commit()
            connection.execution_options(mark=1)
            connection.execute(lib.text("SELECT 1"))
            connection.rollback()
            log(f"{name}: heard", len(heard))
            lib.event.remove(connection, name, hear)
            connection.execute(lib.text("SELECT 1"))
            connection.commit()
            log(f"{name}: removed", len(heard))
        _use(lib, engine)
        log(f"{name}: others", len(heard))


@program
def one_connection_beside_its_engine(lib: Any, engine: Any, log: Log) -> None:
    with engine.connect() as connection:
        connection.execute(lib.text("SELECT 1"))
        lib.event.listen(engine, "before_cursor_execute", lambda *arguments: log("engine", arguments[2]))
        lib.event.listen(connection, "before_cursor_execute", lambda *arguments: log("connection", arguments[2]))
        connection = connection.execution_options(schema_translate_map={"a": "main"})
        table = lib.Table("t", lib.MetaData(), lib.Column("x", lib.Integer), schema="a")
        table.create(connection, checkfirst=False)
        connection.execute(lib.select(table)).all()
        table.drop(connection, checkfirst=False)
        made = import_module(f"{lib.__name__}.schema").CreateTable(table)
        connection.execute(made, execution_options={"schema_translate_map": {"a": "main"}})
