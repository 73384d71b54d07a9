"""Compiles generated source so that it can be read and stepped through like written code."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from typing import Any

SOURCES_KEPT = 3000
"""Generated sources that tracebacks can show; each function has its own in ``__source__``."""


def compile_function(name: str, source: str, namespace: Mapping[str, Any], label: str) -> Callable[..., Any]:
    """Return the function `name` that `source` defines.

    Args:
        name: the function's name inside `source`.
        source: Python source; it may use the names in `namespace`. Never holds a user's text except as identifiers
            that `str.isidentifier` accepts, or as `repr()` of a string.
        namespace: the globals of the function.
        label: what a traceback shows as the file, for example ``<holdfast rows User from users>``.

    Returns: the function; its source is in `linecache`, for a while, and in the attribute ``__source__``.
    """
    scope: dict[str, Any] = dict(namespace)
    exec(compile(source, label, "exec"), scope)
    _show(label, source)
    function: Callable[..., Any] = scope[name]
    function.__source__ = source  # type: ignore[attr-defined]
    return function


def _show(label: str, source: str) -> None:
    """Let tracebacks and debuggers find the source; a program may send ever new statements, so that old ones go."""
    import linecache  # here and not above: an import of the library compiles nothing yet

    if label not in linecache.cache:
        _shown.append(label)
    # mtime None: linecache.checkcache leaves such an entry alone, since no file stands behind it.
    linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
    while len(_shown) > SOURCES_KEPT:
        linecache.cache.pop(_shown.popleft(), None)


_shown: deque[str] = deque()
