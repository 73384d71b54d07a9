"""Finds the columns of a SELECT that say what another one says already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from holdfast.sql import operators
from holdfast.sql.columns import ColumnClause
from holdfast.sql.from_clause import Join


def reduced(select: Any, only_synonyms: bool) -> list[Any]:
    """Return the columns of a SELECT without those that are equal to an earlier one.

    Args:
        only_synonyms: leave away only those of the same name.
    """
    equal = list(_equal_pairs(select))
    kept: list[Any] = []
    for column in select.raw_columns:
        if not any(_repeats(column, other, equal, only_synonyms) for other in kept):
            kept.append(column)
    return kept


def _repeats(column: Any, earlier: Any, equal: list[tuple[Any, Any]], only_synonyms: bool) -> bool:
    if only_synonyms and column._result_name != earlier._result_name:
        return False
    return any({id(column), id(earlier)} == {id(left), id(right)} for left, right in equal)


def _equal_pairs(select: Any) -> Iterator[tuple[Any, Any]]:
    """Yield the pairs of columns that criteria, joins and foreign keys make equal."""
    for criterion in select._where:
        yield from _compared(criterion)
    for source in select.get_final_froms():
        yield from _joined(source)
    columns = list(select.raw_columns)
    for column in columns:
        for key in column.foreign_keys:
            referred = [other for other in columns if _refers_to(key, other)]
            yield from ((column, other) for other in referred)


def _refers_to(key: Any, column: Any) -> bool:
    referred = getattr(key, "column", None)
    return referred is not None and bool(referred._lineage & column._lineage)


def _joined(source: Any) -> Iterator[tuple[Any, Any]]:
    if isinstance(source, Join):
        yield from _compared(source.onclause)
        yield from _joined(source.left)
        yield from _joined(source.right)


def _compared(criterion: Any) -> Iterator[tuple[Any, Any]]:
    if getattr(criterion, "operator", None) is operators.and_:
        for part in criterion.clauses:
            yield from _compared(part)
    elif getattr(criterion, "operator", None) is operators.eq:
        left, right = criterion.left, criterion.right
        if isinstance(left, ColumnClause) and isinstance(right, ColumnClause):
            yield left, right
