"""Names as hostile as people may give them, and what a database must give back of them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from holdfast import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    UniqueConstraint,
    exc,
    inspect,
    select,
)

PLAIN = st.characters(exclude_categories=("Cs",))
HOSTILE = st.sampled_from(['"', "'", "%", ".", "`", "[", "]", "\\", ";", "--", "/*", "%s", "%(x)s", ":x", "?", "$1", " ", "\n", "É", "ß", "İ", "\u202e", "😀", "\0"])  # fmt: skip
NAMES = st.lists(PLAIN | HOSTILE, min_size=1, max_size=12).map("".join)
FIVE_NAMES = st.tuples(NAMES, NAMES, NAMES, NAMES, NAMES)


def round_trip(connection: Any, names: tuple[str, ...], schema: str | None = None) -> None:
    """Create a table of these names, use it, read it back, drop it; the names must come back exactly.

    Args:
        names: of the table, a column, an index, the constraints (each with two letters behind), an alias that is a label too.
        schema: where the table stands; it must be there.

    Raises: IdentifierError: the database can not have such a name.
    """
    table_name, column_name, index_name, constraint_name, label = names
    other = "the_key_that_nobody_thinks_of"
    metadata = MetaData()
    table = Table(
        table_name,
        metadata,
        Column(other, Integer, primary_key=True, autoincrement=False),
        Column(column_name, Integer),
        UniqueConstraint(column_name, name=constraint_name + "!u"),
        Index(index_name + "!i", column_name),
        CheckConstraint(f"{other} > 0", name=constraint_name + "!c"),
        schema=schema,
    )
    ForeignKeyConstraint([column_name], [table.c[other]], name=constraint_name + "!f", table=table)
    table.create(connection)
    _use(connection, table, label)
    inspector = inspect(connection)
    assert table_name in inspector.get_table_names(schema=schema)
    assert [column["name"] for column in inspector.get_columns(table_name, schema=schema)] == [other, column_name]
    assert index_name + "!i" in [index["name"] for index in inspector.get_indexes(table_name, schema=schema)]
    [unique] = inspector.get_unique_constraints(table_name, schema=schema)
    assert (unique["name"], unique["column_names"]) == (constraint_name + "!u", [column_name])
    [key] = inspector.get_foreign_keys(table_name, schema=schema)
    assert (key["name"], key["referred_table"], key["constrained_columns"]) == (constraint_name + "!f", table_name, [column_name])  # fmt: skip
    [check] = inspector.get_check_constraints(table_name, schema=schema)
    assert check["name"] == constraint_name + "!c"
    again = Table(table_name, MetaData(), autoload_with=connection, schema=schema)
    assert again.c.keys() == [other, column_name]
    table.drop(connection)


def _use(connection: Any, table: Table, label: str) -> None:
    """Write and read rows, under an alias and a label too."""
    other, odd = table.c
    connection.execute(table.insert(), {other.key: 7, odd.key: 7})
    alias = table.alias(label)
    query = select(alias.c[odd.key].label(label)).where(alias.c[odd.key] == 7).order_by(label)
    assert [dict(row._mapping) for row in connection.execute(query)] == [{label: 7}]
    assert connection.execute(select(table)).keys() == [other.key, odd.key]
    connection.execute(table.update().values({odd.key: None}).where(odd.in_([7])))


def is_possible(names: tuple[str, ...], longest: int) -> bool:
    """Whether a database whose names have at most this many bytes can have all of them."""
    return not any("\0" in name or len(name.encode()) + 2 > longest for name in names)


__all__ = ["FIVE_NAMES", "NAMES", "exc", "is_possible", "round_trip"]
