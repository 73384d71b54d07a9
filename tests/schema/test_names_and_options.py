"""Naming conventions by kind and by class, of expressions; columns of one name; options of databases that are not here."""

import warnings

import pytest

from holdfast import (
    CheckConstraint,
    Column,
    Identity,
    Index,
    Integer,
    MetaData,
    Sequence,
    Table,
    UniqueConstraint,
    column,
    create_engine,
    exc,
    text,
)
from holdfast.dialects import mysql
from holdfast.schema import CreateSequence, CreateTable


def names(convention, *items) -> list[str]:
    """Return the names of the constraints and indexes of a table with these columns and constraints."""
    table = Table("t", MetaData(naming_convention=convention), *items)
    found = [*table.indexes, *table.constraints - {table.primary_key}]
    return sorted(str(item.name) for item in found)


def test_a_kind_goes_before_a_class() -> None:
    """ "ix" is looked for first, then `Index`."""
    indexed = Column("a", Integer, index=True)
    assert names({"ix": "by_kind_%(table_name)s", Index: "by_class"}, indexed) == ["by_kind_t"]
    assert names({Index: "by_class_%(table_name)s"}, Column("a", Integer, index=True)) == ["by_class_t"]
    assert names({UniqueConstraint: "one_%(column_0_name)s"}, Column("a", Integer, unique=True)) == ["one_a"]


def test_the_columns_of_a_check() -> None:
    """Columns of the table, and those that an expression only names; a text names none."""
    convention = {"ck": "ck_%(table_name)s_%(column_0_name)s"}
    assert names(convention, Column("a", Integer), CheckConstraint(column("a") > 1)) == ["ck_t_a"]
    a = Column("a", Integer)
    assert names(convention, a, CheckConstraint(a > 1)) == ["ck_t_a"]


def test_a_column_that_is_read_replaces_that_of_its_name() -> None:
    """A table had the name twice, under two keys."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (id INTEGER PRIMARY KEY, x VARCHAR(10))"))
    metadata = MetaData()
    table = Table("t", metadata, Column("x", Integer, key="own"))
    with pytest.warns(exc.SAWarning, match='"own" is being replaced with plain named column "x"'):
        metadata.reflect(engine, extend_existing=True)
    assert [(one.key, one.name, repr(one.type)) for one in table.c] == [
        ("x", "x", "VARCHAR(length=10)"),
        ("id", "id", "INTEGER()"),
    ]
    kept = MetaData()
    table = Table("t", kept, Column("x", Integer, key="own"))
    kept.reflect(engine, extend_existing=True, autoload_replace=False)
    assert [one.key for one in table.c] == ["own", "id"]


def test_options_of_databases_that_are_not_here() -> None:
    """A schema that serves other programs too keeps them, without a warning; they change no text."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = Table(
            "t",
            MetaData(),
            Column("id", Integer, Identity(oracle_order=True), primary_key=True),
            Index("i", "id", mssql_clustered=True, oracle_bitmap=True),
            UniqueConstraint("id", mssql_clustered=True),
            oracle_compress=6,
        )
        sequence = Sequence("s", oracle_order=True)
    assert table.dialect_options["oracle"]["compress"] == 6
    assert sequence.dialect_options["oracle"]["order"] is True
    assert "compress" not in str(CreateTable(table)).lower()
    with pytest.warns(exc.SAWarning, match="can't locate any SQLAlchemy dialect named 'nobody'"):
        Table("t", MetaData(), nobody_option=1)


def test_what_only_oracle_knows_of_a_sequence() -> None:
    """`order` and `on_null` are its options under their old names: with a warning, once, and copies keep them."""
    old = r"This parameter is supported only by Oracle Database, use ``oracle_(order|on_null)`` instead."
    with pytest.warns(exc.SADeprecationWarning, match=old) as caught:
        sequence = Sequence("s", order=True, cycle=False)
        identity = Identity(always=True, on_null=False)
    assert [one.filename for one in caught] == [__file__] * 2
    assert (sequence.order, dict(sequence.dialect_kwargs)) == (True, {"oracle_order": True})
    assert (identity.on_null, dict(identity.dialect_kwargs)) == (False, {"oracle_on_null": False})
    table = Table("t", MetaData(), Column("a", Integer, sequence), Column("b", Integer, identity))
    with warnings.catch_warnings():
        warnings.simplefilter("error", exc.SAWarning)
        warnings.simplefilter("error", exc.SADeprecationWarning)
        copied = table.to_metadata(MetaData())
        sequence, identity = copied.c.a.default, copied.c.b.identity
        assert (sequence.order, sequence.cycle, dict(sequence.dialect_kwargs)) == (True, False, {"oracle_order": True})
        assert repr(identity) == "Identity(always=True, on_null=False)"
        assert Sequence("s", oracle_order=False).order is False
    assert str(CreateSequence(sequence)) == "CREATE SEQUENCE s NO CYCLE"
    assert str(CreateSequence(sequence).compile(dialect=mysql.dialect())) == "CREATE SEQUENCE s NOCYCLE"
    for made in (Sequence, Identity):
        given = ["s"] if made is Sequence else []
        with (
            pytest.warns(exc.SADeprecationWarning),
            pytest.raises(exc.ArgumentError, match="both 'order' and 'oracle_o"),
        ):
            made(*given, order=True, oracle_order=True)
