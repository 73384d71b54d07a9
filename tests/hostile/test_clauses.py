"""Text where a clause takes a number, a column or a name: refused at once, or a quoted name that comes back as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from holdfast import (
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    asc,
    bindparam,
    desc,
    exc,
    extract,
    func,
    inspect,
    literal,
    select,
    text,
    union,
    update,
)
from holdfast.dialects import mysql
from holdfast.orm import Bundle, Session
from holdfast.schema import SetTableComment
from tests.hostile.world import CANARY, HOSTILE, NO_NUMBERS, NUMBERS_AS_TEXT, World

TAKES_A_NUMBER: dict[str, Callable[[Any], Any]] = {
    "limit": lambda given: select(CANARY).limit(given),
    "offset": lambda given: select(CANARY).offset(given),
    "fetch": lambda given: select(CANARY).fetch(given),
    "start of a slice": lambda given: select(CANARY).slice(given, 5),
    "stop of a slice": lambda given: select(CANARY).slice(0, given),
    "limit of a union": lambda given: union(select(CANARY), select(CANARY)).limit(given),
    "limit of a query": lambda given: Session().query(CANARY).limit(given),
    "slice of a query": lambda given: Session().query(CANARY).slice(given, given),
}


@pytest.mark.parametrize("given", NO_NUMBERS, ids=repr)
@pytest.mark.parametrize("place", TAKES_A_NUMBER)
def test_limit_and_offset_as_text(place: str, given: Any) -> None:
    """The error comes where the number is given, names the kind of what was given, and keeps the text to itself."""
    with pytest.raises(ValueError, match="^LIMIT and OFFSET take a whole number or a SQL expression, not a") as refused:
        TAKES_A_NUMBER[place](given)
    assert "DROP" not in str(refused.value)


@pytest.mark.parametrize("given", ["1; DROP", [1], {"a": 1}, None], ids=repr)
def test_the_index_of_a_query(given: Any) -> None:
    """As a list's own: Python's TypeError; nothing is sent, since there is no database."""
    with pytest.raises(TypeError):
        Session().query(CANARY)[given]


@pytest.mark.parametrize("given", NUMBERS_AS_TEXT)
def test_a_limit_given_as_a_parameter(world: World, given: str) -> None:
    """Also where the number comes with the execution; the database refuses what is none, and nothing else happens."""
    for statement in (
        select(CANARY.c.id).limit(bindparam("given", type_=Integer)),
        update(CANARY).values(number=0).ext(mysql.limit(bindparam("given", type_=Integer))),
    ):
        with world.engine.connect() as connection:
            if statement.is_dml and world.name not in ("mariadb", "mysql"):
                continue
            if world.name == "sqlite" and given == "1e1":
                continue  # a whole number, as SQLite reads it
            with pytest.raises(exc.DBAPIError):
                connection.execute(statement, {"given": given})


TAKES_A_COLUMN: dict[str, Callable[[Any], Any]] = {
    "order_by": lambda given: select(CANARY).order_by(given),
    "desc": lambda given: select(CANARY).order_by(desc(given)),
    "asc": lambda given: select(CANARY).order_by(asc(given).nulls_last()),
    "group_by": lambda given: select(CANARY).group_by(given),
    "order of a union": lambda given: union(select(CANARY.c.id), select(CANARY.c.id)).order_by(given),
    "window": lambda given: select(func.rank().over(partition_by=given)),
    "order of a window": lambda given: select(func.rank().over(order_by=given)),
    "order of an aggregate": lambda given: select(func.percentile_cont(0.5).within_group(given)),
    "order_by of a query": lambda given: Session().query(CANARY).order_by(given),
    "group_by of a query": lambda given: Session().query(CANARY).group_by(given),
}


@pytest.mark.parametrize(
    "given", [HOSTILE, "word; --", "word DESC", "word, id", "1", "hostile_canary.word", "-word", "word\0", "(SELECT 1)"]
)
@pytest.mark.parametrize("place", TAKES_A_COLUMN)
def test_order_by_as_text(place: str, given: str) -> None:
    """Only the name of a selected column or label is taken; anything else is told to be text(), written as Python writes it."""
    with pytest.raises(exc.CompileError) as refused:
        str(TAKES_A_COLUMN[place](given))
    assert str(refused.value) == (
        f"Can't resolve label reference for ORDER BY / GROUP BY / DISTINCT etc. Textual SQL expression {given!r} should be "
        f"explicitly declared as text({given!r})"
    )


LABELS = (
    HOSTILE,
    '"; --',
    "a.b",
    "a AS b",
    "*",
    "%",
    "%%",
    "?",
    ":x",
    "NULL",
    "Ä",
    "a\nb",
    "a\tb",
    "a\x1b[31m",
    "--",
    "/*",
    "\\",
    "[0]",
    "$1",
)


def test_labels_from_keywords(world: World) -> None:
    """A label of any characters is the key of the row, exactly; order_by finds it; a keyword of Python is no more than a name."""
    with world.engine.connect() as connection:
        for label in LABELS:
            named = {label: CANARY.c.word}
            for statement in (
                select(*[one.label(name) for name, one in named.items()]).order_by(label),
                select(select(CANARY.c.word.label(label)).subquery(label)),
                select(select(CANARY.c.word.label(label)).cte(label)),
                select(func.max(CANARY.c.word).label(label)).having(func.count() > 0),
                union(select(literal("alive").label(label)), select(CANARY.c.word)),
            ):
                result = connection.execute(statement)
                assert list(result.keys()) == [label]
                assert result.mappings().one()[label] == "alive"
            [row] = Session(connection).execute(select(Bundle(label, CANARY.c.word)))
            assert row._mapping[label] == ("alive",)


NAMES_OF_FUNCTIONS: dict[str, Callable[[str], Any]] = {
    "function": lambda name: select(getattr(func, name)(1)),
    "function of a package": lambda name: select(getattr(getattr(func, name), name)(1)),
    "table of a function": lambda name: select(getattr(func, name)(1).table_valued("value")),
    "aggregate": lambda name: select(getattr(func, name)(CANARY.c.id).filter(CANARY.c.id > 0)),
    "collation": lambda name: select(CANARY.c.word).order_by(CANARY.c.word.collate(name)),
}


@pytest.mark.parametrize("place", NAMES_OF_FUNCTIONS)
def test_function_templates(world: World, place: str) -> None:
    """A function's name is one quoted name: the database knows none such. A unit of time that is none is refused before."""
    with world.engine.connect() as connection:
        for name in (HOSTILE, "lower(1)); DROP TABLE hostile_canary; --", "sleep(9)||lower", 'a"b', "a`b"):
            with pytest.raises((exc.DBAPIError, exc.CompileError)):
                connection.execute(NAMES_OF_FUNCTIONS[place](name))
            connection.rollback()
            with pytest.raises(exc.CompileError, match="is not a (valid extract argument|part of a date)") as refused:
                connection.execute(select(extract(name, func.now())))
            assert "\n" not in str(refused.value)


