"""How two mapped tables are joined for a relationship: the condition, its direction, and which column feeds which.

Found from the foreign keys between the tables, or read out of the conditions that the program gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from holdfast._util.suggestions import did_you_mean
from holdfast.exc import AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError
from holdfast.sql import operators
from holdfast.sql.boolean import and_
from holdfast.sql.expressions import BinaryExpression, BooleanClauseList
from holdfast.sql.traversal import iterate

Pair: TypeAlias = tuple[Any, Any]
"""A referred column and the foreign key column that holds its value."""


class RelationshipDirection(Enum):
    """Where the foreign key stands: at the other class, at this one, or in a table between."""

    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3


ONETOMANY = RelationshipDirection.ONETOMANY
MANYTOONE = RelationshipDirection.MANYTOONE
MANYTOMANY = RelationshipDirection.MANYTOMANY


class JoinRequest(NamedTuple):
    """What a relationship says about its join.

    Attributes:
        name: ``Parent.children``, for messages.
        parent, target: the tables.
        secondary: the table between, or None.
        primaryjoin, secondaryjoin: the conditions, or None.
        foreign_keys: the columns that are to count as foreign keys; empty: those that are declared so.
        remote_side: the columns on the far side; empty: found out.
    """

    name: str
    parent: Any
    target: Any
    secondary: Any = None
    primaryjoin: Any = None
    secondaryjoin: Any = None
    foreign_keys: Sequence[Any] = ()
    remote_side: Sequence[Any] = ()


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
        is_plain: the primaryjoin consists of nothing but the pairs.
    """

    primaryjoin: Any
    secondaryjoin: Any
    direction: RelationshipDirection
    sync_pairs: tuple[Pair, ...]
    secondary_pairs: tuple[Pair, ...]
    local_columns: tuple[Any, ...]
    remote_columns: tuple[Any, ...]
    is_plain: bool


def determine_join(request: JoinRequest) -> JoinCondition:
    """Return the join of a relationship.

    Raises:
        NoForeignKeysError: no foreign key connects the tables.
        AmbiguousForeignKeysError: several do.
        ArgumentError: the given conditions or columns do not fit.
    """
    if request.secondary is not None:
        return _through_secondary(request)
    pairs, primaryjoin = _pairs(request, request.parent, request.target, request.primaryjoin)
    direction = _direction(request, pairs)
    here, there = (0, 1) if direction is ONETOMANY else (1, 0)
    local = _distinct(pair[here] for pair in pairs)
    remote = _distinct(pair[there] for pair in pairs)
    return JoinCondition(
        primaryjoin, None, direction, pairs, (), local, remote, is_plain=len(_conditions(primaryjoin)) == len(pairs)
    )


def _through_secondary(request: JoinRequest) -> JoinCondition:
    pairs, primaryjoin = _pairs(request, request.parent, request.secondary, request.primaryjoin, of_secondary=True)
    far_pairs, secondaryjoin = _pairs(
        request, request.target, request.secondary, request.secondaryjoin, of_secondary=True
    )
    local = _distinct(referred for referred, _ in pairs)
    remote = _distinct(key for _, key in (*pairs, *far_pairs))
    return JoinCondition(primaryjoin, secondaryjoin, MANYTOMANY, pairs, far_pairs, local, remote, is_plain=False)


def _pairs(
    request: JoinRequest, one: Any, other: Any, given: Any, of_secondary: bool = False
) -> tuple[tuple[Pair, ...], Any]:
    """Return the pairs of columns that connect two tables, and the condition."""
    if given is not None:
        return _pairs_of_condition(request, given, one, other), given
    found = _foreign_key_pairs(one, other)
    if request.foreign_keys:
        wanted = {id(column) for column in request.foreign_keys}
        found = [pairs for pairs in found if all(id(key) in wanted for _, key in pairs)]
    if not found:
        raise NoForeignKeysError(_no_foreign_keys(request, one, other, of_secondary))
    if len(found) > 1:
        raise AmbiguousForeignKeysError(_ambiguous(request, found))
    pairs = found[0]
    return pairs, and_(*[referred == key for referred, key in pairs])


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


def _leads_to(key: Any, table: Any) -> bool:
    """Whether a foreign key refers to a table; one whose table is not known yet does not concern us."""
    name = getattr(key, "target_fullname", None)
    if name is not None and not name.startswith(f"{table.fullname}."):
        return False
    return key.column.table is table


