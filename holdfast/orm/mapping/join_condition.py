"""How two mapped tables are joined for a relationship: the condition, its direction, and which column feeds which.

Found from the foreign keys between the tables, or read out of the conditions that the program gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from holdfast._util.suggestions import did_you_mean
from holdfast.exc import AmbiguousForeignKeysError, ArgumentError, NoForeignKeysError
from holdfast.orm.mapping.marks import MarkedColumn, without_marks
from holdfast.sql import operators
from holdfast.sql.boolean import and_
from holdfast.sql.columns import ColumnClause
from holdfast.sql.expressions import BinaryExpression, BooleanClauseList
from holdfast.sql.traversal import iterate, replace

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
        viewonly: nothing is written along it, so that any comparison will do.
        parents, targets: all tables of either class: those of a subclass, its parents' first; empty: the one table.
    """

    name: str
    parent: Any
    target: Any
    secondary: Any = None
    primaryjoin: Any = None
    secondaryjoin: Any = None
    foreign_keys: Sequence[Any] = ()
    remote_side: Sequence[Any] = ()
    viewonly: bool = False
    parents: Sequence[Any] = ()
    targets: Sequence[Any] = ()

    def is_far(self, column: Any) -> bool:
        """Whether a column can only be one of the far side."""
        table = column.table
        if table is self.secondary:
            return table is not None
        if not _is_among(table, self.targets or (self.target,)):
            return False
        if _is_among(table, self.parents or (self.parent,)):
            return table is self.target and table is not self.parent
        return True


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
    pairs, primaryjoin = _pairs(request, request.parent, request.target, request.primaryjoin)
    direction = _direction(request, pairs)
    here, there = (0, 1) if direction is ONETOMANY else (1, 0)
    near = [_plain(pair[here]) for pair in pairs]
    remote = _distinct(_plain(pair[there]) for pair in pairs)
    if primaryjoin is None:
        marked = and_(*[_compared(pair, there) for pair in pairs])
        primaryjoin = and_(*[referred == key for referred, key in pairs])
    else:
        marked = _with_marks(primaryjoin, remote, request)
        primaryjoin = without_marks(primaryjoin)
    plain = tuple((_plain(referred), _plain(key)) for referred, key in pairs)
    local = _distinct([*near, *_near_columns(request, marked)])
    return JoinCondition(primaryjoin, None, direction, plain, (), local, remote, _looked_up(request, marked), marked)


def _near_columns(request: JoinRequest, marked: Any) -> Iterable[Any]:
    """Return the columns of this side in a condition, whether or not they are part of a key."""
    tables = request.parents or (request.parent,)
    return [
        node
        for node in iterate(marked)
        if isinstance(node, ColumnClause) and not isinstance(node, MarkedColumn) and _is_among(node.table, tables)
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


def _plain(column: Any) -> Any:
    return column.column if isinstance(column, MarkedColumn) else column


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
        column = _plain(node)
        if not isinstance(column, ColumnClause):
            return None
        is_marked = isinstance(node, MarkedColumn) and node.is_remote
        is_far = is_marked if given else id(column) in far or request.is_far(column)
        return MarkedColumn(column, is_remote=True) if is_far else column

    return replace(condition, substitute)


def _through_secondary(request: JoinRequest) -> JoinCondition:
    pairs, primaryjoin = _pairs(request, request.parent, request.secondary, request.primaryjoin, of_secondary=True)
    far_pairs, secondaryjoin = _pairs(
        request, request.target, request.secondary, request.secondaryjoin, of_secondary=True
    )
    pairs, far_pairs = ([(_plain(one), _plain(other)) for one, other in found] for found in (pairs, far_pairs))
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


def _pairs(
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
        raise NoForeignKeysError(_no_foreign_keys(request, one, other, of_secondary))
    if len(found) > 1:
        raise AmbiguousForeignKeysError(_ambiguous(request, found))
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


def _is_among(table: Any, tables: Iterable[Any]) -> bool:
    return any(table is one for one in tables)


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
        return lambda key, referred: id(_plain(key)) in wanted
    return lambda key, referred: _refers(_plain(key), _plain(referred))


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


def _conditions(condition: Any) -> Sequence[Any]:
    return condition.clauses if isinstance(condition, BooleanClauseList) else (condition,)


def _direction(request: JoinRequest, pairs: Sequence[Pair]) -> RelationshipDirection:
    """Return where the foreign key stands; between a table and itself, `remote_side` decides."""
    if request.parent is not request.target:
        far = [(request.is_far(_plain(referred)), request.is_far(_plain(key))) for referred, key in pairs]
        if all(one != other for one, other in far):
            return ONETOMANY if all(key for _, key in far) else MANYTOONE
    marks = [_is_marked_remote(column) for pair in pairs for column in pair]
    if any(marks):
        return MANYTOONE if all(marks[::2]) and not all(marks[1::2]) else ONETOMANY
    if not request.remote_side:
        return ONETOMANY
    remote = {id(column) for column in request.remote_side}
    if all(id(_plain(key)) in remote for _, key in pairs):
        return ONETOMANY
    if all(id(_plain(referred)) in remote for referred, _ in pairs):
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
