"""Compiles SQL criteria and values into generated Python over an object's attributes, where both agree exactly.

What the database would decide differently, or might, is refused: functions, subqueries, text whose order its collation
decides, values of mixed types. NULL is None, with the three-valued logic of the standard. What can not be told of one
object alone (a value that is not loaded, or of another class than its column's) raises `Unsure` for that object.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.orm.set_based.code_writer import Form, Operand, UnevaluatableError, Writer
from holdfast.orm.set_based.exact_arithmetic import ARITHMETIC
from holdfast.orm.set_based.exact_types import BOOL
from holdfast.sql.expressions import Comparison

_SYMBOLS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _binary(writer: Writer, node: Any, depth: int) -> Operand:
    name = node.operator.name
    if node.__class__ is Comparison:
        # It holds the value itself.
        left = writer.known(node.left, depth)
        return writer.compare(_SYMBOLS[name], left, writer.bind(node, depth, node._shape.type), depth)
    if node.modifiers:
        raise UnevaluatableError(f"Cannot evaluate {name} with modifiers")
    special = _SPECIAL.get(name)
    if special is not None:
        return special(writer, node, depth)
    left, right = writer.known(node.left, depth), writer.known(node.right, depth)
    if name in _SYMBOLS and node.operator.kind == "comparison":
        return writer.compare(_SYMBOLS[name], left, right, depth)
    calculate = ARITHMETIC.get((name, _number(left, right)))
    if calculate is None:
        raise UnevaluatableError(f"Cannot evaluate operator {name}")
    found = writer.variable()
    function = writer.name(calculate.function, "calculate")
    writer.line(depth, f"if {left.code} is None or {right.code} is None: {found} = None")
    writer.line(depth, "else:")
    if calculate.code is not None:
        for text in calculate.code.format(found=found, left=left.code, right=right.code).splitlines():
            writer.line(depth + 1, text)
    else:
        writer.line(depth + 1, f"{found} = {function}({left.code}, {right.code})")
    return Operand(found, calculate.kind)


def _number(left: Operand, right: Operand) -> str:
    """Return the kind of the result of arithmetic with two operands; "" where there is none."""
    names = {operand.kind.name for operand in (left, right) if operand.kind is not None}
    if len(names) == 1:
        return names.pop()
    if names in ({"int", "float"}, {"int", "decimal"}):
        return (names - {"int"}).pop()
    return ""


def _is(positive: bool) -> Form:
    def write(writer: Writer, node: Any, depth: int) -> Operand:
        left = writer.known(node.left, depth)
        constant = {"null": "None", "true": "True", "false": "False"}.get(node.right.visit_name)
        if constant is None or (constant != "None" and left.kind is not BOOL):
            raise UnevaluatableError("Cannot evaluate IS with anything but NULL, true and false")
        found = writer.variable()
        writer.line(depth, f"{found} = {left.code} is {'' if positive else 'not '}{constant}")
        return Operand(found, BOOL)

    return write


def _distinct(symbol: str) -> Form:
    def write(writer: Writer, node: Any, depth: int) -> Operand:
        left, right = writer.known(node.left, depth), writer.known(node.right, depth)
        return writer.compare(symbol, left, right, depth, nulls_differ=True)

    return write


def _in(positive: bool) -> Form:
    def write(writer: Writer, node: Any, depth: int) -> Operand:
        if node.right.visit_name != "bindparam" or not node.right.expanding:
            raise UnevaluatableError("Cannot evaluate IN with anything but a list of values")
        left = writer.known(node.left, depth)
        kind = writer.kind(node.right.type)
        if kind is None or left.kind is None or kind.name != left.kind.name:
            raise UnevaluatableError("Cannot evaluate IN with values of another type")
        members, found = writer.members(kind, node.right), writer.variable()
        writer.line(depth, f"if not {members}[0]: {found} = {not positive}")
        writer.line(depth, f"elif {left.code} is None: {found} = None")
        writer.line(depth, "else:")
        if kind.near is not None:
            near = writer.name(kind.near, "near")
            writer.line(depth + 1, f"if any([{near}({left.code}, one) for one in {members}[2]]): raise Unsure")
        writer.line(depth + 1, f"if {left.code} in {members}[2]: {found} = {positive}")
        writer.line(depth + 1, f"else: {found} = None if {members}[1] else {not positive}")
        return Operand(found, BOOL)

    return write


def _between(writer: Writer, node: Any, depth: int) -> Operand:
    value = writer.known(node.left, depth)
    low, high = [writer.known(bound, depth) for bound in node.right.clauses]
    found = _joined(writer, depth, "False", [
        lambda inner: writer.compare(">=", value, low, inner), lambda inner: writer.compare("<=", value, high, inner),
    ])  # fmt: skip
    return found if node.operator.name == "between_op" else _negated(writer, found, depth)


def _joined(writer: Writer, depth: int, decisive: str, parts: list[Callable[[int], Operand]]) -> Operand:
    """Write AND (`decisive` False) or OR (True): a part that decides spares the rest."""
    found = writer.variable()
    writer.line(depth, f"{found} = {decisive != 'True'}")
    for number, part in enumerate(parts):
        inner = depth
        if number:
            writer.line(depth, f"if {found} is not {decisive}:")
            inner = depth + 1
        value = part(inner)
        if value.kind is not BOOL and value.code != "None":
            raise UnevaluatableError("Cannot evaluate a criterion that is no truth value")
        writer.line(inner, f"if {value.code} is {decisive}: {found} = {decisive}")
        writer.line(inner, f"elif {value.code} is None: {found} = None")
    return Operand(found, BOOL)


def _expression_list(writer: Writer, node: Any, depth: int) -> Operand:
    if node.operator.name not in ("and_", "or_"):
        raise UnevaluatableError(f"Cannot evaluate {type(node).__name__}")
    return join(writer, node.clauses, depth, node.operator.name == "or_")


def join(writer: Writer, criteria: Any, depth: int, is_or: bool = False) -> Operand:
    """Write criteria joined by AND or OR."""
    parts = [lambda inner, clause=clause: writer.known(clause, inner) for clause in criteria]
    return _joined(writer, depth, str(is_or), parts)


def _negated(writer: Writer, value: Operand, depth: int) -> Operand:
    if value.kind is not BOOL and value.code != "None":
        raise UnevaluatableError("Cannot evaluate NOT of what is no truth value")
    found = writer.variable()
    writer.line(depth, f"{found} = None if {value.code} is None else not {value.code}")
    return Operand(found, BOOL)


def _unary(writer: Writer, node: Any, depth: int) -> Operand:
    name = getattr(node.operator, "name", None)
    if name == "inv":
        return _negated(writer, writer.known(node.element, depth), depth)
    if name != "neg":
        raise UnevaluatableError("Cannot evaluate a unary operator other than NOT and minus")
    value = writer.known(node.element, depth)
    calculate = ARITHMETIC.get(("sub", value.kind.name if value.kind else ""))
    if calculate is None:
        raise UnevaluatableError("Cannot evaluate minus of what is no number")
    found = writer.variable()
    function = writer.name(calculate.function, "calculate")
    writer.line(depth, f"{found} = None if {value.code} is None else {function}(0, {value.code})")
    return Operand(found, calculate.kind)


def _as_boolean(writer: Writer, node: Any, depth: int) -> Operand:
    value = writer.known(node.element, depth)
    return _negated(writer, value, depth) if node.negated else value


_SPECIAL: dict[str, Form] = {
    "is_": _is(True),
    "is_not": _is(False),
    "is_distinct_from": _distinct("!="),
    "is_not_distinct_from": _distinct("=="),
    "in_op": _in(True),
    "not_in_op": _in(False),
    "between_op": _between,
    "not_between_op": _between,
}
_FORMS: dict[str, Form] = {
    "attribute": Writer.column,
    "column": Writer.column,
    "bindparam": Writer.bind,
    "grouping": lambda writer, node, depth: writer.write(node.element, depth),
    "null": lambda writer, node, depth: Operand("None", None),
    "true": lambda writer, node, depth: Operand("True", BOOL),
    "false": lambda writer, node, depth: Operand("False", BOOL),
    "binary": _binary,
    "expression_list": _expression_list,
    "unary": _unary,
    "as_boolean": _as_boolean,
}


def writer_for(mapper: Any, dialect: Any, holders: tuple[Any, ...]) -> Writer:
    """Return a writer of criteria and values; see `Writer`."""
    return Writer(mapper, dialect, holders, _FORMS)
