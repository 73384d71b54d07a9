"""Types of SQLite that say in which form their values are stored: dates and times as text, documents as text or binary."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from typing import Any

from holdfast.sql import types as common
from holdfast.sql.functions import func
from holdfast.sql.types import Codec, TypeEngine

_DAY = "%(year)04d-%(month)02d-%(day)02d"
_SECOND = "%(hour)02d:%(minute)02d:%(second)02d"
_FRACTION = ".%(microsecond)06d"
_SAMPLE = {"year": 0, "month": 0, "day": 0, "hour": 0, "minute": 0, "second": 0, "microsecond": 0}


class StoredAsText(TypeEngine[Any]):
    """What dates and times share.

    Args:
        storage_format: the text, with ``%(year)04d``, ``%(month)02d`` and so on.
        regexp: reads the text: its groups are the parts in their order, or are named after them.
    """

    _default_format = ""
    _parts: tuple[str, ...] = ()
    _made_of: Any = None
    _refusal = ""

    storage_format: str
    regexp: re.Pattern[str] | None

    def _set_storage(self, storage_format: str | None, regexp: str | re.Pattern[str] | None) -> None:
        self.is_default = storage_format is None and regexp is None
        self.storage_format = self._default_format if storage_format is None else storage_format
        self.regexp = re.compile(regexp) if isinstance(regexp, str) else regexp

    @property
    def _type_key(self) -> tuple[Any, ...]:
        pattern = None if self.regexp is None else (self.regexp.pattern, self.regexp.flags)
        return (*super()._type_key, self.storage_format, pattern)

    @property
    def format_is_text_affinity(self) -> bool:
        """The text is no number, which SQLite would make of it in a column that is not declared as text."""
        return re.search("[^0-9]", self.storage_format % _SAMPLE) is not None

    def declared(self) -> str:
        """Return the type in CREATE TABLE."""
        return self.visit_name if self.format_is_text_affinity else f"{self.visit_name}_CHAR"

    def write(self, value: Any) -> str:
        """Return a value as it is stored. Raises: TypeError: it is of another class."""
        if not self._accepts(value):
            raise TypeError(self._refusal)
        return self.storage_format % {part: getattr(value, part, 0) for part in self._parts}

    def _accepts(self, value: Any) -> bool:
        return isinstance(value, self._made_of)

    def read(self, text: Any) -> Any:
        """Return the value of a stored text. Raises: ValueError: it has another form."""
        if self.regexp is None:
            return self._made_of.fromisoformat(text)
        match = self.regexp.match(text) if isinstance(text, str) else None
        if match is None:
            raise ValueError(
                f"Couldn't parse {self._made_of.__name__} string: the stored value has another form than the regexp of "
                f"{type(self).__name__} says"
            )
        named = match.groupdict()
        if named:
            return self._made_of(**{name: int(part or 0) for name, part in named.items()})
        return self._made_of(*[int(part or 0) for part in match.groups()])

    def codec(self) -> Codec | None:
        """Return how values travel; None: as all dates and times do."""
        return None if self.is_default else Codec(self.write, self.read)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(dialect.literal_text(self.write(value)))


class DATETIME(StoredAsText, common.DATETIME):
    """``DATETIME``: date and time as text.

    Args:
        args, kwargs: those of `DateTime`.
        truncate_microseconds: the text ends with the second.
        storage_format, regexp: the text and what reads it.

    Raises: AssertionError: `truncate_microseconds` together with one of these.
    """

    _default_format = f"{_DAY} {_SECOND}{_FRACTION}"
    _parts = ("year", "month", "day", "hour", "minute", "second", "microsecond")
    _made_of = datetime.datetime
    _refusal = "SQLite DateTime type only accepts Python datetime and date objects as input."

    def __init__(
        self,
        *args: Any,
        truncate_microseconds: bool = False,
        storage_format: str | None = None,
        regexp: str | re.Pattern[str] | None = None,
        **kwargs: Any,
    ) -> None:
        common.DATETIME.__init__(self, *args, **kwargs)
        if truncate_microseconds:
            _refuse_both(storage_format, regexp)
            storage_format = f"{_DAY} {_SECOND}"
        self._set_storage(storage_format, regexp)

    def _accepts(self, value: Any) -> bool:
        return isinstance(value, datetime.date)


class DATE(StoredAsText, common.DATE):
    """``DATE``: dates as text.

    Args:
        storage_format, regexp: the text and what reads it.
    """

    _default_format = _DAY
    _parts = ("year", "month", "day")
    _made_of = datetime.date
    _refusal = "SQLite Date type only accepts Python date objects as input."

    def __init__(
        self, storage_format: str | None = None, regexp: str | re.Pattern[str] | None = None, **kw: Any
    ) -> None:
        self._set_storage(storage_format, regexp)

    def __repr__(self) -> str:
        return "DATE()"


class TIME(StoredAsText, common.TIME):
    """``TIME``: times of day as text.

    Args:
        args, kwargs: those of `Time`.
        truncate_microseconds: the text ends with the second.
        storage_format, regexp: the text and what reads it.

    Raises: AssertionError: `truncate_microseconds` together with one of these.
    """

    _default_format = f"{_SECOND}{_FRACTION}"
    _parts = ("hour", "minute", "second", "microsecond")
    _made_of = datetime.time
    _refusal = "SQLite Time type only accepts Python time objects as input."

    def __init__(
        self,
        *args: Any,
        truncate_microseconds: bool = False,
        storage_format: str | None = None,
        regexp: str | re.Pattern[str] | None = None,
        **kwargs: Any,
    ) -> None:
        common.TIME.__init__(self, *args, **kwargs)
        if truncate_microseconds:
            _refuse_both(storage_format, regexp)
            storage_format = _SECOND
        self._set_storage(storage_format, regexp)


def _refuse_both(storage_format: Any, regexp: Any) -> None:
    for name, value in (("storage_format", storage_format), ("regexp", regexp)):
        if value is not None:
            raise AssertionError(f"You can specify only one of truncate_microseconds or {name}.")


class JSON(common.JSON):
    """``JSON``: documents as text."""


class JSONB(JSON):
    """``JSONB``: documents in SQLite's binary form, from SQLite 3.45 on."""

    visit_name = "JSONB"

    def bind_expression(self, bindvalue: Any) -> Any:
        return func.jsonb(bindvalue, type_=JSONB())

    def column_expression(self, colexpr: Any) -> Any:
        return func.json(colexpr, type_=JSON())
