"""Tells a program's own text without parameters from compiled text without any: in the latter a percent sign is doubled."""

from __future__ import annotations

from typing import Any


class _Nothing(tuple[Any, ...]):
    """No parameters, of a text in which a percent sign stands for itself."""

    __slots__ = ()


NO_PARAMETERS = _Nothing()
"""What a program's own text goes with that came without parameters; compiled text goes with an ordinary tuple."""
