"""Waits for what must come, however slow the machine: for a condition, with a deadline that only a defect reaches."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterable

PATIENCE = 120.0
"""Seconds until a test says that something does not come. Nothing that comes takes longer for it."""
PAUSE = 0.002


def wait_until(holds: Callable[[], object], what: str) -> None:
    """Return when `holds()` is true.

    Args:
        what: that is waited for, in words.
    Raises: AssertionError: it does not become true.
    """
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE:.0f} seconds: {what}"
        time.sleep(PAUSE)


async def core_wait_until(holds: Callable[[], object], what: str) -> None:
    """Do the same while the loop goes on."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"not within {PATIENCE:.0f} seconds: {what}"
        await asyncio.sleep(PAUSE)


def join_all(threads: Iterable[threading.Thread]) -> None:
    """Wait for the ends of threads.

    Raises: AssertionError: one does not end.
    """
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive(), f"{thread.name} has not ended within {PATIENCE:.0f} seconds"


def threads_of_drivers() -> list[str]:
    """Return the names of Holdfast's own threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("holdfast")]
