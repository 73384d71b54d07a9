"""AND, OR and NOT: joining and turning criteria."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import warn_deprecated
from holdfast.sql import operators
from holdfast.sql.coercions import as_criterion, as_operand
from holdfast.sql.constants import FALSE, TRUE, False_, True_
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import (
    BOOLEAN,
    AsBoolean,
    BinaryExpression,
    BooleanClauseList,
    ExpressionClauseList,
    Grouping,
    UnaryExpression,
)
from holdfast.sql.labels import Label
from holdfast.sql.operators import Operator
from holdfast.sql.types import Boolean

Negation = Callable[[Any], Any]


def join_criteria(op: Operator, criteria: tuple[Any, ...]) -> Any:
    """Return the criteria joined by AND or OR: one node, or the only criterion itself.

    ``true`` in an AND and ``false`` in an OR say nothing and fall away; their opposites decide alone. Lists of the
    same operator become part of this one.

    Args:
        op: `operators.and_` or `operators.or_`.
        criteria: expressions, already coerced.
    """
    neutral, deciding = (TRUE, FALSE) if op is operators.and_ else (FALSE, TRUE)
    kept: list[Any] = []
    for criterion in criteria:
        if criterion is deciding:
            return AsBoolean(deciding, negated=False)
        if criterion is neutral:
            continue
        if isinstance(criterion, BooleanClauseList) and criterion.operator is op:
            kept.extend(criterion.clauses)
        else:
            kept.append(criterion)
    if len(kept) > 1:
        first = criteria[0]
        if isinstance(first, BooleanClauseList) and first.operator is op and first.clauses:
            return first.followed_by(kept[len(first.clauses) :])
        return BooleanClauseList(op, kept, BOOLEAN)
    if kept:
        return AsBoolean(kept[0], negated=False) if is_flag(kept[0]) else kept[0]
    return neutral if criteria else BooleanClauseList(op, (), BOOLEAN)


def and_(*clauses: Any) -> ColumnElement[bool]:
    """Return ``a AND b AND ...``.

    Args:
        clauses: criteria; True and False stand for the SQL constants.

    Raises:
        ArgumentError: an argument is no criterion.
    """
    if not clauses:
        _warn_of_nothing("and_", "true")
    result: ColumnElement[bool] = join_criteria(operators.and_, tuple(as_criterion(clause) for clause in clauses))
    return result


def or_(*clauses: Any) -> ColumnElement[bool]:
    """Return ``a OR b OR ...``.

    Args:
        clauses: criteria; True and False stand for the SQL constants.

    Raises:
        ArgumentError: an argument is no criterion.
    """
    if not clauses:
        _warn_of_nothing("or_", "false")
    result: ColumnElement[bool] = join_criteria(operators.or_, tuple(as_criterion(clause) for clause in clauses))
    return result


def _warn_of_nothing(function: str, neutral: str) -> None:
    warn_deprecated(
        f"Invoking {function}() without arguments is deprecated, and will be disallowed in a future release.   For an empty "
        f"{function}() construct, use '{function}({neutral}(), *args)' or '{function}({neutral.title()}, *args)'.",
        stacklevel=4,
    )


def not_(clause: Any) -> ColumnElement[bool]:
    """Return the negation of a criterion: the opposite operator where there is one, otherwise ``NOT ...``.

    Args:
        clause: a criterion.
    """
    result: ColumnElement[bool] = ~as_operand(clause)
    return result


def negate(element: Any) -> Any:
    """Return the negation of one expression."""
    own = getattr(element, "_negation", None)
    if own is not None:
        return own()
    if isinstance(element, True_):
        return FALSE
    if isinstance(element, False_):
        return TRUE
    if isinstance(element, Label):
        return Label(element.name, negate(element.element))
    if isinstance(element, BinaryExpression) and element.operator.negation is not None and not _is_quantified(element):
        return BinaryExpression(
            element.left, element.right, element.operator.negation, element.type, modifiers=dict(element.modifiers)
        )
    if isinstance(element, AsBoolean):
        return AsBoolean(element.element, not element.negated)
    if is_flag(element) or _is_enclosed_flag(element):
        return AsBoolean(element)
    return UnaryExpression(element.self_group(), operator=operators.inv, type_=BOOLEAN)


def _is_quantified(element: BinaryExpression[Any]) -> bool:
    """Return True for a comparison with ANY or ALL: its opposite is not that of the operator."""
    return element.right.visit_name == "collection_aggregate" or element.left.visit_name == "collection_aggregate"


def is_flag(element: Any) -> bool:
    """Return True for a truth value that is no comparison: a column, a function, a parameter, a constant.

    Databases without truth values keep these as numbers, and compare them where a criterion is wanted.
    """
    while element.visit_name in ("label", "type_coerce"):
        element = element.element if element.visit_name == "label" else element.clause
    if element.visit_name in ("true", "false"):
        return True
    return (
        isinstance(element.type, Boolean)
        and not isinstance(element, _COMPOSED)
        and element.visit_name not in ("as_boolean", "exists", "text")
    )


def _is_enclosed_flag(element: Any) -> bool:
    return element.visit_name in ("scalar_select", "grouping") and isinstance(element.type, Boolean)


_COMPOSED = (BinaryExpression, UnaryExpression, ExpressionClauseList, Grouping)
