"""Walking through expressions, and replacing parts of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from holdfast.sql.expressions import BinaryExpression, BooleanClauseList, Grouping, UnaryExpression


def iterate(node: Any) -> Iterator[Any]:
    """Yield a node and all nodes inside it, outer ones first."""
    yield node
    for child in getattr(node, "_children", ()):
        yield from iterate(child)


def replace(node: Any, substitute: Callable[[Any], Any]) -> Any:
    """Return an expression in which parts are replaced.

    Args:
        node: the expression.
        substitute: part -> what stands in its place, or None to look inside it.
    """
    found = substitute(node)
    if found is not None:
        return found
    if isinstance(node, BinaryExpression):
        left, right = replace(node.left, substitute), replace(node.right, substitute)
        return BinaryExpression(left, right, node.operator, node.type, modifiers=dict(node.modifiers))
    if isinstance(node, BooleanClauseList):
        return BooleanClauseList(node.operator, [replace(clause, substitute) for clause in node.clauses], node.type)
    if isinstance(node, Grouping):
        return Grouping(replace(node.element, substitute))
    if isinstance(node, UnaryExpression):
        return UnaryExpression(replace(node.element, substitute), node.operator, node.modifier, node.type)
    return node
