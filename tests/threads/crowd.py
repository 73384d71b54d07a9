"""Runs a function in many threads that begin at once and are switched as often as the interpreter can."""

import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.waiting import PATIENCE, join_all

COUNT = 32


@contextmanager
def often_switched() -> Iterator[None]:
    """Have threads switched after each microsecond; with the usual five milliseconds most races are never run."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        yield
    finally:
        sys.setswitchinterval(before)


def at_once(work: Callable[[int], Any], count: int = COUNT) -> list[Any]:
    """Call ``work(number)`` in `count` threads at once.

    Returns: what the calls returned, in the order of the numbers.
    Raises: what the first call raised that failed. AssertionError: a thread did not end.
    """
    start = threading.Barrier(count)
    returned: list[Any] = [None] * count
    raised: list[BaseException] = []

    def run(number: int) -> None:
        try:
            start.wait(PATIENCE)
            returned[number] = work(number)
        except BaseException as error:
            raised.append(error)

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    with often_switched():
        for thread in threads:
            thread.start()
        join_all(threads)
    if raised:
        raise raised[0]
    return returned
