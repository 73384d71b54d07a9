"""Logs and messages: control characters are written out, a name makes no line of its own, values and passwords stay away."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    exc,
    insert,
    literal,
    make_url,
    select,
    text,
)
from holdfast.exc.shown import on_one_line, shown
from holdfast.orm import Session
from tests.hostile.test_keywords import Account
from tests.hostile.world import CANARY

ACTING = "a\x1b[2J\x07\r\x9b31m\u202eb\u2028\x7f\0\x08"
WRITTEN = "a\\x1b[2J\\x07\\r\\x9b31m\\u202eb\\u2028\\x7f\\x00\\x08"
FORGED = "x\n2026-01-01 00:00:00 INFO holdfast.engine.Engine COMMIT"


@contextmanager
def suppress_into(errors: list[Exception]) -> Iterator[None]:
    """Put the exception of a block into a list."""
    try:
        yield
    except Exception as error:
        errors.append(error)


def acts(text: str) -> bool:
    """Whether a terminal or a reader of lines would act on the text; new lines are the message's own."""
    return not text.replace("\n", "").replace("\t", "").isprintable()


def test_log_escapes(caplog: pytest.LogCaptureFixture) -> None:
    """Names in the SQL of the log, parameters that are shown, rows and keys of "debug", names of savepoints and loggers."""
    acting = ACTING.replace("\0", "")
    engine = create_engine("sqlite://", echo="debug", hide_parameters=False)
    with engine.connect() as connection, connection.begin_nested():
        connection.execute(select(literal(ACTING).label(acting))).all()
        connection.exec_driver_sql(f"SELECT '{acting}'").all()
        with pytest.raises(exc.OperationalError) as refused:
            connection.execute(select(Table(acting, MetaData(), Column(acting, Integer))))
    engine.dispose()
    lines = [record.getMessage() for record in caplog.records]
    assert any(WRITTEN.replace("\\x00", "") in line for line in lines)
    assert not any(acts(line) for line in lines)
    assert not acts(str(refused.value)) and not acts("".join(traceback.format_exception_only(refused.value)))


MESSAGES: dict[str, Callable[[str], Any]] = {
    "filter_by": lambda name: select(Account).filter_by(**{name: 1}),
    "filter_by of a query": lambda name: Session().query(Account).filter_by(**{name: 1}),
    "values": lambda name: str(insert(Account).values(**{name: 1})),
    "rows": lambda name: Session(create_engine("sqlite://")).execute(insert(Account), [{name: 1}]),
    "join": lambda name: Session().query(Account).join(name),
    "order_by": lambda name: str(select(Account).order_by(name)),
    "where": lambda name: select(Account).where(name),
    "constructor": lambda name: Account(**{name: 1}),
    "column of a row": lambda name: create_engine("sqlite://").connect().execute(text("SELECT 1")).one()._mapping[name],
    "attribute of a row": lambda name: getattr(
        create_engine("sqlite://").connect().execute(text("SELECT 1")).one(), name
    ),
    "name of a dialect": create_engine,
    "parameter": lambda name: text("SELECT 1").bindparams(**{name: 1}),
    "a name that is too long": lambda name: CANARY.c.id.label(name * 200).compile(
        dialect=create_engine("sqlite://").dialect
    ),
}


@pytest.mark.parametrize("place", MESSAGES)
def test_messages_keep_to_themselves(place: str) -> None:
    """A name from outside acts on no terminal, and looks like no line of the log."""
    for name in (ACTING.replace("\0", ""), FORGED):
        errors: list[Exception] = []
        with suppress_into(errors):
            MESSAGES[place](name)
        for error in errors:
            assert not acts(str(error))
            assert "\n2026" not in str(error)


@given(st.text())
def test_shown_text_is_the_text(given: str) -> None:
    """What does not act stays as it is; what is written out, Python reads back."""
    assert not acts(shown(given).replace("\u200b", "")) or all(
        not one.isprintable() for one in given if one not in shown(given)
    )
    line = on_one_line(given)
    assert len(line.splitlines()) <= 1
    assert "\x1b" not in line
    if given.isprintable():
        assert line == shown(given) == given


def test_secrets_are_in_no_message(caplog: pytest.LogCaptureFixture) -> None:
    """Neither values nor passwords: in errors of drivers, of conversions, of addresses, in echoes, in representations."""
    engine = create_engine("sqlite://", echo=True)
    table = Table("t", MetaData(), Column("x", Integer, primary_key=True), Column("w", String(5)))
    errors: list[Exception] = []
    with engine.connect() as connection:
        table.create(connection)
        for row in ({"x": "secret"}, {"x": 1, "w": object()}, {"x": 1, "w": "secret"}, {"x": 1, "w": "secret"}):
            with suppress_into(errors):
                connection.execute(insert(table), row)
    assert len(errors) == 3
    assert not any("secret" in str(error) or "secret" in repr(error) for error in errors)
    assert "secret" not in caplog.text
    assert logging.getLogger("holdfast").level == logging.NOTSET
    url = make_url("sqlite+pysqlite://ada:secret@/")
    for shown_text in (str(url), repr(url), f"{url}", repr(create_engine("sqlite://"))):
        assert "secret" not in shown_text
    for address in (
        "postgresql://ada:secret",
        "postgresql://h:secret/x",
        "x:secret",
        "secret",
        "x://u:secret@h:secret",
    ):
        with pytest.raises(exc.ArgumentError) as refused:
            make_url(address)
        assert "secret" not in str(refused.value)
