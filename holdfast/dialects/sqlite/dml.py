"""SQLite's INSERT: with ON CONFLICT on columns or expressions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.sql.on_conflict import ConflictInsert


class Insert(ConflictInsert):
    """``INSERT``; made by `insert`."""

    stringify_dialect = "sqlite"

    def on_conflict_do_update(
        self, index_elements: Iterable[Any] | None = None, index_where: Any = None, set_: Any = None, where: Any = None
    ) -> Any:
        """Return the statement with ``ON CONFLICT ... DO UPDATE``.

        Args:
            index_elements: columns, names of columns or expressions of a unique index; None: any.
            index_where: the criterion of a partial index.
            set_: column -> value or expression; `excluded` has the row that could not be inserted.
            where: which rows are changed.

        Raises:
            ValueError: nothing is set.
            InvalidRequestError: the statement has the clause already.
        """
        return self._on_conflict(None, index_elements or (), index_where, set_, where, updates=True)

    def on_conflict_do_nothing(self, index_elements: Iterable[Any] | None = None, index_where: Any = None) -> Any:
        """Return the statement with ``ON CONFLICT ... DO NOTHING``; without columns for every constraint.

        Args: as for `on_conflict_do_update`.
        """
        return self._on_conflict(None, index_elements, index_where)


def insert(table: Any) -> Insert:
    """Return SQLite's ``INSERT INTO`` a table or mapped class."""
    return Insert(table)