def test_savepoint_names(world: World) -> None:
    """Savepoints are counted, whatever a program calls its work; an identifier of its own is one quoted literal."""
    with world.engine.connect() as connection:
        with connection.execution_options(logging_token=HOSTILE, **{HOSTILE: HOSTILE}).begin_nested():
            connection.execute(select(literal(HOSTILE)))
        connection.rollback()
    with Session(world.engine, info={HOSTILE: HOSTILE}) as session, session.begin_nested():
        session.execute(select(1))
    names = [sql for sql, _ in world.sent if "SAVEPOINT" in sql]
    assert names == ["SAVEPOINT sa_savepoint_1", "RELEASE SAVEPOINT sa_savepoint_1"] * 2
    if world.name == "sqlite":
        return
    hostile = HOSTILE[:60]
    with world.engine.connect() as connection:
        transaction = connection.begin_twophase(hostile)
        connection.execute(update(CANARY).values(number=5))
        if can_prepare(connection):
            transaction.prepare()
            assert hostile in connection.recover_twophase()
        else:
            with pytest.raises(exc.DBAPIError, match="prepared transactions are disabled"):
                transaction.prepare()
        transaction.rollback()


def can_prepare(connection: Connection) -> bool:
    """Whether the server has prepared transactions: PostgreSQL's default is to have none."""
    return connection.dialect.name != "postgresql" or connection.scalar(text("SHOW max_prepared_transactions")) != "0"


def test_sql_comments(world: World) -> None:
    """A comment's end ends none: comments are literals, and come back from the catalogue as they were; options are no SQL."""
    inspector = inspect(world.engine)
    if world.name == "sqlite":
        with pytest.raises(NotImplementedError):
            inspector.get_table_comment("hostile_canary")
    else:
        assert inspector.get_table_comment("hostile_canary") == {"text": HOSTILE}
        comments = {one["name"]: one["comment"] for one in inspector.get_columns("hostile_canary")}
        assert comments["word"] == HOSTILE
        with world.engine.begin() as connection:
            for comment in ("*/ DROP TABLE hostile_canary; /*", "--\nDROP", "'", "\\'", "\\"):
                again = Table("hostile_canary", MetaData(), Column("id", Integer), comment=comment)
                connection.execute(SetTableComment(again))
                assert inspect(connection).get_table_comment("hostile_canary") == {"text": comment}
    with world.engine.connect() as connection:
        connection.execute(select(CANARY.c.id).execution_options(comment=f"*/ {HOSTILE}"))
    assert not any("/*" in sql for sql, _ in world.sent if sql.startswith("SELECT"))


def test_words_of_sql_are_taken_from_strings_only() -> None:
    """prefix_with, suffix_with and hints take SQL, as documented; what a document holds besides strings is none."""
    for given in ({"a": 1}, ["x"], 5, b"x"):
        for place in (select(1).prefix_with, select(1).suffix_with):
            with pytest.raises(exc.ArgumentError, match="Words of SQL expected"):
                place(given)
