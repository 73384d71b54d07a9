"""The comparison itself: it must see what differs, and let pass only what is meant to differ."""

from types import ModuleType
from typing import Any

import pytest

from tests.differential.comparison import difference
from tests.differential.harness import ORACLE, run
from tests.differential.intended import is_transaction_control, level_statement
from tests.differential.log import MESSAGE, Log


def _log(*lines: str) -> Log:
    log = Log(ModuleType("nothing"))
    log.entries.extend((line,) for line in lines)
    return log


def test_equal_accounts_do_not_differ() -> None:
    assert difference(_log("a", "b"), _log("a", "b")) == ""


def test_order_and_missing_lines_are_seen() -> None:
    assert "-a" in difference(_log("a", "b"), _log("b"))
    assert difference(_log("a", "b"), _log("b", "a")) != ""


def test_order_counts_among_writes_but_not_among_queries() -> None:
    first, second = "SQL  SELECT a", "SQL  SELECT b"
    assert difference(_log(first, second), _log(second, first)) == ""
    assert difference(_log(first, second), _log(first)) != ""
    assert difference(_log(first, "a value: 1", second), _log(second, "a value: 1", first)) != ""
    assert difference(_log("SQL  INSERT a", "SQL  INSERT b"), _log("SQL  INSERT b", "SQL  INSERT a")) != ""


@pytest.mark.parametrize(("text", "same"), [("no such thing; try another", True), ("quite different", False)])
def test_a_message_may_go_on_but_not_differ(text: str, same: bool) -> None:
    assert (difference(_log(MESSAGE + "no such thing"), _log(MESSAGE + text)) == "") is same


def test_names_of_savepoints_are_levelled() -> None:
    assert level_statement("SAVEPOINT sa_savepoint_1") == "SAVEPOINT 1"
    assert level_statement("ROLLBACK TO SAVEPOINT savepoint_2") == "ROLLBACK TO SAVEPOINT 2"
    assert not is_transaction_control("ROLLBACK TO SAVEPOINT a_1")
    assert is_transaction_control("BEGIN IMMEDIATE")


def test_an_account_holds_values_statements_states_errors_and_rows() -> None:
    """One small program whose account is written out in full."""

    def program(lib: Any, engine: Any, log: Log) -> None:
        things = lib.Table("things", lib.MetaData(), lib.Column("id", lib.Integer, primary_key=True))
        with log.quiet():
            things.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.execute(lib.insert(things), [{"id": 1}, {"id": 2}])
            log("found", connection.execute(lib.select(things).where(things.c.id > 1)).one())
        log.error("fails", lambda: lib.make_url("nonsense"))

    assert run(ORACLE, program).lines == [
        "SQL  BEGIN",
        "SQL  INSERT INTO things (id) VALUES (?)",
        "     row  (1,)",
        "     row  (2,)",
        "SQL  SELECT things.id ",
        "     FROM things ",
        "     WHERE things.id > ?",
        "     with (1,)",
        "found: Row(id=2)",
        "SQL  COMMIT",
        "fails: ArgumentError (SQLAlchemyError)",
        "rows of things",
        "  (1,)",
        "  (2,)",
    ]
