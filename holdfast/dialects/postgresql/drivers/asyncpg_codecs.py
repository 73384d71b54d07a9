"""How values travel by asyncpg for which it has classes of its own: strings of bits, ranges, multiranges."""

from __future__ import annotations

from typing import Any

import asyncpg

from holdfast.dialects.postgresql.bits import BIT, BitString
from holdfast.dialects.postgresql.range_values import MultiRange, Range
from holdfast.dialects.postgresql.ranges import AbstractMultiRange, AbstractRange, ranges_of_text, read_range
from holdfast.sql.types import Codec, TypeEngine


def codec_of(type_: TypeEngine[Any]) -> Codec | None:
    """Return how values of a type travel, or None: as by other drivers."""
    if isinstance(type_, BIT):
        return _BITS
    return _range_codec(type_) if isinstance(type_, AbstractRange) else None


# The text of the driver's class has spaces in it.
_BITS = Codec(
    lambda value: asyncpg.BitString(str(BitString(value))),
    lambda value: BitString(value.as_string().replace(" ", "")),
)


def _range_codec(type_: AbstractRange) -> Codec:
    is_several = isinstance(type_, AbstractMultiRange)

    def bind(value: Any) -> Any:
        if isinstance(value, str):
            found = ranges_of_text(value, type_.read_end)
            value = found if is_several else found[0] if found else Range(empty=True)
        if is_several and isinstance(value, Range):
            value = [value]
        # A range may stand beside a multirange, too. A list in a list would be taken for an array in an array, a tuple is not.
        return tuple(map(_write, value)) if isinstance(value, (list, tuple)) else _write(value)

    return Codec(bind, _read_several if is_several else read_range)


def _write(value: Any) -> Any:
    """Return a range of the driver; what the program has of that kind stays as it is."""
    if not isinstance(value, Range):
        return value
    if value.empty:
        return asyncpg.Range(empty=True)
    bounds = value.bounds
    return asyncpg.Range(value.lower, value.upper, lower_inc=bounds[0] == "[", upper_inc=bounds[1] == "]")


def _read_several(value: Any) -> MultiRange[Any]:
    return MultiRange(map(read_range, value))
