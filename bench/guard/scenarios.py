"""What is counted: every row of the table, a small part of its size, with its statements; its round trips on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from bench.contenders.base import Contender
from bench.contenders.mapped import Mapped
from bench.contenders.mapped_async import MappedAsync
from bench.guard.counting import counted
from bench.rows import BY_KEY, ROWS
from bench.sizes import Sizes
from bench.stores import PostgresqlStore, SqliteStore
from holdfast.testing import Proxy

SIZES = Sizes().divided(25)
AWAITED_SIZES = replace(SIZES, lookups=2, async_commits=2, objects=20, narrow=50)
TRIP_SIZES = Sizes(
    objects=300, parents=50, children=10, dictionaries=500, lookups=1, fresh=1, present=10, bulk=100, deleted=100,
    eager_parents=50, lazy_parents=20, lazy_children=5, transactions=1, async_commits=1,
)  # fmt: skip
TRIPS = (
    "insert_objects", "insert_graph", "insert_dictionaries", "filter_indexed", "get_fresh", "update_loop", "update_bulk",
    "update_fetch", "delete_loop", "eager_selectin", "eager_joined", "lazy_children", "small_transactions",
)  # fmt: skip
"""The rows whose round trips are counted."""

NETWORK = 0.002
"""Seconds each way while caches warm: Holdfast sees that the server is not on this machine."""

COUNTING = 0.02
"""Seconds each way while trips are counted: longer than what travels together takes to be sent, also on a busy machine."""


def count_all(keys: Sequence[str] = ()) -> Iterator[tuple[str, dict[str, int]]]:
    """Count rows on SQLite.

    Args:
        keys: of the rows; all when empty.
    Yields:
        the row's key, and its counts by what is counted.
    """
    for row in ROWS:
        if not keys or row.key in keys:
            with _contender(row.key) as contender:
                work = contender.work(row.key)
                found = counted(work, only_own=row.is_async)
                work.finish()
            yield row.key, {**found, "statements": statements(row.key)}


def statements(key: str) -> int:
    """Count the calls of the driver's `execute` and `executemany` in one run of a row on SQLite, caches warm."""
    with _contender(key) as contender:
        work = contender.work(key)
        work.prepare()
        work.run()
        engine: Any = contender.engine  # type: ignore[attr-defined]
        sent: list[str] = []
        contender.lib.event.listen(  # type: ignore[attr-defined]
            getattr(engine, "sync_engine", engine),
            "before_cursor_execute",
            lambda *arguments: sent.append(arguments[2]),
        )
        work.prepare()
        sent.clear()
        work.run()
        count = len(sent)
        work.finish()
    return count


def count_trips(url: str, keys: Sequence[str] = (), latency: float = COUNTING) -> dict[str, int]:
    """Count the round trips of rows on PostgreSQL, from a checked-out connection to its return, caches warm.

    Args:
        url: of a database whose tables of the names of `bench/data.py` are made anew.
        keys: of the rows; all of `TRIPS` when empty.
        latency: while trips are counted. What travels together counts as several trips where the machine takes longer to
            send it, and never as fewer.
    """
    found = {}
    store = PostgresqlStore(url)
    with Proxy(store.address["host"], store.address["port"], NETWORK) as proxy:
        store.address = {**store.address, "host": proxy.host, "port": proxy.port}
        contender = Mapped("holdfast", store, TRIP_SIZES)
        for key in keys or TRIPS:
            work = contender.work(key)
            for _ in range(3):
                work.prepare()
                work.run()
            work.prepare()
            proxy.latency = latency
            with proxy.counting() as count:
                work.run()
            proxy.latency = NETWORK
            work.finish()
            found[key] = count.round_trips
        contender.close()
    store.close()
    return found


@contextmanager
def _contender(key: str) -> Iterator[Contender]:
    is_async = BY_KEY[key].is_async
    kind, sizes = (MappedAsync, AWAITED_SIZES) if is_async else (Mapped, SIZES)
    contender: Contender = kind("holdfast", SqliteStore(), sizes)
    try:
        yield contender
    finally:
        contender.close()
        contender.store.close()
