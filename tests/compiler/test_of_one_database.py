"""Elements that one database has: the others refuse them by name, and str() shows them as that one writes them."""

from __future__ import annotations

import pickle
from typing import Any

import pytest

from holdfast import Column, Integer, MetaData, String, Table, create_engine, func, insert, literal_column, select
from holdfast.dialects import mysql, postgresql, sqlite
from holdfast.exc import CompileError, UnsupportedCompilationError

t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("s", String), Column("h", postgresql.HSTORE))

ARRAY = postgresql.array([1, t.c.id])
ORDERED = func.string_agg(t.c.s, postgresql.aggregate_order_by(literal_column("','"), t.c.id))
MATCH = mysql.match(t.c.s, against="x").in_boolean_mode()
CONFLICT = postgresql.insert(t).values(id=1).on_conflict_do_nothing()
DUPLICATE = mysql.insert(t).values(id=1).on_duplicate_key_update(s="x")
PAIR = t.c.h["k"]


@pytest.mark.parametrize(
    ("element", "shown", "refused_by"),
    [
        (ARRAY, "ARRAY[%(param_1)s::INTEGER, t.id]", (sqlite, mysql)),
        (ORDERED, "string_agg(t.s, ',' ORDER BY t.id)", (sqlite, mysql)),
        (MATCH, "MATCH (t.s) AGAINST (%s IN BOOLEAN MODE)", (sqlite, postgresql)),
        (CONFLICT, "INSERT INTO t (id) VALUES (%(id)s::INTEGER) ON CONFLICT DO NOTHING", (mysql,)),
        (DUPLICATE, "INSERT INTO t (id) VALUES (%s) ON DUPLICATE KEY UPDATE s = %s", (sqlite, postgresql)),
        (PAIR, "t.h -> :h_1", ()),
    ],
    ids=["array", "aggregate_order_by", "match", "on conflict", "duplicate key", "hstore"],
)
def test_shown_and_refused(element: Any, shown: str, refused_by: tuple[Any, ...]) -> None:
    """No database gets text that is an error there, or means something else; pickles keep the text."""
    assert str(element) == shown
    assert str(pickle.loads(pickle.dumps(element))) == shown
    for module in refused_by:
        name = module.dialect().name
        with pytest.raises(UnsupportedCompilationError, match="can't render element of type") as refused:
            element.compile(dialect=module.dialect())
        if element is not ORDERED:
            assert f"'s own, from holdfast.dialects, and this is {name}; look there for {name}'s" in str(refused.value)


def test_returning_is_shown_until_a_server_is_known() -> None:
    """MariaDB has RETURNING and MySQL has not: before one is met, the statement is shown as it was written."""
    statement = mysql.insert(t).values(id=1).returning(t.c.id)
    assert str(statement) == "INSERT INTO t (id) VALUES (%s) RETURNING t.id"
    met = mysql.dialect()
    met.server_version_info = (8, 0, 36)
    with pytest.raises(CompileError, match="RETURNING is not supported by this dialect's INSERT statement"):
        statement.compile(dialect=met)


def test_the_key_of_pairs() -> None:
    """PostgreSQL gets the brackets that an index can serve; beside an operator the arrow stands in parentheses."""
    dialect = postgresql.dialect()
    assert str((PAIR == "x").compile(dialect=dialect)) == "t.h[%(h_1)s::VARCHAR] = %(param_1)s::VARCHAR"
    assert str(PAIR == "x") == "(t.h -> :h_1) = :param_1"


def test_the_database_itself_refuses() -> None:
    """An execution ends before the driver sees the text."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection, pytest.raises(UnsupportedCompilationError, match="array"):
        connection.execute(select(postgresql.array([1, 2])))
    assert str(insert(t).values(id=1)) == "INSERT INTO t (id) VALUES (:id)"
    engine.dispose()
