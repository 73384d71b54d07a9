"""Kinds of SQL that programs ask for by `isinstance`: what gives rows, what may stand in WITH, what takes prefixes."""

from __future__ import annotations


class ReturnsRows:
    """What gives rows: FROM elements, SELECT, set operations, changes with RETURNING."""

    __slots__ = ()


class Selectable(ReturnsRows):
    """What a SELECT may read from, or is: FROM elements, SELECT, set operations."""

    __slots__ = ()


class HasCTE:
    """A statement that may stand in WITH, and have a WITH of its own."""

    __slots__ = ()


class HasPrefixes:
    """What takes words after its first one: `prefix_with`."""

    __slots__ = ()


class HasSuffixes:
    """What takes words at its end: `suffix_with`."""

    __slots__ = ()
