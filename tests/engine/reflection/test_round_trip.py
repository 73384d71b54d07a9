"""A schema that is declared, created and read back has the facts that were declared."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import holdfast as hf
from holdfast.schema import CreateTable

TYPES = [
    hf.INTEGER(), hf.BIGINT(), hf.SMALLINT(), hf.VARCHAR(20), hf.VARCHAR(), hf.TEXT(), hf.NUMERIC(10, 2), hf.BOOLEAN(),
    hf.DATETIME(), hf.DATE(), hf.TIME(), hf.BLOB(), hf.FLOAT(), hf.REAL(), hf.CHAR(3),
]  # fmt: skip
NAMES = st.text(alphabet="abXY _\"'(),-;é1", min_size=1, max_size=6).filter(lambda name: name.strip() == name)
DEFAULTS = st.sampled_from([None, "x", "it's, (so)", hf.text("5"), hf.text("CURRENT_TIMESTAMP"), hf.text("(1 + 2)")])
ACTIONS = st.sampled_from([None, "CASCADE", "SET NULL", "RESTRICT", "SET DEFAULT"])


@st.composite
def tables(draw: Any) -> tuple[hf.MetaData, list[hf.Table]]:
    """Draw one to three tables, each referring to those before it."""
    metadata = hf.MetaData()
    names = draw(st.lists(NAMES, min_size=1, max_size=3, unique_by=str.lower))
    made: list[hf.Table] = []
    for name in names:
        made.append(_table(draw, metadata, name, made))
    return metadata, made


def _table(draw: Any, metadata: hf.MetaData, name: str, before: list[hf.Table]) -> hf.Table:
    columns = [
        hf.Column(
            column,
            draw(st.sampled_from(TYPES)),
            nullable=draw(st.booleans()),
            server_default=draw(DEFAULTS),
        )
        for column in draw(st.lists(NAMES, min_size=2, max_size=5, unique_by=str.lower))
    ]
    columns[0].primary_key = True
    own = [column.name for column in columns]
    items: list[Any] = []
    named = draw(st.booleans())
    if draw(st.booleans()):
        items.append(hf.UniqueConstraint(*own[1:], name="u, (q)" if named else None))
    if draw(st.booleans()):
        text = draw(st.sampled_from(["1 > 0", "1 IN (1, 2)", "'a,)' > '('"]))
        items.append(hf.CheckConstraint(text, name="c k" if named else None))
    if before and draw(st.booleans()):
        target = before[-1]
        items.append(
            hf.ForeignKeyConstraint(
                own[1:2], [target.c[0]], name="f k" if named else None, ondelete=draw(ACTIONS), onupdate=draw(ACTIONS)
            )
        )
    if draw(st.booleans()):
        items.append(hf.Index(f"ix {len(before)}", *own[:2], unique=draw(st.booleans())))
    return hf.Table(name, metadata, *columns, *items)


def _facts(table: hf.Table) -> dict[str, Any]:
    """Give what can be told of a table, whether it was declared or read."""
    return {
        "columns": [
            (column.name, column.type.compile(), column.nullable, _default(column.server_default)) for column in table.c
        ],
        "key": [column.name for column in table.primary_key],
        "unique": sorted(
            (str(item.name), [column.name for column in item.columns])
            for item in table.constraints
            if isinstance(item, hf.UniqueConstraint)
        ),
        "checks": sorted(
            (str(item.name), str(item.sqltext)) for item in table.constraints if isinstance(item, hf.CheckConstraint)
        ),
        "foreign keys": sorted(
            (
                str(item.name), item.column_keys, item.referred_table.name, item.elements[0].column.name, item.ondelete,
                item.onupdate,
            )
            for item in table.foreign_key_constraints
        ),
        "indexes": sorted(
            (str(index.name), index.unique, [column.name for column in index.columns]) for index in table.indexes
        ),
    }  # fmt: skip


def _default(default: Any) -> str | None:
    if default is None:
        return None
    if isinstance(default.arg, str):
        return "'" + default.arg.replace("'", "''") + "'"
    return str(default.arg).strip("()")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tables())
def test_what_is_read_is_what_was_declared(declared: tuple[hf.MetaData, list[hf.Table]]) -> None:
    """Names with quotes, commas and brackets, defaults, all kinds of constraints: nothing is lost on the way."""
    metadata, made = declared
    engine = hf.create_engine("sqlite://")
    metadata.create_all(engine)
    read = hf.MetaData()
    read.reflect(engine)
    assert {name: _facts(table) for name, table in read.tables.items()} == {table.name: _facts(table) for table in made}
    again = hf.create_engine("sqlite://")
    read.create_all(again)
    twice = hf.MetaData()
    twice.reflect(again)
    shown = {name: str(CreateTable(table)) for name, table in twice.tables.items()}
    assert shown == {name: str(CreateTable(table)) for name, table in read.tables.items()}
    engine.dispose()
    again.dispose()
