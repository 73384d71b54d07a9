"""The list of programs, filled by the decorator that marks them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log

Program = Callable[[Any, Any, Log], None]
"""A program takes a library's module, a fresh engine on an empty SQLite database, and the log."""

PROGRAMS: dict[str, Program] = {}


def program(function: Program) -> Program:
    """Enter a function into the list under `file.function`.

    Raises:
        ValueError: the name is taken.
    """
    name = f"{function.__module__.rsplit('.', 1)[-1]}.{function.__name__}"
    if name in PROGRAMS:
        raise ValueError(f"two programs are called {name}")
    PROGRAMS[name] = function
    return function
