"""Statements made by functions: `lambda_stmt`, and what functions add to them.

The form exists where making a statement costs much, so that a statement is known by its function's code, and made once. Here it
is known by its structure, whose values travel apart: the function is called each time, and every value that it sees is of
that time, closures and attributes alike. So none of the tracking has to be asked for, and none can go wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError


def lambda_stmt(
    lmb: Callable[[], Any],
    enable_tracking: bool = True,
    track_closure_variables: bool = True,
    track_on: Any = None,
    global_track_bound_values: bool = True,
    track_bound_values: bool = True,
    lambda_cache: Any = None,
) -> Any:
    """Return the statement that a function makes; functions of the statement are added by ``+`` or `add_criteria`.

    Args:
        lmb: a function without arguments that returns a statement.
        enable_tracking, track_closure_variables, track_on, global_track_bound_values, track_bound_values, lambda_cache:
            accepted for the sake of programs; nothing is remembered by the function, so nothing has to be tracked.

    Raises: ArgumentError: it is no function, or returns no statement.
    """
    if not callable(lmb) or hasattr(lmb, "is_clause_element"):
        raise ArgumentError(f"lambda_stmt() takes a function that returns a statement, got {lmb!r}")
    statement = lmb()
    if not getattr(statement, "is_statement", False):
        raise ArgumentError(f"The function given to lambda_stmt() returned {statement!r}, which is no statement")
    return statement
