"""The text of CREATE and DROP, in full, where dialects differ."""

from __future__ import annotations

import pytest

import holdfast as hf
from holdfast import exc
from holdfast.dialects import sqlite
from holdfast.schema import AddConstraint, CreateIndex, CreateTable, DropConstraint, conv

SQLITE = sqlite.dialect()


def on_sqlite(element: object) -> str:
    return str(element.compile(dialect=SQLITE))  # type: ignore[attr-defined]


def test_autoincrement_strict_without_rowid() -> None:
    """Options of the table stand in the key's column and after the last bracket."""
    table = hf.Table(
        "t", hf.MetaData(), hf.Column("id", hf.Integer, primary_key=True), sqlite_autoincrement=True, sqlite_strict=True
    )
    assert on_sqlite(CreateTable(table)) == (
        "\nCREATE TABLE t (\n\tid INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT\n)\n STRICT\n\n"
    )


def test_identity_is_for_those_who_know_it() -> None:
    """SQLite counts its key anyway; elsewhere the options are written."""
    column = hf.Column("id", hf.Integer, hf.Identity(always=True, start=3, increment=2), primary_key=True)
    create = CreateTable(hf.Table("t", hf.MetaData(), column))
    assert "id INTEGER GENERATED ALWAYS AS IDENTITY (INCREMENT BY 2 START WITH 3)" in str(create)
    assert "id INTEGER NOT NULL" in on_sqlite(create)


def test_a_schema_stands_before_the_index_on_sqlite() -> None:
    """There it is the index that has a schema; and a foreign key can not name one."""
    table = hf.Table("t", hf.MetaData(schema="s"), hf.Column("a", hf.Integer, hf.ForeignKey("s.t.a"), index=True))
    (index,) = table.indexes
    assert on_sqlite(CreateIndex(index)) == "CREATE INDEX s.ix_s_t_a ON t (a)"
    assert str(CreateIndex(index)) == "CREATE INDEX ix_s_t_a ON s.t (a)"
    assert "REFERENCES t (a)" in on_sqlite(CreateTable(table))


@pytest.mark.parametrize(
    ("given", "phrase"),
    [
        ({"ondelete": "CASCADE; DROP TABLE t"}, "CASCADE; DROP"),
        ({"initially": "NOW()"}, "NOW"),
        ({"match": "x) --"}, "--"),
    ],
)
def test_phrases_of_a_foreign_key_are_checked(given: dict[str, str], phrase: str) -> None:
    """They stand in the SQL without quotes, so only known ones may."""
    table = hf.Table("t", hf.MetaData(), hf.Column("a", hf.Integer, hf.ForeignKey("t.a", **given)))
    with pytest.raises(exc.CompileError, match="Unexpected SQL phrase"):
        str(CreateTable(table))
    assert phrase


def test_phrases_of_conflicts_are_checked() -> None:
    """So with ON CONFLICT."""
    table = hf.Table("t", hf.MetaData(), hf.Column("a", hf.Integer, unique=True, sqlite_on_conflict_unique="FAIL, x"))
    with pytest.raises(exc.CompileError, match="FAIL, x"):
        on_sqlite(CreateTable(table))


def test_names_that_are_too_long() -> None:
    """One that a convention made is cut, with a sign of the whole; one that a program gave is refused."""

    class Short(sqlite.SQLiteDialect):
        capabilities = sqlite.SQLiteDialect.capabilities.replace(max_identifier_length=20)

    table = hf.Table("t", hf.MetaData(), hf.Column("a_rather_long_name", hf.Integer, index=True))
    (index,) = table.indexes
    assert (
        str(CreateIndex(index).compile(dialect=Short())) == "CREATE INDEX ix_t_a_rathe_d8e1 ON t (a_rather_long_name)"
    )
    given = hf.Index("a_rather_long_name_of_an_index", table.c.a_rather_long_name)
    with pytest.raises(exc.IdentifierError, match="exceeds maximum length of 20"):
        CreateIndex(given).compile(dialect=Short())


def test_drop_needs_a_name() -> None:
    """ALTER TABLE finds a constraint by its name alone."""
    table = hf.Table("t", hf.MetaData(), hf.Column("a", hf.Integer), hf.UniqueConstraint("a"))
    unique = next(item for item in table.constraints if isinstance(item, hf.UniqueConstraint))
    with pytest.raises(exc.CompileError, match="it has no name"):
        str(DropConstraint(unique))
    unique.name = conv("uq")
    assert str(DropConstraint(unique, if_exists=True)) == "ALTER TABLE t DROP CONSTRAINT IF EXISTS uq"
    assert str(AddConstraint(unique)) == "ALTER TABLE t ADD CONSTRAINT uq UNIQUE (a)"
    assert "UNIQUE" not in str(CreateTable(table))


def test_options_of_dialects_are_checked_by_name() -> None:
    """A misspelt option is an error where it is written, not a silent nothing."""
    with pytest.raises(exc.ArgumentError, match="sqlite_autoincrement"):
        hf.Table("t", hf.MetaData(), sqlite_autoincrment=True)
    with pytest.raises(TypeError, match="should be named"):
        hf.Column("a", hf.Integer, wrong=1)
    with pytest.warns(exc.SAWarning, match="locate any SQLAlchemy dialect named 'foo'"):
        hf.Table("u", hf.MetaData(), foo_bar=1)


def test_ddl_on_one_constraint_of_one_dialect() -> None:
    """`ddl_if` leaves a constraint out elsewhere."""
    check = hf.CheckConstraint("a > 1").ddl_if(dialect="postgresql")
    table = hf.Table("t", hf.MetaData(), hf.Column("a", hf.Integer), check)
    assert "CHECK" not in on_sqlite(CreateTable(table))


def test_values_in_ddl_are_written_as_literals() -> None:
    """An expression in CHECK has its values in it, with quotes doubled."""
    table = hf.Table("t", hf.MetaData(), hf.Column("a", hf.String))
    table.append_constraint(hf.CheckConstraint(table.c.a != "it's"))
    assert "CHECK (a != 'it''s')" in on_sqlite(CreateTable(table))
