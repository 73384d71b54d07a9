"""One contender's process for one row: `python -m bench.worker`, driven by lines of JSON from `bench/harness.py`.

A process of its own keeps contenders from sharing an interpreter's memory, specialised code and collector. What a library
prints goes to the error stream; answers to the parent have a stream of their own.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import platform
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.contenders.base import Absent, Contender
from bench.contenders.registry import contender_class
from bench.sizes import Sizes
from bench.stores import PostgresqlStore, SqliteStore, Store
from bench.work import Work

CLOCKS: dict[str, Callable[[], float]] = {"processor": time.process_time, "elapsed": time.perf_counter}

OWN = ("raw", "holdfast")
"""Whose errors at import are errors; another library's are a reason not to be measured."""

SAMPLE_SECONDS = 0.03
"""A sample repeats its work until it takes at least this much time, so that neither the clock's grain is seen nor what other
processes have left in the processor's caches."""


def open_contender(order: dict[str, Any]) -> Contender:
    """Make the store and the contender that an order names.

    Args:
        order: `contender`, `row`, `server` (a URL, or None for SQLite), `door` (host and port, or None), `sizes`.
    Raises:
        Absent: the contender cannot be measured there.
    """
    name, server = order["contender"], order["server"]
    database = "postgresql" if server else "sqlite"
    is_async = order["row"].startswith("async_")
    try:
        kind = contender_class(name, database, is_async)
    except ModuleNotFoundError as missing:
        raise Absent(f"{missing.name} is not installed") from missing
    except Exception as error:
        if name in OWN:
            raise
        raise Absent(f"does not work on Python {platform.python_version()}: {error}") from error
    if database not in kind.databases:
        raise Absent(f"not on {database}")
    if order["row"] in kind.absent:
        raise Absent(kind.absent[order["row"]])
    if not hasattr(kind, order["row"]):
        raise Absent("this driver is awaited only" if not is_async else "not offered")
    store: Store = PostgresqlStore(server, order["door"], kind.types) if server else SqliteStore(kind.types)
    try:
        return kind(name, store, Sizes(**order["sizes"]))
    except BaseException:
        store.close()
        raise


def plain(value: Any) -> Any:
    """Give an answer in a form that is the same for equal values, whatever the containers were."""
    if isinstance(value, list | tuple):
        return tuple(plain(each) for each in value)
    return str(value) if isinstance(value, str) else value


def digest(answer: Any) -> tuple[str, str]:
    """Give a fingerprint of an answer, and its beginning for people."""
    text = repr(plain(answer))
    return hashlib.sha256(text.encode()).hexdigest(), text[:300]


def sample(work: Work, repeats: int, clock: Callable[[], float]) -> float:
    """Run a work several times and add up the time of the timed parts alone.

    The collector stays on; it is made to finish before the sample, so that nobody pays for another's garbage. Short works run once
    more before the clock starts: the collector has just walked through all of memory, and another contender had its turn before.
    """
    total = 0.0
    gc.collect()
    if repeats > 1:
        work.prepare()
        work.run()
    for _ in range(repeats):
        work.prepare()
        started = clock()
        result = work.run()
        del result  # inside the clock: who makes many objects also pays for giving them back
        total += clock() - started
    return total


def resident_bytes() -> int:
    """Give the memory that this process has now; the most it has had where the system does not tell."""
    statement = Path("/proc/self/statm")
    return int(statement.read_text().split()[1]) * resource.getpagesize() if statement.exists() else peak_bytes()


def peak_bytes() -> int:
    """Give the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


class Worker:
    """Answers one order after the other, over one contender's work for one row."""

    def __init__(self, contender: Contender, work: Work, clock: Callable[[], float]) -> None:
        self.contender = contender
        self.work = work
        self.clock = clock

    def answer(self) -> dict[str, Any]:
        """Run once, which warms the caches, and give the answer's fingerprint."""
        self.work.prepare()
        mark, beginning = digest(self.work.answer(self.work.run()))
        return {"digest": mark, "beginning": beginning}

    def repeats(self) -> dict[str, Any]:
        """Find how often the work must run for one sample to be long enough."""
        once = max(sample(self.work, 1, self.clock), 1e-7)
        return {"repeats": max(1, round(SAMPLE_SECONDS / once + 0.5))}

    def sample(self, repeats: int) -> dict[str, Any]:
        """Take one sample: seconds for one run."""
        return {"seconds": sample(self.work, repeats, self.clock) / repeats}

    def hold(self, key: str) -> dict[str, Any]:
        """Do a row once in a process that has done it once with ten objects, and hold what it gives.

        Returns:
            seconds, the bytes by which the resident memory has grown, and the most by which it had in between.
        """
        self.contender.sizes, full = Sizes().divided(1_000), self.contender.sizes
        for sizes in (self.contender.sizes, full):
            self.contender.sizes = sizes
            work = self.contender.work(key)
            work.prepare()
            gc.collect()
            before, started = resident_bytes(), self.clock()
            held = work.run()
            seconds = self.clock() - started
            gc.collect()
            grown = resident_bytes() - before
            del held
            work.finish()
        return {"seconds": seconds, "bytes": grown, "peak": peak_bytes() - before}

    def close(self) -> None:
        """Give everything back."""
        self.work.finish()
        self.contender.close()
        self.contender.store.close()


def main() -> None:
    """Serve the orders of one parent until its stream ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    order = json.loads(sys.stdin.readline())
    try:
        contender = open_contender(order)
        try:
            worker = Worker(contender, contender.work(order["row"]), CLOCKS[order["clock"]])
        except BaseException:
            contender.store.close()
            raise
        print(json.dumps({"ready": True}), file=answers)
        for line in sys.stdin:
            name, *arguments = json.loads(line)
            print(json.dumps(getattr(worker, name)(*arguments)), file=answers)
        worker.close()
    except Absent as reason:
        print(json.dumps({"absent": str(reason)}), file=answers)
    except Exception as error:
        print(json.dumps({"failed": f"{type(error).__name__}: {error}", "trace": traceback.format_exc()}), file=answers)


if __name__ == "__main__":
    main()
