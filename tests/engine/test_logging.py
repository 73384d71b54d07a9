"""The log: each engine prints what its own ``echo`` says; origins of texts, rows, hidden values."""

import logging
import re

import pytest

from holdfast import create_engine, exc, literal, select, text


def spoken(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the messages, times left out, and forget them."""
    found = [re.sub(r"[\d.e-]+s\b", "_s", record.getMessage()) for record in caplog.records]
    caplog.clear()
    return found


def test_echo_is_an_engine_s_own(caplog: pytest.LogCaptureFixture) -> None:
    """Neither engines made before nor those made after print because one does; the program's loggers stay as they are."""
    before = create_engine("sqlite://")
    loud = create_engine("sqlite://", echo="debug", echo_pool="debug")
    after = create_engine("sqlite://")
    for engine in (before, after):
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    assert spoken(caplog) == []
    with loud.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert "SELECT 1" in spoken(caplog)
    assert logging.getLogger("holdfast.engine.Engine").level == logging.NOTSET
    after.echo = True
    with after.connect() as connection:
        connection.execute(text("SELECT 2"))
    assert "SELECT 2" in spoken(caplog)


def test_the_program_s_logging_decides_otherwise(caplog: pytest.LogCaptureFixture) -> None:
    """An engine that is made while its logger lets INFO through prints."""
    with caplog.at_level(logging.INFO, logger="holdfast.engine"):
        with create_engine("sqlite://").connect() as connection:
            connection.execute(text("SELECT 1"))
    assert "SELECT 1" in spoken(caplog)


def test_origins_and_rows(caplog: pytest.LogCaptureFixture) -> None:
    """Where a text comes from stands before its values; "debug" prints rows."""
    engine = create_engine("sqlite://", echo="debug", hide_parameters=False)
    with engine.connect() as connection:
        for number in (1, 2):
            connection.execute(select(literal(number).label("n")))
        connection.exec_driver_sql("SELECT 3 AS n")
        connection.execution_options(compiled_cache=None).execute(text("SELECT 4 AS n"))
    assert spoken(caplog) == [
        "BEGIN (implicit)",
        "SELECT ? AS n", "[generated in _s] (1,)", "Col ('n',)", "Row (1,)",
        "SELECT ? AS n", "[cached since _s ago] (2,)", "Col ('n',)", "Row (2,)",
        "SELECT 3 AS n", "[raw sql] ()", "Col ('n',)", "Row (3,)",
        "SELECT 4 AS n", "[no key] ()", "Col ('n',)", "Row (4,)",
        "ROLLBACK",
    ]  # fmt: skip


def test_values_are_hidden_by_default(caplog: pytest.LogCaptureFixture) -> None:
    """INFO shows no rows."""
    with create_engine("sqlite://", echo=True).connect() as connection:
        connection.execute(select(literal("secret").label("n"))).all()
    assert spoken(caplog)[1:3] == [
        "SELECT ? AS n",
        "[generated in _s] [SQL parameters hidden due to hide_parameters=True]",
    ]
    assert "secret" not in caplog.text


def test_isolation_level_is_no_option_of_a_statement() -> None:
    """It would be set in the middle of a transaction."""
    with pytest.raises(
        exc.ArgumentError, match="'isolation_level' execution option may only be specified on Connection"
    ):
        text("SELECT 1").execution_options(isolation_level="AUTOCOMMIT")


def test_levels_set_later_count(caplog: pytest.LogCaptureFixture) -> None:
    """A program that sets the level when its engine is there is heard, by engines made of that engine too."""
    engine = create_engine("sqlite://")
    derived = engine.execution_options(own=1)
    for used in (engine, derived):
        with caplog.at_level(logging.INFO, logger="holdfast.engine"), used.connect() as connection:
            connection.execute(text("SELECT 1"))
        assert "SELECT 1" in spoken(caplog)
        with used.connect() as connection:
            connection.execute(text("SELECT 1"))
        assert spoken(caplog) == []
