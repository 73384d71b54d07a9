"""What class hierarchies add to a statement: the condition that a row is of a class without a table of its own, and the join
of tables that the objects of a class are stored in.

An entity of a class without a table has ``_kind_criterion()``; the compiler asks for it wherever the entity stands in a
statement. Programs without hierarchies pay one look at a flag per compiled statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast.sql.boolean import and_
from holdfast.sql.from_clause import Join


class _Watch:
    """What there is to look for.

    Attributes:
        kinds: some class is mapped to the table of its parent.
        joins: some class has several tables.
        unions: some class is read from a union of tables.
    """

    kinds = False
    joins = False
    unions = False


watch = _Watch()


def with_kinds(select: Any) -> tuple[Any, list[Any]]:
    """Return a SELECT with the conditions of the classes that it reads: of joined ones in ON, of others in WHERE.

    Returns: the statement, and the conditions.
    """
    if getattr(select, "_kinds_settled", False):
        return select, []
    criteria: list[Any] = []
    joined: set[int] = set()
    steps = []
    for step in select._joins:
        criterion = _criterion(step.target)
        if criterion is not None and step.onclause is not None:
            criteria.append(criterion)
            step = step._replace(onclause=and_(step.onclause, criterion))
        joined.add(id(step.target))
        steps.append(step)
    found: dict[int, Any] = {}
    for entity in entities_in((*select._columns, *select._from, *select._where)):
        if id(entity) not in joined:
            found.setdefault(id(entity), entity)
    outside = [one for entity in found.values() if (one := _criterion(entity)) is not None]
    if not criteria and not outside:
        return select, []
    changes: dict[str, Any] = {"_where": (*select._where, *outside), "_kinds_settled": True}
    if criteria:
        changes["_joins"] = tuple(steps)
    return select._copy(**changes), [*criteria, *outside]


def with_kind(statement: Any) -> tuple[Any, list[Any]]:
    """Return an UPDATE or DELETE with the condition that a row is of its class, where the table has others too.

    Returns: the statement, and the conditions: one, or none.
    """
    criterion = None if getattr(statement, "_kinds_settled", False) else _criterion(statement.entity)
    if criterion is None:
        return statement, []
    return statement._copy(_where=(*statement._where, criterion), _kinds_settled=True), [criterion]


def _criterion(entity: Any) -> Any:
    make = getattr(entity, "_kind_criterion", None)
    return None if make is None else make()


def entities_in(nodes: Iterable[Any]) -> Iterator[Any]:
    """Yield the entities that stand in expressions; those of statements inside are left away."""
    for node in nodes:
        if getattr(node, "is_entity", False):
            yield node
        elif node.visit_name == "attribute":
            if getattr(node, "entity", None) is not None:
                yield node.entity
        elif node.visit_name not in _STATEMENTS:
            yield from entities_in(getattr(node, "_children", ()))


_STATEMENTS = frozenset((
    "select", "compound_select", "textual_select", "subquery", "cte", "alias", "lateral", "scalar_select", "exists", "table",
))  # fmt: skip


def joined_froms(column: Any) -> list[Any]:
    """Return the joins that an expression among the columns of a SELECT needs, because of the classes named in it."""
    found: list[Any] = []
    for entity in entities_in((column,)):
        source = getattr(entity, "selectable", None)
        if isinstance(source, Join) and not any(source is one for one in found):
            found.append(source)
    return found
