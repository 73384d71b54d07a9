"""Defaults of all kinds at work on SQLite: the values that arrive, and the context that functions see."""

from __future__ import annotations

from typing import Any

import holdfast as hf


def test_each_kind_of_default_makes_its_value() -> None:
    """Scalar, function, function of the context, SQL, sequence (which SQLite has none of), and the database's own."""
    seen: list[dict[str, Any]] = []

    def of_context(context: Any) -> int:
        seen.append(dict(context.get_current_parameters()))
        return int(context.current_parameters["given"]) + 1

    metadata = hf.MetaData()
    table = hf.Table(
        "t",
        metadata,
        hf.Column("id", hf.Integer, hf.Sequence("counted"), primary_key=True),
        hf.Column("given", hf.Integer),
        hf.Column("scalar", hf.Integer, default=1),
        hf.Column("called", hf.Integer, insert_default=lambda: 2),
        hf.Column("of_context", hf.Integer, default=of_context),
        hf.Column("in_sql", hf.Integer, default=hf.func.length("abc")),
        hf.Column("of_database", hf.Integer, server_default="4"),
        hf.Column("computed", hf.Integer, hf.Computed("given * 10")),
        hf.Column("updated", hf.Integer, onupdate=lambda: 9),
    )
    engine = hf.create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(table.insert(), {"given": 5})
        assert tuple(connection.execute(table.select()).one()) == (1, 5, 1, 2, 6, 3, 4, 50, None)
        connection.execute(table.update().values(given=6))
        assert tuple(connection.execute(hf.select(table.c.given, table.c.computed, table.c.updated)).one()) == (
            6,
            60,
            9,
        )
    assert seen[0]["given"] == 5
    engine.dispose()


def test_the_next_number_of_a_sequence_is_an_expression() -> None:
    """Shown as such without a dialect."""
    assert "<next sequence value: q>" in str(hf.select(hf.Sequence("q").next_value()))


def test_copies_are_independent() -> None:
    """A column's copy has its own keys, defaults of the database and facts."""
    column = hf.Column(
        "a", hf.Integer, hf.ForeignKey("t.id"), hf.Computed("b + 1"), key="k", info={"x": 1}, doc="words", index=True
    )
    copy = column._copy_column()
    copy.info["x"] = 2
    assert (copy.key, copy.doc, copy.index, column.info) == ("k", "words", True, {"x": 1})
    assert copy.computed is not column.computed and copy.computed.column is copy
    assert [key.parent is copy for key in copy.foreign_keys] == [True]


def test_constraints_of_columns_attach_with_their_table() -> None:
    """UNIQUE and Index made of Columns find the table, whether it is there already or comes later."""
    first = hf.Column("a", hf.Integer)
    unique = hf.UniqueConstraint(first, name="later")
    table = hf.Table("t", hf.MetaData(), first)
    index = hf.Index("now", table.c.a)
    assert unique.table is table and index.table is table
    assert index in table.indexes and unique in table.constraints
