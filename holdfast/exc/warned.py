"""The categories of warnings, and the functions that warn the line of the caller."""

from __future__ import annotations

import sys
import warnings


class SAWarning(RuntimeWarning):
    """Something that runs, but is probably not what was meant."""


class AdviceWarning(SAWarning):
    """A mistake that people make, found while the program runs (`holdfast.orm.advice`).

    Attributes:
        code: such as "H001".
    """

    code: str = ""


class SADeprecationWarning(DeprecationWarning):
    """A form of old that still works."""


class Base20DeprecationWarning(SADeprecationWarning):
    """A form of the 1.x series."""


class LegacyAPIWarning(Base20DeprecationWarning):
    """A form of the 1.x series that works on, beside the one of the 2.x series."""


class MovedIn20Warning(Base20DeprecationWarning):
    """A form of the 1.x series that moved elsewhere."""


class SAPendingDeprecationWarning(PendingDeprecationWarning):
    """A form that will be deprecated."""


def warn(message: str, stacklevel: int = 3) -> None:
    """Warn by `SAWarning`."""
    warnings.warn(message, SAWarning, stacklevel=stacklevel)


def warn_deprecated(message: str, stacklevel: int = 3) -> None:
    """Warn of a form of old; the message names the modern one."""
    warnings.warn(message, SADeprecationWarning, stacklevel=stacklevel)


def warn_legacy(message: str, stacklevel: int = 3) -> None:
    """Warn of a form of the 1.x series that works on; the message names the one of the 2.x series."""
    warnings.warn(message, LegacyAPIWarning, stacklevel=stacklevel)


def outside() -> int:
    """Return the stack level, for `warn` and its kin, of the first line above the caller that is none of this package's."""
    level, frame = 2, sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "holdfast":
        level, frame = level + 1, frame.f_back  # type: ignore[assignment]
    return level
