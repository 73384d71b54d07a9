"""Sources of a result that are no list and no cursor: an iterator of rows, several results after each other, nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from holdfast import exc


class Source:
    """What a `Reading` reads; subclasses say where the elements come from.

    Attributes:
        closed: it was given up.
    """

    closed = False

    def portion(self, count: int | None) -> list[Any]:
        """Return the next `count` elements, fewer only at the end; None: all."""
        raise NotImplementedError

    async def core_portion(self, count: int | None) -> list[Any]:
        """Do what `portion` promises; nothing here waits."""
        return self.portion(count)

    def yield_per(self, count: int) -> None:
        """Fetch so many rows at a time."""

    async def core_close(self) -> None:
        """Give up what was not read."""
        self.closed = True


class IteratorSource(Source):
    """The elements of an iterator."""

    def __init__(self, elements: Iterable[Any], make: Callable[[Any], Any]) -> None:
        self._elements = iter(elements)
        self._make = make

    def portion(self, count: int | None) -> list[Any]:
        """Return the next elements."""
        return [self._make(element) for element in islice(self._elements, count)]


class ChunkSource(IteratorSource):
    """The elements of lists that a function yields, which is told how long they shall be.

    Args:
        chunks: size or None -> an iterable of lists; called anew when `yield_per` sets a size.
    """

    def __init__(self, chunks: Callable[[int | None], Iterable[Sequence[Any]]], make: Callable[[Any], Any]) -> None:
        super().__init__((), make)
        self._chunks = chunks
        self.yield_per(None)

    def yield_per(self, count: int | None) -> None:
        """Ask for lists of another length."""
        self._elements = _flat(self._chunks(count))


def _flat(chunks: Iterable[Sequence[Any]]) -> Iterator[Any]:
    for chunk in chunks:
        yield from chunk


class SeveralResults(Source):
    """The elements of several results, one after the other."""

    def __init__(self, results: Sequence[Any]) -> None:
        self._results = list(results)

    def portion(self, count: int | None) -> list[Any]:
        """Return the next elements, from as many results as it takes."""
        taken: list[Any] = []
        while self._results and (count is None or len(taken) < count):
            wanted = None if count is None else count - len(taken)
            part = self._results[0]._take(wanted)
            taken += part
            if wanted is None or len(part) < wanted:
                del self._results[0]
        return taken

    async def core_close(self) -> None:
        """Close all of them."""
        self.closed = True
        for result in self._results:
            await result.core_close()


class NoRows(Source):
    """Of a statement that returns no rows."""

    def portion(self, count: int | None) -> list[Any]:
        """Refuse.

        Raises: ResourceClosedError: always.
        """
        raise exc.ResourceClosedError("This result object does not return rows. It has been closed automatically.")

    async def core_close(self) -> None:
        """There is nothing to give up."""


NO_ROWS = NoRows()
