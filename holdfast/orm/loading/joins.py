"""Puts the joins of eager loading into a statement: into its FROM, or around it where it has a LIMIT of its own."""

from __future__ import annotations

from typing import Any

from holdfast.orm.loading.conditions import JoinSides
from holdfast.orm.loading.criteria import target_conditions
from holdfast.orm.loading.tree import Branch, EntityNode, TreeGrower
from holdfast.sql.boolean import and_
from holdfast.sql.from_clause import Join
from holdfast.sql.froms import final_froms
from holdfast.sql.traversal import iterate, replace


def with_columns(statement: Any, grower: TreeGrower, roots: list[EntityNode]) -> Any:
    """Return a statement that selects the columns of the trees, with the joins that they need."""
    joined = _joined_owners(roots)
    if not joined:
        return statement._copy(_columns=tuple(grower.primary), **_sources_kept(statement, grower))
    # Where a collection was left out, nothing repeats; the SQL is as if it did, as SQLAlchemy's is.
    has_collections = grower.cuts_collection or any(root.has_collections for root in roots)
    if statement._distinct or statement._group_by or (has_collections and _limits(statement)):
        return _around(statement, grower, joined)
    froms = final_froms(statement)
    for owner, branch in joined:
        position = _position(froms, owner.source)
        froms[position] = _attached(froms[position], owner.source, branch, False)
    order = [clause for owner, branch in joined for clause in _orders(owner.source, branch)]
    return statement._copy(
        _columns=(*grower.primary, *grower.secondary),
        _from=tuple(froms),
        _joins=(),
        _order_by=(*statement._order_by, *order),
    )


def _sources_kept(statement: Any, grower: TreeGrower) -> dict[str, Any]:
    """Return the FROM that the statement had, if other columns would put it in another order."""
    if len(statement._columns) == len(grower.primary) == 1 or statement._from or not statement._joins:
        return {}
    return {"_from": tuple(final_froms(statement)), "_joins": ()}


def _joined_owners(nodes: list[EntityNode]) -> list[tuple[EntityNode, Branch]]:
    """Return the branches by JOIN that begin at what the statement itself selects, with their owners."""
    found = []
    for node in nodes:
        for branch in node.branches:
            if branch.choice.strategy == "joined":
                found.append((node, branch))
            else:
                found += _joined_owners([branch.node])
    return found


def _limits(statement: Any) -> bool:
    """Whether joining a collection into the statement would change which rows it takes."""
    return statement._limit is not None or statement._offset is not None or statement._fetch is not None


def _position(froms: list[Any], source: Any) -> int:
    for position, element in enumerate(froms):
        if element is source or any(part is source for part in element._hidden):
            return position
    froms.append(source)
    return len(froms) - 1


def _attached(left: Any, owner: Any, branch: Branch, under_outer: bool) -> Any:
    """Return `left` joined with a branch and all that is below it."""
    inner = branch.inner is True or (branch.inner == "unnested" and not under_outer)
    target = branch.node.source
    sides = JoinSides(branch.relationship, owner, target, branch.secondary)
    below = [one for one in branch.node.branches if one.choice.strategy == "joined"]
    # An inner join below an outer one stands in parentheses: its rows are missing together.
    inside = [one for one in below if not inner and one.inner is True]
    condition = sides.primary()
    further = _further(branch, sides)
    if branch.secondary is None:
        right = _all_attached(target, target, inside, False)
        left = Join(left, right, condition if further is None else and_(condition, further), not inner)
    elif inner:
        second = sides.second()
        left = Join(left, branch.secondary, condition)
        left = Join(left, target, second if further is None else and_(second, further))
    else:
        right = Join(branch.secondary, target, _both(sides.second(), further))
        left = Join(left, _all_attached(right, target, inside, False), condition, True)
    return _all_attached(left, target, [one for one in below if one not in inside], under_outer or not inner)


def _further(branch: Branch, sides: JoinSides) -> Any:
    """Return the further conditions on the members: of the option's path, and of their class; None if there are none."""
    given = branch.choice.criteria
    found = [] if given is None else [sides.of_target(given)]
    criteria = branch.node.directions.remembered().everywhere.criteria
    if criteria:
        found += target_conditions(criteria, branch.node.mapper, branch.node.source)
    return and_(*found) if found else None


