"""``INSERT ... ON DUPLICATE KEY UPDATE``: what happens to a row that violates any unique key; for databases that have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.sql.dml_clauses import SetClause
from holdfast.sql.from_clause import Alias
from holdfast.sql.insert import Insert
from holdfast.sql.on_conflict import update_clause


class DuplicateKeyInsert(Insert):
    """An INSERT that may have ``ON DUPLICATE KEY UPDATE``.

    Attributes:
        _conflict: "duplicate key"; None: there is no such clause.
        _updates: what is set.
    """

    _conflict: str | None = None
    _updates: tuple[SetClause, ...] = ()
    _clauses = Insert._clauses | {"_conflict", "_updates"}

    def __init__(self, table: Any) -> None:
        super().__init__(table)
        # One alias for all copies, which share it: a column of one is a column of the others.
        self._inserted = Alias(self.table, "inserted")

    @property
    def inserted(self) -> Any:
        """The columns of the row that could not be inserted: ``insert.inserted.name`` is ``VALUES(name)``."""
        return self._inserted.c

    def on_duplicate_key_update(self, *args: Any, **kw: Any) -> Any:
        """Return the statement with ``ON DUPLICATE KEY UPDATE``.

        Args:
            args: one mapping of columns to values or expressions, set in the order of the table's columns; or a list of
                pairs, set in the order of the list.
            kw: the same by name.

        Raises:
            ArgumentError: both, or more than one mapping.
            ValueError: nothing is set.
            InvalidRequestError: the statement has the clause already.
        """
        if self._conflict is not None:
            raise InvalidRequestError("This Insert construct already has an ON DUPLICATE KEY clause present")
        if args and kw:
            raise ArgumentError("Can't pass kwargs and positional arguments simultaneously")
        if len(args) > 1:
            raise ArgumentError("Only a single dictionary or list of tuples is accepted positionally.")
        given = args[0] if args else kw
        if not isinstance(given, Mapping) and not hasattr(given, "items") and not isinstance(given, list):
            raise ValueError(
                "update parameter must be a non-empty dictionary or a ColumnCollection such as the `.c.` collection of a "
                "Table object"
            )
        is_list = isinstance(given, list)
        pairs = list(given) if is_list else list(given.items())
        if not pairs:
            raise ValueError("update parameter dictionary must not be empty")
        clauses = [update_clause(self, key, value) for key, value in pairs]
        if not is_list:
            order = {id(column): place for place, column in enumerate(self.table.c)}
            clauses.sort(key=lambda clause: order[id(clause.column)])
        return self._copy(_conflict="duplicate key", _updates=tuple(clauses))
