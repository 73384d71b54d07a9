"""Public functions that are thin names for operators and conversions."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.sql import building, operators
from holdfast.sql.binds import BindParameter
from holdfast.sql.coercions import as_argument, as_operand
from holdfast.sql.conversions import Case, Cast, Extract, TryCast, TypeCoerce
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import Tuple, UnaryExpression
from holdfast.sql.functions import register_function
from holdfast.sql.labels import Label, LabelReference
from holdfast.sql.types import NULL_TYPE

operate = building.operate


def _expression(value: Any) -> Any:
    """Return an expression; a string is the name of a label or column of the statement."""
    return LabelReference(value, NULL_TYPE) if isinstance(value, str) else as_operand(value)


def asc(column: Any) -> UnaryExpression[Any]:
    """Return ``column ASC``."""
    return UnaryExpression(_expression(column), modifier=operators.asc_op)


def desc(column: Any) -> UnaryExpression[Any]:
    """Return ``column DESC``."""
    return UnaryExpression(_expression(column), modifier=operators.desc_op)


def nulls_first(column: Any) -> UnaryExpression[Any]:
    """Return ``column NULLS FIRST``."""
    return UnaryExpression(_expression(column), modifier=operators.nulls_first_op)


def nulls_last(column: Any) -> UnaryExpression[Any]:
    """Return ``column NULLS LAST``."""
    return UnaryExpression(_expression(column), modifier=operators.nulls_last_op)


nullsfirst = nulls_first
nullslast = nulls_last


def bitwise_not(expr: Any) -> Any:
    """Return ``~ expr``."""
    return as_operand(expr).bitwise_not()


def distinct(expression: Any) -> UnaryExpression[Any]:
    """Return ``DISTINCT expression``, for aggregates."""
    return UnaryExpression(as_operand(expression), operator=operators.distinct_op)


def label(name: str, element: Any) -> Label[Any]:
    """Return ``element AS name``."""
    return Label(name, as_operand(element))


def cast(expression: Any, type_: Any) -> Cast[Any]:
    """Return ``CAST(expression AS type_)``."""
    return Cast(as_argument(expression, None, type_), type_)


def try_cast(expression: Any, type_: Any) -> TryCast[Any]:
    """Return ``TRY_CAST(expression AS type)``: NULL where the value does not fit, on databases that have it."""
    return TryCast(as_argument(expression, None, type_), type_)


def type_coerce(expression: Any, type_: Any) -> TypeCoerce[Any]:
    """Return an expression taken for one of another type on the Python side."""
    clause = as_argument(expression, None, type_)
    coerced = TypeCoerce(clause, type_)
    if isinstance(clause, BindParameter) and clause.type is not coerced.type:
        return TypeCoerce(clause.copy(type=coerced.type), coerced.type)
    return coerced


def case(*whens: Any, value: Any = None, else_: Any = None) -> Case[Any]:
    """Return ``CASE WHEN condition THEN result ... ELSE else_ END``.

    Args:
        whens: pairs of condition and result; or one dict, with `value`: compared value -> result.
        value: what the conditions are compared with.
        else_: the result if no condition holds.

    Raises: ArgumentError: a list, or something else that is no pair.
    """
    pairs = list(whens[0].items()) if len(whens) == 1 and isinstance(whens[0], dict) else list(whens)
    for pair in pairs:
        if isinstance(pair, list):
            raise ArgumentError(
                'The "whens" argument to case(), when referring to a sequence of items, is now passed as a series of '
                "positional elements, rather than as a list. "
            )
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise ArgumentError(
                f'case() takes pairs of condition and result, such as case((column == 1, "one")); got {pair!r}.'
            )
    written = [(as_argument(condition), as_argument(result)) for condition, result in pairs]
    return Case(
        tuple(written),
        None if value is None else as_argument(value),
        None if else_ is None else as_argument(else_),
    )


def extract(field: str, expr: Any) -> Extract:
    """Return ``EXTRACT(field FROM expr)``."""
    return Extract(field, as_argument(expr))


def tuple_(*clauses: Any, types: Any = None) -> Tuple:
    """Return ``(a, b)``, for comparisons of several columns at once.

    Args:
        types: those of plain values, in the order of the members.
    """
    given = () if types is None else tuple(types)
    return Tuple([as_argument(one, None, type_) for one, type_ in zip_longest(clauses, given[: len(clauses)])])


def between(expr: Any, lower_bound: Any, upper_bound: Any, symmetric: bool = False) -> ColumnElement[bool]:
    """Return ``expr BETWEEN lower_bound AND upper_bound``."""
    return as_operand(expr).between(lower_bound, upper_bound, symmetric)  # type: ignore[no-any-return]


def collate(expression: Any, collation: str, collation_schema: str | None = None) -> Any:
    """Return ``expression COLLATE collation``.

    Args:
        expression: a string.
        collation: the name of the collation.
        collation_schema: the schema that it stands in.
    """
    return building.collated(as_operand(expression), collation, collation_schema)


# Their arguments are not written between commas: func.cast(a, Integer), func.extract("year", a).
register_function("cast", cast)
register_function("extract", extract)
