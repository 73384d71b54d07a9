"""`schema_translate_map`: of an engine from its making on, for statements and for DDL, and in texts that are only shown."""

import pytest

from holdfast import Column, ForeignKey, Integer, MetaData, Table, create_engine, delete, event, insert, select
from holdfast.dialects import postgresql
from holdfast.schema import CreateTable, DropTable


def sent_with(schemas, schema):
    """Return what goes out for tables of a schema while they are made, used and dropped, and whether any is left."""
    engine = create_engine("sqlite://", execution_options={"schema_translate_map": schemas})
    sent: list[str] = []
    metadata = MetaData()
    t = Table("t", metadata, Column("id", Integer, primary_key=True), Column("x", Integer, index=True), schema=schema)
    key = "t.id" if schema is None else f"{schema}.t.id"
    Table("u", metadata, Column("id", Integer, ForeignKey(key)), schema=schema)
    with engine.connect() as connection:
        connection.exec_driver_sql("ATTACH DATABASE ':memory:' AS other")
        event.listen(
            connection, "before_cursor_execute", lambda conn, cursor, sql, *rest: sent.append(" ".join(sql.split()))
        )
        metadata.create_all(connection)
        metadata.create_all(connection)
        connection.execute(insert(t), {"id": 1, "x": 2})
        connection.execute(select(t.c.x))
        connection.execute(delete(t))
        metadata.drop_all(connection)
        left = connection.exec_driver_sql("SELECT name FROM other.sqlite_master UNION SELECT name FROM sqlite_master")
        assert left.all() == []
    engine.dispose()
    return [sql for sql in sent if not sql.startswith(("PRAGMA", "SELECT name"))]


@pytest.mark.parametrize(
    ("schemas", "schema", "called"),
    [
        ({None: "other"}, None, "other."),
        ({"declared": "other"}, "declared", "other."),
        ({"declared": None}, "declared", ""),
        ({None: "main", "declared": "other"}, "declared", "other."),
        ({"elsewhere": "nowhere"}, "other", "other."),
    ],
)
def test_of_an_engine_from_its_making_on(schemas, schema, called) -> None:
    """DDL looked for the tables under their declared names, so nothing was dropped, or the look was an error."""
    index = "ix_t_x" if schema is None else f"ix_{schema}_t_x"
    assert sent_with(schemas, schema) == [
        f"CREATE TABLE {called}t ( id INTEGER NOT NULL, x INTEGER, PRIMARY KEY (id) )",
        f"CREATE INDEX {called}{index} ON t (x)",
        f"CREATE TABLE {called}u ( id INTEGER, FOREIGN KEY(id) REFERENCES t (id) )",
        f"INSERT INTO {called}t (id, x) VALUES (?, ?)",
        f"SELECT {called}t.x FROM {called}t",
        f"DELETE FROM {called}t",
        f"DROP TABLE {called}u",
        f"DROP TABLE {called}t",
    ]


def test_in_texts_that_are_shown() -> None:
    """`compile` takes it, of statements and of DDL, with a dialect and without."""
    t = Table("t", MetaData(), Column("a", Integer), schema="foo")
    plain = Table("p", MetaData(), Column("a", Integer))
    renamed = {"schema_translate_map": {"foo": "bar", None: "base"}}
    assert str(select(t).compile(**renamed)) == "SELECT bar.t.a \nFROM bar.t"
    assert str(select(plain).compile(dialect=postgresql.dialect(), **renamed)) == "SELECT base.p.a \nFROM base.p"
    assert str(CreateTable(t).compile(**renamed)).split()[:3] == ["CREATE", "TABLE", "bar.t"]
    assert str(DropTable(t).compile(dialect=postgresql.dialect(), **renamed)) == "\nDROP TABLE bar.t"
    assert str(select(t)) == "SELECT foo.t.a \nFROM foo.t"
