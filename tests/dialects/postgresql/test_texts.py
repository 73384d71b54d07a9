"""The SQL that PostgreSQL gets: parameters with their types, its own words, names in quotes. No server is needed."""

import pytest

from holdfast import (
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    exc,
    insert,
    select,
    text,
    update,
)
from holdfast.dialects import postgresql
from holdfast.schema import CreateTable
from tests.dialects.postgresql.models import Book, Shelf, Value

DIALECT = postgresql.dialect()
SHELF, BOOK = Shelf.__table__, Book.__table__

TEXTS = {
    "types of parameters": (
        select(SHELF.c.id).where(SHELF.c.name == "a", SHELF.c.width > 2),
        "SELECT shelf.id FROM shelf WHERE shelf.name = %(name_1)s::VARCHAR AND shelf.width > %(width_1)s::INTEGER",
    ),
    "a page": (
        select(SHELF.c.id).limit(3).offset(4),
        "SELECT shelf.id FROM shelf LIMIT %(param_1)s::INTEGER OFFSET %(param_2)s::INTEGER",
    ),
    "an offset alone": (
        select(SHELF.c.id).offset(4),
        "SELECT shelf.id FROM shelf LIMIT ALL OFFSET %(param_1)s::INTEGER",
    ),
    "a percent sign": (
        select(SHELF.c.id % 2, text("'100%'")),
        "SELECT shelf.id %% %(id_1)s::INTEGER AS anon_1, '100%%' FROM shelf",
    ),
    "a name with a percent sign": (
        insert(BOOK).values({"the %(title)s": "a"}),
        'INSERT INTO book ("the %%(title)s") VALUES (%(the_PAtitleZs)s::VARCHAR) RETURNING book.id',
    ),
    "case": (
        select(SHELF.c.id).where(SHELF.c.name.ilike("a%")),
        "SELECT shelf.id FROM shelf WHERE shelf.name ILIKE %(name_1)s::VARCHAR",
    ),
    "locks": (
        select(SHELF.c.id).with_for_update(skip_locked=True, of=SHELF, key_share=True),
        "SELECT shelf.id FROM shelf FOR NO KEY UPDATE OF shelf SKIP LOCKED",
    ),
    "first of each": (
        select(SHELF.c.id).ext(postgresql.distinct_on(SHELF.c.name)),
        "SELECT DISTINCT ON (shelf.name) shelf.id FROM shelf",
    ),
    "a DELETE by another table": (
        delete(BOOK).where(BOOK.c.shelf_id == SHELF.c.id, SHELF.c.name == bindparam("n")),
        "DELETE FROM book USING shelf WHERE book.shelf_id = shelf.id AND shelf.name = %(n)s::VARCHAR",
    ),
    "an UPDATE by another table": (
        update(SHELF).values(width=BOOK.c.id).where(BOOK.c.shelf_id == SHELF.c.id),
        "UPDATE shelf SET width=book.id FROM book WHERE book.shelf_id = shelf.id",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_text(case: str) -> None:
    """Statements as PostgreSQL gets them."""
    statement, expected = TEXTS[case]
    got = " ".join(str(statement.compile(dialect=DIALECT)).split())
    assert got == expected


def test_create_table() -> None:
    """Generated keys are SERIAL in the width of their type; every type has its name."""
    assert str(CreateTable(BOOK).compile(dialect=DIALECT)) == (
        '\nCREATE TABLE book (\n\tid BIGSERIAL NOT NULL, \n\t"the %%(title)s" VARCHAR NOT NULL, \n'
        "\tshelf_id INTEGER NOT NULL, \n\tPRIMARY KEY (id), \n\tFOREIGN KEY(shelf_id) REFERENCES shelf (id)\n)\n\n"
    )
    lines = str(CreateTable(Value.__table__).compile(dialect=DIALECT)).split("\n")
    assert [line.strip(" \t,") for line in lines[2:-4]] == [
        "id SERIAL NOT NULL", "small SMALLINT", "whole INTEGER", "big BIGINT", "exact NUMERIC(30, 10)",
        "inexact DOUBLE PRECISION", "half_exact FLOAT", "word VARCHAR(50)", "text TEXT", "flag BOOLEAN", "day DATE",
        "moment TIMESTAMP WITHOUT TIME ZONE", "zoned TIMESTAMP WITH TIME ZONE", "hour TIME WITHOUT TIME ZONE", "raw BYTEA",
        "key UUID",
    ]  # fmt: skip


def test_a_key_that_the_program_gives_is_no_serial() -> None:
    """Text keys, and whole numbers that say so, are what they are."""
    table = Table("t", MetaData(), Column("id", Integer, primary_key=True, autoincrement=False))
    assert "id INTEGER NOT NULL" in str(CreateTable(table).compile(dialect=DIALECT))
    table = Table("t", MetaData(), Column("id", String(5), primary_key=True))
    assert "id VARCHAR(5) NOT NULL" in str(CreateTable(table).compile(dialect=DIALECT))


def test_unknown_driver() -> None:
    """The error names the driver that there is."""
    with pytest.raises(exc.NoSuchModuleError, match=r"postgresql\.pg9000.*write postgresql\+psycopg://"):
        create_engine("postgresql+pg9000://localhost/db")
