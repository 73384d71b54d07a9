"""How much each row of the table does: full sizes for figures, small ones for tests."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace

TAGS = 100
"""Different values of the indexed column."""


@dataclass(frozen=True)
class Sizes:
    """Numbers of rows, objects and repetitions; the names of rows in the table say the full ones."""

    objects: int = 2_000
    parents: int = 200
    children: int = 10
    dictionaries: int = 10_000
    narrow: int = 10_000
    wide: int = 2_000
    lookups: int = 50
    selects: int = 10
    fresh: int = 200
    present: int = 1_000
    attributes: int = 1_000
    bulk: int = 2_000
    deleted: int = 1_000
    eager_parents: int = 500
    lazy_parents: int = 200
    lazy_children: int = 20
    transactions: int = 50
    async_commits: int = 20

    def divided(self, by: int) -> Sizes:
        """Give sizes that are smaller by a factor, at least 2 each."""
        return replace(self, **{name: max(2, size // by) for name, size in asdict(self).items()})

    @property
    def middle_amount(self) -> int:
        """The amount that half of the loaded objects have at least."""
        return min(self.objects, AMOUNTS) // 2


AMOUNTS = 500
"""Different values of the column `amount`."""
