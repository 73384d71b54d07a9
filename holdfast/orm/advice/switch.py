"""Turns advice on and off, code by code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.orm.advice import loading, stale, transactions
from holdfast.orm.advice.notes import Settings, forget_all, settings

CODES = {
    "H001": "N+1: one statement for each object",
    "H002": "commits in a loop",
    "H003": "flush storm",
    "H004": "a transaction open, or idle, for long",
    "H005": "one row in two sessions",
    "H006": "a failed flush that nobody rolled back",
    "H007": "objects read again one by one after a commit",
    "H008": "lazy loads while an object is serialised",
    "H012": "objects read that a statement has changed behind their back",
}
"""The codes, and what each finds."""


def on(
    *codes: str,
    loads: int | None = None,
    commits: int | None = None,
    flushes: int | None = None,
    seconds: float | None = None,
    clock: Callable[[], float] | None = None,
) -> None:
    """Look for mistakes from now on, in all sessions, and warn of each by an `AdviceWarning`.

    Args:
        codes: such as ``"H001"``; none: all of them.
        loads: separate loads of one relationship, or refreshes, from which on they are called a pattern (10).
        commits: commits of one session at one place (20).
        flushes: flushes of one transaction (50).
        seconds: that a transaction may be open or idle (30).
        clock: what tells the seconds; for tests.

    Raises: ArgumentError: a code that does not exist.
    """
    given: dict[str, Any] = {"loads": loads, "commits": commits, "flushes": flushes, "seconds": seconds, "clock": clock}
    settings.active |= _checked(codes)
    for name, value in given.items():
        if value is not None:
            setattr(settings, name, value)
    _apply()


def off(*codes: str) -> None:
    """Look for these mistakes no longer; for none, if no codes are given, and limits are what they were."""
    settings.active -= _checked(codes)
    if not settings.active:
        settings.__dict__.update(vars(Settings()))
        forget_all()
    _apply()


def current() -> frozenset[str]:
    """Return the codes that are on."""
    return frozenset(settings.active)


def _checked(codes: tuple[str, ...]) -> set[str]:
    for code in codes:
        if code not in CODES:
            raise ArgumentError(f"There is no advice {code!r}; the codes are {', '.join(CODES)}.")
    return set(codes or CODES)


def _apply() -> None:
    loading.watch(bool(settings.active & {"H001", "H007", "H008"}))
    stale.watch("H012" in settings.active)
    transactions.listen(settings.active)
