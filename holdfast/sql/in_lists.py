"""The right side of IN: a list of plain values is one parameter that expands when the statement is executed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.exc import warn
from holdfast.sql.binds import BindParameter, bind_compared_to
from holdfast.sql.coercions import not_expected, resolve
from holdfast.sql.element import ClauseElement, ColumnElement
from holdfast.sql.expressions import ClauseList, Grouping, Tuple
from holdfast.sql.operators import Operator

EXPECTED = "IN expression list, SELECT construct, or bound parameter object expected"


def in_list(value: Any, against: ColumnElement[Any], op: Operator) -> Any:
    """Return the right side of ``against IN value``.

    Args:
        value: a list of values or expressions, a SELECT, a FROM element, a text or a parameter.
        against: the left side.
        op: IN or NOT IN.

    Raises:
        ArgumentError: `value` is a string, a number or an expression that is no list.
    """
    node = resolve(value)
    if isinstance(node, ClauseElement):
        return _from_node(node, value, against, op)
    if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
        raise not_expected(EXPECTED, value, " One value is compared by ==, several are given as a list.")
    members = list(value)
    if not any(_is_node(member) for member in members):
        return _expanding(members, against, op)
    return _mixed(members, value, against, op)


def _from_node(node: ClauseElement, value: Any, against: ColumnElement[Any], op: Operator) -> Any:
    if isinstance(node, BindParameter):
        if node.expanding:
            return node
        return node.copy(expanding=True, type=against.type if node.value is None else node.type)
    if node.visit_name == "values":
        return node.scalar_values()  # type: ignore[attr-defined]
    if node.is_selectable:
        if node.is_statement:
            return node.scalar_subquery()  # type: ignore[attr-defined]
        warn(
            f"Coercing {type(node).__name__} object into a select() for use in IN(); please pass a select() construct "
            "explicitly"
        )
        return node.select().scalar_subquery()  # type: ignore[attr-defined]
    if node.visit_name in ("scalar_select", "grouping", "scalar_values"):
        return node
    if node.visit_name in ("function", "function_element"):
        return node.select().scalar_subquery()  # type: ignore[attr-defined]
    if node.visit_name == "text":
        return Grouping(node)
    raise not_expected(EXPECTED, value)


def _is_node(member: Any) -> bool:
    return isinstance(member, ClauseElement) or hasattr(member, "__clause_element__")


def _expanding(members: list[Any], against: ColumnElement[Any], op: Operator) -> Any:
    if isinstance(against, Tuple):
        return BindParameter("param", members, against.row_type, unique=True, expanding=True)
    return bind_compared_to(against, op, members, expanding=True)


def _mixed(members: list[Any], value: Any, against: ColumnElement[Any], op: Operator) -> Any:
    clauses = []
    for member in members:
        node = resolve(member)
        if isinstance(node, ClauseElement):
            if not isinstance(node, ColumnElement):
                raise not_expected(EXPECTED, value)
            clauses.append(node)
        else:
            clauses.append(bind_compared_to(against, op, member))
    return Grouping(ClauseList(*clauses))
