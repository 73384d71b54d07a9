"""Compiles generated source so that it can be read and stepped through like written code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def compile_function(name: str, source: str, namespace: Mapping[str, Any], label: str) -> Callable[..., Any]:
    """Return the function `name` that `source` defines.

    Args:
        name: the function's name inside `source`.
        source: Python source; it may use the names in `namespace`. Never holds a user's text except as identifiers
            that `str.isidentifier` accepts, or as `repr()` of a string.
        namespace: the globals of the function.
        label: what a traceback shows as the file, for example ``<holdfast rows User from users>``.

    Returns: the function; its source is in `linecache` and in the attribute ``__source__``.
    """
    import linecache  # here and not above: an import of the library compiles nothing yet

    scope: dict[str, Any] = dict(namespace)
    exec(compile(source, label, "exec"), scope)
    # mtime None: linecache.checkcache leaves such an entry alone, since no file stands behind it.
    linecache.cache[label] = (len(source), None, source.splitlines(keepends=True), label)
    function: Callable[..., Any] = scope[name]
    function.__source__ = source  # type: ignore[attr-defined]
    return function
