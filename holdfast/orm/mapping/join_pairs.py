"""Which columns connect two tables of a relationship: by foreign keys, or by the condition that the program gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from holdfast.exc import AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError
from holdfast.orm.mapping.join_errors import ambiguous_keys, no_foreign_keys
from holdfast.orm.mapping.join_request import JoinRequest, Pair, unmarked
from holdfast.orm.mapping.marks import MarkedColumn, without_marks
from holdfast.sql import operators
from holdfast.sql.expressions import BinaryExpression
from holdfast.sql.traversal import iterate


def connecting_pairs(
    request: JoinRequest, one: Any, other: Any, given: Any, of_secondary: bool = False
) -> tuple[tuple[Pair, ...], Any]:
    """Return the pairs of columns that connect two tables, and the given condition, if there is one."""
    if given is not None:
        return _pairs_of_condition(request, given, one, other, of_secondary), given
    found = _foreign_key_pairs(one, other)
    if not found and (len(request.parents) > 1 or len(request.targets) > 1):
        found = _inherited_pairs(request, one, other)
    if request.foreign_keys:
        wanted = {id(column) for column in request.foreign_keys}
        found = [pairs for pairs in found if all(id(key) in wanted for _, key in pairs)]
    if not found:
        raise NoForeignKeysError(no_foreign_keys(request, one, other, of_secondary))
    if len(found) > 1:
        raise AmbiguousForeignKeysError(ambiguous_keys(request, found))
    return found[0], None


def _foreign_key_pairs(one: Any, other: Any) -> list[tuple[Pair, ...]]:
    """Return the pairs of each foreign key constraint that leads from one table to the other, either way."""
    directions = [(one, other)] if one is other else [(other, one), (one, other)]
    found: dict[int, list[Pair]] = {}
    for child, parent in directions:
        for column in child.c:
            for key in column.foreign_keys:
                if _leads_to(key, parent):
                    constraint = id(key.constraint if key.constraint is not None else key)
                    found.setdefault(constraint, []).append((key.column, column))
    return [tuple(pairs) for pairs in found.values()]


def _inherited_pairs(request: JoinRequest, one: Any, other: Any) -> list[tuple[Pair, ...]]:
    """Return the pairs between the tables of two classes of which at least one has several."""
    ones, others = ([*reversed(_all_tables(request, table))] for table in (one, other))
    # The class's own table counts before those of its parents.
    for first in ones:
        found = [pairs for second in others for pairs in _foreign_key_pairs(first, second)]
        if found:
            return found
    return []


def _all_tables(request: JoinRequest, table: Any) -> Sequence[Any]:
    for local, tables in ((request.parent, request.parents), (request.target, request.targets)):
        if table is local and tables:
            return tables
    return (table,)


def _leads_to(key: Any, table: Any) -> bool:
    """Whether a foreign key refers to a table; one whose table is not known yet does not concern us."""
    name = getattr(key, "target_fullname", None)
    if name is not None and not name.startswith(f"{table.fullname}."):
        return False
    return key.column.table is table


def _pairs_of_condition(
    request: JoinRequest, condition: Any, one: Any, other: Any, of_secondary: bool
) -> tuple[Pair, ...]:
    """Return the pairs of columns that a condition given by the program compares; marked ones keep their marks."""
    is_key = _key_test(request, condition)
    pairs: list[Pair] = []
    for node in iterate(condition):
        if not isinstance(node, BinaryExpression) or node.operator is not operators.eq:
            continue
        for referred, key in ((node.left, node.right), (node.right, node.left)):
            if _has_table(referred) and _has_table(key) and is_key(key, referred):
                pairs.append((referred, key))
                break
    if not pairs and request.viewonly:
        pairs = _loose_pairs(condition, is_key)
    if not pairs:
        kind = "secondary" if of_secondary and one is request.target else "primary"
        raise ArgumentError(
            f"Could not locate any relevant foreign key columns for {kind} join condition "
            f"'{without_marks(condition)}' on relationship {request.name}.  Ensure that referencing columns are "
            "associated with a ForeignKey or ForeignKeyConstraint, or are annotated in the join condition with the "
            "foreign() annotation. Or name them: relationship(..., foreign_keys=[...])."
        )
    return tuple(pairs)


def _key_test(request: JoinRequest, condition: Any) -> Callable[[Any, Any], bool]:
    """Return the function that tells whether a column is the key of another one: by marks, by list, by constraint."""
    if any(isinstance(node, MarkedColumn) and node.is_foreign for node in iterate(condition)):
        return lambda key, referred: isinstance(key, MarkedColumn) and key.is_foreign
    wanted = {id(column) for column in request.foreign_keys}
    if wanted:
        return lambda key, referred: id(unmarked(key)) in wanted
    return lambda key, referred: _refers(unmarked(key), unmarked(referred))


def _loose_pairs(condition: Any, is_key: Callable[[Any, Any], bool]) -> list[Pair]:
    """Return pairs of columns that anything but equality connects: enough for a relationship that is only read."""
    found: list[Pair] = []
    for node in iterate(condition):
        if not isinstance(node, BinaryExpression) or not node.operator.is_comparison:
            continue
        left, right = ([one for one in iterate(side) if _has_table(one)] for side in (node.left, node.right))
        for ones, others in ((left, right), (right, left)):
            found.extend((referred, key) for referred in ones for key in others if is_key(key, referred))
    return found


def _has_table(node: Any) -> bool:
    return getattr(node, "table", None) is not None


def _refers(key: Any, referred: Any) -> bool:
    if hasattr(referred.table, "fullname"):
        return any(_leads_to(one, referred.table) and one.column is referred for one in key.foreign_keys)
    return any(referred.table.corresponding_column(one.column) is referred for one in key.foreign_keys)
