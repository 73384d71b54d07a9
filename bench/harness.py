"""The way of measuring: answers first, then rounds in which the contenders take turns, then medians of ratios."""

from __future__ import annotations

import gc
import importlib.util
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median
from time import process_time

from bench.operation import Counted, Operation, Timed, Work
from bench.stores import LibraryStore, RawStore, Store

RAW = "raw"

SAMPLE_SECONDS = 0.005
"""A sample repeats its work until it takes at least this much processor time, so that the clock's grain is small."""


class AnswersDiffer(AssertionError):
    """A contender did not do the same work as the bare driver."""


@dataclass(frozen=True)
class Figures:
    """What was measured for one row.

    Args:
        operation: the row.
        ratios: per contender, the multiple of raw, or the counted figure.
        microseconds: per contender, the median time of one run; empty for counted rows.
        skipped: why nothing was measured on purpose, or None.
        failed: the error that stopped the measurement, or None.
    """

    operation: Operation
    ratios: dict[str, float] = field(default_factory=dict)
    microseconds: dict[str, float] = field(default_factory=dict)
    skipped: str | None = None
    failed: str | None = None


def measure(operation: Operation, contenders: Sequence[str], rounds: int) -> Figures:
    """Measure one row.

    Args:
        contenders: names of library modules, and perhaps `RAW`, which is measured in any case.
        rounds: how many times each contender takes its turn; more is steadier.
    Raises:
        AnswersDiffer: the contenders did not come to equal answers.
    """
    libraries = [name for name in contenders if name != RAW]
    if isinstance(operation, Counted):
        return Figures(operation, operation.measure(libraries, rounds))
    missing = [module for module in operation.needs if importlib.util.find_spec(module) is None]
    if missing:
        return Figures(operation, skipped=f"needs {', '.join(missing)}")
    return _measure_timed(operation, libraries, rounds)


def compare(operation: Timed, libraries: Sequence[str]) -> None:
    """Run one row once and hold the libraries' answers against raw's, without a clock.

    Raises:
        AnswersDiffer: the contenders did not come to equal answers.
    """
    with _works(operation, libraries) as works:
        _compare_answers(operation, works)


def _measure_timed(operation: Timed, libraries: list[str], rounds: int) -> Figures:
    with _works(operation, libraries) as works:
        _compare_answers(operation, works)
        times = _take_turns(works, rounds)
    ratios = {name: median(own / raw for own, raw in zip(times[name], times[RAW], strict=True)) for name in libraries}
    return Figures(operation, ratios, {name: median(own) * 1e6 for name, own in times.items()})


@contextmanager
def _works(operation: Timed, libraries: Sequence[str]) -> Iterator[dict[str, Work]]:
    """Build each contender's work over a store of its own, raw first, and close everything in the end."""
    stores: dict[str, Store] = {}
    works: dict[str, Work] = {}
    try:
        stores[RAW] = raw = RawStore()
        works[RAW] = operation.raw(raw)
        for name in libraries:
            stores[name] = store = LibraryStore(name)
            works[name] = operation.library(store)
        yield works
    finally:
        for work in works.values():
            work.finish()
        for each in stores.values():
            each.close()


def _compare_answers(operation: Timed, works: dict[str, Work]) -> None:
    """Run each work once, which also warms the caches, and hold its answer against raw's."""
    expected = None
    for name, work in works.items():
        work.prepare()
        actual = work.answer(work.run())
        if name == RAW:
            expected = actual
        elif actual != expected:
            raise AnswersDiffer(
                f"{operation.name}: {name} came to another answer than raw"
                f"\n  {name}: {str(actual)[:300]}\n  raw: {str(expected)[:300]}"
            )


def _take_turns(works: dict[str, Work], rounds: int) -> dict[str, list[float]]:
    """Sample every work once per round, each round beginning with another contender.

    Returns:
        per contender, one figure a round: seconds of processor time for one run.
    """
    repeats = {name: _repeats(work) for name, work in works.items()}
    names = list(works)
    times: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            times[name].append(_sample(works[name], repeats[name]) / repeats[name])
    return times


def _repeats(work: Work) -> int:
    """Find how often a work must run for one sample to be long enough."""
    once = max(_sample(work, 1), 1e-7)
    return max(1, round(SAMPLE_SECONDS / once + 0.5))


def _sample(work: Work, repeats: int) -> float:
    """Run a work several times and add up the time of the timed parts alone.

    The collector stays on; it is made to finish before the sample, so that nobody pays for another's garbage.
    """
    total = 0.0
    gc.collect()
    for _ in range(repeats):
        work.prepare()
        started = process_time()
        result = work.run()
        del result  # inside the clock: who makes many objects also pays for giving them back
        total += process_time() - started
    return total
