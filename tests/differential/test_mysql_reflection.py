"""What both libraries read of one MariaDB schema: the same facts, the same tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import holdfast
import holdfast.schema
from tests.servers.mariadb import run_sql

sqlalchemy = pytest.importorskip("sqlalchemy")

SCHEMA = (
    """CREATE TABLE parent (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    a VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'x''y', b INT UNSIGNED COMMENT 'it''s',
    c ENUM('a','b''c'), d SET('p','q') DEFAULT 'p', e DECIMAL(10,2) UNSIGNED, f DOUBLE(8,3),
    g DATETIME(6) DEFAULT CURRENT_TIMESTAMP(6) ON UPDATE CURRENT_TIMESTAMP(6), h TIMESTAMP NULL DEFAULT NULL,
    i TINYINT(1), j JSON, k BIT(5), l YEAR, m TIME(3), n INT GENERATED ALWAYS AS (b + 1) STORED,
    o INT AS (b + 2) VIRTUAL, p TEXT, q LONGBLOB, s CHAR(5), t VARBINARY(6), u FLOAT,
    v BIGINT(20) UNSIGNED ZEROFILL, w BOOL DEFAULT TRUE, x VARCHAR(5) DEFAULT NULL, y INT DEFAULT 5,
    z DATE DEFAULT (CURDATE()), aa INT DEFAULT (1 + 1), bb MEDIUMTEXT, cc NUMERIC(5), dd DATETIME,
    CONSTRAINT uq UNIQUE (a, b), KEY ix (p(10), x), UNIQUE KEY ux (s), FULLTEXT KEY ft (p),
    CONSTRAINT ck CHECK (b > 5 AND a LIKE '%x')
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COMMENT='the ''table' AUTO_INCREMENT=7""",
    """CREATE TABLE child (id INT PRIMARY KEY, p_id INT, c_id INT, CONSTRAINT fk1 FOREIGN KEY (p_id) REFERENCES parent (id)
    ON DELETE CASCADE ON UPDATE SET NULL, CONSTRAINT fk2 FOREIGN KEY (c_id) REFERENCES child (id) ON DELETE RESTRICT,
    KEY kk (p_id) USING BTREE)""",
    "CREATE TABLE `we``ird %s` (`a b` INT PRIMARY KEY, `C%d` INT, UNIQUE (`C%d`)) ENGINE=MyISAM ROW_FORMAT=DYNAMIC",
    "CREATE TABLE `two keys` (a INT, b INT AUTO_INCREMENT, PRIMARY KEY (b, a))",
    "CREATE VIEW vv AS SELECT id, a FROM parent",
    "CREATE SEQUENCE sq START WITH 5",
)
TABLES = ("parent", "child", "we`ird %s", "two keys", "vv", "nowhere")
QUESTIONS = (
    "get_columns", "get_pk_constraint", "get_foreign_keys", "get_indexes", "get_unique_constraints",
    "get_check_constraints", "get_table_comment", "get_table_options",
)  # fmt: skip
NAMES = ("get_table_names", "get_view_names", "get_schema_names")


@pytest.fixture
def inspectors(clean_mariadb_url: str) -> Iterator[list[Any]]:
    """Both libraries' inspectors of the schema."""
    run_sql(clean_mariadb_url, *SCHEMA)
    engines = [lib.create_engine(clean_mariadb_url) for lib in (sqlalchemy, holdfast)]
    yield [lib.inspect(engine) for lib, engine in zip((sqlalchemy, holdfast), engines, strict=True)]
    for engine in engines:
        engine.dispose()


def told(question: Any, *arguments: Any) -> Any:
    """Return an answer in a form that can be compared, or the kind of error."""
    try:
        return levelled(question(*arguments))
    except Exception as error:
        return type(error).__name__


def levelled(answer: Any) -> Any:
    """Return an answer with types as their text; sorted where the order says nothing."""
    if isinstance(answer, dict):
        return {key: levelled(value) for key, value in answer.items()}
    if isinstance(answer, (list, tuple)):
        return [levelled(each) for each in answer]
    if isinstance(answer, (sqlalchemy.types.TypeEngine, holdfast.types.TypeEngine)):
        name, _, arguments = repr(answer).partition("(")
        return name, sorted(arguments.rstrip(")").split(", "))
    return answer


@pytest.mark.parametrize("question", QUESTIONS)
def test_same_facts(question: str, inspectors: list[Any]) -> None:
    """Of tables of all kinds, a view, and one that is not there."""
    for table in TABLES:
        if (question, table) == ("get_columns", "vv"):
            continue  # the oracle reads its columns from a table that stands for the view
        oracle, ours = (told(getattr(inspector, question), table) for inspector in inspectors)
        assert ours == oracle, table


@pytest.mark.parametrize("question", QUESTIONS)
def test_same_facts_of_many(question: str, inspectors: list[Any]) -> None:
    """All tables at once."""
    many = question.replace("get_", "get_multi_")
    oracle, ours = (getattr(inspector, many)() for inspector in inspectors)
    assert {key: levelled(value) for key, value in ours.items()} == {
        key: levelled(value) for key, value in oracle.items()
    }


def test_same_names(inspectors: list[Any]) -> None:
    """Tables, views, databases."""
    for question in NAMES:
        oracle, ours = (told(getattr(inspector, question)) for inspector in inspectors)
        assert ours == oracle, question
    oracle, ours = inspectors
    assert ours.get_sequence_names() == oracle.get_sequence_names() == ["sq"]
    for name in (*TABLES, "sq"):
        assert ours.has_table(name) == oracle.has_table(name), name
    assert ours.has_index("parent", "ix") is oracle.has_index("parent", "ix") is True
    assert ours.default_schema_name == oracle.default_schema_name
    assert "select `parent`.`id`" in ours.get_view_definition("vv").replace(f"`{ours.default_schema_name}`.", "")


def test_same_tables(inspectors: list[Any]) -> None:
    """Read as Table objects, and written as CREATE TABLE again."""
    texts = []
    for lib, inspector in zip((sqlalchemy, holdfast), inspectors, strict=True):
        metadata = lib.MetaData()
        metadata.reflect(inspector.engine)
        create = lib.schema.CreateTable
        texts.append(
            {name: str(create(table).compile(dialect=inspector.dialect)) for name, table in metadata.tables.items()}
        )
    assert texts[1] == texts[0]
