"""Functions whose calls are written in another way than with their arguments in parentheses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def _aggregate_strings(compiler: Any, function: Any, ordered_by: Any, context: dict[str, Any]) -> str:
    clause, separator = function.clauses
    text = compiler.process(clause, **context)
    if ordered_by is not None:
        text += f" ORDER BY {compiler.process(ordered_by, **context)}"
    return f"group_concat({text} SEPARATOR {compiler.process(separator, **context)})"


def _rollup(compiler: Any, function: Any, ordered_by: Any, context: dict[str, Any]) -> str:
    return f"{compiler.process(function.clause_expr, **context)} WITH ROLLUP"


def _sysdate(compiler: Any, function: Any, ordered_by: Any, context: dict[str, Any]) -> str:
    return "SYSDATE()"


WRITERS: dict[str, Callable[..., str]] = {
    "aggregate_strings": _aggregate_strings,
    "rollup": _rollup,
    "sysdate": _sysdate,
}
"""Name in lower case -> (compiler, function, ordered_by, context) -> text."""
