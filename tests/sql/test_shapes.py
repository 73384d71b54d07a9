"""What is kept at a column of an expression with a plain value: the second one is as the first, with a value of its own."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast import (
    JSON,
    Column,
    Float,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    create_engine,
    insert,
    select,
    update,
)
from holdfast.types import TypeDecorator, UserDefinedType


def numbers() -> Table:
    return Table(
        "numbers",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("whole", Integer),
        Column("part", Float),
        Column("text", String(20)),
        Column("price", Numeric(10, 2)),
    )


def written(expression: Any) -> tuple[str, dict[str, Any], str, str]:
    """Return the text, the parameters, and the types of an expression and of its right side."""
    compiled = expression.compile()
    return str(compiled), dict(compiled.params), repr(expression.type), repr(expression.right.type)


ARITHMETIC = ("__add__", "__radd__", "__sub__", "__mul__", "__truediv__", "__mod__")


@pytest.mark.parametrize(
    ("name", "operator"),
    [(name, operator) for name in ("whole", "part", "price") for operator in ARITHMETIC]
    + [("text", operator) for operator in ARITHMETIC[:2]],
)
@pytest.mark.parametrize("value", [1, 2**40, 1.5, "a", b"b", True, None], ids=repr)
def test_the_second_is_as_the_first(name: str, value: Any, operator: str) -> None:
    """Whatever was met before at the same column, by whatever classes of values."""
    first = written(getattr(numbers().c[name], operator)(value))
    met = numbers().c[name]
    for earlier in (7, 2**50, 2.5, "z", value, value):
        getattr(met, operator)(earlier)
    assert written(getattr(met, operator)(value)) == first


def test_values_are_their_own() -> None:
    """Two expressions of one shape in one statement are two parameters; one expression twice is one."""
    whole = numbers().c.whole
    one, two = whole + 1, whole + 2
    statement = select(one, two).where(two > 3)
    compiled = statement.compile()
    assert str(compiled) == (
        "SELECT numbers.whole + :whole_1 AS anon_1, numbers.whole + :whole_2 AS anon_2 \nFROM numbers \n"
        "WHERE numbers.whole + :whole_2 > :param_1"
    )
    assert compiled.params == {"whole_1": 1, "whole_2": 2, "param_1": 3}
    assert one.right is not two.right
    assert one.compare(whole + 1) and not one.compare(two)


def test_an_update_that_counts_up_is_compiled_once_and_keeps_its_values() -> None:
    table = numbers()
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        table.metadata.create_all(connection)
        connection.execute(insert(table).values(id=1, whole=0))
        statements = [update(table).values(whole=table.c.whole + step) for step in (1, 10, 100)]
        for statement in statements:
            connection.execute(statement)
        assert connection.scalar(select(table.c.whole)) == 111
    assert len({id(engine.compiled(statement)) for statement in statements}) == 1


class Metres(UserDefinedType[float]):
    """A type whose expressions have a method of their own."""

    class Comparator(UserDefinedType.Comparator):
        def in_feet(self) -> Any:
            return self.expr * 3.28

        @property
        def unit(self) -> str:
            return "m"

        def _hidden(self) -> None: ...

    comparator_factory = Comparator

    def get_col_spec(self, **keywords: Any) -> str:
        return "FLOAT"


class Heights(TypeDecorator[float]):
    """Takes the comparator of the type underneath."""

    impl = Metres
    cache_ok = True


def test_what_a_type_adds_is_an_attribute_of_its_expressions_alone() -> None:
    """Of columns, of expressions of the type, and through a decorator; the others have no such name."""
    table = Table("hills", MetaData(), Column("high", Metres), Column("wide", Heights), Column("name", String))
    assert str(table.c.high.in_feet()) == "hills.high * :high_1"
    assert str(table.c.wide.in_feet()) == "hills.wide * :wide_1"
    assert (table.c.high + table.c.high).unit == "m"
    assert not hasattr(table.c.name, "in_feet")
    assert not hasattr(table.c.high, "_hidden")
    with pytest.raises(AttributeError, match="'Column' object has no attribute 'unit'") as caught:
        table.c.name.unit
    assert caught.value.name == "unit" and caught.value.obj is table.c.name
    # On the class nothing is known of a type.
    assert not hasattr(Column, "in_feet")


def test_names_that_no_type_has() -> None:
    column = Column("document", JSON)
    with pytest.raises(AttributeError, match="'Column' object has no attribute 'as_strng'"):
        column.as_strng
