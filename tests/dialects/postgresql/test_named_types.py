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
    column,
    create_engine,
    event,
    exc,
    func,
    inspect,
    select,
    text,
)
from holdfast.dialects.postgresql import (
    DOMAIN,
    ENUM,
    AddDomainCheck,
    AddEnumValue,
    DropDomainCheck,
    RenameEnumValue,
    SetDomainDefault,
    SetDomainNotNull,
    ValidateDomainCheck,
)
from holdfast.schema import CheckFirst, CreateEnumType, DropEnumType


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
    mood = ENUM("x", "y", name="My Mood")
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


def sent_of(engine):
    """Return what was sent but questions, and forget it."""
    sent, engine.sent[:] = [sql for sql in engine.sent if not sql.startswith("SELECT")], []
    return sent


@pytest.mark.parametrize("make", [lambda: ENUM("a", name="n"), lambda: DOMAIN("n", Integer)], ids=["enum", "domain"])
def test_without_a_look(engine, make):
    """`checkfirst=False` sends the statement whatever is there, for the types of PostgreSQL and for those of a table."""
    type_ = make()
    type_.create(engine, checkfirst=False)
    for table in (Table("t", MetaData(), Column("x", type_)), Table("t", MetaData(), Column("x", ARRAY(type_)))):
        with pytest.raises(exc.ProgrammingError, match="already exists"):
            type_.create(engine, checkfirst=False)
        with pytest.raises(exc.ProgrammingError, match="already exists"):
            table.create(engine, checkfirst=False)
        with pytest.raises(exc.ProgrammingError, match="already exists"):
            table.metadata.create_all(engine, checkfirst=CheckFirst.TABLES)
        table.create(engine)
        table.drop(engine)
        table.metadata.create_all(engine, checkfirst=CheckFirst.TYPES)
        table.drop(engine)
    type_.drop(engine, checkfirst=False)
    with pytest.raises(exc.ProgrammingError, match="does not exist"):
        type_.drop(engine, checkfirst=False)


def test_a_type_of_every_database_looks_when_it_is_told_to(engine):
    """`Enum`, which knows no database, sends at once; on others than PostgreSQL it does nothing."""
    mood = Enum("a", name="n")
    mood.create(engine)
    with pytest.raises(exc.ProgrammingError, match="already exists"):
        mood.create(engine)
    mood.create(engine, checkfirst=True)
    mood.drop(engine)
    mood.drop(engine, checkfirst=True)
    with pytest.raises(exc.ProgrammingError, match="does not exist"):
        mood.drop(engine)
    mood.create(create_engine("sqlite://"))


@pytest.mark.parametrize("schema", [None, "other"])
def test_an_enumeration_is_altered(engine, schema):
    """Values come in their places, once; one that is renamed is so in all rows; the open connection reads them."""
    with engine.begin() as connection:
        connection.execute(text("CREATE SCHEMA IF NOT EXISTS other"))
    mood, places = ENUM("glad", "sad", name="mood", schema=schema), {"schema": schema}
    table = Table("t", MetaData(), Column("x", mood))
    table.metadata.create_all(engine)
    sent_of(engine)
    grown = ENUM("calm", "glad", "it's 50%", "sad", "last", name="mood", schema=schema)
    now = Table("t", MetaData(), Column("x", grown))
    with engine.connect() as connection:
        connection.execute(table.insert(), {"x": "sad"})
        assert connection.scalars(select(table.c.x)).all() == ["sad"]
        connection.execute(AddEnumValue(mood, "last"))
        connection.execute(AddEnumValue(mood, "calm", before="glad"))
        connection.execute(AddEnumValue(mood, "it's 50%", after="glad"))
        connection.execute(AddEnumValue(mood, "last", if_not_exists=True))
        connection.commit()
        connection.execute(now.insert(), [{"x": value} for value in grown.enums])
        assert connection.scalars(select(now.c.x).order_by(now.c.x)).all() == [
            "calm", "glad", "it's 50%", "sad", "sad", "last",
        ]  # fmt: skip
        connection.execute(RenameEnumValue(mood, "sad", "blue"))
        assert connection.scalar(select(func.count()).where(text("x = 'blue'")).select_from(table)) == 2
        connection.commit()
    name = "mood" if schema is None else "other.mood"
    assert [sql for sql in sent_of(engine) if sql.startswith("ALTER")] == [
        f"ALTER TYPE {name} ADD VALUE 'last'",
        f"ALTER TYPE {name} ADD VALUE 'calm' BEFORE 'glad'",
        f"ALTER TYPE {name} ADD VALUE 'it''s 50%%' AFTER 'glad'",
        f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS 'last'",
        f"ALTER TYPE {name} RENAME VALUE 'sad' TO 'blue'",
    ]
    assert inspect(engine).get_enums(**places)[0]["labels"] == ["calm", "glad", "it's 50%", "blue", "last"]
    with pytest.raises(exc.ArgumentError, match="'before' or 'after', not both"):
        AddEnumValue(mood, "x", before="a", after="b")
    table.metadata.drop_all(engine)
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA other"))


def test_a_domain_is_altered(engine):
    """Its default and its conditions; values that were there are looked at when it is asked for."""
    size = DOMAIN("size", Integer)
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", size))
    table.metadata.create_all(engine)
    sent_of(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), {"x": -1})
        connection.execute(AddDomainCheck(size, "VALUE > 0", name="is positive", not_valid=True))
        connection.execute(AddDomainCheck(size, column("value") < 100))
        connection.execute(SetDomainDefault(size, text("7")))
        connection.execute(table.insert(), {"id": 5})
        assert connection.scalars(select(table.c.x).order_by(table.c.id)).all() == [-1, 7]
    for value in (-1, 100):
        with engine.connect() as connection, pytest.raises(exc.CheckViolation):
            connection.execute(table.insert(), {"x": value})
    with engine.connect() as connection, pytest.raises(exc.CheckViolation):
        connection.execute(ValidateDomainCheck(size, "is positive"))
    with engine.begin() as connection:
        connection.execute(SetDomainDefault(size, "8"))
        connection.execute(SetDomainDefault(size, None))
        connection.execute(SetDomainNotNull(size))
        connection.execute(SetDomainNotNull(size, False))
        connection.execute(DropDomainCheck(size, "is positive"))
        connection.execute(DropDomainCheck(size, "is positive", if_exists=True))
    assert [sql for sql in sent_of(engine) if sql.startswith("ALTER")] == [
        'ALTER DOMAIN size ADD CONSTRAINT "is positive" CHECK (VALUE > 0) NOT VALID',
        "ALTER DOMAIN size ADD CHECK (value < 100)",
        "ALTER DOMAIN size SET DEFAULT 7",
        'ALTER DOMAIN size VALIDATE CONSTRAINT "is positive"',
        "ALTER DOMAIN size SET DEFAULT '8'",
        "ALTER DOMAIN size DROP DEFAULT",
        "ALTER DOMAIN size SET NOT NULL",
        "ALTER DOMAIN size DROP NOT NULL",
        'ALTER DOMAIN size DROP CONSTRAINT "is positive"',
        'ALTER DOMAIN size DROP CONSTRAINT IF EXISTS "is positive"',
    ]
    table.metadata.drop_all(engine)
