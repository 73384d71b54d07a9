"""CREATE VIEW and CREATE TABLE AS, by themselves and with a MetaData."""

from __future__ import annotations

import pytest

import holdfast as hf
from holdfast.exc import ArgumentError
from holdfast.schema import CreateTableAs, CreateView


def test_a_select_goes_into_a_new_table() -> None:
    """The statement runs; its table can be queried."""
    engine = hf.create_engine("sqlite://")
    source = hf.Table("source", hf.MetaData(), hf.Column("a", hf.Integer), hf.Column("b", hf.String))
    copy = hf.select(source.c.a, source.c.b).where(source.c.a > 1).into("copy")
    assert str(copy) == "CREATE TABLE copy AS SELECT source.a, source.b \nFROM source \nWHERE source.a > 1"
    with engine.begin() as connection:
        source.create(connection)
        connection.execute(source.insert(), [{"a": 1, "b": "x"}, {"a": 2, "b": "it's"}])
        connection.execute(copy)
        assert connection.execute(hf.select(copy.table)).all() == [(2, "it's")]
    engine.dispose()


def test_a_view_is_created_and_dropped_with_its_metadata() -> None:
    """It comes after the tables that are there already, and goes by DROP VIEW."""
    engine = hf.create_engine("sqlite://")
    metadata = hf.MetaData()
    table = hf.Table("t", metadata, hf.Column("a", hf.Integer))
    view = CreateView(hf.select(table.c.a).where(table.c.a > 1), "a view", metadata=metadata)
    assert view.table.is_view
    metadata.create_all(engine)
    metadata.create_all(engine)
    inspector = hf.inspect(engine)
    assert (inspector.get_table_names(), inspector.get_view_names()) == (["t"], ["a view"])
    with engine.begin() as connection:
        connection.execute(table.insert(), [{"a": 1}, {"a": 2}])
        assert connection.scalars(hf.select(view.table.c.a)).all() == [2]
    metadata.drop_all(engine)
    inspector.clear_cache()
    assert (inspector.get_table_names(), inspector.get_view_names()) == ([], [])
    engine.dispose()


def test_expressions_without_a_name_have_that_of_the_database() -> None:
    """The view's table names its columns as the SELECT does, so it can be read."""
    engine = hf.create_engine("sqlite://")
    table = hf.Table("t", hf.MetaData(), hf.Column("a", hf.Integer))
    view = CreateView(hf.select(hf.func.count(table.c.a), hf.func.max(table.c.a), table.c.a + 1), "v")
    assert view.table.c.keys() == ["count_1", "max_1", "anon_1"]
    with engine.begin() as connection:
        table.create(connection)
        connection.execute(table.insert(), [{"a": 4}])
        connection.execute(view)
        assert connection.execute(hf.select(view.table)).all() == [(1, 4, 5)]
    engine.dispose()


def test_a_table_is_selected_from() -> None:
    """What has columns may stand for the SELECT of them; a text without columns or a string may not."""
    table = hf.table("t", hf.column("a"))
    assert str(CreateTableAs(table, "copy")) == "CREATE TABLE copy AS SELECT t.a \nFROM t"
    for wrong in (hf.text("SELECT 1"), "SELECT 1"):
        with pytest.raises(ArgumentError, match="SELECT statement or equivalent textual object expected"):
            CreateView(wrong, "v")
