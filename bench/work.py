"""What a contender does for one row of the table: the timed part and what belongs around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


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
