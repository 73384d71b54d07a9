"""Parameters that stand in the text by number, as ``:1`` or ``$1``: all of one name have one number, and one value."""

from __future__ import annotations

from collections.abc import Iterable

MARK = "\0"
"""Stands before and after the name of what is written later: nothing else in SQL text can hold it."""

# Begins, behind MARK, the name of a parameter that gets a number.
_NAME = "\1"

TO_NUMBER = f"{MARK}{_NAME}{{}}{MARK}"
"""What stands in a text that is being written for the number of a parameter."""


def with_numbers(text: str, names: Iterable[str], first: int = 1) -> str:
    """Return a text with the numbers of its parameters.

    Args:
        text: with `TO_NUMBER` in the place of numbers; what else stands between marks stays.
        names: those of the parameters, in the order of their values.
        first: the number of the first one.
    """
    numbers = {_NAME + name: str(number) for number, name in enumerate(names, first)}
    pieces = text.split(MARK)
    written = (numbers.get(piece, f"{MARK}{piece}{MARK}") if at % 2 else piece for at, piece in enumerate(pieces))
    return "".join(written)
