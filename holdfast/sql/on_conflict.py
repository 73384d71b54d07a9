"""``INSERT ... ON CONFLICT``: what happens to a row that violates a unique constraint; for databases that have it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.sql.binds import NULL_TYPE, BindParameter, literal
from holdfast.sql.coercions import as_criterion, resolve
from holdfast.sql.columns import ColumnClause
from holdfast.sql.dml_clauses import MemberClause, SetClause, member_root
from holdfast.sql.element import ClauseElement
from holdfast.sql.from_clause import Alias
from holdfast.sql.insert import Insert


class ConflictInsert(Insert):
    """An INSERT that may have ``ON CONFLICT``; the dialects' own classes say which targets they know.

    Attributes:
        _conflict: "nothing" or "update"; None: there is no such clause.
        _target: columns and expressions of the unique index.
        _target_where: its criterion, where the index is a partial one.
        _constraint: the constraint's name, in place of columns.
        _updates: what DO UPDATE sets.
        _update_where: which rows DO UPDATE changes.
        _index_options: the dialect whose options say of which rows an index holds, where an index may be named.
    """

    _index_options: str = ""
    _conflict: str | None = None
    _target: tuple[Any, ...] = ()
    _target_where: tuple[Any, ...] = ()
    _constraint: str | None = None
    _updates: tuple[SetClause, ...] = ()
    _update_where: tuple[Any, ...] = ()
    _clauses = Insert._clauses | frozenset((
        "_conflict", "_target", "_target_where", "_constraint", "_updates", "_update_where",
    ))  # fmt: skip

    def __init__(self, table: Any) -> None:
        super().__init__(table)
        # One alias for all copies, which share it: a column of one is a column of the others.
        self._excluded = Alias(self.table, "excluded")

    @property
    def excluded(self) -> Any:
        """The columns of the row that could not be inserted: ``insert.excluded.name``."""
        return self._excluded.c

    def _on_conflict(
        self,
        constraint: Any,
        index_elements: Iterable[Any] | None,
        index_where: Any,
        set_: Any = None,
        where: Any = None,
        updates: bool = False,
    ) -> Any:
        """Return the statement with the clause; see the dialects' methods."""
        if self._conflict is not None:
            raise InvalidRequestError("This Insert construct already has an ON CONFLICT clause established")
        if constraint is not None and index_elements is not None:
            raise ValueError("'constraint' and 'index_elements' are mutually exclusive")
        if updates and constraint is None and index_elements is None:
            raise ValueError("Either constraint or index_elements, but not both, must be specified unless DO NOTHING")
        name, elements, condition = _target(constraint, index_elements, index_where, self._index_options)
        changes: dict[str, Any] = {"_conflict": "update" if updates else "nothing"}
        changes["_constraint"] = name
        changes["_target"] = tuple(_element(element) for element in elements)
        if condition is not None:
            changes["_target_where"] = (as_criterion(condition),)
        if updates:
            changes["_updates"] = self._updates_of(set_)
        if where is not None:
            changes["_update_where"] = (as_criterion(where),)
        return self._copy(**changes)

    def _updates_of(self, set_: Any) -> tuple[SetClause, ...]:
        """Return what is set, in the order of the table's columns.

        Raises:
            ValueError: nothing, or no mapping of columns to values.
            ArgumentError: a key is no name of a column.
        """
        pairs = list(_pairs(set_))
        if not pairs:
            raise ValueError("set parameter dictionary must not be empty")
        order = {id(column): place for place, column in enumerate(self.table.c)}
        clauses = [update_clause(self, key, value) for key, value in pairs]
        return tuple(sorted(clauses, key=lambda clause: order.get(id(clause.column), -1)))


def update_clause(statement: Any, key: Any, value: Any) -> SetClause:
    """Return what an INSERT sets in the row that was there before.

    Args:
        key: a column or its name.
        value: a value or an expression.
    """
    column = statement.column_named(key)
    node = resolve(value)
    if not isinstance(node, ClauseElement):
        node = literal(value, column.type)
    elif isinstance(node, BindParameter) and node.type is NULL_TYPE:
        node = node.copy(type=column.type)
    elif getattr(node, "is_select", False):
        node = node.scalar_subquery()  # type: ignore[attr-defined]
    make = SetClause if member_root(column) is None else MemberClause
    return make(column, node.self_group())


def _pairs(set_: Any) -> Iterable[tuple[Any, Any]]:
    if isinstance(set_, Mapping):
        return set_.items()
    if hasattr(set_, "items"):  # the columns of a table: `insert.excluded`
        return [(key, column) for key, column in set_.items()]
    raise ValueError(
        "set parameter must be a non-empty dictionary or a ColumnCollection such as the `.c.` collection of a Table object"
    )


def _target(
    constraint: Any, elements: Iterable[Any] | None, where: Any, index_options: str
) -> tuple[str | None, Iterable[Any], Any]:
    """Return name, columns and criterion of what is violated; a constraint without a name counts by its columns."""
    if isinstance(constraint, str):
        return constraint, (), None
    if constraint is None:
        return None, elements or (), where
    if getattr(constraint, "visit_name", "") == "index":
        condition = constraint.dialect_options[index_options]["where"]
        return None, constraint.expressions, condition
    name = getattr(constraint, "name", None)
    if isinstance(name, str):
        return name, (), None
    columns = getattr(constraint, "columns", None)
    if columns is None:
        raise ArgumentError(f"A constraint's name, a constraint or an index expected, got {constraint!r}")
    return None, tuple(columns), where


def _element(element: Any) -> Any:
    node = resolve(element)
    return ColumnClause(element) if isinstance(element, str) else node
