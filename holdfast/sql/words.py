"""Words around a statement: what `prefix_with` and `suffix_with` put there, as SQL."""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.exc import ArgumentError
from holdfast.sql.coercions import resolve
from holdfast.sql.element import ClauseElement
from holdfast.sql.kinds import words_hook
from holdfast.sql.node import Key, Values
from holdfast.sql.text import text


class Words(NamedTuple):
    """SQL that one database gets, or all: ``"*"``."""

    element: Any
    dialect_name: str

    @property
    def _key(self) -> Key:
        return (self.element._key, self.dialect_name)

    @property
    def _values(self) -> Values:
        return self.element._values  # type: ignore[no-any-return]


def all_words(given: tuple[Any, ...], dialect_name: str) -> tuple[Words, ...]:
    """Return the words that a program gives.

    Args:
        given: strings, which are read as `text()` reads them, or elements.
        dialect_name: the database that gets them.

    Raises: ArgumentError: anything else.
    """
    return tuple(Words(_element(one), dialect_name) for one in given)


def _element(value: Any) -> Any:
    if isinstance(value, str):
        return text(value)
    node = resolve(value)
    if not isinstance(node, ClauseElement):
        raise ArgumentError(f"Words of SQL expected, as a string, text() or another element of SQL, got {value!r}")
    return node


words_hook.words = all_words
