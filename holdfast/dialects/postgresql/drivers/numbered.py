"""Marks of parameters as PostgreSQL's protocol has them: a driver's ``%(name)s`` and ``%s`` are ``$1`` on the line."""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = re.compile(r"%(?:\(([^)]*)\))?(.)", re.DOTALL)


class Numbered(NamedTuple):
    """A text with numbered marks.

    Attributes:
        sql: with ``$1`` in the place of marks; ``%%`` is a percent sign.
        names: of the values, by number; None: they have none.
        count: of the values.
        is_odd: it has other marks than ``%s`` and ``%(name)s``, which stand as they were, or both kinds.
    """

    sql: str
    names: tuple[str, ...] | None
    count: int
    is_odd: bool


def numbered(sql: str) -> Numbered:
    """Return a text with its marks numbered; a name that comes twice has one number."""
    numbers: dict[str, int] = {}
    count = 0
    is_odd = False

    def mark(match: re.Match[str]) -> str:
        nonlocal count, is_odd
        name, kind = match.groups()
        if kind == "%" and name is None:
            return "%"
        if kind != "s" or name == "":
            is_odd = True
            return match[0]
        if name is None:
            count += 1
            return f"${count}"
        return f"${numbers.setdefault(name, len(numbers) + 1)}"

    found = _MARK.sub(mark, sql)
    return Numbered(found, tuple(numbers) or None, len(numbers) or count, is_odd or bool(numbers and count))
