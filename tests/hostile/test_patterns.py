"""Patterns and paths: every character of a user's text stands for itself."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast import JSON, Column, Integer, MetaData, String, Table, column, exc, insert, select
from tests.hostile.world import CANARY, HOSTILE, World

SPECIAL = st.text(st.sampled_from("%_/\\'\"ab:?[]^$*.-"), max_size=6)
ESCAPES = st.sampled_from([None, "/", "\\", "'", "a", "?", ":", "!", "é", "\n"])
PATTERNS: dict[str, Any] = {
    "contains": lambda whole, part: part in whole,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "icontains": lambda whole, part: part in whole,
    "istartswith": str.startswith,
    "iendswith": str.endswith,
}
WORDS = Table("hostile_word", MetaData(), Column("id", Integer, primary_key=True), Column("word", String(50)))


def test_like_escapes(world: World) -> None:
    """``autoescape`` finds what Python finds, whatever the escape character is, as a parameter and written into the text."""
    with world.engine.connect() as connection:
        WORDS.drop(connection, checkfirst=True)
        WORDS.create(connection)

        @settings(max_examples=60)
        @given(SPECIAL, SPECIAL, SPECIAL, ESCAPES, st.sampled_from(list(PATTERNS)))
        def check(before: str, part: str, after: str, escape: str | None, name: str) -> None:
            whole = before + part + after
            connection.execute(WORDS.delete())
            connection.execute(insert(WORDS), {"id": 1, "word": whole})
            for wanted in (part, after + before, whole):
                pattern = getattr(WORDS.c.word, name)(wanted, autoescape=True, escape=escape)
                statement = select(WORDS.c.id).where(pattern)
                expected = [1] if PATTERNS[name](whole, wanted) else []
                assert connection.scalars(statement).all() == expected
                written = str(statement.compile(world.engine, compile_kwargs={"literal_binds": True}))
                assert connection.exec_driver_sql(written.replace("%%", "%")).scalars().all() == expected

        check()
        connection.rollback()
        WORDS.drop(connection, checkfirst=True)
        connection.commit()


@pytest.mark.parametrize("escape", ["%", "_"])
@pytest.mark.parametrize("name", PATTERNS)
def test_a_wildcard_is_no_escape(name: str, escape: str) -> None:
    """Found here: rows were silently not found. The pattern's own ``%`` could not be told from the one; the other was escaped
    again where it had just been written before ``%``, and MariaDB reads it as a wildcard first."""
    with pytest.raises(
        exc.ArgumentError, match=f"escape='{escape}' with autoescape: a wildcard can not be the escape character"
    ):
        getattr(column("word", String), name)("a", autoescape=True, escape=escape)


@pytest.mark.parametrize("escape", ["ab", HOSTILE])
def test_an_escape_of_many_characters(world: World, escape: str) -> None:
    """It is one literal; the database refuses it."""
    with world.engine.connect() as connection, pytest.raises(exc.DBAPIError):
        connection.execute(select(CANARY.c.id).where(CANARY.c.word.like("a%", escape=escape))).all()


OTHER_KEYS = ("k') OR 1=1 --", "$", "$.k", "k.in", "[0]", "*", "**", "", "k\\", "{k}", "k,0", "last", "#-1")


def test_json_paths(world: World) -> None:
    """A key finds its own member and no other, alone and in a path; SQLite says that it can not look for a quotation mark."""
    document = CANARY.c.document
    with world.engine.connect() as connection:
        for key in OTHER_KEYS:
            for member in (document[key], document[(key,)], document[("k", key)]):
                found = connection.scalars(select(member).where(CANARY.c.id == 1)).all()
                assert found == [None]
                assert connection.scalars(select(CANARY.c.id).where(member.as_string() == key)).all() == []
        statement = select(document[HOSTILE]["in"].as_integer(), document[(HOSTILE, "in")].as_integer())
        if world.name == "sqlite":
            with pytest.raises(
                exc.StatementError, match="JSON paths can not hold a key with a quotation mark"
            ) as refused:
                connection.execute(statement)
            assert "nothing was sent" in str(refused.value)
        else:
            assert connection.execute(statement).one() == (7, 7)
    table = Table("hostile_canary", MetaData(), Column("document", JSON))
    assert all("DROP" not in str(select(table.c.document[key])) for key in (HOSTILE, (HOSTILE, 1)))


def test_json_positions(world: World) -> None:
    """A truth value is the position that it equals; found here: SQLite and MariaDB were sent the path ``$[True]``."""
    document = CANARY.c.document["k"]
    with world.engine.connect() as connection:
        for position, expected in ((0, 5), (1, 6), (True, 6), (False, 5), (-1, 6), (9, None), (-9, None)):
            if world.name == "postgresql" and isinstance(position, bool):
                continue  # sent as a parameter of its own type, which is no position there
            assert connection.scalar(select(document[position].as_integer())) == expected
