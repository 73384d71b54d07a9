"""Classes of several tables that are joined to others of their hierarchy: they get a name of their own, with a warning.

``select(Employee).join(Employee.manager)`` would read the table of employees twice under one name. What the statement says of
the joined class is then said of its alias. A program that needs both says so itself, by `aliased`.
"""

from __future__ import annotations

from typing import Any

from holdfast.exc import warn
from holdfast.orm.aliased import AliasedInsp
from holdfast.sql.from_clause import Join
from holdfast.sql.hierarchies import entities_in
from holdfast.sql.traversal import replace

_CLAUSES = ("_where", "_order_by", "_group_by", "_having")


def set_apart(statement: Any) -> Any:
    """Return a SELECT in which joined classes have names of their own where they share tables with others.

    Warns: SAWarning: of each such class.
    """
    if not any(_is_of_several_tables(step.target) for step in statement._joins):
        return statement
    targets = [step.target for step in statement._joins]
    present = [
        table
        for entity in entities_in(
            (*statement._columns, *statement._from, *[step.left for step in statement._joins if step.left is not None])
        )
        if not any(entity is target for target in targets)
        for table in _tables_of(entity)
    ]
    aliases: dict[Any, Any] = {}
    for target in targets:
        if _is_of_several_tables(target) and any(table is one for table in target.own_tables for one in present):
            aliases[target] = _alias_of(target)
        else:
            present.extend(_tables_of(target))
    if not aliases:
        return statement
    changes: dict[str, Any] = {
        name: tuple(_moved(one, aliases) for one in getattr(statement, name)) for name in _CLAUSES
    }
    changes["_columns"] = tuple(aliases.get(one) or _moved(one, aliases) for one in statement._columns)
    changes["_joins"] = tuple(_joined(step, aliases) for step in statement._joins)
    return statement._copy(**changes)


def _is_of_several_tables(target: Any) -> bool:
    return getattr(target, "is_mapper", False) and isinstance(target.selectable, Join)


def _tables_of(entity: Any) -> tuple[Any, ...]:
    return entity.own_tables if getattr(entity, "is_mapper", False) else ()


def _alias_of(mapper: Any) -> AliasedInsp:
    warn(
        f"An alias is being generated automatically against joined entity {mapper} due to overlapping tables.  This is a "
        "legacy pattern which may be deprecated in a later release.  Use the aliased(<entity>, flat=True) construct instead: "
        f"other = aliased({mapper.class_name}, flat=True); join other."
    )
    alias = AliasedInsp(mapper, mapper.selectable.alias(flat=True))
    alias.entity_name = mapper.entity_name
    return alias


def _joined(step: Any, aliases: dict[Any, Any]) -> Any:
    """Return a JOIN with the alias in it; along a relationship, the condition is made anew."""
    alias = aliases.get(step.target)
    left = aliases.get(step.left, step.left)
    if alias is None:
        return step._replace(onclause=_moved(step.onclause, aliases), left=left)
    return step._replace(target=alias, onclause=_condition(step, alias, aliases), left=left)


def _condition(step: Any, alias: Any, aliases: dict[Any, Any]) -> Any:
    if step.along is not None:
        return step.along(alias)
    return _moved(step.onclause, aliases)


def _moved(node: Any, aliases: dict[Any, Any]) -> Any:
    """Return an expression in which attributes of the joined classes are those of their aliases."""
    if node is None or getattr(node, "is_entity", False):
        return node

    def substitute(part: Any) -> Any:
        if getattr(part, "is_attribute", False) and part.parent in aliases:
            return aliases[part.parent].attribute(part.key)
        return None

    return replace(node, substitute)
