"""What advice knows while it is on: limits, clock, what it has counted, and how it speaks."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable
from types import FrameType
from typing import Any
from weakref import WeakKeyDictionary

from holdfast.exc import AdviceWarning
from holdfast.orm.session.places import Place, is_outside


class Settings:
    """The limits in force.

    Attributes:
        active: codes that are on.
        loads: lazy loads, or refreshes, of one kind before they are called a pattern.
        commits: commits of one session at one place.
        flushes: flushes in one transaction.
        seconds: that a transaction may be open, or idle.
        clock: returns seconds.
    """

    def __init__(self) -> None:
        self.active: set[str] = set()
        self.loads = 10
        self.commits = 20
        self.flushes = 50
        self.seconds = 30.0
        self.clock: Callable[[], float] = time.monotonic


settings = Settings()

_notes: WeakKeyDictionary[Any, dict[Any, Any]] = WeakKeyDictionary()


def notes(session: Any) -> dict[Any, Any]:
    """Return what was counted in a session, to read and to change."""
    found = _notes.get(session)
    if found is None:
        found = _notes[session] = {}
    return found


def forget_all() -> None:
    """Forget what was counted."""
    _notes.clear()


def place_of_call() -> Place | None:
    """Return the innermost place in the program that led here."""
    frame = _outside(sys._getframe(1))
    return None if frame is None else Place(frame.f_code, frame.f_lasti)


def _outside(frame: FrameType | None) -> FrameType | None:
    while frame is not None and not is_outside(frame.f_code):
        frame = frame.f_back
    return frame


def advise(code: str, message: str) -> None:
    """Warn, with the line of the program that led here.

    Args:
        code: such as "H001".
        message: what was seen, and what to do.
    """
    warning = AdviceWarning(f"{code}: {message} (docs/how-to/advice.md, {code})")
    warning.code = code
    frame = _outside(sys._getframe(1))
    if frame is None:
        warnings.warn(warning, stacklevel=2)
        return
    warnings.warn_explicit(warning, AdviceWarning, frame.f_code.co_filename, frame.f_lineno)


def once(session: Any, what: Any) -> bool:
    """Return True for the first time that a session is told of something."""
    told = notes(session).setdefault("told", set())
    if what in told:
        return False
    told.add(what)
    return True
