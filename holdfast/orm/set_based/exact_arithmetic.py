"""Arithmetic that gives what the databases give: of whole numbers, binary and exact decimal ones, and of strings.

A result that a database would give another form, or refuse, is `Unsure`.
"""

from __future__ import annotations

import decimal
import operator
from collections.abc import Callable
from typing import Any, NamedTuple

from holdfast.orm.set_based.exact_types import EXACT, INT, SAFE, Kind, Unsure

LIMIT = 2**63


class Calculation(NamedTuple):
    """One operator for operands of one kind.

    Attributes:
        function: of two values.
        kind: of the result.
        code: the same as lines of source with {found}, {left} and {right}, where that is faster.
    """

    function: Callable[[Any, Any], Any]
    kind: Kind
    code: str | None = None


def _whole(calculate: Callable[[int, int], int]) -> Callable[[int, int], int]:
    def function(left: int, right: int) -> int:
        result = calculate(left, right)
        if not -LIMIT <= result < LIMIT:
            raise Unsure("overflow")
        return result

    return function


def _remainder(left: int, right: int) -> int | None:
    """The remainder has the sign of the left operand; by zero it is NULL, or the database refuses."""
    if right == 0:
        return None
    rest = abs(left) % abs(right)
    return -rest if left < 0 else rest


def _binary(calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], float]:
    def function(left: Any, right: Any) -> float:
        for side in (left, right):
            if side.__class__ is int and not -SAFE < side < SAFE:
                raise Unsure("precision")
        try:
            result: float = calculate(float(left), float(right))
        except OverflowError:
            raise Unsure("overflow") from None
        if result - result != 0:
            raise Unsure("not finite")
        return result

    return function


def _exact(calculate: Callable[[Any, Any], Any]) -> Callable[[Any, Any], decimal.Decimal]:
    def function(left: Any, right: Any) -> decimal.Decimal:
        try:
            return calculate(left, right)  # type: ignore[no-any-return]
        except decimal.DecimalException:
            raise Unsure("precision") from None

    return function


_FLOAT = Kind("float", float)
_DECIMAL = Kind("decimal", decimal.Decimal)
_STRING = Kind("str", str, ordered=False)

_OVERFLOW = f"if not -{LIMIT} <= {{found}} < {LIMIT}: raise Unsure"
_SYMBOLS = {"add": "+", "sub": "-", "mul": "*"}

ARITHMETIC: dict[tuple[str, str], Calculation] = {
    **{
        (name, "int"): Calculation(
            _whole(getattr(operator, name)), INT, f"{{found}} = {{left}} {symbol} {{right}}\n{_OVERFLOW}"
        )
        for name, symbol in _SYMBOLS.items()
    },
    ("mod", "int"): Calculation(_remainder, INT),  # type: ignore[arg-type]
    ("bitwise_and_op", "int"): Calculation(operator.and_, INT),
    ("bitwise_or_op", "int"): Calculation(operator.or_, INT),
    **{(name, "float"): Calculation(_binary(getattr(operator, name)), _FLOAT) for name in _SYMBOLS},
    ("add", "decimal"): Calculation(_exact(EXACT.add), _DECIMAL),
    ("sub", "decimal"): Calculation(_exact(EXACT.subtract), _DECIMAL),
    ("mul", "decimal"): Calculation(_exact(EXACT.multiply), _DECIMAL),
    ("concat_op", "str"): Calculation(operator.add, _STRING, "{found} = {left} + {right}"),
}
"""(operator, kind of the operands) -> how it is calculated."""
