"""PostgreSQL's INSERT: with ON CONFLICT on columns, expressions or a constraint."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.sql.on_conflict import ConflictInsert


class Insert(ConflictInsert):
    """``INSERT``; made by `insert`."""

    stringify_dialect = "postgresql"
    _index_options = "postgresql"

    def on_conflict_do_update(
        self,
        constraint: Any = None,
        index_elements: Iterable[Any] | None = None,
        index_where: Any = None,
        set_: Any = None,
        where: Any = None,
    ) -> Any:
        """Return the statement with ``ON CONFLICT ... DO UPDATE``.

        Args:
            constraint: its name, or the constraint or index itself.
            index_elements: columns, names of columns or expressions of a unique index, in place of `constraint`.
            index_where: the criterion of a partial index.
            set_: column -> value or expression; `excluded` has the row that could not be inserted.
            where: which rows are changed.

        Raises:
            ValueError: neither or both of `constraint` and `index_elements`; nothing is set.
            InvalidRequestError: the statement has the clause already.
        """
        return self._on_conflict(constraint, index_elements, index_where, set_, where, updates=True)

    def on_conflict_do_nothing(
        self, constraint: Any = None, index_elements: Iterable[Any] | None = None, index_where: Any = None
    ) -> Any:
        """Return the statement with ``ON CONFLICT ... DO NOTHING``; without a target for every constraint.

        Args: as for `on_conflict_do_update`.
        """
        return self._on_conflict(constraint, index_elements, index_where)


def insert(table: Any) -> Insert:
    """Return PostgreSQL's ``INSERT INTO`` a table or mapped class."""
    return Insert(table)
