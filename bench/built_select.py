"""What a SELECT costs until its text is there: ``python -m bench.built_select`` prints microseconds, beside SQLAlchemy.

Two criteria and a limit, built anew each time: the text is in the cache, the statement is not. Building and finding the compiled form
is what a program pays for not writing SQL; the rest of running it is the call, the result and its rows.
"""

from __future__ import annotations

import importlib
import sqlite3
import time
from collections.abc import Callable
from statistics import median
from typing import Any

RUNS, TURNS = 2_000, 15
SQL = "SELECT thing.id, thing.name FROM thing WHERE thing.amount >= ? AND thing.id < ? LIMIT ? OFFSET ?"


def steps(library: str) -> dict[str, Callable[[int], Any]]:
    """Return the steps of a library: what builds, what builds and finds the text, what builds and runs.

    Args:
        library: its module.
    """
    lib: Any = importlib.import_module(library)
    columns = [
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("name", lib.String),
        lib.Column("amount", lib.Integer),
    ]
    thing = lib.Table("thing", lib.MetaData(), *columns).c
    engine = lib.create_engine("sqlite://")
    connection = engine.connect()
    thing.id.table.create(connection)
    select = lib.select

    def built(number: int) -> Any:
        return select(thing.id, thing.name).where(thing.amount >= number).where(thing.id < number + 10).limit(20)

    def found(number: int) -> Any:
        statement = built(number)
        return engine.compiled(statement).bind(statement._values)

    run = {"built": built, "built and run": lambda number: connection.execute(built(number)).all()}
    return {**run, "built and found": found} if library == "holdfast" else run


def raw() -> Callable[[int], Any]:
    """Return what runs the same statement with the bare driver."""
    cursor = sqlite3.connect(":memory:", isolation_level=None).cursor()
    cursor.execute("CREATE TABLE thing (id INTEGER PRIMARY KEY, name VARCHAR, amount INTEGER)")
    return lambda number: cursor.execute(SQL, (number, number + 10, 20, 0)).fetchall()


def measured(turns: int = TURNS, runs: int = RUNS) -> dict[str, float]:
    """Return microseconds of processor time by step, the median of turns in which every step has its own."""
    work = {"raw": raw()}
    for library in ("holdfast", "sqlalchemy"):
        work |= {f"{library}: {name}": step for name, step in steps(library).items()}
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(turns):
        for name, step in work.items():
            began = time.process_time()
            for number in range(runs):
                step(number)
            times[name].append((time.process_time() - began) / runs * 1e6)
    return {name: median(found) for name, found in times.items()}


def main() -> None:
    """Print one line per step."""
    for name, microseconds in measured().items():
        print(f"{name:28} {microseconds:8.2f}")


if __name__ == "__main__":
    main()
