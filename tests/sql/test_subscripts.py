"""Classes that programs write with brackets in annotations, which are evaluated when the program is read."""

from typing import Any

import pytest

from holdfast import ARRAY, Delete, Function, Insert, Result, Row, ScalarSelect, Select, TypeDecorator, Update, func
from holdfast.dialects import postgresql
from holdfast.sql import functions
from holdfast.sql.selectable import ReturnsRows, TypedReturnsRows

NAMES = "array_agg coalesce max min mode percentile_cont pow sum".split()
SUBSCRIPTED = (
    *(ARRAY, Function, ReturnsRows, Result, Row, ScalarSelect, Select, TypeDecorator),
    *(getattr(functions, name) for name in NAMES),
    *(postgresql.ARRAY, postgresql.array),
)


@pytest.mark.parametrize("class_", SUBSCRIPTED, ids=lambda class_: f"{class_.__module__}.{class_.__name__}")
def test_brackets(class_: Any) -> None:
    """``ScalarSelect[int]`` can be written."""
    assert class_[Any].__origin__ is class_


def test_what_returns_rows_is_one() -> None:
    """The class for annotations is one to ask for, too."""
    for class_ in (Select, Insert, Update, Delete):
        assert issubclass(class_, TypedReturnsRows)
    assert isinstance(func.max(1), functions.max)
