"""``DISTINCT ON``: the first row of each group."""

from __future__ import annotations

from typing import Any

from holdfast.sql.coercions import as_order


class DistinctOnClause:
    """``DISTINCT ON (...)``; made by `distinct_on`, given to ``select(...).ext()``.

    Attributes:
        expressions: they are the same in all rows of a group.
    """

    def __init__(self, *expr: Any) -> None:
        self.expressions = tuple(as_order(one, "GROUP BY / OF / etc.") for one in expr)

    def apply_to_select(self, select: Any) -> Any:
        """Return a SELECT with this clause."""
        return select._distinct_by(self.expressions)._copy(_is_distinct_on=True)


def distinct_on(*expr: Any) -> DistinctOnClause:
    """Return ``DISTINCT ON (expr, ...)`` for ``select(...).ext(...)``: the first row of each group of equal values.

    Args:
        expr: expressions, or names of columns of the statement.
    """
    return DistinctOnClause(*expr)