def _both(condition: Any, further: Any) -> Any:
    return condition if further is None else and_(condition, further)


def _all_attached(left: Any, owner: Any, branches: list[Branch], under_outer: bool) -> Any:
    for branch in branches:
        left = _attached(left, owner, branch, under_outer)
    return left


def _orders(owner: Any, branch: Branch) -> list[Any]:
    """Return the ORDER BY of a collection and of those below it."""
    sides = JoinSides(branch.relationship, owner, branch.node.source, branch.secondary)
    found = [sides.of_target(clause) for clause in branch.relationship.order_by] if branch.relationship.uselist else []
    for below in branch.node.branches:
        if below.choice.strategy == "joined":
            found += _orders(branch.node.source, below)
    return found


# -- around a statement that has a LIMIT of its own ---------------------------------------------------------------------


def _around(statement: Any, grower: TreeGrower, joined: list[tuple[EntityNode, Branch]]) -> Any:
    """Return the statement as a subquery, with the joins around it and the same order."""
    columns = list(grower.primary)
    ordered = [(clause, _ordered_column(clause, columns)) for clause in statement._order_by]
    needed = len(columns)
    for owner, branch in joined:
        _add_needed(columns, owner, branch)
    kept = statement._copy(
        _columns=tuple(columns),
        _for_update=None,
        _execution_options={},
        _options=(),
        **_sources_kept(statement, grower),
    )
    inner = kept.subquery()
    outside = list(inner.c)
    shown = outside[:needed]
    element: Any = inner
    order: list[Any] = [_outer_order(clause, position, outside) for clause, position in ordered]
    for owner, branch in joined:
        source = _Outside(inner, columns, outside, owner.source)
        element = _attached(element, source, branch, False)
        order += _orders(source, branch)
    extra = len(shown) - len(grower.primary)
    if extra:
        for node in grower.nodes:
            if node.is_eager_row:
                node.positions = tuple([position + extra for position in node.positions])
    made = type(statement)(*shown, *grower.secondary).select_from(element).order_by(*order)
    return made._copy(
        _label_style=statement._label_style,
        _execution_options=statement._execution_options,
        _for_update=statement._for_update,
    )


class _Outside:
    """The columns that a subquery shows of one FROM element inside it."""

    def __init__(self, inner: Any, columns: list[Any], outside: list[Any], source: Any) -> None:
        self._pairs = list(zip(columns, outside, strict=True))
        self._source = source
        self._inner = inner

    def corresponding_column(self, column: Any) -> Any:
        """Return the column of the subquery that stands for a column of the mapped table."""
        wanted = self._source.corresponding_column(column)
        for one, outside in self._pairs:
            if getattr(one, "column", one) is wanted:
                return outside
        return None


def _ordered_column(clause: Any, columns: list[Any]) -> int | None:
    """Return where the expression of an ORDER BY clause stands among the columns; it is added if it does not.

    Returns: None: it is a name or a text, which stands outside as it does inside.
    """
    node = clause
    while node.visit_name == "unary" and node.modifier is not None:
        node = node.element
    if node.visit_name in ("label_reference", "text"):
        return None
    for position, column in enumerate(columns):
        if getattr(column, "column", column) is getattr(node, "column", node):
            return position
    columns.append(node)
    return len(columns) - 1


def _outer_order(clause: Any, position: int | None, outside: list[Any]) -> Any:
    if position is None:
        return clause
    node = clause
    while node.visit_name == "unary" and node.modifier is not None:
        node = node.element
    return replace(clause, lambda part: outside[position] if part is node else None)


def _add_needed(columns: list[Any], owner: EntityNode, branch: Branch) -> None:
    """Add the columns of the owner that the join's condition needs."""
    sides = JoinSides(branch.relationship, owner.source, branch.node.source, branch.secondary)
    for node in iterate(sides.primary()):
        if getattr(node, "table", None) is owner.source and not any(
            getattr(column, "column", column) is node for column in columns
        ):
            columns.append(node)
