"""Says to type checkers whether a column or class can be None: SQL is the same."""

from __future__ import annotations

from typing import Any


def Nullable(val: Any) -> Any:
    """Return a column or class as it is, typed as one that can be None, for instance after an outer join."""
    return val


def NotNullable(val: Any) -> Any:
    """Return a column or class as it is, typed as one that is never None."""
    return val
