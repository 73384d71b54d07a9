"""`__visit_name__`: what elements, types and parts of a schema are, as visitors and generators of code ask it."""

import pytest

from holdfast import (
    JSON,
    VARCHAR,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    UniqueConstraint,
    any_,
    exists,
    func,
    insert,
    literal,
    select,
    text,
)
from holdfast.schema import CreateTable
from holdfast.sql import visitors

T = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("x", Integer))
ELEMENTS = {
    "column": T.c.id,
    "binary": T.c.id == 5,
    "bindparam": literal(5),
    "table": T,
    "select": select(T),
    "insert": insert(T),
    "function": func.max(T.c.id),
    "funcfilter": func.max(T.c.id).filter(T.c.x == 1),
    "withingroup": func.mode().within_group(T.c.x),
    "textclause": text("x"),
    "grouping": select(T.c.id).scalar_subquery(),
    "unary": exists(select(T.c.id)),
    "subquery": select(T).subquery(),
    "integer": Integer(),
    "string": String,
    "large_binary": LargeBinary,
    "JSON": JSON(),
    "VARCHAR": VARCHAR,
    "index": Index("i", "x"),
    "foreign_key": ForeignKey("t.id"),
    "unique_constraint": UniqueConstraint("x"),
    "primary_key_constraint": PrimaryKeyConstraint("x"),
    "table_or_column_check_constraint": CheckConstraint("x > 1"),
    "sequence": Sequence("s"),
    "metadata": T.metadata,
    "identity_column": Identity(),
    "computed_column": Computed("1"),
    "create_table": CreateTable(T),
}


@pytest.mark.parametrize("name", ELEMENTS)
def test_the_name_of_an_element(name: str) -> None:
    """Types tell it by their class too."""
    assert ELEMENTS[name].__visit_name__ == name


def test_visitors_by_these_names() -> None:
    """The function for a name gets all elements that have it."""
    found = []
    criterion = exists(select(T.c.id)) & (T.c.x == any_(select(T.c.x).scalar_subquery()))
    visitors.traverse(criterion, {}, {"unary": found.append})
    assert [element.__visit_name__ for element in found] == ["unary", "unary"]


def test_comparing_operands_that_may_change_places() -> None:
    """``a + 1`` is ``1 + a``; ``a - 1`` is not ``1 - a``."""
    assert (T.c.x + 1).compare(1 + T.c.x)
    assert (T.c.x * T.c.id).compare(T.c.id * T.c.x)
    assert (T.c.x != T.c.id).compare(T.c.id != T.c.x)
    assert not (T.c.x - 1).compare(1 - T.c.x)
    assert not (T.c.x + 1).compare(2 + T.c.x)
    assert not (T.c.x < T.c.id).compare(T.c.id < T.c.x)
