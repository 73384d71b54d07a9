"""How two mapped tables are joined for a relationship: the condition, its direction, and which column feeds which.

Found from the foreign keys between the tables, or read out of the conditions that the program gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from holdfast.exc import ArgumentError
from holdfast.orm.mapping.join_pairs import connecting_pairs
from holdfast.orm.mapping.join_request import (
    MANYTOMANY,
    MANYTOONE,
    ONETOMANY,
    JoinRequest,
    Pair,
    RelationshipDirection,
    is_among,
    unmarked,
)
from holdfast.orm.mapping.marks import MarkedColumn, without_marks
from holdfast.sql import operators
from holdfast.sql.boolean import and_
from holdfast.sql.columns import ColumnClause
from holdfast.sql.expressions import BinaryExpression, BooleanClauseList
from holdfast.sql.traversal import iterate, replace


class JoinCondition(NamedTuple):
    """How the tables of a relationship are joined.

    Attributes:
        primaryjoin: parent to target, or parent to secondary.
        secondaryjoin: secondary to target, or None.
        direction: where the foreign key stands.
        sync_pairs: (source, foreign key) columns: from parent to target or secondary; for many-to-one from target to
            parent.
        secondary_pairs: (target column, secondary column).
        local_columns, remote_columns: the columns of the condition on this side, and on the far side.
        looked_up: pairs (far column, column of this side), if the primaryjoin says nothing but that these are equal.
        marked: the primaryjoin with the columns of the far side as `MarkedColumn`: where a table refers to itself, a
            column may stand on both sides.
    """

    primaryjoin: Any
    secondaryjoin: Any
    direction: RelationshipDirection
    sync_pairs: tuple[Pair, ...]
    secondary_pairs: tuple[Pair, ...]
    local_columns: tuple[Any, ...]
    remote_columns: tuple[Any, ...]
    looked_up: tuple[Pair, ...]
    marked: Any


def determine_join(request: JoinRequest) -> JoinCondition:
    """Return the join of a relationship.

    Raises:
        NoForeignKeysError: no foreign key connects the tables.
        AmbiguousForeignKeysError: several do.
        ArgumentError: the given conditions or columns do not fit.
    """
    if request.secondary is not None:
        return _through_secondary(request)
    pairs, primaryjoin = connecting_pairs(request, request.parent, request.target, request.primaryjoin)
    direction = _direction(request, pairs)
    here, there = (0, 1) if direction is ONETOMANY else (1, 0)
    near = [unmarked(pair[here]) for pair in pairs]
    remote = _distinct(unmarked(pair[there]) for pair in pairs)
    if primaryjoin is None:
        marked = and_(*[_compared(pair, there) for pair in pairs])
        primaryjoin = and_(*[referred == key for referred, key in pairs])
    else:
        marked = _with_marks(primaryjoin, remote, request)
        primaryjoin = without_marks(primaryjoin)
    plain = tuple((unmarked(referred), unmarked(key)) for referred, key in pairs)
    local = _distinct([*near, *_near_columns(request, marked)])
    return JoinCondition(primaryjoin, None, direction, plain, (), local, remote, _looked_up(request, marked), marked)


def _near_columns(request: JoinRequest, marked: Any) -> Iterable[Any]:
    """Return the columns of this side in a condition, whether or not they are part of a key."""
    tables = request.parents or (request.parent,)
    return [
        node
        for node in iterate(marked)
        if isinstance(node, ColumnClause) and not isinstance(node, MarkedColumn) and is_among(node.table, tables)
    ]


def _looked_up(request: JoinRequest, marked: Any) -> tuple[Pair, ...]:
    near = set(map(id, _near_columns(request, marked)))
    found: list[Pair] = []
    for one in _conditions(marked):
        if not isinstance(one, BinaryExpression) or one.operator is not operators.eq:
            return ()
        for far, here in ((one.left, one.right), (one.right, one.left)):
            if isinstance(far, MarkedColumn) and id(here) in near:
                found.append((far.column, here))
                break
        else:
            return ()
    return tuple(found)


def _compared(pair: Pair, there: int) -> Any:
    """Return ``referred = key`` with a mark on the far one."""
    # Where one column stands on both sides, it is the first one that is far.
    there = 0 if pair[0] is pair[1] else there
    ends = [MarkedColumn(column, is_remote=True) if place == there else column for place, column in enumerate(pair)]
    return ends[0] == ends[1]


def _with_marks(condition: Any, remote: Sequence[Any], request: JoinRequest) -> Any:
    """Return a condition with marks on the far columns, and on no others.

    Far are the columns that the program marked; if it marked none, those of the pairs, and all others of the far table.
    """
    given = any(isinstance(node, MarkedColumn) and node.is_remote for node in iterate(condition))
    far = {id(column) for column in remote}

    def substitute(node: Any) -> Any:
        column = unmarked(node)
        if not isinstance(column, ColumnClause):
            return None
        is_marked = isinstance(node, MarkedColumn) and node.is_remote
        is_far = is_marked if given else id(column) in far or request.is_far(column)
        return MarkedColumn(column, is_remote=True) if is_far else column

    return replace(condition, substitute)


def _through_secondary(request: JoinRequest) -> JoinCondition:
    pairs, primaryjoin = connecting_pairs(
        request, request.parent, request.secondary, request.primaryjoin, of_secondary=True
    )
    far_pairs, secondaryjoin = connecting_pairs(
        request, request.target, request.secondary, request.secondaryjoin, of_secondary=True
    )
    pairs, far_pairs = ([(unmarked(one), unmarked(other)) for one, other in found] for found in (pairs, far_pairs))
    primaryjoin = _condition_of(primaryjoin, pairs)
    secondaryjoin = without_marks(_condition_of(secondaryjoin, far_pairs))
    remote = _distinct(key for _, key in (*pairs, *far_pairs))
    marked = replace(
        without_marks(primaryjoin),
        lambda node: MarkedColumn(node, is_remote=True) if getattr(node, "table", None) is request.secondary else None,
    )
    local = _distinct([*[referred for referred, _ in pairs], *_near_columns(request, marked)])
    return JoinCondition(
        without_marks(primaryjoin), secondaryjoin, MANYTOMANY, tuple(pairs), tuple(far_pairs), local, remote, (), marked
    )


def _condition_of(given: Any, pairs: Iterable[Pair]) -> Any:
    return and_(*[referred == key for referred, key in pairs]) if given is None else given


def _conditions(condition: Any) -> Sequence[Any]:
    return condition.clauses if isinstance(condition, BooleanClauseList) else (condition,)


def _direction(request: JoinRequest, pairs: Sequence[Pair]) -> RelationshipDirection:
    """Return where the foreign key stands; between a table and itself, `remote_side` decides."""
    if request.parent is not request.target:
        far = [(request.is_far(unmarked(referred)), request.is_far(unmarked(key))) for referred, key in pairs]
        if all(one != other for one, other in far):
            return ONETOMANY if all(key for _, key in far) else MANYTOONE
    marks = [_is_marked_remote(column) for pair in pairs for column in pair]
    if any(marks):
        return MANYTOONE if all(marks[::2]) and not all(marks[1::2]) else ONETOMANY
    if not request.remote_side:
        return ONETOMANY
    remote = {id(column) for column in request.remote_side}
    if all(id(unmarked(key)) in remote for _, key in pairs):
        return ONETOMANY
    if all(id(unmarked(referred)) in remote for referred, _ in pairs):
        return MANYTOONE
    names = ", ".join(f"{column.table.name}.{column.name}" for column in request.remote_side)
    ends = ", ".join(f"{r.table.name}.{r.name} = {k.table.name}.{k.name}" for r, k in pairs)
    raise ArgumentError(
        f"remote_side of relationship {request.name} names {names}, which is neither end of its join ({ends}). On the "
        f"many-to-one side it must be the referred column, on the one-to-many side the foreign key."
    )


def _is_marked_remote(column: Any) -> bool:
    return isinstance(column, MarkedColumn) and column.is_remote


def _distinct(columns: Iterable[Any]) -> tuple[Any, ...]:
    return tuple({id(column): column for column in columns}.values())
