"""INSERT of many rows that brings rows back: a few statements with many rows each, in place of one for each row.

Where the rows have to come back in the order of the parameters, a sentinel says which is which: columns of the row that are
brought back too. Nothing says in what order RETURNING answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from typing import Any, NamedTuple

PLACE = "\x01"
"""Stands behind the name of a parameter that each row has one of."""
NUMBER = "\x02"
"""Stands for the number of the row."""


class Fetches(IntEnum):
    """What an INSERT tells: nothing unasked, the key of its one row, rows of many; these by a statement for each."""

    NOTHING = 0
    KEY = 1
    ROWS = 2
    EACH = 3


class Sentinel(NamedTuple):
    """How the rows that come back are told apart.

    Attributes:
        columns: brought back behind what RETURNING names.
        counted: the database counts them up in the order of the rows; otherwise they hold what the parameters say.
        through_select: only if the rows go through a SELECT in their order.
        added: the column that gets the number of the row, where there is one for this alone.
    """

    columns: tuple[Any, ...]
    counted: bool = False
    through_select: bool = False
    added: Any = None


def find_sentinel(table: Any, pairs: Iterable[tuple[Any, Any]], capabilities: Any) -> Sentinel | None:
    """Return how rows of a table are told apart, or None.

    Args: pairs: columns and values; None: the value comes with the rows.
    """
    values = {id(column): value for column, value in pairs}
    given = {column for column, value in values.items() if value is None}
    own = next((column for column in table.c if getattr(column, "insert_sentinel", False)), None)
    if own is not None and (id(own) in given or own.is_left_out):
        return Sentinel((own,), added=None if id(own) in given else own)
    key = tuple(getattr(table, "primary_key", ()))
    counted = getattr(table, "autoincrement_column", None)
    if counted is None and len(key) == 1 and _grows(key[0], values):
        counted = key[0]
    in_order = capabilities.counts_in_order or capabilities.counts_in_select_order
    if key and all(id(column) in given for column in key):
        return Sentinel(key) if counted is None or in_order else None
    if counted is not None and key == (counted,) and in_order:
        return Sentinel(key, counted=True, through_select=capabilities.counts_in_select_order)
    return None


def _grows(column: Any, values: Mapping[int, Any]) -> bool:
    """Whether each value of a column is greater than the one before: its default is a function that says so."""
    default = column.server_default if id(column) not in values else column.default
    made = getattr(default, "arg", None)
    return getattr(made, "monotonic", False) and values.get(id(column), made) is made


class InsertBatch(NamedTuple):
    """The text of an INSERT in pieces, so that its row can be written many times.

    Attributes:
        before, row, after: the text; `PLACE` and `NUMBER` stand in the row.
        start, stop: the placeholders of the row are those between, of the statement's.
        keys: the parameters of the row, where they have names.
        is_ordered: the rows come back in the order of the parameters.
        sentinel: how they are told apart; None: they are not.
    """

    before: str
    row: str
    after: str
    start: int
    stop: int
    keys: frozenset[str]
    is_ordered: bool
    sentinel: Sentinel | None

    def longest(self, slots: int, limit: int) -> int:
        """Return how many rows one statement has at most, by the number of its parameters."""
        each = self.stop - self.start
        return max((limit - (slots - each)) // each, 1) if each else limit

    def text(self, rows: int) -> str:
        """Return the statement for a number of rows."""
        row = self.row
        if PLACE in row or NUMBER in row:
            written = [row.replace(PLACE, f"__{number}").replace(NUMBER, str(number)) for number in range(rows)]
        else:
            written = [row] * rows
        return f"{self.before}{', '.join(written)}{self.after}"

    def parameters(self, rows: Sequence[Any]) -> Any:
        """Return the parameters of one statement for several rows, each given as for a statement of its own."""
        first = rows[0]
        if isinstance(first, tuple):
            start, stop = self.start, self.stop
            return (*first[:start], *[value for row in rows for value in row[start:stop]], *first[stop:])
        flat = {key: value for key, value in first.items() if key not in self.keys}
        for number, row in enumerate(rows):
            flat.update({f"{key}__{number}": row[key] for key in self.keys})
        return flat
