"""Random values of every type, NULL and extremes included, come back from the database as they went: sent as parameters,
found by a criterion, and written into the SQL text.

`HOLDFAST_ROUND_TRIPS` says how many values of each type; CI's few hundred take seconds, 100,000 take most of an hour.
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterator
from itertools import islice
from typing import Any

import pytest

from holdfast import Column, Connection, Integer, MetaData, Table, create_engine, exc, insert, select
from tests.sql.types.random_values import KINDS, on, values_of

COUNT = int(os.environ.get("HOLDFAST_ROUND_TRIPS", "150"))
CHUNK = 5_000
IN_A_TEXT = 200
"""Rows of one INSERT whose values stand in its text."""


@pytest.fixture(scope="module")
def on_sqlite() -> Iterator[Connection]:
    """A connection to an empty database."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def on_postgresql(clean_postgresql_url: str) -> Iterator[Connection]:
    """A connection to an empty database."""
    engine = create_engine(clean_postgresql_url)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def chunks(values: Iterator[Any], size: int) -> Iterator[list[dict[str, Any]]]:
    """Give lists of rows with counted keys."""
    numbered = enumerate(values, 1)
    while rows := [{"id": number, "value": value} for number, value in islice(numbered, size)]:
        yield rows


def is_same(sent: Any, found: Any, in_digits: bool = False) -> bool:
    """Whether a value is what was sent: equal and of its class.

    Args:
        in_digits: SQLite read a binary number from decimal digits, which it gets wrong by one unit in the last place for some.
    """
    if isinstance(sent, float) and in_digits and found is not None:
        return found == sent or math.isclose(found, sent, rel_tol=1e-15)
    return found == sent and type(found) is type(sent)


def check(connection: Connection, name: str, way: str, in_digits: bool = False) -> None:
    """Send, read and compare all values of a kind, chunk by chunk."""
    kind = KINDS[name]
    table = Table("values of " + name, MetaData(), Column("id", Integer, primary_key=True), Column("value", kind.type))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", exc.SAWarning)
            table.create(connection)
            for rows in chunks(values_of(name, COUNT), CHUNK if way == "parameters" else IN_A_TEXT):
                if way == "parameters":
                    connection.execute(insert(table), rows)
                else:
                    _write_in_text(connection, table, rows)
                found = connection.execute(select(table).order_by(table.c.id)).all()
                pairs = zip([row["value"] for row in rows], [value for _, value in found], strict=True)
                wrong = [pair for pair in pairs if not is_same(*pair, in_digits)]
                assert not wrong, f"{len(wrong)} of {len(rows)} {name}: sent, found: {wrong[:3]}"
                if way == "parameters" and name not in ("JSON", "JSON with null", "PickleType"):
                    _find(connection, table, rows[:20])
                connection.execute(table.delete())
    finally:
        connection.rollback()


def _write_in_text(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    statement = insert(table).values(rows)
    sql = str(statement.compile(dialect=connection.dialect, compile_kwargs={"literal_binds": True}))
    doubled = connection.dialect.paramstyle in ("format", "pyformat")
    connection.exec_driver_sql(sql.replace("%%", "%") if doubled else sql)


def _find(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Look rows up by their value."""
    for row in rows:
        value = row["value"]
        if value is not None:
            ids = connection.scalars(select(table.c.id).where(table.c.value == value)).all()
            assert row["id"] in ids, f"{value!r} does not find its own row"


@pytest.mark.parametrize("name", on("sqlite"))
def test_parameters_on_sqlite(name: str, on_sqlite: Connection) -> None:
    """A value finds its own row too. A document that is a lone number, SQLite makes a number of."""
    check(on_sqlite, name, "parameters", in_digits=name.startswith("JSON"))


@pytest.mark.parametrize("name", on("postgresql"))
def test_parameters_on_postgresql(name: str, on_postgresql: Connection) -> None:
    """A value finds its own row too."""
    check(on_postgresql, name, "parameters")


@pytest.mark.parametrize("name", on("sqlite"))
def test_literals_on_sqlite(name: str, on_sqlite: Connection) -> None:
    """Nothing is lost in the text."""
    check(on_sqlite, name, "literals", in_digits=True)


@pytest.mark.parametrize("name", on("postgresql"))
def test_literals_on_postgresql(name: str, on_postgresql: Connection) -> None:
    """Nothing is lost in the text, to the last binary digit."""
    check(on_postgresql, name, "literals")
