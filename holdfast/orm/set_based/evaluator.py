"""Compiles SQL criteria and values into Python functions over an object's attributes, where both agree exactly.

What the database would decide differently, or might, is refused: functions, subqueries, text collations other than
binary order, values of mixed types. NULL is None, with the three-valued logic of the standard.
"""

from __future__ import annotations

import operator as python_operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

Evaluator: TypeAlias = Callable[[Mapping[str, Any]], Any]
"""(attribute values) -> value; True, False or None for criteria. Raises KeyError where a value is not loaded."""

COMPARABLE = (int, str, bytes, bool)
"""Python types whose == and order are those of the database's binary comparison, if both sides are of one type."""


class UnevaluatableError(Exception):
    """The expression can not be decided in Python exactly as the database would."""


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "eq": python_operator.eq,
    "ne": python_operator.ne,
    "lt": python_operator.lt,
    "le": python_operator.le,
    "gt": python_operator.gt,
    "ge": python_operator.ge,
}
_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "add": python_operator.add,
    "sub": python_operator.sub,
    "mul": python_operator.mul,
}


def compile_evaluator(node: Any, mapper: Any) -> Evaluator:
    """Return the function that evaluates `node` over attribute values of `mapper`'s objects.

    Args:
        node: a criterion or a value expression; None: always true.

    Raises: UnevaluatableError: names what stands in the way.
    """
    if node is None:
        return lambda values: True
    build = _BUILDERS.get(node.visit_name)
    if build is None:
        raise UnevaluatableError(f"Cannot evaluate {type(node).__name__}")
    return build(node, mapper)


def _column(node: Any, mapper: Any) -> Evaluator:
    column = getattr(node, "column", node)
    try:
        name = mapper.name_of_column(column)
    except LookupError:
        raise UnevaluatableError(f"Cannot evaluate expression: {node} is not a column of {mapper.class_name}") from None
    return lambda values: values[name]


def _bind(node: Any, mapper: Any) -> Evaluator:
    if node.required or node.callable is not None:
        raise UnevaluatableError("Cannot evaluate a named parameter")
    value = node.value
    return lambda values: value


def _grouping(node: Any, mapper: Any) -> Evaluator:
    return compile_evaluator(node.element, mapper)


def _null(node: Any, mapper: Any) -> Evaluator:
    return lambda values: None


def _binary(node: Any, mapper: Any) -> Evaluator:
    name = node.operator.name
    if node.modifiers:
        raise UnevaluatableError(f"Cannot evaluate {name} with modifiers")
    if name in ("is_", "is_not"):
        return _is(node, mapper, name == "is_")
    if name in ("in_op", "not_in_op"):
        return _in(node, mapper, name == "in_op")
    left, right = compile_evaluator(node.left, mapper), compile_evaluator(node.right, mapper)
    if name in _COMPARISONS:
        return _comparing(left, right, _COMPARISONS[name])
    if name in _ARITHMETIC and _are_numbers(node):
        return _calculating(left, right, _ARITHMETIC[name])
    raise UnevaluatableError(f"Cannot evaluate operator {name}")


def _are_numbers(node: Any) -> bool:
    return all(side.type.python_type is int for side in (node.left, node.right))


def _comparing(left: Evaluator, right: Evaluator, compare: Callable[[Any, Any], Any]) -> Evaluator:
    def evaluate(values: Mapping[str, Any]) -> Any:
        one, other = left(values), right(values)
        if one is None or other is None:
            return None
        if type(one) is not type(other) or not isinstance(one, COMPARABLE):
            # Two types, or one whose stored form orders differently: only the database knows.
            raise KeyError(compare.__name__)
        return compare(one, other)

    return evaluate


def _calculating(left: Evaluator, right: Evaluator, calculate: Callable[[Any, Any], Any]) -> Evaluator:
    def evaluate(values: Mapping[str, Any]) -> Any:
        one, other = left(values), right(values)
        if one is None or other is None:
            return None
        result = calculate(one, other)
        if type(one) is not int or type(other) is not int or not -(2**63) <= result < 2**63:
            raise KeyError(calculate.__name__)
        return result

    return evaluate


def _is(node: Any, mapper: Any, positive: bool) -> Evaluator:
    if node.right.visit_name != "null":
        raise UnevaluatableError("Cannot evaluate IS with anything but NULL")
    left = compile_evaluator(node.left, mapper)
    if positive:
        return lambda values: left(values) is None
    return lambda values: left(values) is not None


def _in(node: Any, mapper: Any, positive: bool) -> Evaluator:
    members = getattr(node.right, "value", None)
    if not isinstance(members, (list, tuple)):
        raise UnevaluatableError("Cannot evaluate IN with anything but a list of values")
    left = compile_evaluator(node.left, mapper)
    kinds = {type(member) for member in members}

    def evaluate(values: Mapping[str, Any]) -> Any:
        value = left(values)
        if not members:
            return not positive
        if value is None:
            return None
        if kinds - {type(value), type(None)} or not isinstance(value, COMPARABLE):
            raise KeyError("in")
        if value in members:
            return positive
        return None if type(None) in kinds else not positive

    return evaluate


def _boolean_list(node: Any, mapper: Any) -> Evaluator:
    parts = [compile_evaluator(clause, mapper) for clause in node.clauses]
    decisive = node.operator.name == "or_"

    def evaluate(values: Mapping[str, Any]) -> Any:
        found: Any = not decisive
        for part in parts:
            value = part(values)
            if value is decisive:
                return decisive
            if value is None:
                found = None
        return found

    return evaluate


def _unary(node: Any, mapper: Any) -> Evaluator:
    if getattr(node.operator, "name", None) != "inv":
        raise UnevaluatableError("Cannot evaluate a unary operator other than NOT")
    element = compile_evaluator(node.element, mapper)

    def evaluate(values: Mapping[str, Any]) -> Any:
        value = element(values)
        return None if value is None else not value

    return evaluate


_BUILDERS: dict[str, Callable[[Any, Any], Evaluator]] = {
    "attribute": _column,
    "column": _column,
    "bindparam": _bind,
    "grouping": _grouping,
    "null": _null,
    "binary": _binary,
    "expression_list": _boolean_list,
    "unary": _unary,
}
