"""Cursors that keep the rows of a batch without asking the server for them halfway.

The driver's ``executemany(returning=True)`` waits for the answers before it ends its pipeline, which is a round trip more
than the batch takes. These cursors run it as if no rows were wanted, and keep the answers as they come.
"""

from __future__ import annotations

from typing import Any

import psycopg

CAN_KEEP = all(
    hasattr(class_, name)
    for class_ in (psycopg.Cursor, psycopg.AsyncCursor)
    for name in ("_set_results", "_select_current_result")
)
"""The driver has the places that the classes here build on; otherwise its own way is gone."""


class _Keeping:
    """Overrides where the driver hands over answers."""

    __slots__ = ()

    def _set_results(self: Any, results: list[Any]) -> None:
        is_first = not self._results
        self._results.extend(results)
        if is_first:
            self._select_current_result(0)


class KeepingCursor(_Keeping, psycopg.Cursor[Any]):
    """Keeps the answers of ``executemany``."""

    __slots__ = ()


class AsyncKeepingCursor(_Keeping, psycopg.AsyncCursor[Any]):
    """Keeps the answers of ``executemany``."""

    __slots__ = ()
