"""The inspector on SQLite: what only the text of CREATE TABLE tells, attached databases, caching, asyncio."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

import holdfast as hf
from holdfast import exc
from holdfast.engine.reflection import ObjectKind, ObjectScope
from holdfast.ext.asyncio import create_async_engine
from holdfast.schema import CreateIndex, CreateTable


@pytest.fixture
def connection() -> Iterator[hf.Connection]:
    engine = hf.create_engine("sqlite://")
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def send(connection: hf.Connection, *statements: str) -> None:
    for sql in statements:
        connection.exec_driver_sql(sql)


def test_names_and_options_of_foreign_keys(connection: hf.Connection) -> None:
    """A key in a column's own text has its name and options as one that stands for itself; a bare one means the key."""
    send(
        connection,
        "CREATE TABLE p (id INTEGER PRIMARY KEY, other INTEGER UNIQUE)",
        '''CREATE TABLE c (
            a INTEGER CONSTRAINT "the ""first""" REFERENCES p(other) ON DELETE CASCADE, -- , CONSTRAINT no CHECK (1)
            b INTEGER REFERENCES p,
            CONSTRAINT second FOREIGN KEY (b) REFERENCES p (id) ON UPDATE SET NULL NOT DEFERRABLE INITIALLY IMMEDIATE
        )''',
    )
    keys = hf.inspect(connection).get_foreign_keys("c")
    assert [(key["name"], key["constrained_columns"], key["referred_columns"], key["options"]) for key in keys] == [
        ("second", ["b"], ["id"], {"onupdate": "SET NULL", "deferrable": False, "initially": "IMMEDIATE"}),
        ('the "first"', ["a"], ["other"], {"ondelete": "CASCADE"}),
        (None, ["b"], ["id"], {}),
    ]
    assert hf.inspect(connection).get_check_constraints("c") == []


def test_generated_columns_and_checks(connection: hf.Connection) -> None:
    """Expressions come whole, and no further, whatever brackets and strings stand in them."""
    send(
        connection,
        "CREATE TABLE t (a INTEGER CHECK (a IN (1, ')')), b INTEGER GENERATED ALWAYS AS ((a + 1) * 2) STORED, "
        "c TEXT AS ('x)' || a), d TEXT DEFAULT 'CHECK (no)', CONSTRAINT named CHECK (b > (1)))",
    )
    inspector = hf.inspect(connection)
    assert [column.get("computed") for column in inspector.get_columns("t")] == [
        None,
        {"sqltext": "(a + 1) * 2", "persisted": True},
        {"sqltext": "'x)' || a", "persisted": False},
        None,
    ]
    assert inspector.get_check_constraints("t") == [
        {"sqltext": "b > (1)", "name": "named"},
        {"sqltext": "a IN (1, ')')", "name": None},
    ]
    assert [str(column["type"]) for column in inspector.get_columns("t")] == ["INTEGER", "INTEGER", "TEXT", "TEXT"]


def test_indexes_of_expressions_and_partial_ones(connection: hf.Connection) -> None:
    """Both are read so that a Table of them writes the same CREATE INDEX."""
    send(
        connection,
        "CREATE TABLE t (a TEXT, b INTEGER)",
        "CREATE INDEX e ON t (lower(a), b)",
        "CREATE UNIQUE INDEX p ON t (b) WHERE a > ')'",
    )
    facts = hf.inspect(connection).get_indexes("t")
    assert facts[0] == {
        "name": "e",
        "column_names": [None, "b"],
        "expressions": ["lower(a)", "b"],
        "unique": 0,
        "dialect_options": {},
    }
    assert str(facts[1]["dialect_options"]["sqlite_where"]) == "a > ')'"
    table = hf.Table("t", hf.MetaData(), autoload_with=connection)
    dialect = connection.dialect
    assert sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes) == [
        "CREATE INDEX e ON t (lower(a), b)",
        "CREATE UNIQUE INDEX p ON t (b) WHERE a > ')'",
    ]


def test_attached_databases_and_temporary_tables(connection: hf.Connection) -> None:
    """An attached database is a schema; temporary tables are found by name, but are listed by themselves."""
    send(
        connection,
        "ATTACH DATABASE ':memory:' AS \"other one\"",
        'CREATE TABLE "other one".t (id INTEGER PRIMARY KEY, up INTEGER REFERENCES t (id))',
        "CREATE TEMP TABLE passing (x INTEGER UNIQUE)",
        "CREATE TABLE lasting (x INTEGER)",
    )
    inspector = hf.inspect(connection)
    assert inspector.get_schema_names() == ["main", "other one"]
    assert inspector.get_table_names() == ["lasting"]
    assert inspector.get_table_names("other one") == ["t"]
    assert inspector.get_temp_table_names() == ["passing"]
    assert inspector.has_table("passing") and inspector.has_table("t", schema="other one")
    assert not inspector.has_table("t") and not inspector.has_table("t", schema="none")
    assert inspector.get_foreign_keys("t", schema="other one")[0]["referred_schema"] == "other one"
    every = inspector.get_multi_columns(kind=ObjectKind.ANY, scope=ObjectScope.ANY)
    assert sorted(every) == [(None, "lasting"), (None, "passing")]
    table = hf.Table("t", hf.MetaData(), schema="other one", autoload_with=connection)
    assert table.c.up.references(table.c.id)


