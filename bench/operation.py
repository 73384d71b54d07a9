"""What one row of the table is: its name, its target, and how each contender does the work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bench.stores import LibraryStore, RawStore


def _nothing() -> None:
    """Stand in for a step that a work does not need."""


def _same(result: Any) -> Any:
    """Take a result as its own answer."""
    return result


@dataclass(frozen=True)
class Work:
    """One contender's way of doing an operation.

    Args:
        run: the timed part; dropping what it returns is timed too.
        prepare: brings the database and the objects into the state from which `run` starts; not timed.
        finish: gives back what the work holds, once, at its end.
        answer: turns what `run` returned into plain data; the answers of all contenders must be equal.
    """

    run: Callable[[], Any]
    prepare: Callable[[], None] = _nothing
    finish: Callable[[], None] = _nothing
    answer: Callable[[Any], Any] = _same


@dataclass(frozen=True)
class Timed:
    """A row whose figure is processor time, as a multiple of the bare driver's.

    Args:
        name: how the row is called in the table.
        target: the multiple of raw to reach.
        peer: the multiple that SQLAlchemy 2.1.9 had when the targets were set (CPython 3.11).
        raw, library: build the work over a fresh store that the harness hands in.
        needs: modules without which the row is left out.
    """

    name: str
    target: float
    peer: float
    raw: Callable[[RawStore], Work]
    library: Callable[[LibraryStore], Work]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Counted:
    """A row whose figure is not a multiple of raw: bytes, or a share of a peer's time.

    Args:
        measure: given the contenders' names and the number of rounds, gives one figure per contender; a
            contender without a figure is left out of the mapping.
        unit: written behind the figures.
    """

    name: str
    target: float
    peer: float
    unit: str
    measure: Callable[[list[str], int], dict[str, float]]


Operation = Timed | Counted
