"""A schema that is declared, created, read back and created again from that stays the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

import holdfast as hf
from holdfast.schema import CreateIndex, CreateTable
from tests.engine.reflection.test_round_trip import tables

# What these are called on the server is told by another type.
_OTHERWISE = {"FLOAT": hf.DOUBLE, "DATETIME": hf.TIMESTAMP}


def facts(table: hf.Table) -> dict[str, Any]:
    return {
        "columns": [(column.name, column.nullable and not column.primary_key) for column in table.c],
        "key": table.primary_key.keys(),
        "unique": sorted(
            [column.name for column in item.columns]
            for item in table.constraints
            if isinstance(item, hf.UniqueConstraint)
        ),
        "foreign keys": sorted(
            (item.column_keys, item.referred_table.name, item.elements[0].column.name, item.ondelete, item.onupdate)
            for item in table.foreign_key_constraints
        ),
        "indexes": sorted(
            (str(index.name), index.unique, [column.name for column in index.columns]) for index in table.indexes
        ),
    }


def texts(metadata: hf.MetaData, engine: hf.Engine) -> dict[str, list[str]]:
    dialect = engine.dialect
    return {
        name: [
            str(CreateTable(table).compile(dialect=dialect)),
            *sorted(str(CreateIndex(index).compile(dialect=dialect)) for index in table.indexes),
        ]
        for name, table in metadata.tables.items()
    }


def prepared(metadata: hf.MetaData) -> None:
    """Make of what was drawn for SQLite what PostgreSQL takes."""
    for number, table in enumerate(metadata.tables.values()):
        for constraint in table.constraints:
            # An index stands behind some, whose name is one of its schema.
            constraint.name = constraint.name and f"{constraint.name} {number}"
        for column in table.c:
            column.server_default = None if not isinstance(column.type, hf.String) else column.server_default
            column.type = _OTHERWISE.get(type(column.type).__name__, lambda same=column.type: same)()
            column.autoincrement = False
        for key in table.foreign_key_constraints:
            # The server wants both ends to be of one type, and the other one to be unique.
            for element in key.elements:
                element.parent.type = element.column.type
                element.parent.server_default = None


def test_what_is_read_makes_the_same_again(clean_postgresql_url: str) -> None:
    """Names with quotes, commas and brackets, defaults, all kinds of constraints: nothing is lost on the way."""
    engine = hf.create_engine(clean_postgresql_url)

    @settings(max_examples=25)
    @given(tables())
    def check(declared: tuple[hf.MetaData, list[hf.Table]]) -> None:
        metadata, made = declared
        prepared(metadata)
        with engine.begin() as connection:
            metadata.create_all(connection)
            read = hf.MetaData()
            read.reflect(connection)
            assert {name: facts(table) for name, table in read.tables.items()} == {t.name: facts(t) for t in made}
            first = texts(read, engine)
            read.drop_all(connection)
            read.create_all(connection)
            again = hf.MetaData()
            again.reflect(connection)
            assert first == texts(again, engine)
            connection.rollback()

    check()
    engine.dispose()
