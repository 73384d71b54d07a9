"""What a program that will be killed does: transactions drawn from a seed, which its parent can draw again.

Entries are a dictionary here, number -> texts of its lines: what is stored after each transaction is computed without Holdfast.
"""

from __future__ import annotations

import random
from typing import Any, TypeAlias

Entries: TypeAlias = dict[int, tuple[str, ...]]
Step: TypeAlias = tuple[Any, ...]

LONG = "x" * 700
"""Makes a line long, so that a transaction changes many pages."""


def draw(chance: random.Random, entries: Entries) -> tuple[list[Step], bool]:
    """Draw the steps of one transaction, and whether it is rolled back at its end.

    Args:
        entries: what is stored before.
    """
    steps: list[Step] = []
    numbers = sorted(entries)
    highest = max(numbers, default=0)
    gone: set[int] = set()
    for _ in range(chance.randint(1, 4)):
        kind = chance.choice(("add", "add", "append", "append", "pop", "delete", "savepoint"))
        if kind in ("add", "savepoint"):
            highest += 1
            steps.append((kind, highest, chance.randint(0, 12)))
            continue
        left = [number for number in numbers if number not in gone and (kind != "pop" or entries[number])]
        if left and (kind != "delete" or len(left) > 3):
            number = chance.choice(left)
            # Each is touched once, so that the order of steps does not matter.
            gone.add(number)
            steps.append((kind, number))
    return steps, chance.random() < 0.15


def text_of(number: int, place: int) -> str:
    """Return the text of a line."""
    return f"{number}/{place} {LONG}"


def after(entries: Entries, steps: list[Step], is_undone: bool) -> Entries:
    """Return what is stored after a transaction. A savepoint is rolled back, so its entry is not there."""
    if is_undone:
        return entries
    found = dict(entries)
    for kind, number, *rest in steps:
        if kind == "add":
            found[number] = tuple(text_of(number, place) for place in range(rest[0]))
        elif kind == "append":
            found[number] = (*found[number], text_of(number, 100 + len(found[number])))
        elif kind == "pop":
            found[number] = found[number][:-1]
        elif kind == "delete":
            del found[number]
    return found
