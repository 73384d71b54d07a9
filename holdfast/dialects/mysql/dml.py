"""MySQL's INSERT, with ON DUPLICATE KEY UPDATE; LIMIT on UPDATE and DELETE."""

from __future__ import annotations

from typing import Any

from holdfast.sql.binds import literal
from holdfast.sql.coercions import resolve
from holdfast.sql.dml_clauses import RowLimit
from holdfast.sql.duplicate_key import DuplicateKeyInsert
from holdfast.sql.element import ClauseElement
from holdfast.sql.types import Integer


class Insert(DuplicateKeyInsert):
    """``INSERT``, with ``ON DUPLICATE KEY UPDATE``; made by `insert`."""

    stringify_dialect = "mysql"


class Limit:
    """LIMIT of an UPDATE or DELETE; made by `limit`.

    Args:
        count: rows.
    """

    def __init__(self, count: Any) -> None:
        node = resolve(count)
        self.count = node if isinstance(node, ClauseElement) else literal(count, Integer(), literal_execute=True)

    def apply_to(self, statement: Any) -> Any:
        """Return the statement with the clause."""
        own = tuple(RowLimit(name, self.count) for name in ("mysql", "mariadb"))
        return statement._copy(_limits=(*statement._limits, *own))


def limit(limit: Any) -> Limit:
    """Return LIMIT for an UPDATE or DELETE: ``update(table).ext(limit(5))``.

    Args:
        limit: rows, or an expression of a number.
    """
    return Limit(limit)


def insert(table: Any) -> Insert:
    """Return MySQL's ``INSERT INTO`` a table or mapped class."""
    return Insert(table)
