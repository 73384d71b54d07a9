"""Enumerations that PostgreSQL keeps under their own name: made before their tables, dropped after them, read back."""

import enum

import pytest

from holdfast import (
    ARRAY,
    JSON,
    Column,
    Enum,
    Integer,
    MetaData,
    PickleType,
    Table,
    create_engine,
    event,
    exc,
    select,
    text,
)
from holdfast.schema import CreateEnumType, DropEnumType


class Mood(enum.Enum):
    """A mood."""

    glad = "g"
    sad = 's "quoted", {braced}'


@pytest.fixture
def engine(clean_postgresql_url):
    """An engine that notes what it sends."""
    engine = create_engine(clean_postgresql_url)
    engine.sent = []
    event.listen(
        engine, "before_cursor_execute", lambda c, cursor, sql, *rest: engine.sent.append(" ".join(sql.split()))
    )
    yield engine
    engine.dispose()


def tables():
    """Two tables that share a type."""
    metadata = MetaData()
    for name in ("a", "b"):
        Table(
            name, metadata, Column("id", Integer, primary_key=True), Column("mood", Enum(Mood)),
            Column("moods", ARRAY(Enum(Mood, values_callable=lambda c: [m.value for m in c], name="mood_text"))),
            Column("doc", JSON), Column("thing", PickleType),
        )  # fmt: skip
    return metadata


def test_made_once_and_dropped_last(engine):
    """CREATE TYPE goes before the first table that needs it, DROP TYPE after the last one; a look tells what is there."""
    metadata = tables()
    metadata.create_all(engine)
    made = [sql for sql in engine.sent if sql.startswith("CREATE")]
    assert made[:2] == [
        "CREATE TYPE mood AS ENUM ('glad', 'sad')",
        """CREATE TYPE mood_text AS ENUM ('g', 's "quoted", {braced}')""",
    ]
    assert [sql.split()[:3] for sql in made[2:]] == [["CREATE", "TABLE", "a"], ["CREATE", "TABLE", "b"]]
    metadata.create_all(engine)
    assert [sql for sql in engine.sent if sql.startswith("CREATE")] == made
    metadata.drop_all(engine, tables=[metadata.tables["a"]])
    assert [sql for sql in engine.sent if sql.startswith("DROP")] == ["DROP TABLE a"]
    metadata.drop_all(engine)
    dropped = [sql for sql in engine.sent if sql.startswith("DROP")]
    assert dropped == ["DROP TABLE a", "DROP TABLE b", "DROP TYPE mood", "DROP TYPE mood_text"]


def test_values_and_arrays(engine):
    """Members of the class go in and come back, alone and in arrays; the database refuses other strings."""
    metadata = tables()
    metadata.create_all(engine)
    a = metadata.tables["a"]
    document = {"k": [1, 'é"', None]}
    with engine.begin() as connection:
        connection.execute(
            a.insert(), {"mood": Mood.sad, "moods": [Mood.sad, None, Mood.glad], "doc": document, "thing": {1}}
        )
        row = connection.execute(select(a).where(a.c.mood == Mood.sad)).one()
        assert tuple(row) == (1, Mood.sad, [Mood.sad, None, Mood.glad], document, {1})
        assert connection.scalar(select(a.c.moods[3])) is Mood.glad
        assert connection.scalar(select(a.c.doc["k"][1].as_string())) == 'é"'
        assert connection.scalar(text("SELECT doc FROM a")) == document
    with engine.connect() as connection, pytest.raises(exc.DataError):
        connection.execute(a.insert(), {"mood": "angry"})
    metadata.drop_all(engine)


def test_by_hand(engine):
    """A type is made and dropped by itself; the DDL elements say so too; without a name it can not be."""
    mood = Enum("x", "y", name="My Mood")
    mood.create(engine)
    mood.create(engine)
    mood.drop(engine)
    mood.drop(engine)
    assert [sql for sql in engine.sent if not sql.startswith("SELECT")] == [
        """CREATE TYPE "My Mood" AS ENUM ('x', 'y')""",
        'DROP TYPE "My Mood"',
    ]
    with engine.begin() as connection:
        connection.execute(CreateEnumType(mood))
        connection.execute(DropEnumType(mood))
    table = Table("nameless", MetaData(), Column("x", Enum("x", "y")))
    with pytest.raises(exc.CompileError, match="PostgreSQL ENUM type requires a name"):
        table.create(engine)


def test_a_type_goes_where_its_schema_is_called_otherwise(engine):
    """`schema_translate_map` holds for the type too: in CREATE, in the column, in a cast, in DROP."""
    metadata = MetaData(schema="here")
    table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("mood", Enum(Mood)))
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA there"))
        connection = connection.execution_options(schema_translate_map={"here": "there"})
        metadata.create_all(connection)
        connection.execute(table.insert(), {"mood": Mood.glad})
        assert connection.scalars(select(table.c.mood)).all() == [Mood.glad]
        metadata.drop_all(connection)
        connection.execute(text("DROP SCHEMA there"))
    named = [sql for sql in engine.sent if "there.mood" in sql]
    assert named[0].startswith("CREATE TYPE there.mood AS ENUM")
    assert "mood there.mood" in named[1]
    assert named[-1] == "DROP TYPE there.mood"
    assert not [sql for sql in engine.sent if "here." in sql.replace("there.", "")]
