"""Names that the compiler makes up are cut where they are too long; schemas have other names where the program says so."""

import pytest

from holdfast import (
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    create_engine,
    delete,
    exc,
    func,
    insert,
    inspect,
    select,
    text,
    update,
)
from holdfast.dialects import postgresql, sqlite
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column

LONG = Table(
    "some_quite_long_table_name_that_is_long", MetaData(), Column("another_really_long_column_name_yes", Integer),
    Column("another_really_long_column_name_yes_two", Integer), Column("x", Integer),
)  # fmt: skip


def compiled(statement, dialect):
    """Return the text without line breaks."""
    return " ".join(str(statement.compile(dialect=dialect)).split())


def test_labels_and_parameters_are_cut() -> None:
    """The beginning of the name and a number, in hexadecimal digits; rows still answer to the columns."""
    statement = select(LONG).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).where(LONG.c[1] == 5)
    assert compiled(statement, sqlite.dialect(label_length=20)) == (
        "SELECT some_quite_long_table_name_that_is_long.another_really_long_column_name_yes AS some_quite_lon_1, "
        "some_quite_long_table_name_that_is_long.another_really_long_column_name_yes_two AS some_quite_lon_2, "
        "some_quite_long_table_name_that_is_long.x AS some_quite_lon_3 FROM some_quite_long_table_name_that_is_long "
        "WHERE some_quite_long_table_name_that_is_long.another_really_long_column_name_yes_two = ?"
    )
    assert list(statement.compile(dialect=sqlite.dialect(label_length=20)).params) == ["another_really_1"]
    assert "AS some_quite_long_table_name_that_is_long_another_really_lo_1" in compiled(statement, postgresql.dialect())
    engine = create_engine("sqlite://", label_length=20)
    with engine.connect() as connection:
        LONG.create(connection)
        connection.execute(insert(LONG), {"x": 1, "another_really_long_column_name_yes_two": 5})
        row = connection.execute(statement).one()
        assert row._mapping[LONG.c[1]] == 5
        assert row.some_quite_lon_3 == 1


def test_aliases_are_cut_and_given_names_are_not() -> None:
    """What the program named stays; a label that it gave is its own concern."""
    alias = LONG.alias()
    label = "a_label_of_the_program_s_own_that_is_long"
    statement = select(alias.c.x, func.foo(alias.c.x), func.count().label(label)).where(
        alias.c.x == bindparam(label + "_b")
    )
    assert compiled(statement, postgresql.dialect(label_length=10)) == (
        f"SELECT some_1.x, foo(some_1.x) AS foo__1, count(*) AS {label} FROM some_quite_long_table_name_that_is_long AS "
        f"some_1 WHERE some_1.x = %({label}_b)s::INTEGER"
    )


def test_longest_name() -> None:
    """Made-up names can not be allowed to be longer than the database's own limit."""
    with pytest.raises(
        exc.ArgumentError, match="Label length of 100 is greater than this dialect's maximum .* length of 63"
    ):
        postgresql.dialect(label_length=100)
    assert postgresql.dialect(max_identifier_length=128, label_length=100).label_length == 100


def test_other_names_for_schemas() -> None:
    """One set of tables serves many schemas: in SELECT, INSERT, UPDATE, DELETE, DDL, the ORM and what is looked for."""

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        __table_args__ = {"schema": "tenant"}
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str] = mapped_column(String(5), index=True)

    engine = create_engine("sqlite://")
    thing = Thing.__table__
    with engine.connect() as connection:
        connection.execute(text("ATTACH ':memory:' AS one"))
        connection.execute(text("ATTACH ':memory:' AS two"))
        connection.commit()
    one, two = (engine.execution_options(schema_translate_map={"tenant": name}) for name in ("one", "two"))
    for each in (one, two, one):
        Base.metadata.create_all(each)
    assert inspect(engine).get_table_names(schema="one") == ["thing"]
    with Session(one) as session:
        session.add(Thing(name="a"))
        session.commit()
        assert session.scalars(select(Thing)).one().name == "a"
    with engine.connect() as connection:
        connection = connection.execution_options(schema_translate_map={"tenant": "two"})
        assert connection.scalar(select(func.count()).select_from(thing)) == 0
        connection.execute(insert(thing), [{"name": "b"}, {"name": "c"}])
        connection.execute(update(thing).values(name="d").where(thing.c.name == "b"))
        connection.execute(delete(thing).where(thing.c.name == "c"))
        connection.commit()
        assert connection.execute(text("SELECT name FROM two.thing")).all() == [("d",)]
        assert connection.execute(text("SELECT name FROM one.thing")).all() == [("a",)]
    Base.metadata.drop_all(one)
    assert (inspect(engine).get_table_names(schema="one"), inspect(engine).get_table_names(schema="two")) == (
        [],
        ["thing"],
    )


def test_schema_translated_to_none_and_from_none() -> None:
    """None stands for no schema, on both sides."""
    plain = Table("a", MetaData(), Column("x", Integer))
    of_schema = Table("b", MetaData(schema="s"), Column("x", Integer))
    dialect = sqlite.dialect().with_schemas({None: "t", "s": None})
    assert compiled(select(plain.c.x), dialect) == "SELECT t.a.x FROM t.a"
    assert compiled(select(of_schema.c.x), dialect) == "SELECT b.x FROM b"
