"""`with` blocks of transactions: what may be done in one whose transaction has ended."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def _attempts(lib: Any, connection: Any) -> dict[str, Callable[[], Any]]:
    return {
        "execute": lambda: connection.scalar(lib.text("SELECT 1")),
        "begin": lambda: connection.begin(),
        "savepoint": lambda: connection.begin_nested(),
        "commit": lambda: connection.commit(),
        "rollback": lambda: connection.rollback(),
        "state": lambda: (connection.in_transaction(), connection.in_nested_transaction(), connection.closed),
    }


@program
def a_block_whose_transaction_has_ended(lib: Any, engine: Any, log: Log) -> None:
    for way in ("commit", "rollback", "close"):
        with engine.connect() as connection:
            with connection.begin() as transaction:
                connection.scalar(lib.text("SELECT 1"))
                getattr(transaction, way)()
                log(f"{way}: active", transaction.is_active)
                for label, attempt in _attempts(lib, connection).items():
                    log.error(f"{way}, {label}", attempt, message=True)
            log("afterwards", connection.scalar(lib.text("SELECT 2")))


@program
def a_block_of_an_engine(lib: Any, engine: Any, log: Log) -> None:
    with engine.begin() as connection:
        connection.execute(lib.text("CREATE TABLE t (x INTEGER)"))
        connection.commit()
        log.error("again", lambda: connection.execute(lib.text("INSERT INTO t VALUES (1)")), message=True)
    with engine.connect() as connection:
        connection.execute(lib.text("INSERT INTO t VALUES (2)"))
        connection.commit()
        connection.execute(lib.text("INSERT INTO t VALUES (3)"))
        log("without a block of a transaction", connection.scalar(lib.text("SELECT count(*) FROM t")))


@program
def a_block_of_a_savepoint(lib: Any, engine: Any, log: Log) -> None:
    with engine.connect() as connection, connection.begin():
        connection.execute(lib.text("CREATE TABLE t (x INTEGER)"))
        with connection.begin_nested() as savepoint:
            connection.execute(lib.text("INSERT INTO t VALUES (1)"))
            savepoint.rollback()
            log.error("again", lambda: connection.execute(lib.text("INSERT INTO t VALUES (2)")), message=True)
            log.error("savepoint", lambda: connection.begin_nested(), message=True)
        connection.execute(lib.text("INSERT INTO t VALUES (3)"))
        log("rows", connection.scalar(lib.text("SELECT count(*) FROM t")))


@program
def a_block_left_by_an_error(lib: Any, engine: Any, log: Log) -> None:
    with engine.connect() as connection:
        try:
            with connection.begin() as transaction:
                transaction.commit()
                raise ValueError("on purpose")
        except ValueError as error:
            log("raised", str(error))
        log("afterwards", connection.scalar(lib.text("SELECT 1")))
