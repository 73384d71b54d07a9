"""What every store can do, whatever its database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from bench.data import family_rows


class Store:
    """A database of one contender's own, and a bare connection to fill and read it outside of the clock.

    Args:
        types: column types that a contender wants in the place of those of `data.py`.
    Attributes:
        database: "sqlite" or "postgresql".
        path: of the SQLite file; empty on servers.
        address: where the contender connects on servers, as keyword arguments of a driver; empty on SQLite.
    """

    database: str
    path: str = ""
    address: Mapping[str, Any] = {}

    def url(self, scheme: str) -> str:
        """Give the address in the form `scheme://...`."""
        raise NotImplementedError

    def fill(self, table: str, rows: Iterable[Sequence[object]]) -> None:
        """Replace the rows of a table.

        Args:
            table: its name.
            rows: tuples of all its columns; may be empty.
        """
        raise NotImplementedError

    def read(self, table: str) -> list[tuple[Any, ...]]:
        """Read a table by the bare driver, in the order of its key."""
        raise NotImplementedError

    def close(self) -> None:
        """Drop the database."""
        raise NotImplementedError

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Read back a table with its moments as datetimes, in whatever form a contender wrote them."""
        return [tuple(map(_parsed, row)) for row in self.read(table)]

    def fill_families(self, parents: int, children: int) -> None:
        """Fill parents and their children."""
        older, younger = family_rows(parents, children)
        self.fill("child", [])
        self.fill("parent", older)
        self.fill("child", younger)

    def families(self) -> Any:
        """Read back parents and children."""
        return self.rows("parent"), self.rows("child")


def _parsed(value: Any) -> Any:
    if isinstance(value, str) and value[:2] == "20" and value[10:11] in (" ", "T"):
        return datetime.fromisoformat(value).replace(tzinfo=None)
    return value
