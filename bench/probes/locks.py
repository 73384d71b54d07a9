"""Probe: which form of a batched UPDATE takes its row locks in an order that can not deadlock?

Six clients update random, overlapping sets of rows in transactions, each form in turn; what is counted are the
transactions that PostgreSQL ended as deadlock victims (SQLSTATE 40P01). The run stops after a fixed number of
transactions. Run it as ``python -m bench.probes.locks "host=127.0.0.1 dbname=test"``.
"""

from __future__ import annotations

import random
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

CLIENTS = 6
Sizes = tuple[int, int, int]
"""Rows of the table that all clients fight for; rows that one transaction updates; transactions of one client."""
SIZES: tuple[Sizes, ...] = ((2000, 20, 60), (2000, 300, 60), (2000, 1000, 60), (20000, 3000, 10))
DEADLOCK_TIMEOUT_MILLISECONDS = 100
STATEMENT_TIMEOUT_MILLISECONDS = 20_000

Form = Callable[[psycopg.Cursor[Any], list[tuple[int, int]]], None]


def one_by_one_in_key_order(cursor: psycopg.Cursor[Any], changes: list[tuple[int, int]]) -> None:
    """Send one UPDATE per row, pipelined by the driver, the smallest key first."""
    cursor.executemany("UPDATE probe_locks SET value = %s WHERE id = %s", [(v, k) for k, v in sorted(changes)])


def one_by_one_as_they_come(cursor: psycopg.Cursor[Any], changes: list[tuple[int, int]]) -> None:
    """Send one UPDATE per row, pipelined by the driver, in the order in which the program touched the objects."""
    cursor.executemany("UPDATE probe_locks SET value = %s WHERE id = %s", [(v, k) for k, v in changes])


def from_unnest(cursor: psycopg.Cursor[Any], changes: list[tuple[int, int]]) -> None:
    """Send one UPDATE FROM unnest of two arrays that are in key order."""
    keys, values = zip(*sorted(changes), strict=True)
    cursor.execute(
        "UPDATE probe_locks AS t SET value = d.value FROM unnest(%s::int[], %s::int[]) AS d(id, value) "
        "WHERE t.id = d.id",
        (list(keys), list(values)),
    )


def from_unnest_hashed(cursor: psycopg.Cursor[Any], changes: list[tuple[int, int]]) -> None:
    """Send the same UPDATE FROM unnest where the planner can not choose a nested loop (as with other statistics)."""
    cursor.execute("SET LOCAL enable_nestloop = off")
    from_unnest(cursor, changes)


def from_values(cursor: psycopg.Cursor[Any], changes: list[tuple[int, int]]) -> None:
    """Send one UPDATE FROM (VALUES ...) whose rows are in key order."""
    ordered = sorted(changes)
    rows = ", ".join(["(%s::int, %s::int)"] * len(ordered))
    cursor.execute(
        f"UPDATE probe_locks AS t SET value = d.value FROM (VALUES {rows}) AS d(id, value) WHERE t.id = d.id",  # type: ignore[arg-type]
        [number for pair in ordered for number in pair],
    )


def locked_first_then_unnest(cursor: psycopg.Cursor[Any], changes: list[tuple[int, int]]) -> None:
    """Lock the rows by SELECT ... ORDER BY ... FOR UPDATE in the same statement, then UPDATE FROM unnest."""
    keys, values = zip(*sorted(changes), strict=True)
    cursor.execute(
        "WITH locked AS MATERIALIZED (SELECT id FROM probe_locks WHERE id = ANY(%s::int[]) ORDER BY id FOR UPDATE) "
        "UPDATE probe_locks AS t SET value = d.value FROM unnest(%s::int[], %s::int[]) AS d(id, value), locked "
        "WHERE t.id = d.id AND locked.id = d.id",
        (list(keys), list(keys), list(values)),
    )


FORMS: dict[str, Form] = {
    "executemany, key order": one_by_one_in_key_order,
    "executemany, any order": one_by_one_as_they_come,
    "UPDATE FROM unnest": from_unnest,
    "UPDATE FROM unnest, hash join": from_unnest_hashed,
    "UPDATE FROM VALUES": from_values,
    "FOR UPDATE in key order, then unnest": locked_first_then_unnest,
}


@dataclass
class Outcome:
    """What one form did.

    Attributes:
        committed, deadlocks, failures: numbers of transactions.
        seconds: wall-clock time from the first to the last transaction, the waiting for locks included.
    """

    committed: int = 0
    deadlocks: int = 0
    failures: int = 0
    seconds: float = 0.0


def prepare(conninfo: str, rows: int) -> None:
    """Create and fill the table; its rows do not lie in the order of their keys, as in a table that was lived in."""
    keys = list(range(1, rows + 1))
    random.Random(5).shuffle(keys)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS probe_locks")
        connection.execute("CREATE TABLE probe_locks (id int PRIMARY KEY, value int NOT NULL)")
        with connection.cursor() as cursor:
            cursor.executemany("INSERT INTO probe_locks VALUES (%s, 0)", [(key,) for key in keys])
        connection.execute("ANALYZE probe_locks")


def client(conninfo: str, form: Form, seed: int, sizes: Sizes, outcome: Outcome, lock: Any) -> None:
    """Run one client's transactions and add what happened to `outcome`."""
    rows, picked, transactions = sizes
    chance = random.Random(seed)
    with psycopg.connect(conninfo, autocommit=False) as connection:
        connection.execute(f"SET deadlock_timeout = {DEADLOCK_TIMEOUT_MILLISECONDS}")
        connection.execute(f"SET statement_timeout = {STATEMENT_TIMEOUT_MILLISECONDS}")
        connection.commit()
        for _ in range(transactions):
            changes = [(key, chance.randrange(1000)) for key in chance.sample(range(1, rows + 1), picked)]
            try:
                with connection.cursor() as cursor:
                    form(cursor, changes)
                connection.commit()
                result = "committed"
            except psycopg.errors.DeadlockDetected:
                connection.rollback()
                result = "deadlocks"
            except psycopg.Error:
                connection.rollback()
                result = "failures"
            with lock:
                setattr(outcome, result, getattr(outcome, result) + 1)


def measure(conninfo: str, form: Form, *, clients: int = CLIENTS, sizes: Sizes = SIZES[1]) -> Outcome:
    """Let `clients` threads run a form against each other.

    Args:
        conninfo: of the server; the user may create tables and set `deadlock_timeout`.
        form: how the UPDATE is sent.
        sizes: see `Sizes`.
    """
    prepare(conninfo, sizes[0])
    outcome, lock = Outcome(), threading.Lock()
    threads = [
        threading.Thread(target=client, args=(conninfo, form, seed, sizes, outcome, lock)) for seed in range(clients)
    ]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcome.seconds = time.perf_counter() - start
    return outcome


def main(conninfo: str) -> None:
    """Print what all forms do in several sizes: the plan, and with it the order of locks, depends on the size."""
    for sizes in SIZES:
        rows, picked, transactions = sizes
        print(f"{CLIENTS} clients, {CLIENTS * transactions} transactions of {picked} of {rows} rows each")
        for name, form in FORMS.items():
            found = measure(conninfo, form, sizes=sizes)
            print(
                f"  {name:38} committed {found.committed:4}  deadlocks {found.deadlocks:4}  "
                f"other {found.failures}  {found.seconds:6.2f} s",
                flush=True,
            )


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
