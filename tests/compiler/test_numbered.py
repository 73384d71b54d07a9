"""Parameters by number: one of each name, lists last, the same in many executions; refused where a driver takes none."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast import Integer, String, bindparam, column, create_engine, select, table
from holdfast.dialects import postgresql, sqlite
from holdfast.exc import ArgumentError

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
