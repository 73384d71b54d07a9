"""Brings results that were kept elsewhere, in a cache, into a session: `merge_frozen_result`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from holdfast.orm.loading.load_plan import flat_entries


def merge_frozen_result(session: Any, statement: Any, frozen_result: Any, load: bool = True) -> Callable[[], Any]:
    """Merge the objects of a frozen result into a session.

    Args:
        session: takes the objects.
        statement: the SELECT that gave the result.
        frozen_result: made by ``Result.freeze()``.
        load: False: take the objects' state as it is, without a look at the database.

    Returns: a call that gives the result with the session's own objects.
    """
    rows = merge_rows(session, flat_entries(statement._columns), list(frozen_result.data), load)
    return frozen_result.with_new_rows(rows)  # type: ignore[no-any-return]


def merge_rows(session: Any, entries: Iterable[Any], rows: Iterable[Any], load: bool) -> list[Any]:
    """Return rows with the objects in them merged into a session; nothing is flushed meanwhile.

    Args:
        entries: what the rows consist of.
        rows: rows or bare objects.
    """
    places = [place for place, entry in enumerate(entries) if getattr(entry, "is_entity", False)]
    with _without_autoflush(session):
        return [_merged(session, row, places, load) for row in rows]


def _merged(session: Any, row: Any, places: list[int], load: bool) -> Any:
    if not isinstance(row, tuple):
        return None if row is None else session.merge(row, load=load)
    parts = list(row)
    for place in places:
        if parts[place] is not None:
            parts[place] = session.merge(parts[place], load=load)
    return type(row)(tuple(parts))


@contextmanager
def _without_autoflush(session: Any) -> Iterator[None]:
    before, session.autoflush = session.autoflush, False
    try:
        yield
    finally:
        session.autoflush = before