def _pairs_of_condition(request: JoinRequest, condition: Any, one: Any, other: Any) -> tuple[Pair, ...]:
    """Return the pairs of columns that a condition given by the program compares."""
    wanted = {id(column) for column in request.foreign_keys}
    pairs: list[Pair] = []
    for node in iterate(condition):
        if not isinstance(node, BinaryExpression) or node.operator is not operators.eq:
            continue
        for referred, key in ((node.left, node.right), (node.right, node.left)):
            if (
                _has_table(referred)
                and _has_table(key)
                and (_refers(key, referred) if not wanted else id(key) in wanted)
            ):
                pairs.append((referred, key))
                break
    if not pairs:
        raise ArgumentError(
            f"Could not locate any relevant foreign key columns for primary join condition '{condition}' on "
            f"relationship {request.name}.  Ensure that referencing columns are associated with a ForeignKey or "
            "ForeignKeyConstraint, or name them: relationship(..., foreign_keys=[...])."
        )
    return tuple(pairs)


def _has_table(node: Any) -> bool:
    return getattr(node, "table", None) is not None


def _refers(key: Any, referred: Any) -> bool:
    return any(_leads_to(one, referred.table) and one.column is referred for one in key.foreign_keys)


def _conditions(condition: Any) -> Sequence[Any]:
    return condition.clauses if isinstance(condition, BooleanClauseList) else (condition,)


def _direction(request: JoinRequest, pairs: Sequence[Pair]) -> RelationshipDirection:
    """Return where the foreign key stands; between a table and itself, `remote_side` decides."""
    if request.parent is not request.target:
        at_target = all(key.table is request.target for _, key in pairs)
        return ONETOMANY if at_target else MANYTOONE
    if not request.remote_side:
        return ONETOMANY
    remote = {id(column) for column in request.remote_side}
    if all(id(key) in remote for _, key in pairs):
        return ONETOMANY
    if all(id(referred) in remote for referred, _ in pairs):
        return MANYTOONE
    names = ", ".join(f"{column.table.name}.{column.name}" for column in request.remote_side)
    ends = ", ".join(f"{r.table.name}.{r.name} = {k.table.name}.{k.name}" for r, k in pairs)
    raise ArgumentError(
        f"remote_side of relationship {request.name} names {names}, which is neither end of its join ({ends}). On the "
        f"many-to-one side it must be the referred column, on the one-to-many side the foreign key."
    )


def _distinct(columns: Iterable[Any]) -> tuple[Any, ...]:
    return tuple({id(column): column for column in columns}.values())


def _no_foreign_keys(request: JoinRequest, one: Any, other: Any, of_secondary: bool) -> str:
    text = (
        f"Could not determine join condition between parent/child tables on relationship {request.name} - there are no "
        "foreign keys linking these tables"
    )
    if of_secondary:
        text += (
            f" via secondary table '{other.name}'.  Ensure that referencing columns are associated with a ForeignKey "
            "or ForeignKeyConstraint, or specify 'primaryjoin' and 'secondaryjoin' expressions."
        )
        fix = f"Table '{other.name}' needs a column with ForeignKey({_example_target(one)!r})."
    else:
        text += (
            ".  Ensure that referencing columns are associated with a ForeignKey or ForeignKeyConstraint, or specify a "
            "'primaryjoin' expression."
        )
        fix = _missing_key_hint(request, one, other)
    return f"{text} {fix}"


def _missing_key_hint(request: JoinRequest, one: Any, other: Any) -> str:
    """Return what is most likely wrong: a key that leads nowhere, columns that are no keys, or no key at all."""
    if request.foreign_keys:
        named = ", ".join(f"{column.table.name}.{column.name}" for column in request.foreign_keys)
        return f"foreign_keys names {named}: no ForeignKey of these leads from one of the two tables to the other."
    known = one.metadata.tables
    for table in (other, one):
        for column in table.c:
            for key in column.foreign_keys:
                target = key.target_fullname.rpartition(".")[0]
                if target and target not in known:
                    meant = did_you_mean(target, known)
                    place = f"{table.name}.{column.name}"
                    return f"{place} refers to {key.target_fullname!r}, but there is no such table. {meant}".rstrip()
    return (
        f"Table '{other.name}' needs a column such as {one.name}_id: Mapped[int] = "
        f"mapped_column(ForeignKey({_example_target(one)!r})), or table '{one.name}' one that refers to "
        f"{_example_target(other)!r}."
    )


def _example_target(table: Any) -> str:
    key = next((column.name for column in table.primary_key), "id")
    return f"{table.fullname}.{key}"


def _ambiguous(request: JoinRequest, found: Iterable[tuple[Pair, ...]]) -> str:
    candidates = [f"{key.table.name}.{key.name}" for pairs in found for _, key in pairs]
    return (
        f"Could not determine join condition between parent/child tables on relationship {request.name} - there are "
        "multiple foreign key paths linking the tables.  Specify the 'foreign_keys' argument, providing a list of "
        "those columns which should be counted as containing a foreign key reference to the parent table. "
        f"Candidates are: {', '.join(candidates)}."
    )
