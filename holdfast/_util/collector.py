"""Holds the garbage collector back while a large batch of objects is made, and pays the debt afterwards.

Every new object counts towards a collection, and each collection walks what was just loaded: at 100,000 rows that is
more than half of the time. So around a batch: off, load, move the new objects to the oldest generation
(``gc.freeze(); gc.unfreeze()``), on. What was moved no longer counts towards a full collection, hence the debt: each
100,000 rows the collector's objects are counted, and if they are a quarter more than after the last full collection,
another one pays. Without that, dropped cyclic graphs pile up without bound. (Rows may not be compared with objects: a
row makes several that the collector tracks, and the garbage itself is among what is there.)

The collector is process-wide: never held across I/O or an await, only switched on if it was on, counted across
threads, left alone when the program itself has frozen objects.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, TypeVar

T = TypeVar("T")

SMALL_BATCH = 1000
"""Rows below which the collector is left as it is."""

LEAST_DEBT = 100_000
"""Rows whose objects were moved to the oldest generation before it is looked at whether a full collection is due."""


class CollectorPause:
    """A context manager around the making of one batch of objects.

    Args:
        count: how many objects the batch makes, about.
        owes: they outlive it: the collector is to look at them some time.
    """

    _lock = threading.Lock()
    _depth = 0
    _was_on = False
    _debt = 0
    _lived = 0
    """Objects of the oldest generation after the last full collection of this class."""

    __slots__ = ("_active", "_count", "_owes")

    def __init__(self, count: int, owes: bool = True) -> None:
        self._count = count
        self._owes = owes
        self._active = False

    def __enter__(self) -> None:
        if self._count <= SMALL_BATCH or gc.get_freeze_count():
            return
        cls = CollectorPause
        with cls._lock:
            if cls._depth == 0:
                cls._was_on = gc.isenabled()
                gc.disable()
            cls._depth += 1
            self._active = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._active:
            return
        cls = CollectorPause
        pay = False
        with cls._lock:
            cls._depth = max(cls._depth - 1, 0)  # a process that was forked inside begins at 0
            cls._debt += self._count * self._owes
            if cls._depth == 0 and cls._was_on:
                gc.freeze()
                gc.unfreeze()
                gc.enable()
                if cls._debt > LEAST_DEBT:
                    cls._debt = 0
                    pay = _tracked() > cls._lived * 5 // 4
        if pay:
            gc.collect()
            cls._lived = _tracked()

    @classmethod
    def begin_alone(cls) -> None:
        """Forget what other threads were at: they are not in a process that was forked from this one."""
        cls._lock = threading.Lock()
        if cls._depth and cls._was_on:
            gc.enable()
        cls._depth = 0


def held(count: int, function: Callable[..., T], *arguments: Any, owes: bool = True) -> T:
    """Return ``function(*arguments)``, called in a pause.

    Who makes few objects most of the time compares their number with `SMALL_BATCH` first: a call less.
    """
    with CollectorPause(count, owes):
        return function(*arguments)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=CollectorPause.begin_alone)


def _tracked() -> int:
    """Return how many objects the oldest generation has; ``gc.get_count()`` says nothing about it."""
    return len(gc.get_objects(generation=2))
