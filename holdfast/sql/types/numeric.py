"""Numbers and truth values."""

from __future__ import annotations

import decimal
import math
import operator
from collections.abc import Callable
from functools import lru_cache
from typing import Any, TypeVar

from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import NullType, Processor, TypeEngine
from holdfast.sql.types.schema_type import SchemaType

N = TypeVar("N")


def _digits(value: Any) -> str:
    """Return a number as text, whatever its class says of itself.

    Raises: TypeError: it is none.
    """
    if isinstance(value, float):
        return repr(float(value))
    if isinstance(value, decimal.Decimal):
        return str(decimal.Decimal(value))
    return repr(int(operator.index(value)))


class Number(TypeEngine[N]):
    """What numbers share: which one results when two are combined."""

    operator_classes = OperatorClass.NUMERIC
    _family = "number"

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        def write(value: Any) -> str:
            if not math.isfinite(value):
                return str(dialect.non_finite_literal(value, self))
            text = _digits(value)
            # Also negative zero: two minus signs would begin a comment.
            return f"({text})" if text.startswith("-") else text

        return write

    def _result_type(self, op: Any, other: TypeEngine[Any]) -> TypeEngine[Any]:
        if isinstance(other, NullType) or not isinstance(other, Number):
            if other.visit_name == "interval" and op.name == "mul":
                return other
            if isinstance(self, Integer) and other.visit_name in ("date", "DATE") and op.name == "add":
                return other
            return self
        own, others = _general(self.__class__), _general(other.__class__)
        if own is others is Integer and op.name == "truediv":
            return Numeric()
        if op.name not in _TAKES[own].get(others, ()):
            return self
        # Of two types of one kind the narrower one on the left stays, without its arguments.
        return other if own is not others or type(self) is own else type(self)()


class Integer(Number[int]):
    """Whole numbers: ``INTEGER``."""

    visit_name = "integer"
    _family = "integer"

    @property
    def python_type(self) -> type[int]:
        return int


class SmallInteger(Integer):
    """Small whole numbers: ``SMALLINT``."""

    visit_name = "small_integer"


class BigInteger(Integer):
    """Large whole numbers: ``BIGINT``."""

    visit_name = "big_integer"


class NumericCommon(Number[Any]):
    """What exact and binary numbers share: `Numeric` and `Float` are both of it."""


class Numeric(NumericCommon):
    """Exact numbers as `decimal.Decimal`: ``NUMERIC(precision, scale)``.

    Args:
        precision: digits in all.
        scale: digits after the point.
        decimal_return_scale: digits after the point of values read from databases that have none of their own.
        asdecimal: values are Decimal; otherwise float.
    """

    visit_name = "numeric"
    _arguments = ("precision", "scale", "asdecimal", "decimal_return_scale")
    _default_scale = 10

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        decimal_return_scale: int | None = None,
        asdecimal: bool = True,
    ) -> None:
        self.precision = precision
        self.scale = scale
        self.decimal_return_scale = decimal_return_scale
        self.asdecimal = asdecimal

    @property
    def python_type(self) -> type[Any]:
        return decimal.Decimal if self.asdecimal else float

    @property
    def effective_scale(self) -> int:
        """Digits after the point of values that come from a binary number."""
        if self.decimal_return_scale is not None:
            return self.decimal_return_scale
        return self.scale if self.scale is not None else self._default_scale

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        if not self.asdecimal:
            return float
        return decimal.Decimal


class Float(Numeric):
    """Binary numbers as float: ``FLOAT``.

    Args:
        precision: binary digits.
        asdecimal: values are Decimal after all.
        decimal_return_scale: digits after the point of such values.
    """

    visit_name = "float"
    _family = "float"
    _arguments = ("precision", "asdecimal", "decimal_return_scale")
    scale = None

    def __init__(
        self, precision: int | None = None, asdecimal: bool = False, decimal_return_scale: int | None = None
    ) -> None:
        self.precision = precision
        self.asdecimal = asdecimal
        self.decimal_return_scale = decimal_return_scale

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        return decimal.Decimal if self.asdecimal else None


class Double(Float):
    """Binary numbers of double precision: ``DOUBLE PRECISION``."""

    visit_name = "double"


class Boolean(SchemaType, TypeEngine[bool]):
    """Truth values: ``BOOLEAN``.

    Args:
        create_constraint: add a CHECK where the database has no such type.
        name: the constraint's name.
    """

    operator_classes = OperatorClass.BOOLEAN
    is_named = False
    visit_name = "boolean"
    _family = "boolean"

    def __init__(self, create_constraint: bool = False, name: str | None = None) -> None:
        self.create_constraint = create_constraint
        self.name = name

    @property
    def python_type(self) -> type[bool]:
        return bool

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return dialect.boolean_literal  # type: ignore[no-any-return]


@lru_cache(maxsize=200)
def _general(class_: type[Number[Any]]) -> type[Number[Any]]:
    """Return what kind of number a class of types is."""
    return next(kind for kind in _TAKES if issubclass(class_, kind))


_TAKES: dict[type[Number[Any]], dict[type[Number[Any]], frozenset[str]]] = {
    Integer: {
        Integer: frozenset(("add", "sub", "mul", "floordiv")),
        Float: frozenset(("add", "sub", "mul", "truediv")),
        Numeric: frozenset(("add", "sub", "mul", "truediv", "floordiv")),
    },
    # Before Numeric, of which it is one here.
    Float: {Float: frozenset(("add", "sub", "mul", "truediv"))},
    Numeric: {Numeric: frozenset(("add", "sub", "mul", "truediv"))},
}
"""Left kind of number -> right kind -> the operators whose result has the type of the right side."""


class MatchType(Boolean):
    """What MATCH gives: true or false, or how well it fits, where the database says so."""


class INTEGER(Integer):
    """``INTEGER``."""

    visit_name = "INTEGER"


INT = INTEGER


class SMALLINT(SmallInteger):
    """``SMALLINT``."""

    visit_name = "SMALLINT"


class BIGINT(BigInteger):
    """``BIGINT``."""

    visit_name = "BIGINT"


class NUMERIC(Numeric):
    """``NUMERIC``."""

    visit_name = "NUMERIC"


class DECIMAL(Numeric):
    """``DECIMAL``."""

    visit_name = "DECIMAL"


class FLOAT(Float):
    """``FLOAT``."""

    visit_name = "FLOAT"


class REAL(Float):
    """``REAL``."""

    visit_name = "REAL"


class DOUBLE(Double):
    """``DOUBLE``."""

    visit_name = "DOUBLE"


class DOUBLE_PRECISION(Double):
    """``DOUBLE PRECISION``."""

    visit_name = "DOUBLE_PRECISION"


class BOOLEAN(Boolean):
    """``BOOLEAN``."""

    visit_name = "BOOLEAN"
