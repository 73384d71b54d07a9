"""What each operator builds from its operands: one rule per kind of operator.

The rules decide the type of the result, what None, True and False mean on the right side, and how a plain value becomes
a parameter. They are entered in `element.hooks`, so that the methods of all expressions reach them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError, warn_deprecated
from holdfast.sql import operators
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import join_criteria, negate
from holdfast.sql.coercions import as_criterion, as_operand, resolve
from holdfast.sql.constants import FALSE, NULL, TRUE, False_, Null, True_
from holdfast.sql.conversions import CollationClause
from holdfast.sql.element import ClauseElement, hooks
from holdfast.sql.expressions import (
    BOOLEAN,
    ArithmeticShape,
    BinaryExpression,
    Bounds,
    ComparisonShape,
    Grouping,
    Slice,
    Tuple,
    UnaryExpression,
)
from holdfast.sql.functions.known import pow
from holdfast.sql.in_lists import in_list
from holdfast.sql.operators import Operator
from holdfast.sql.quantified import CollectionAggregate
from holdfast.sql.types import MatchType, NullType, String

Rule = Callable[..., Any]
MATCH = MatchType()

_NULL_OPERATORS = "'=', '!=', 'is_()', 'is_not()', 'is_distinct_from()', 'is_not_distinct_from()'"


def operate(left: Any, op: Operator, others: tuple[Any, ...], modifiers: dict[str, Any]) -> Any:
    """Return the expression ``left op others``.

    Raises:
        ArgumentError: an operand does not fit the operator.
        NotImplementedError: the expression's type has no such operator.
    """
    if not op.classes & left.type._operator_bits:
        _warn_of_class(left.type, op)
    return _RULES[op.kind](left, op, *others, **modifiers)


def reverse_operate(right: Any, op: Operator, other: Any, modifiers: dict[str, Any]) -> Any:
    """Return the expression ``other op right``, `other` being a plain value."""
    if not op.classes & right.type._operator_bits:
        _warn_of_class(right.type, op)
    if op.kind == "boolean":
        return join_criteria(op, (as_criterion(other), right))
    if op.kind == "power":
        return pow(other, right)
    left = as_operand(other, right, op)
    return _binary(left, op, right)


def _warn_of_class(type_: Any, op: Operator) -> None:
    warn_deprecated(
        f"Type object {type(type_)} does not include operator '{op.name}' in its operator classes.  Using built-in operators "
        "(not including custom or overridden operators) outside of a type's stated operator classes is deprecated and will "
        f"raise InvalidRequestError in a future release. cast() or type_coerce() the value to a type that has the operator, or "
        f"say operator_classes of {type(type_).__name__}.",
        stacklevel=5,
    )


def _binary(left: Any, op: Operator, right: Any, modifiers: dict[str, Any] | None = None) -> Any:
    given, op = op, _concatenation(left, op, right)
    # Of a string and something untyped the sum is a string, on either side.
    first, second = (right, left) if op is not given and isinstance(left.type, NullType) else (left, right)
    return BinaryExpression(left, right, op, _result_type(first, op, second), modifiers=modifiers)


def _concatenation(left: Any, op: Operator, right: Any) -> Operator:
    """``+`` between strings is ``||``."""
    if op is operators.add:
        kinds = left.type._family == "string", right.type._family == "string"
        if kinds == (False, False):
            return op
        untyped = isinstance(left.type, NullType) or isinstance(right.type, NullType)
        if all(kinds) or (any(kinds) and untyped):
            return operators.concat_op
    return op


def _result_type(left: Any, op: Operator, right: Any) -> Any:
    if op.is_comparison:
        return BOOLEAN
    if op.return_type is not None:
        return op.return_type
    if op.commutative and isinstance(left.type, NullType):
        return right.type._result_type(op, left.type)
    return left.type._result_type(op, right.type)


def _compare(left: Any, op: Operator, other: Any, **modifiers: Any) -> Any:
    shape = left._shapes.get((op, other.__class__))
    if shape is not None:
        return shape.of(other)
    if other is None or other is True or other is False or isinstance(other, (Null, True_, False_)):
        return _compare_to_constant(left, op, other)
    if isinstance(left, Tuple) and isinstance(other, (tuple, list)):
        return BinaryExpression(left, _row_value(left, op, other), op, BOOLEAN)
    if _shapeable(left, op, other):
        return _interned(left, op, other)
    return BinaryExpression(left, as_operand(other, left, op), op, _result_type(left, op, left), modifiers=modifiers)


def _row_value(left: Tuple, op: Operator, members: Any) -> Tuple:
    typed = [
        (member, None if isinstance(type_, NullType) else type_)
        for member, type_ in zip(members, left.types, strict=False)
    ]
    return Tuple([BindParameter("param", member, type_, unique=True) for member, type_ in typed])


def _compare_to_constant(left: Any, op: Operator, other: Any) -> Any:
    """``= NULL`` is never true, so it is written IS NULL; true and false stay comparisons."""
    if op.kind == "custom" or op._key is not op:
        return BinaryExpression(left, as_operand(other, left, op), op, BOOLEAN)
    constant = _constant(other)
    if op not in (operators.eq, operators.ne):
        if not isinstance(other, (Null, True_, False_)):
            raise _only_with_null()
        return BinaryExpression(left, constant, op, BOOLEAN)
    if constant is NULL:
        op = operators.is_ if op is operators.eq else operators.is_not
    return BinaryExpression(left, constant, op, BOOLEAN)


def _constant(value: Any) -> Any:
    if value is None:
        return NULL
    if value is True:
        return TRUE
    return FALSE if value is False else value


def _only_with_null() -> ArgumentError:
    return ArgumentError(f"Only {_NULL_OPERATORS} operators can be used with None/True/False")


_SHAPED_VALUES: frozenset[type] = frozenset({int, str, float, bytes})


def _shapeable(left: Any, op: Operator, other: Any) -> bool:
    """Whether the comparison may be interned: its text and types depend on nothing but the class of the value."""
    return (
        "_shapes" in getattr(left, "__dict__", ())
        and op._key is op  # operators that programs make are new objects each time
        and other.__class__ in _SHAPED_VALUES
        and getattr(type(left.type).coerce_compared_value, "__module__", "").startswith("holdfast.")
    )


def _interned(left: Any, op: Operator, value: Any) -> Any:
    """Return the comparison over the shape kept at the column; a value of another class may get another type."""
    bind = as_operand(value, left, op)
    if bind.type is not left.type:
        return BinaryExpression(left, bind, op, BOOLEAN)
    # Another thread may have made the shape meanwhile; whoever asks again gets the one that was kept.
    shape: ComparisonShape = left._shapes.setdefault((op, value.__class__), ComparisonShape(left, op, bind.type))
    return shape.of(value)


def _arithmetic(left: Any, op: Operator, other: Any) -> Any:
    shape = left._shapes.get((op, other.__class__))
    if shape is not None:
        return shape.of(other)
    right = as_operand(other, left, op)
    made = _binary(left, op, right)
    # Only so is nothing of the expression decided by the value itself.
    if _shapeable(left, op, other) and right.type is left.type and made.left is left:
        left._shapes.setdefault((op, other.__class__), ArithmeticShape(made))
    return made


def _string(left: Any, op: Operator, other: Any) -> Any:
    return _binary(left, op, as_operand(other, left, op))


def _replace(left: Any, op: Operator, pattern: Any, replacement: Any, flags: str | None = None) -> Any:
    arguments = Bounds(operators.comma_op, (as_operand(pattern, left, op), as_operand(replacement, left, op)))
    modifiers = {} if flags is None else {"flags": flags}
    return BinaryExpression(left, arguments, op, left.type, modifiers=modifiers)


def _is(left: Any, op: Operator, other: Any) -> Any:
    if other is None or other is True or other is False:
        return BinaryExpression(left, _constant(other), op, BOOLEAN)
    return BinaryExpression(left, as_operand(other, left, op), op, BOOLEAN)


def _like(left: Any, op: Operator, other: Any, escape: str | None = None, autoescape: bool = False) -> Any:
    if autoescape:
        if not isinstance(other, str):
            raise TypeError("String value expected when autoescape=True")
        escape = "/" if escape is None else escape
        # The escape character itself first, or the escapes just written would be escaped again.
        if escape in ("%", "_"):
            raise ArgumentError(
                f"escape={escape!r} with autoescape: a wildcard can not be the escape character too. Take another one."
            )
        for special in (escape, "%", "_"):
            other = other.replace(special, escape + special)
    if other is None or other is True or other is False:
        raise _only_with_null()
    modifiers = {} if escape is None else {"escape": escape}
    right = as_operand(other, left, op)
    if op.precedence == operators.LOOSEST:
        # Operators that add to the pattern: their operands stand in parentheses, but for what is joined with it.
        left = left.self_group()
        joined = getattr(right, "operator", None) is operators.concat_op and right.type._family == "string"
        right = right if joined else right.self_group()
    return BinaryExpression(left, right, op, BOOLEAN, modifiers=modifiers)


def _match(left: Any, op: Operator, other: Any, flags: str | None = None, **modifiers: Any) -> Any:
    if flags is not None:
        modifiers["flags"] = flags
    type_ = MATCH if op is operators.match_op else BOOLEAN
    return BinaryExpression(left, as_operand(other, left, op), op, type_, modifiers=modifiers)


def _in(left: Any, op: Operator, other: Any) -> Any:
    return BinaryExpression(left, in_list(other, left, op), op, BOOLEAN)


def _between(left: Any, op: Operator, low: Any, high: Any, symmetric: bool = False) -> Any:
    bounds = [_bound(as_operand(bound, left, op)) for bound in (low, high)]
    modifiers = {"symmetric": True} if symmetric else {}
    return BinaryExpression(left, Bounds(operators.and_, bounds), op, BOOLEAN, modifiers=modifiers)


def _bound(bound: Any) -> Any:
    """Return a bound of BETWEEN: a truth value in parentheses, or its AND would be taken for that of BETWEEN."""
    inner = getattr(bound, "operator", None)
    return Grouping(bound) if inner is not None and inner.kind in _TRUTHS else bound


_TRUTHS = ("comparison", "like", "in", "between", "is", "boolean", "match", "not")


def _boolean(left: Any, op: Operator, other: Any) -> Any:
    return join_criteria(op, (left, as_criterion(other)))


def _not(left: Any, op: Operator) -> Any:
    return negate(left)


def _unary(left: Any, op: Operator) -> Any:
    return UnaryExpression(left, operator=op)


def _ordered(left: Any, op: Operator) -> Any:
    return UnaryExpression(left, modifier=op)


def collated(left: Any, collation: str, schema: str | None = None) -> Any:
    """Return ``left COLLATE collation``; values compared with it have the same collation."""
    type_ = left.type
    if isinstance(type_, String):
        type_ = type_.copy()
        type_.collation = collation
    return BinaryExpression(left, CollationClause(collation, schema), operators.collate, type_)


def _collate(left: Any, op: Operator, collation: str) -> Any:
    return collated(left, collation)


def _getitem(left: Any, op: Operator, index: Any) -> Any:
    raise NotImplementedError(f"Operator '{op.name}' is not supported on this expression")


def member(left: Any, op: Operator, index: Any, index_type: Any, type_: Any) -> Any:
    """Return the expression of a member of a document or array.

    Args:
        index_type: the type of a plain index; None: that of its Python class.
        type_: the type of the member.
    """
    node = resolve(index)
    if not isinstance(node, ClauseElement):
        node = BindParameter(left._bind_base, index, index_type, unique=True)
    return BinaryExpression(left, node, op, type_)


def member_as(expression: Any, type_: Any) -> Any:
    """Return the expression of a member, read as another type; the type is part of the text."""
    return BinaryExpression(
        expression.left, expression.right, expression.operator, type_, modifiers={"as": type_._type_key}
    )


def array_part(left: Any, start: Any, stop: Any, type_: Any) -> Any:
    """Return the expression of a part of an array."""
    base = left._bind_base if left.visit_name == "column" else "param"
    bounds = [
        NULL
        if bound is None
        else BindParameter(base, bound, unique=True)
        if not isinstance(bound, ClauseElement)
        else bound
        for bound in (start, stop)
    ]
    return BinaryExpression(left, Slice(*bounds), operators.getitem, type_)


def quantified(word: str, array: Any, other: Any, op: Operator, item_type: Any) -> Any:
    """Return ``other op ANY (array)``; a plain value has the type of the array's members."""
    aggregate = CollectionAggregate(word, array)
    node = resolve(other)
    if not isinstance(node, ClauseElement):
        node = BindParameter(array._bind_base, other, item_type, unique=True)
    elif isinstance(node, BindParameter) and isinstance(node.type, NullType):
        node = node.copy(type=item_type)
    return BinaryExpression(node, aggregate, op, BOOLEAN)


def _power(left: Any, op: Operator, right: Any) -> Any:
    return pow(left, right)


_RULES: dict[str, Rule] = {
    "comparison": _compare,
    "arithmetic": _arithmetic,
    "custom": _arithmetic,
    "power": _power,
    "string": _string,
    "is": _is,
    "like": _like,
    "match": _match,
    "replace": _replace,
    "in": _in,
    "between": _between,
    "boolean": _boolean,
    "not": _not,
    "unary": _unary,
    "distinct": _unary,
    "order": _ordered,
    "collate": _collate,
    "getitem": _getitem,
}

hooks.operate = operate
hooks.reverse_operate = reverse_operate
hooks.member = member
hooks.member_as = member_as
hooks.array_part = array_part
hooks.quantified = quantified
