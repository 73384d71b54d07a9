"""`TypeDecorator.load_dialect_impl`: one type of the program's, another one on each database, in every text and value."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from holdfast import CHAR, Column, MetaData, Table, TypeDecorator, cast, create_engine, insert, select, text
from holdfast.dialects import postgresql, sqlite
from holdfast.schema import CreateTable


class GUID(TypeDecorator[uuid.UUID]):
    """The server's own type on PostgreSQL, 32 characters elsewhere."""

    impl = CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(postgresql.UUID() if dialect.name == "postgresql" else CHAR(32))

    def process_bind_param(self, value: Any, dialect: Any) -> Any:
        return value if value is None or dialect.name == "postgresql" else value.hex

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return uuid.UUID(value) if isinstance(value, str) else value


TABLE = Table("t", MetaData(), Column("g", GUID))
ONE = uuid.UUID(int=1)


@pytest.mark.parametrize(
    ("module", "name", "literal"),
    [(postgresql, "UUID", str(ONE)), (sqlite, "CHAR(32)", ONE.hex)],
    ids=["postgresql", "sqlite"],
)
def test_texts(module: Any, name: str, literal: str) -> None:
    """CREATE TABLE, CAST and literals have the type of the database that they are written for."""
    dialect = module.dialect()
    assert str(CreateTable(TABLE).compile(dialect=dialect)) == f"\nCREATE TABLE t (\n\tg {name}\n)\n\n"
    assert str(cast(TABLE.c.g, GUID).compile(dialect=dialect)) == f"CAST(t.g AS {name})"
    statement = select(TABLE.c.g).where(TABLE.c.g == ONE)
    shown = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    assert shown == f"SELECT t.g \nFROM t \nWHERE t.g = '{literal}'"


def test_values() -> None:
    """What is stored is the database's form; what is read is the program's."""
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        TABLE.create(connection)
        connection.execute(insert(TABLE), [{"g": ONE}, {"g": None}])
        assert connection.scalars(select(TABLE.c.g)).all() == [ONE, None]
        assert connection.scalar(text("SELECT g FROM t")) == ONE.hex
    engine.dispose()
