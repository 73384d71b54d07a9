"""Which texts an exchange can send, and in what form; the others stay with psycopg's cursors."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from psycopg.adapt import PyFormat

from holdfast._util.collections import BoundedMemory
from holdfast.dialects.postgresql.drivers.numbered import numbered

_STATEMENTS = ("SELECT", "INSERT", "UPDATE", "DELETE", "VALUES", "WITH")
_MARKS = ("BEGIN", "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
"""How texts begin that the extended protocol takes and that change no schema; the rest is the driver's own business."""
_FIRST_WORD = re.compile(r"\s*([A-Za-z]+)")
_MOST = 2_000
"""Texts that a process keeps."""


class Text:
    """One statement as it is sent.

    Attributes:
        sql: with ``$1``, ``$2`` ... for values.
        names: whose values they are; None: they come in order.
        formats: one for each value: the driver chooses.
        is_mark: it begins or ends a transaction or a savepoint.
    """

    __slots__ = ("formats", "is_mark", "names", "sql")

    def __init__(self, sql: str, names: tuple[str, ...] | None, count: int) -> None:
        self.sql = sql.encode()
        self.names = names
        self.formats = [PyFormat.AUTO] * count
        self.is_mark = _first_word(sql) in _MARKS

    def values(self, parameters: Any) -> list[Any] | None:
        """Return the values in the order of their numbers; None where they are not those of the text."""
        names = self.names
        try:
            if names is not None:
                return [parameters[name] for name in names]
            values = list(parameters)
        except (LookupError, TypeError):
            return None
        return values if len(values) == len(self.formats) else None


def plain_text(sql: str) -> Text | None:
    """Return a text without parameters as it is sent; None where only the driver can send it."""
    text = _plain.get(sql, _UNREAD)
    if text is _UNREAD:
        text = _plain[sql] = Text(sql, None, 0) if _fits(sql) and ";" not in sql else None
    return text


def text_with(sql: str, parameters: Mapping[str, Any] | Sequence[Any]) -> Text | None:
    """Return a text with parameters as it is sent; None where only the driver can send it."""
    text = _marked.get(sql, _UNREAD)
    if text is _UNREAD:
        found = numbered(sql)
        text = _marked[sql] = Text(*found[:3]) if _fits(sql) and not found.is_odd else None
    # Marks without names take no mapping, but a text without marks takes an empty one.
    if text is not None and text.names is None and parameters and isinstance(parameters, Mapping):
        return None
    return text


def forget() -> None:
    """Read all texts anew."""
    _plain.clear()
    _marked.clear()


_UNREAD: Any = object()
_plain: BoundedMemory[str, Text | None] = BoundedMemory(_MOST)
_marked: BoundedMemory[str, Text | None] = BoundedMemory(_MOST)


def _first_word(sql: str) -> str:
    found = _FIRST_WORD.match(sql)
    return found[1].upper() if found else ""


def _fits(sql: str) -> bool:
    word = _first_word(sql)
    return word in _STATEMENTS or word in _MARKS
