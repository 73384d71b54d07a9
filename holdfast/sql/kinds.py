"""Kinds of SQL that programs ask for by `isinstance`: what gives rows, what may stand in WITH, what takes prefixes."""

from __future__ import annotations

from typing import Any, Generic, Self, TypeVar

TP = TypeVar("TP", bound=tuple[Any, ...])


class ReturnsRows(Generic[TP]):
    """What gives rows: FROM elements, SELECT, set operations, changes with RETURNING."""

    __slots__ = ()

    @property
    def selectable(self) -> Self:
        """Itself: what is read from, as it is asked of mappers and aliases too."""
        return self


class Selectable(ReturnsRows[Any]):
    """What a SELECT may read from, or is: FROM elements, SELECT, set operations."""

    __slots__ = ()


class _Hook:
    """What `prefix_with` and `suffix_with` need of `words.py`."""

    words: Any


words_hook = _Hook()


class HasCTE:
    """A statement that may stand in WITH, and have a WITH of its own."""

    __slots__ = ()


class HasPrefixes:
    """What takes words after its first one: `prefix_with`."""

    __slots__ = ()


class HasSuffixes:
    """What takes words at its end: `suffix_with`."""

    __slots__ = ()
