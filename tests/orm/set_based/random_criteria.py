"""Random criteria and values over every type and operator that the evaluator takes, and over some that it refuses.

Made from one `random.Random`: twenty thousand of them in a few seconds, the same ones for the same seed.
"""

from collections.abc import Callable
from random import Random
from typing import Any

from holdfast import and_, false, not_, null, or_, true
from tests.orm.set_based.kinds import COLUMNS, ORDERED, TEXTS, Thing

Calculation = Callable[[Any, Any], Any]

ARITHMETIC: dict[str, list[Calculation]] = {
    "small": [lambda a, b: a + b, lambda a, b: -a],
    "whole": [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a * b,
        lambda a, b: a % b,
        lambda a, b: a.bitwise_and(b),
    ],
    "big": [lambda a, b: a + b, lambda a, b: -a, lambda a, b: a % b, lambda a, b: a.bitwise_or(b)],
    "part": [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: -a],
    "double": [lambda a, b: a + b, lambda a, b: a * b],
    "exact": [lambda a, b: a + b, lambda a, b: a * b, lambda a, b: -a],
    "price": [lambda a, b: a - b],
    "word": [lambda a, b: a + b, lambda a, b: a.concat(b)],
}
EQUALITIES: list[Calculation] = [lambda a, b: a == b, lambda a, b: a != b]
ORDERS: list[Calculation] = [lambda a, b: a < b, lambda a, b: a <= b, lambda a, b: a > b, lambda a, b: a >= b]
DISTINCT: list[Calculation] = [lambda a, b: a.is_distinct_from(b), lambda a, b: a.is_not_distinct_from(b)]
NULLS: list[Callable[[Any], Any]] = [
    lambda a: a.is_(None),
    lambda a: a.is_not(None),
    lambda a: a == None,  # noqa: E711
    lambda a: a != None,  # noqa: E711
    lambda a: a.is_distinct_from(null()),
]
TRUTHS: list[Callable[[Any], Any]] = [
    lambda a: a,
    not_,
    lambda a: a.is_(True),
    lambda a: a.is_not(False),
    lambda a: a == True,  # noqa: E712
    lambda a: a.is_(false()),
    lambda a: and_(true(), a),
]
MIXED = (
    ("whole", "part"),
    ("small", "big"),
    ("whole", "exact"),
    ("big", "double"),
    ("word", "text"),
    ("short", "unicode"),
)


class Maker:
    """Makes criteria and values.

    Args:
        random: where chance comes from.
    """

    def __init__(self, random: Random) -> None:
        self._choice = random.choice
        self._below = random.randrange

    def column(self, name: str) -> Any:
        """One of the two columns of a type."""
        return getattr(Thing, f"{name}_{self._choice('ab')}")

    def operand(self, name: str) -> Any:
        """A column, or arithmetic over it; now and then arithmetic over arithmetic."""
        found = self.column(name)
        while name in ARITHMETIC and self._below(5) == 0:
            other = self._choice([getattr(Thing, f"{name}_b"), self._choice(COLUMNS[name][1])])
            found = self._choice(ARITHMETIC[name])(found, other)
        return found

    def comparison(self) -> Any:
        """One criterion without AND and OR."""
        name = self._choice(list(COLUMNS))
        return self._choice(self._forms(name))(name)

    def _forms(self, name: str) -> list[Callable[[str], Any]]:
        forms = [self._null, self._member, self._mixed, *[self._compared] * 6]
        if name in ORDERED:
            forms.append(self._between)
        if name == "flag":
            forms += [self._truth] * 3
        return forms

    def _null(self, name: str) -> Any:
        return self._choice(NULLS)(self.operand(name))

    def _member(self, name: str) -> Any:
        values = [*COLUMNS[name][1], None]
        members = [self._choice(values) for _ in range(self._below(5))]
        left = self.operand(name)
        return left.in_(members) if self._below(2) else left.not_in(members)

    def _between(self, name: str) -> Any:
        values = COLUMNS[name][1]
        low, high = self._choice(values), self._choice([*values, self.column(name)])
        between = self.operand(name).between(low, high)
        return between if self._below(2) else not_(between)

    def _truth(self, name: str) -> Any:
        return self._choice(TRUTHS)(self.operand(name))

    def _mixed(self, name: str) -> Any:
        first, second = self._choice(MIXED)
        return self._choice(EQUALITIES)(self.operand(first), self.operand(second))

    def _compared(self, name: str) -> Any:
        right = self._choice([self._choice(COLUMNS[name][1]), self.column(name), self.operand(name)])
        operators = EQUALITIES + (ORDERS if name in (*ORDERED, *TEXTS) else []) + DISTINCT
        # `column < True` can not be said.
        return self._choice(EQUALITIES if isinstance(right, bool) else operators)(self.operand(name), right)

    def criterion(self, depth: int = 3) -> Any:
        """A comparison, or several joined by AND, OR and NOT."""
        kind = self._below(6) if depth else 0
        if kind < 3:
            return self.comparison()
        if kind == 3:
            return not_(self.criterion(depth - 1))
        parts = [self.criterion(depth - 1) for _ in range(2 + self._below(2))]
        return and_(*parts) if kind == 4 else or_(*parts)

    def assignments(self) -> dict[str, Any]:
        """One to three attributes, each with what an UPDATE sets it to."""
        found = {}
        for _ in range(1 + self._below(3)):
            name = self._choice(list(COLUMNS))
            plain = self._choice([*COLUMNS[name][1], None])
            found[f"{name}_{self._choice('ab')}"] = self._choice([plain, self.operand(name)])
        return found