def test_types_by_affinity(connection: hf.Connection) -> None:
    """A type that nobody knows has the affinity that SQLite gives it."""
    declared = [
        "MEDIUMINT(8)",
        "NATIVE CHARACTER(70)",
        "XCLOB",
        "DOUBLE X",
        "XBLOB",
        "MONEY",
        "VARCHAR(7)",
        "DECIMAL(5, 2)",
    ]
    columns = ", ".join(f"c{number} {type_}" for number, type_ in enumerate(declared))
    send(connection, f"CREATE TABLE t ({columns}, bare)")
    assert [repr(column["type"]) for column in hf.inspect(connection).get_columns("t")] == [
        "INTEGER()", "TEXT(length=70)", "TEXT()", "REAL()", "NullType()", "NUMERIC()", "VARCHAR(length=7)",
        "DECIMAL(precision=5, scale=2)", "NullType()",
    ]  # fmt: skip


def test_answers_are_remembered_until_the_cache_is_cleared(connection: hf.Connection) -> None:
    """And a caller that changes an answer changes only its own."""
    send(connection, "CREATE TABLE t (a INTEGER)")
    inspector = hf.inspect(connection)
    inspector.get_columns("t")[0]["name"] = "changed"
    send(connection, "ALTER TABLE t ADD COLUMN b INTEGER")
    assert [column["name"] for column in inspector.get_columns("t")] == ["a"]
    inspector.clear_cache()
    assert [column["name"] for column in inspector.get_columns("t")] == ["a", "b"]


def test_what_sqlite_does_not_have(connection: hf.Connection) -> None:
    """Comments and sequences are refused; a table that is not there is named."""
    inspector = hf.inspect(connection)
    with pytest.raises(NotImplementedError, match="comments"):
        inspector.get_table_comment("t")
    with pytest.raises(NotImplementedError, match="sequences"):
        inspector.get_sequence_names()
    for question in ("get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_table_options"):
        with pytest.raises(exc.NoSuchTableError, match="none"):
            getattr(inspector, question)("none")


def test_a_key_keeps_the_order_of_its_columns(connection: hf.Connection) -> None:
    """It may be another one than that of the table; given by the program or read."""
    send(connection, "CREATE TABLE t (a INTEGER, b INTEGER, PRIMARY KEY (b, a))")
    read = hf.Table("t", hf.MetaData(), autoload_with=connection)
    given = hf.Table("t", hf.MetaData(), hf.Column("a"), hf.Column("b"), hf.PrimaryKeyConstraint("b", "a"))
    assert read.primary_key.keys() == ["b", "a"] == given.primary_key.keys()


def test_texts_of_the_database_are_no_parameters(connection: hf.Connection) -> None:
    """A colon before a word stays one in defaults, checks, computed columns and conditions of indexes."""
    send(
        connection,
        "CREATE TABLE t (a TEXT DEFAULT ':x', b TEXT AS (a || ':y \\:z'), CHECK (a <> ':w'))",
        "CREATE INDEX i ON t (a || ':v') WHERE a <> ':u'",
    )
    table = hf.Table("t", hf.MetaData(), autoload_with=connection)
    dialect = connection.dialect
    assert str(CreateTable(table).compile(dialect=dialect)) == (
        "\nCREATE TABLE t (\n\ta TEXT DEFAULT ':x', \n\tb TEXT GENERATED ALWAYS AS (a || ':y \\:z') VIRTUAL, \n"
        "\tCHECK (a <> ':w')\n)\n\n"
    )
    assert [str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes] == [
        "CREATE INDEX i ON t (a || ':v') WHERE a <> ':u'"
    ]


def test_no_name_of_a_table_reaches_the_sql_as_sql(connection: hf.Connection) -> None:
    """PRAGMA takes no parameters: the name is quoted."""
    send(connection, "CREATE TABLE t (a INTEGER)")
    assert not hf.inspect(connection).has_table('t"); DROP TABLE t; --')
    assert hf.inspect(connection).get_table_names() == ["t"]


def test_a_program_column_takes_the_place_of_the_one_that_is_read(connection: hf.Connection) -> None:
    """It keeps its type and key, and the constraints that are read find it."""
    send(
        connection, "CREATE TABLE p (id INTEGER PRIMARY KEY)", "CREATE TABLE c (p_id INTEGER REFERENCES p (id), x TEXT)"
    )
    metadata = hf.MetaData()
    table = hf.Table("c", metadata, hf.Column("p_id", hf.BigInteger, key="parent"), autoload_with=connection)
    assert sorted(table.c.keys()) == ["parent", "x"]
    assert isinstance(table.c.parent.type, hf.BigInteger)
    assert table.c.parent.references(metadata.tables["p"].c.id)


def test_asyncio_by_run_sync() -> None:
    """`run_sync` gives a connection that can be inspected."""

    async def names() -> list[str]:
        engine = create_async_engine("sqlite+aiosqlite://")
        metadata = hf.MetaData()
        hf.Table("t", metadata, hf.Column("id", hf.Integer, primary_key=True))
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
            found = await connection.run_sync(lambda sync: hf.inspect(sync).get_table_names())
            read = hf.MetaData()
            await connection.run_sync(read.reflect)
        await engine.dispose()
        return [*found, *read.tables]

    assert asyncio.run(names()) == ["t", "t"]


def test_a_program_column_stands_where_the_read_one_stood(connection: hf.Connection) -> None:
    """The order of the columns is the database's; those that it does not have come last."""
    connection.exec_driver_sql("CREATE TABLE placed (id INTEGER PRIMARY KEY, a NCHAR(20), b TEXT, c TEXT)")
    own = [hf.Column("more", hf.Text), hf.Column("b", hf.Integer, key="second")]
    table = hf.Table("placed", hf.MetaData(), *own, autoload_with=connection)
    assert [(column.name, column.key, str(column.type)) for column in table.c] == [
        ("id", "id", "INTEGER"),
        ("a", "a", "NCHAR(20)"),
        ("b", "second", "INTEGER"),
        ("c", "c", "TEXT"),
        ("more", "more", "TEXT"),
    ]
