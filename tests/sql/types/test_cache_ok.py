"""Types of a program's own that may not be part of a key: warned of where statements are compiled anew for it."""

import warnings
from typing import Any

import pytest

from holdfast import Column, Integer, MetaData, String, Table, bindparam, create_engine, exc, literal, select
from holdfast.sql.types.base import SEEN_BEFORE_WARNING
from holdfast.types import TypeDecorator, UserDefinedType


def used(class_: Any, count: int = SEEN_BEFORE_WARNING) -> list[warnings.WarningMessage]:
    """Return what is warned of while statements are made, each with a new object of a class."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", exc.SAWarning)
        for _ in range(count):
            select(literal("x", class_()))
    return told


def decorator(**members: Any) -> Any:
    """Return a new class of decorators."""
    return type("Upper", (TypeDecorator,), {"impl": String, **members})


def test_a_type_for_each_statement_is_warned_of_once() -> None:
    """The line of the program is named, and what to do."""
    class_ = decorator()
    [told] = used(class_)
    assert str(told.message).startswith(
        "TypeDecorator Upper() will not produce a cache key because the ``cache_ok`` attribute is not set to True.  "
        "100 objects of this class were used in statements"
    )
    assert "or False to disable this warning" in str(told.message)
    assert (told.category, told.filename) == (exc.SAWarning, __file__)
    assert used(class_) == []
    [told] = used(type("Point", (UserDefinedType,), {"get_col_spec": lambda self, **kw: "POINT"}))
    assert str(told.message).startswith("UserDefinedType Point() will not produce a cache key")


@pytest.mark.parametrize("cache_ok", [True, False])
def test_who_says_so_is_not_warned(cache_ok: bool) -> None:
    """True makes equal types one; False is a wish."""
    assert used(decorator(cache_ok=cache_ok)) == []


def test_the_types_of_columns_are_not_warned_of() -> None:
    """One object, used again and again, stands for itself: its statements are compiled once."""
    class_ = decorator()
    t = Table("t", MetaData(), Column("id", Integer, primary_key=True), Column("name", class_()))
    engine = create_engine("sqlite://")
    with warnings.catch_warnings(), engine.connect() as connection:
        warnings.simplefilter("error")
        t.create(connection)
        for number in range(2 * SEEN_BEFORE_WARNING):
            connection.execute(select(t).where(t.c.name == str(number)))
            connection.execute(select(bindparam("x", type_=t.c.name.type)), {"x": "y"})
    assert len(engine._cache.kept) == 2
