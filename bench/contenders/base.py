"""What a contender is: a library, or a bare driver, that builds its own work for each row of the table."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bench.data import moment
from bench.sizes import Sizes
from bench.stores.store import Store
from bench.work import Work


class Absent(Exception):
    """A contender does not offer a row; the message says why."""


class Contender:
    """One library on one store. Each row of `bench/rows.py` is a method of the row's key that builds a `Work`.

    Attributes:
        databases: where it can be measured.
        types: the column types that it wants, see `Store`.
        absent: why it does not offer a row, by the row's key.
        import_statement: what a program of its imports; empty if that is not measured.
    """

    databases: tuple[str, ...] = ("sqlite", "postgresql")
    types: Mapping[str, str] = {}
    absent: Mapping[str, str] = {}
    import_statement: str = ""

    def __init__(self, name: str, store: Store, sizes: Sizes) -> None:
        self.name = name
        self.store = store
        self.sizes = sizes

    def work(self, key: str) -> Work:
        """Build the work of a row.

        Raises:
            Absent: it does not offer the row.
        """
        build: Callable[[], Work] | None = getattr(self, key, None)
        if key in self.absent or build is None:
            raise Absent(self.absent.get(key, "not offered"))
        return build()

    def hold_narrow(self) -> Work:
        """Load narrow objects and keep them alive; a contender whose session ends in the row keeps it open here."""
        return self.load_narrow()  # type: ignore[no-any-return, attr-defined]

    def no_things(self) -> None:
        """Empty the table of things."""
        self.store.fill("thing", [])

    def no_families(self) -> None:
        """Empty the tables of parents and children."""
        self.store.fill_families(0, 0)

    def rows_left(self, _result: Any = None) -> Any:
        """Answer with the rows of things, whatever the work returned."""
        return self.store.rows("thing")

    def keys_and_rows(self, things: list[Any]) -> Any:
        """Answer with the keys that new things were given, and their rows."""
        return [thing.id for thing in things], self.store.rows("thing")

    def families_and_rows(self, families: list[tuple[Any, list[Any]]]) -> Any:
        """Answer with the keys of new parents and of their children beside them, and the rows."""
        return [(parent.id, [child.id for child in children]) for parent, children in families], self.store.families()

    def close(self) -> None:
        """Give back connections, loops and threads."""


class LoopContender(Contender):
    """A contender under asyncio: one event loop for all that it does, opened and closed outside of the clock."""

    def __init__(self, name: str, store: Store, sizes: Sizes) -> None:
        super().__init__(name, store, sizes)
        self._runner = asyncio.Runner()
        self.await_(self.open())

    async def open(self) -> None:
        """Connect."""

    async def shut(self) -> None:
        """Disconnect."""

    def await_(self, step: Awaitable[Any]) -> Any:
        """Run a coroutine to its end."""
        return self._runner.run(_awaited(step))

    def looped(self, run: Callable[[], Awaitable[Any]], **steps: Any) -> Work:
        """Make a work of a coroutine function."""
        return Work(lambda: self.await_(run()), **steps)

    def close(self) -> None:
        self.await_(self.shut())
        self._runner.close()


async def _awaited(step: Awaitable[Any]) -> Any:
    return await step


CREATED = moment(7)
"""The moment that the writing row writes."""


def read_each(things: list[Any]) -> None:
    """Read three columns of each object, so that the loop itself is a small part of the figure."""
    for thing in things:
        thing.name  # noqa: B018
        thing.amount  # noqa: B018
        thing.created  # noqa: B018


def write_each(things: list[Any]) -> None:
    """Write four times to each object."""
    for thing in things:
        thing.name = "written"
        thing.amount = 7
        thing.created = CREATED
        thing.amount = 8


def thing_answer(thing: Any) -> tuple[Any, ...]:
    """Give an object's values."""
    return thing.id, thing.name, thing.amount, thing.created


def things_answer(things: list[Any]) -> list[tuple[Any, ...]]:
    """Give the values of objects of four columns, by key: nobody asked for an order."""
    return sorted(thing_answer(thing) for thing in things)


def tagged_answer(objects: list[Any]) -> list[tuple[Any, ...]]:
    """Give the values of objects of the indexed table."""
    return sorted((each.id, each.name, each.tag, each.created) for each in objects)


def families_answer(parents: list[Any]) -> list[Any]:
    """Give the values of parents and of their loaded children, by key."""
    return sorted(
        (parent.id, parent.name, sorted((child.id, child.parent_id, child.name) for child in parent.children))
        for parent in parents
    )


def pairs_answer(found: list[Any]) -> list[Any]:
    """Give the values of parents with their children beside them, by key."""
    return sorted(
        (parent.id, parent.name, sorted((child.id, parent.id, child.name) for child in children))
        for parent, children in found
    )


def rows_answer(rows: list[Any]) -> list[tuple[Any, ...]]:
    """Give rows as plain tuples, sorted: nobody asked for an order."""
    return sorted(tuple(row) for row in rows)
