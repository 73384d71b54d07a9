"""What is read of a MariaDB schema beyond what SQLAlchemy reads; a schema that is read makes the same one again."""

import pytest

from holdfast import JSON, UUID, MetaData, Table, create_engine, exc, inspect
from holdfast.schema import CreateTable
from tests.servers.mariadb import run_sql, temporary_database
from tests.support.capability import needs

MADE = (
    """CREATE TABLE made (`we``ird %s` INT PRIMARY KEY, b BIT(5) DEFAULT b'101', `k``ey` VARCHAR(20) NOT NULL,
    c INT CHECK (c < 7), t TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP, KEY down (c DESC, `k``ey`(5)))""",
    "CREATE VIEW seen AS SELECT c FROM made",
)


def test_facts_of_its_own(clean_mariadb_url):
    """Names with backticks, directions of indexes, CHECKs at columns, defaults of bits; MySQL writes some in its own way."""
    run_sql(clean_mariadb_url, *MADE)
    engine = create_engine(clean_mariadb_url)
    inspector = inspect(engine)
    dialect = engine.dialect
    columns = {column["name"]: column for column in inspector.get_columns("made")}
    assert list(columns) == ["we`ird %s", "b", "k`ey", "c", "t"]
    assert columns["b"]["default"] == "b'101'"
    assert columns["t"]["default"] == ("current_timestamp()" if dialect.is_mariadb else "CURRENT_TIMESTAMP")
    check = (
        {"name": None, "sqltext": "`c` < 7"} if dialect.is_mariadb else {"name": "made_chk_1", "sqltext": "(`c` < 7)"}
    )
    assert inspector.get_check_constraints("made") == [check]
    assert inspector.get_indexes("made") == [
        {
            "name": "down",
            "column_names": ["c", "k`ey"],
            "unique": False,
            "column_sorting": {"c": ("desc",)},
            "dialect_options": {f"{dialect.name}_length": {"k`ey": 5}},
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
        # A CHECK without a name gets one where it does not stand at a column; MySQL writes bits in parentheses anew.
        text = (
            str(CreateTable(again).compile(other)).replace("CONSTRAINT `CONSTRAINT_1` ", "").replace("0x05", "b'101'")
        )
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


def test_a_uuid_is_a_type_of_its_own(clean_mariadb_url):
    """Where the server has it."""
    engine = create_engine(clean_mariadb_url)
    with engine.begin() as connection:
        needs(connection, "native_uuid")
        connection.exec_driver_sql("CREATE TABLE marked (u UUID)")
    [column] = inspect(engine).get_columns("marked")
    assert isinstance(column["type"], UUID)
    engine.dispose()


ON_MYSQL = (
    """CREATE TABLE made (id INT PRIMARY KEY AUTO_INCREMENT, v VARCHAR(10) DEFAULT 'it''s', j JSON, n INT NOT NULL INVISIBLE,
    w VARCHAR(20) DEFAULT (concat('a', '\\'')), d DATETIME(3) DEFAULT now(3) ON UPDATE now(3), u INT UNSIGNED DEFAULT 7,
    g INT AS (u + 1) STORED, x VARCHAR(20) AS (concat(v, 'x')) NOT NULL, CONSTRAINT few CHECK (v <> 'a''b'),
    CONSTRAINT is_document CHECK (json_valid(v) OR v IS NULL), KEY low ((lower(v)), id DESC), KEY hidden (u) INVISIBLE)""",
    "CREATE TABLE part (id INT PRIMARY KEY, m INT, CONSTRAINT of_made FOREIGN KEY (m) REFERENCES made (id) ON DELETE RESTRICT)",
)


def test_facts_of_mysql(clean_mariadb_url):
    """JSON, expressions as defaults and in indexes, CHECKs with quotes in them; what is read is made again, the same."""
    engine = create_engine(clean_mariadb_url)
    with engine.connect():
        if engine.dialect.is_mariadb:
            pytest.skip("MariaDB writes its catalogue in another way: see above")
    run_sql(clean_mariadb_url, *ON_MYSQL)
    inspector = inspect(engine)
    columns = {column["name"]: column for column in inspector.get_columns("made")}
    assert {name: column["default"] for name, column in columns.items() if column["default"]} == {
        "v": "'it''s'",
        "w": "(concat(_utf8mb4'a',_utf8mb4'\\''))",
        "d": "CURRENT_TIMESTAMP(3) ON UPDATE CURRENT_TIMESTAMP(3)",
        "u": "'7'",
    }
    assert {name: column["computed"] for name, column in columns.items() if "computed" in column} == {
        "g": {"sqltext": "((`u` + 1))", "persisted": True},
        "x": {"sqltext": "(concat(`v`,_utf8mb4'x'))", "persisted": False},
    }
    assert isinstance(columns["j"]["type"], JSON)
    assert columns["u"]["type"].unsigned
    assert inspector.get_check_constraints("made") == [
        {"name": "few", "sqltext": "(`v` <> _utf8mb4'a\\'b')"},
        {"name": "is_document", "sqltext": "(json_valid(`v`) or (`v` is null))"},
    ]
    [hidden, low] = inspector.get_indexes("made")
    assert hidden == {"name": "hidden", "column_names": ["u"], "unique": False}
    assert low == {
        "name": "low", "column_names": [None, "id"], "expressions": ["(lower(`v`))", "id"],
        "unique": False, "column_sorting": {"id": ("desc",)},
    }  # fmt: skip
    [key] = inspector.get_foreign_keys("part")
    assert key["options"] == {"ondelete": "RESTRICT"}
    with temporary_database(clean_mariadb_url) as url:
        other = create_engine(url)
        read = MetaData()
        read.reflect(engine)
        read.create_all(other)
        for question in ("columns", "indexes", "check_constraints", "foreign_keys", "table_options"):
            found, again = (getattr(inspect(each), f"get_multi_{question}")() for each in (engine, other))
            assert repr(found) == repr(again)
        other.dispose()
    engine.dispose()
