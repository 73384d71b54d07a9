"""Walking through expressions and statements, and replacing parts of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from holdfast.sql.binds import BindParameter
from holdfast.sql.columns import ColumnClause
from holdfast.sql.conversions import Case, Cast, Extract, TypeCoerce
from holdfast.sql.cte import CTE
from holdfast.sql.element import hooks
from holdfast.sql.expressions import (
    AsBoolean,
    BinaryExpression,
    ClauseList,
    ExpressionClauseList,
    Grouping,
    Tuple,
    UnaryExpression,
)
from holdfast.sql.from_clause import AliasedFrom, Join, select_hook
from holdfast.sql.functions import FunctionElement
from holdfast.sql.labels import Label
from holdfast.sql.scalar_subqueries import Exists, ScalarSelect
from holdfast.sql.statement import Statement
from holdfast.sql.text import TextClause

Substitute = Callable[[Any], Any]


def iterate(node: Any) -> Iterator[Any]:
    """Yield an element and all elements inside it, outer ones first."""
    yield node
    for child in getattr(node, "_children", ()):
        yield from iterate(child)


def replace(node: Any, substitute: Substitute) -> Any:
    """Return an expression or statement in which parts are replaced; what holds none of them stays the same object.

    Args:
        node: the expression or statement.
        substitute: part -> what stands in its place, or None to look inside it.
    """
    return _Replacement(substitute).of(node)


def replacing(substitute: Substitute) -> Callable[[Any], Any]:
    """Return the function that replaces in several nodes as `replace` does in one: what they share is replaced once."""
    return _Replacement(substitute).of


class _Replacement:
    """One replacement: each part is replaced once, however often it stands in the statement.

    Args:
        substitute: part -> what stands in its place, or None.
    """

    def __init__(self, substitute: Substitute) -> None:
        self._substitute = substitute
        self._done: dict[int, tuple[Any, Any]] = {}

    def of(self, node: Any) -> Any:
        """Return what stands in the place of a node."""
        known = self._done.get(id(node))
        if known is None:
            found = self._substitute(node)
            # The node itself is kept, so that its id is not given to another one meanwhile.
            known = self._done[id(node)] = (node, self._inside(node) if found is None else found)
        return known[1]

    def all(self, nodes: Any) -> tuple[Any, ...]:
        """Return what stands in the places of several nodes."""
        return tuple(self.of(node) for node in nodes)

    def _inside(self, node: Any) -> Any:
        if isinstance(node, Statement) and not hasattr(node, "_with_parts"):
            return self._statement(node)
        if isinstance(node, CTE):
            return self._cte(node)
        if isinstance(node, AliasedFrom):
            element = self.of(node.element)
            return node if element is node.element else node._with_element(element)
        if isinstance(node, ColumnClause) and getattr(node.table, "is_named_from", False):
            table = self.of(node.table)
            return node if table is node.table else table.c[node.key]
        if isinstance(node, Join):
            parts = self.all((node.left, node.right, node.onclause))
            same = parts[0] is node.left and parts[1] is node.right and parts[2] is node.onclause
            return node if same else Join(*parts, node.isouter, node.full)
        children = getattr(node, "_children", ())
        replaced = self.all(children)
        if all(old is new for old, new in zip(children, replaced, strict=True)):
            return node
        return _rebuilt(node, replaced)

    def _cte(self, cte: CTE) -> CTE:
        """Replace inside a common table expression; one that reads from itself stays as it is."""
        if cte.recursive:
            return cte
        element = self.of(cte.element)
        return cte if element is cte.element else cte._with_element(element)

    def _statement(self, statement: Any) -> Any:
        if isinstance(statement, TextClause):
            binds = {name: self.of(bind) for name, bind in statement._binds.items()}
            same = all(binds[name] is bind for name, bind in statement._binds.items())
            return statement if same else statement._copy(_binds=binds)
        changes = {}
        for name in statement._clauses:
            clause = statement.__dict__.get(name)
            new = self._clause(clause)
            if new is not clause:
                changes[name] = new
        return statement._copy(**changes) if changes else statement

    def _clause(self, clause: Any) -> Any:
        """Return a clause with its nodes replaced; its parts may be tuples of nodes themselves."""
        if isinstance(clause, tuple):
            parts = [self._clause(part) for part in clause]
            if all(old is new for old, new in zip(clause, parts, strict=True)):
                return clause
            return type(clause)(*parts) if hasattr(clause, "_fields") else tuple(parts)
        return self.of(clause) if getattr(clause, "is_clause_element", False) else clause


def _rebuilt(node: Any, parts: tuple[Any, ...]) -> Any:
    """Return a node of the same kind over other parts."""
    if hasattr(node, "_with_parts"):
        return node._with_parts(parts)
    for kind, rebuild in _REBUILD:
        if isinstance(node, kind):
            return rebuild(node, parts)
    return node


def _rebuilt_case(node: Case[Any], parts: tuple[Any, ...]) -> Case[Any]:
    rest = list(parts)
    value = rest.pop(0) if node.value is not None else None
    else_ = rest.pop() if node.else_ is not None else None
    return Case(tuple(zip(rest[::2], rest[1::2], strict=True)), value, else_)


def _rebuilt_function(node: Any, parts: tuple[Any, ...]) -> Any:
    new = object.__new__(type(node))
    new.__dict__.update(node.__dict__)
    new.type = node.type
    new.clause_expr = parts[0]
    new._set_key()
    return new


_REBUILD: list[tuple[Any, Callable[[Any, tuple[Any, ...]], Any]]] = [
    (BinaryExpression, lambda n, p: BinaryExpression(p[0], p[1], n.operator, n.type, modifiers=dict(n.modifiers))),
    (ExpressionClauseList, lambda n, p: type(n)(n.operator, p, n.type)),
    (ClauseList, lambda n, p: ClauseList(*p)),
    (ScalarSelect, lambda n, p: ScalarSelect(p[0])),
    (Exists, lambda n, p: Exists(p[0])),
    (Grouping, lambda n, p: Grouping(p[0])),
    (UnaryExpression, lambda n, p: UnaryExpression(p[0], n.operator, n.modifier, n.type)),
    (AsBoolean, lambda n, p: AsBoolean(p[0], n.negated)),
    (Label, lambda n, p: Label(n.name, p[0], n.type)),
    (Cast, lambda n, p: type(n)(p[0], n.type)),
    (TypeCoerce, lambda n, p: TypeCoerce(p[0], n.type)),
    (Extract, lambda n, p: Extract(n.field, p[0])),
    (Case, _rebuilt_case),
    (Tuple, lambda n, p: Tuple(p)),
    (FunctionElement, _rebuilt_function),
]


def replace_binds(node: Any, values: Mapping[str, Any], unique: bool = False) -> Any:
    """Return an expression or statement in which the named parameters have these values.

    Args:
        node: the expression or statement.
        values: by the parameters' names; other names say nothing.
        unique: the parameters get names of their own.
    """

    def with_value(part: Any) -> Any:
        if isinstance(part, BindParameter) and (unique or not part.unique) and part.key in values:
            replaced = part.with_value(values[part.key])
            return replaced.copy(unique=True) if unique else replaced
        return None

    return replace(node, with_value)


hooks.replace_binds = replace_binds
select_hook.replace = replace
