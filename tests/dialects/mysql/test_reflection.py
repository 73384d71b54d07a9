"""What is read of a MariaDB schema beyond what SQLAlchemy reads; a schema that is read makes the same one again."""

import pytest

from holdfast import MetaData, Table, create_engine, exc, inspect
from holdfast.schema import CreateTable
from tests.servers.mariadb import run_sql, temporary_database

MADE = (
    """CREATE TABLE made (`we``ird %s` INT PRIMARY KEY, b BIT(5) DEFAULT b'101', `k``ey` VARCHAR(20) NOT NULL,
    c INT CHECK (c < 7), u UUID, t TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY down (c DESC, `k``ey`(5)))""",
    "CREATE VIEW seen AS SELECT c FROM made",
)


def test_facts_of_its_own(clean_mariadb_url):
    """Names with backticks, directions of indexes, CHECKs at columns, defaults of bits."""
    run_sql(clean_mariadb_url, *MADE)
    engine = create_engine(clean_mariadb_url)
    inspector = inspect(engine)
    columns = {column["name"]: column for column in inspector.get_columns("made")}
    assert list(columns) == ["we`ird %s", "b", "k`ey", "c", "u", "t"]
    assert columns["b"]["default"] == "b'101'"
    assert columns["t"]["default"] == "current_timestamp()"
    assert inspector.get_check_constraints("made") == [{"name": None, "sqltext": "`c` < 7"}]
    assert inspector.get_indexes("made") == [
        {
            "name": "down",
            "column_names": ["c", "k`ey"],
            "unique": False,
            "column_sorting": {"c": ("desc",)},
            "dialect_options": {"mariadb_length": {"k`ey": 5}},
        }
    ]
    assert [column["name"] for column in inspector.get_columns("seen")] == ["c"]
    with pytest.raises(exc.NoSuchTableError):
        inspector.get_columns("nowhere")
    engine.dispose()


def test_a_schema_is_made_again(clean_mariadb_url):
    """Read, written as CREATE TABLE on another database, and read there: the same."""
    run_sql(clean_mariadb_url, *MADE)
    engine = create_engine(clean_mariadb_url)
    read = MetaData()
    read.reflect(engine)
    with temporary_database(clean_mariadb_url) as url:
        other = create_engine(url)
        read.create_all(other)
        again = Table("made", MetaData(), autoload_with=other)
        # A CHECK without a name gets one where it does not stand at a column.
        text = str(CreateTable(again).compile(other)).replace("CONSTRAINT `CONSTRAINT_1` ", "")
        assert text == str(CreateTable(read.tables["made"]).compile(engine))
        assert inspect(other).get_indexes("made") == inspect(engine).get_indexes("made")
        other.dispose()
    engine.dispose()


def test_other_databases_are_schemas(clean_mariadb_url):
    """Tables in them, and foreign keys to them."""
    engine = create_engine(clean_mariadb_url)
    with temporary_database(clean_mariadb_url) as url:
        other = url.rpartition("/")[2]
        run_sql(url, "CREATE TABLE far (id INT PRIMARY KEY)")
        run_sql(
            clean_mariadb_url,
            f"CREATE TABLE near (id INT, CONSTRAINT f FOREIGN KEY (id) REFERENCES `{other}`.far (id))",
        )
        inspector = inspect(engine)
        assert inspector.get_table_names(other) == ["far"]
        assert inspector.has_table("far", schema=other)
        assert not inspector.has_table("far")
        [key] = inspector.get_foreign_keys("near")
        assert (key["referred_schema"], key["referred_table"]) == (other, "far")
        near = Table("near", MetaData(), autoload_with=engine)
        assert next(iter(near.c.id.foreign_keys)).column.table.schema == other
        run_sql(clean_mariadb_url, "DROP TABLE near")
    engine.dispose()
