"""Tables whose columns a class declares: type checkers know them through the table and through statements."""

from typing import Any, assert_type

from holdfast import (
    Column,
    Integer,
    MetaData,
    Named,
    Select,
    String,
    Table,
    TypedColumns,
    create_engine,
    insert,
    select,
)


class Numbered(TypedColumns):
    """A key."""

    id: Named[int] = Column(primary_key=True)


class PartColumns(Numbered):
    """Columns by annotation alone, and with facts of the database."""

    name: Named[str]
    weight: Named[float | None]
    code: Named[str] = Column(String(8), unique=True)


metadata = MetaData()
parts = Table("parts", metadata, PartColumns, Column("extra", Integer))
plain = Table("plain", metadata, Column("id", Integer, primary_key=True))


def name_of(table: Table) -> str:
    """Any table will do."""
    return table.name


def heavy(table: Table[PartColumns], least: float) -> Select[tuple[str]]:
    """Only a table with these columns will do."""
    return select(table.c.name).where(table.c.weight >= least)


def columns() -> None:
    """The columns of a table."""
    assert_type(parts, Table[PartColumns])
    assert_type(parts.c.id, Column[int])
    assert_type(parts.columns.weight, Column[float | None])
    assert_type(select(parts.c.id, parts.c.code), Select[tuple[int, str]])
    assert_type(plain.with_cols(Numbered).c.id, Column[int])
    untyped: Any = plain.c.id
    assert untyped is plain.c["id"]


def run() -> list[str]:
    """Return the names of heavy parts."""
    columns()
    assert name_of(parts) + name_of(plain) == "partsplain"
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(
            insert(parts), [{"name": "a", "code": "x", "weight": 1.0}, {"name": "b", "code": "y", "weight": 3}]
        )
        found = connection.scalars(heavy(parts, 2.0)).all()
    engine.dispose()
    return list(found)
