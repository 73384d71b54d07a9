"""Asks whether another name was meant, for messages."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a question that names the known name most like `name`, or nothing if none is."""
    # Here and not above: nobody pays for errors before there is one.
    from difflib import get_close_matches

    near = get_close_matches(name, list(known), 1)
    return f"Did you mean {near[0]!r}?" if near else ""
