"""How time and memory grow with the number of objects: `python -m bench --growth`.

A fresh process for every contender, operation and size does it once, after ten objects to warm up: it inserts new objects
in one transaction, or loads objects and holds them. Its peak is the most memory that it had above what it had before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bench.harness import held
from bench.settings import Setting

SIZES = (1_000, 10_000, 100_000, 1_000_000)
OPERATIONS = {"insert_objects": "insert", "hold_narrow": "load"}


@dataclass(frozen=True)
class Growth:
    """One point of a curve.

    Args:
        operation: "insert" or "load".
        contender, objects: who, and how many.
        seconds: for all of them.
        peak: bytes.
        absent: why there are none, or None.
    """

    operation: str
    contender: str
    objects: int
    seconds: float = 0.0
    peak: int = 0
    absent: str | None = None


def measure(contenders: Sequence[str], sizes: Sequence[int], setting: Setting) -> Iterator[Growth]:
    """Measure curves, one point after the other, the contenders of a point side by side."""
    for key, operation in OPERATIONS.items():
        for objects in sizes:
            for name in contenders:
                found = held(name, key, replace(setting.sizes, objects=objects, narrow=objects), setting)
                if isinstance(found, str):
                    yield Growth(operation, name, objects, absent=found)
                else:
                    yield Growth(operation, name, objects, found["seconds"], found["peak"])


def text(point: Growth) -> str:
    """Write a point for the terminal."""
    start = f"{point.operation:8}{point.objects:>11,}  {point.contender:12}"
    if point.absent is not None:
        return f"{start} - {point.absent}"
    return (
        f"{start}{point.seconds / point.objects * 1e6:10.2f} us an object "
        f"{point.peak / 2**20:10.1f} MiB at the peak {point.peak / point.objects:10,.0f} bytes an object"
    )
