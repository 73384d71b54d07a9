"""Names of columns under each label style: keys of subqueries, set operations, ORDER BY by name, names always in quotes."""

from __future__ import annotations

import pickle

import pytest

from holdfast import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Column,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    cast,
    column,
    create_engine,
    func,
    insert,
    literal_column,
    select,
    table,
    union,
)
from holdfast.dialects import mysql
from holdfast.sql import quoted_name

metadata = MetaData()
items = Table("items", metadata, Column("id", Integer, primary_key=True), Column("size", Integer))
parts = Table("parts", metadata, Column("id", Integer, primary_key=True), Column("size", Integer))


def test_keys_of_what_is_no_column() -> None:
    """The key in a subquery is the name in its text, so that no column is called by one and found by another."""
    made = cast(items.c.id, String), func.max(items.c.size), literal_column("1"), bindparam("given", 5), -items.c.id
    inner = select(*made).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).subquery("s")
    assert inner.c.keys() == ["items_id", "max", "1", "given", "_no_label"]
    assert str(select(inner.c.items_id)) == (
        "SELECT s.items_id \nFROM (SELECT CAST(items.id AS VARCHAR) AS items_id, max(items.size) AS max_1, 1, :given AS anon_1, "
        "-items.id AS anon_2 \nFROM items) AS s"
    )


@pytest.mark.parametrize(
    ("first", "whole", "keys"),
    [
        (LABEL_STYLE_TABLENAME_PLUS_COL, None, ["items_id", "items_size"]),
        (LABEL_STYLE_TABLENAME_PLUS_COL, LABEL_STYLE_DEFAULT, ["items_id", "items_size"]),
        (LABEL_STYLE_TABLENAME_PLUS_COL, LABEL_STYLE_NONE, ["id", "size"]),
        (LABEL_STYLE_DEFAULT, LABEL_STYLE_TABLENAME_PLUS_COL, ["items_id", "items_size"]),
        (LABEL_STYLE_NONE, None, ["id", "size"]),
    ],
)
def test_the_first_select_names_the_columns_of_a_set_operation(first: str, whole: str | None, keys: list[str]) -> None:
    """What stands around it, and its own ORDER BY, use names that the database knows: the statements run."""
    statement = union(select(items).set_label_style(first), select(parts))
    if whole is not None:
        statement = statement.set_label_style(whole)
    key, size = keys
    around = statement.order_by(size).subquery("u")
    assert around.c.keys() == keys
    own = [f"items.{name} AS {key}" for name, key in (("id", key), ("size", size))]
    inner = f"SELECT {', '.join(own)} \nFROM items UNION SELECT parts.id AS id, parts.size AS size \nFROM parts ORDER BY {size}"
    assert str(select(around)) == f"SELECT u.{key}, u.{size} \nFROM ({inner}) AS u"
    engine = create_engine("sqlite://")
    with engine.connect() as connection:
        metadata.create_all(connection)
        connection.execute(insert(items), [{"id": 1, "size": 3}, {"id": 2, "size": 2}])
        connection.execute(insert(parts), {"id": 3, "size": 1})
        assert connection.execute(select(around.c[key])).scalars().all() == [3, 2, 1]
        assert [row._asdict() for row in connection.execute(statement.order_by(size).limit(1))] == [{key: 3, size: 1}]
    engine.dispose()


def test_order_by_the_key_of_a_column() -> None:
    """A string in ORDER BY and GROUP BY may be the key of a selected column: the column itself is written."""
    statement = (
        select(items.c.id).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL).order_by("items_id").group_by("items_id")
    )
    assert str(statement) == "SELECT items.id AS items_id \nFROM items GROUP BY items.id ORDER BY items.id"


def test_names_that_are_always_in_quotes() -> None:
    """A label made of such a name, or of a table's or column's that is one, is in quotes wherever it stands."""
    always = quoted_name("abc", True)
    labelled = select(column("x").label(always)).order_by("abc")
    assert str(labelled) == 'SELECT x AS "abc" ORDER BY "abc"'
    assert str(pickle.loads(pickle.dumps(labelled))) == str(labelled)
    assert str(select(labelled.subquery("s"))) == 'SELECT s."abc" \nFROM (SELECT x AS "abc" ORDER BY "abc") AS s'
    by_table = select(table(always, column("x"))).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    by_column = select(table("t", column(always))).set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    assert str(by_table) == 'SELECT "abc".x AS "abc_x" \nFROM "abc"'
    assert str(by_column) == 'SELECT t."abc" AS "t_abc" \nFROM t'
    assert str(by_column.compile(dialect=mysql.dialect())) == "SELECT t.`abc` AS `t_abc` \nFROM t"
    # Alike but for the quotes: two texts, whichever is compiled first.
    assert str(select(column("x").label("abc"))) == "SELECT x AS abc"
    assert str(select(column("x").label(quoted_name("Abc", False)))) == "SELECT x AS Abc"


def test_final_froms() -> None:
    """What stands in FROM, once joins have taken in their tables and criteria have named theirs."""
    joined = select(items.c.id).join(parts, items.c.id == parts.c.id)
    named = select(items.c.id).where(parts.c.size > 1)
    assert [str(source) for source in joined.get_final_froms()] == ["items JOIN parts ON items.id = parts.id"]
    assert named.get_final_froms() == [items, parts]
    assert named.columns_clause_froms == [items]
    assert union(named, joined).get_final_froms()[:2] == [items, parts]
