"""CREATE VIEW and CREATE TABLE AS, by themselves and with a MetaData."""

from __future__ import annotations

import holdfast as hf
from holdfast.schema import CreateView


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
