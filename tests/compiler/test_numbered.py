"""Parameters by number: one of each name, lists last, the same in many executions; refused where a driver takes none."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast import Column, Integer, MetaData, String, Table, bindparam, column, create_engine, select, table
from holdfast.dialects import postgresql, sqlite
from holdfast.exc import ArgumentError
from holdfast.ext.asyncio import create_async_engine
from holdfast.schema import CreateTable

t = table("t", column("a", Integer), column("b", String))

LISTED = select(t.c.a).where(t.c.a.in_([1, 2]), t.c.b == "y")
TWICE = select(bindparam("x", 1), bindparam("y", 2), bindparam("x", 1))
CASES: list[tuple[Any, str, tuple[Any, ...]]] = [
    (select(t.c.a).where(t.c.a == 5).limit(3), "SELECT t.a \nFROM t \nWHERE t.a = :1\n LIMIT :2 OFFSET :3", (5, 3, 0)),
    (LISTED, "SELECT t.a \nFROM t \nWHERE t.a IN (:2, :3) AND t.b = :1", ("y", 1, 2)),
    (TWICE, "SELECT :1 AS anon_1, :2 AS anon_2, :1 AS anon_3", (1, 2)),
    (t.insert().values(a=1, b="2"), "INSERT INTO t (a, b) VALUES (:1, :2)", (1, "2")),
    (t.update().where(t.c.a.in_([])).values(b="z"), None, ("z",)),
    (t.delete().where(t.c.b == "\1a_1\1"), "DELETE FROM t WHERE t.b = :1", ("\1a_1\1",)),
]


@pytest.mark.parametrize(("statement", "text", "values"), CASES)
def test_numbers_are_places_in_the_values(statement: Any, text: str | None, values: tuple[Any, ...]) -> None:
    """Number n stands for the nth value, in the text that is shown and in each that is executed."""
    compiled = statement.compile(dialect=sqlite.dialect(paramstyle="numeric"))
    bound = compiled.bind(statement._values)
    assert bound == compiled.bind(statement._values)
    assert bound[1] == values
    shown = statement.compile(dialect=sqlite.dialect(paramstyle="numeric"), compile_kwargs={"render_postcompile": True})
    assert str(shown) == bound[0]
    if text is not None:
        assert bound[0] == text


def test_shown_with_dollars() -> None:
    """As PostgreSQL itself has them, with types; a list is shown as a place until it is executed."""
    dialect = postgresql.dialect(paramstyle="numeric_dollar")
    assert str(LISTED.compile(dialect=dialect)) == (
        "SELECT t.a \nFROM t \nWHERE t.a IN (__[POSTCOMPILE_a_1]) AND t.b = $1::VARCHAR"
    )
    assert dialect.paramstyle == "numeric_dollar"
    assert dialect.positional


def test_drivers_that_take_none() -> None:
    """SQLite numbers by first appearance, so that a list would get the others' values: refused, not guessed."""
    with pytest.raises(ArgumentError, match="takes no parameters by number"):
        create_engine("sqlite://", paramstyle="numeric")


def test_what_an_engine_of_asyncpg_shows() -> None:
    """Numbers, as the server gets them: the names that are handed to the driver were shown."""
    pytest.importorskip("asyncpg")
    engine = create_async_engine("postgresql+asyncpg://nobody@nowhere/nothing")
    text = "SELECT t.a \nFROM t \nWHERE t.a IN ($2::INTEGER, $3::INTEGER) AND t.b = $1::VARCHAR"
    for shown in ({"bind": engine}, {"bind": engine.sync_engine}, {"dialect": engine.dialect}):
        compiled = LISTED.compile(**shown, compile_kwargs={"render_postcompile": True})
        assert str(compiled) == text
        assert compiled.positiontup == ["b_1", "a_1_1", "a_1_2"]
    moved = select(table("t", column("a"), schema="here")).compile(engine, schema_translate_map={"here": "there"})
    assert str(moved) == "SELECT there.t.a \nFROM there.t"
    rated = Table("rated", MetaData(), Column("a", String, server_default="5%"))
    assert "DEFAULT '5%'" in str(CreateTable(rated).compile(engine))
    # What is handed to the driver stays: it writes the numbers.
    assert engine.dialect.placeholder("a", Integer()) == "%(a)s::INTEGER"
    assert engine.dialect.paramstyle == "pyformat"


def test_names_of_what_is_written_out() -> None:
    """By place, the names of a list's members stand where the list does."""
    compiled = LISTED.compile(dialect=sqlite.dialect(), compile_kwargs={"render_postcompile": True})
    assert compiled.positiontup == ["a_1_1", "a_1_2", "b_1"]
    assert compiled.params == {"a_1_1": 1, "a_1_2": 2, "b_1": "y"}
    assert LISTED.compile(dialect=sqlite.dialect()).positiontup == ["a_1", "b_1"]
