"""Moves expressions from one FROM element to another, and finds what expressions are made of."""

from __future__ import annotations

from typing import Any

from holdfast.sql.columns import ColumnClause
from holdfast.sql.from_clause import AliasedFrom, Join, TableClause
from holdfast.sql.traversal import iterate
from holdfast.sql.visitors import ReplacingCloningVisitor


class ClauseAdapter(ReplacingCloningVisitor):
    """Puts the columns of an alias or subquery in the place of those that it is made of.

    Args:
        selectable: the alias or subquery.
        equivalents: accepted for the sake of older programs.
    """

    def __init__(self, selectable: Any, equivalents: Any = None, **keywords: Any) -> None:
        self.selectable = selectable

    def replace(self, elem: Any) -> Any:
        """Return the column of the selectable that stands for a column, or None."""
        if not isinstance(elem, ColumnClause) or elem.table is None or elem.table is self.selectable:
            return None
        return self.selectable.corresponding_column(elem)


def find_tables(
    clause: Any, include_joins: bool = False, include_aliases: bool = False, include_crud: bool = False
) -> list[Any]:
    """Return the tables in an expression or statement.

    Args:
        include_joins: joins too.
        include_aliases: aliases and subqueries too.
        include_crud: the tables that INSERT, UPDATE and DELETE change too.
    """
    kinds: tuple[type[Any], ...] = (TableClause,)
    if include_joins:
        kinds += (Join,)
    if include_aliases:
        kinds += (AliasedFrom,)
    found: list[Any] = []
    for element in iterate(clause):
        candidates = [element]
        if isinstance(element, ColumnClause) and element.table is not None:
            candidates.append(element.table)
        if include_crud and element.is_dml:
            candidates.append(element.table)
        for candidate in candidates:
            if isinstance(candidate, kinds) and not any(candidate is one for one in found):
                found.append(candidate)
    return found
