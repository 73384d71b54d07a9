"""``HSTORE``: pairs of strings, from the extension of that name; its operators and functions."""

from __future__ import annotations

import itertools
import re
import struct
from collections.abc import Callable, Mapping
from typing import Any

from holdfast.dialects.postgresql import operators as pg
from holdfast.dialects.postgresql.arrays import ARRAY
from holdfast.dialects.postgresql.own_type import OwnType
from holdfast.sql import operators
from holdfast.sql.element import hooks
from holdfast.sql.functions.element import Function
from holdfast.sql.functions.generic import GenericFunction
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types import Codec, Concatenable, Indexable, Text, to_instance
from holdfast.sql.types.base import Processor
from holdfast.sql.types.numeric import Boolean

_STRING = r'"((?:[^"\\]|\\.)*)"'
_PAIR = re.compile(rf"\s*{_STRING}\s*=>\s*(?:(NULL)|{_STRING})\s*(?:,|$)", re.DOTALL | re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_BOOLEAN = Boolean()


def write_pairs(value: Any) -> Any:
    """Return pairs as the text that the server reads; what is no mapping stays as it is.

    Raises: TypeError: a key is no string, or a value is neither a string nor None.
    """
    if not isinstance(value, Mapping):
        return value
    return ", ".join(f"{_quoted(key, 'key')}=>{_quoted(one, 'value', True)}" for key, one in value.items())


def _quoted(text: Any, what: str, may_be_none: bool = False) -> str:
    if text is None and may_be_none:
        return "NULL"
    if not isinstance(text, str):
        raise TypeError(f"A {what} of an hstore is a string, not a {type(text).__name__}")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def read_pairs(text: Any) -> Any:
    """Return the pairs of what the server wrote; pairs that the driver read stay as they are.

    Raises: ValueError: it is no such text.
    """
    if not isinstance(text, str):
        return text
    found: dict[str, str | None] = {}
    position = 0
    while position < len(text):
        match = _PAIR.match(text, position)
        if match is None:
            raise ValueError(f"The server's text of an hstore can not be read at character {position}")
        key, null, value = match.groups()
        found[_ESCAPED.sub(r"\1", key)] = None if null else _ESCAPED.sub(r"\1", value)
        position = match.end()
    return found


_LENGTH = struct.Struct("!i")


def pack_pairs(text: str) -> bytes:
    """Return pairs in the server's binary form: their number; of each key and value the length, -1 for NULL, and the bytes.

    Args:
        text: as `write_pairs` makes it.
    Source: PostgreSQL's contrib/hstore, `hstore_recv`.
    """
    pairs = read_pairs(text)
    parts = [_LENGTH.pack(len(pairs))]
    for each in itertools.chain.from_iterable(pairs.items()):
        raw = None if each is None else each.encode()
        parts += [_LENGTH.pack(-1)] if raw is None else [_LENGTH.pack(len(raw)), raw]
    return b"".join(parts)


def unpack_pairs(packed: bytes) -> str:
    """Return the text of the server's binary form; see `pack_pairs`."""
    position = _LENGTH.size

    def take() -> str | None:
        nonlocal position
        (length,) = _LENGTH.unpack_from(packed, position)
        begin = position + _LENGTH.size
        position = begin + max(length, 0)
        return None if length < 0 else packed[begin:position].decode()

    # A key comes before its value.
    return str(write_pairs({take(): take() for _ in range(*_LENGTH.unpack_from(packed))}))


class HSTORE(Indexable, Concatenable, OwnType):
    """Pairs of strings as a dictionary; values may be None. The database needs ``CREATE EXTENSION hstore``.

    ``column["key"]`` is the value of a key.

    Args:
        text_type: the type of values; `Text` by default.
    """

    operator_classes = (
        OperatorClass.BASE
        | OperatorClass.EQUALITY
        | OperatorClass.INDEXABLE
        | OperatorClass.CONTAINS
        | OperatorClass.CONCATENABLE
    )
    visit_name = "HSTORE"
    _arguments = ("text_type",)
    _family = "hstore"
    hashable = False

    def __init__(self, text_type: Any = None) -> None:
        self.text_type = Text() if text_type is None else to_instance(text_type)

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self if isinstance(value, Mapping) else super().coerce_compared_value(op, value)

    def codec(self, dialect: Any) -> Codec:
        return Codec(write_pairs, read_pairs)

    def bind_processor(self, dialect: Any) -> Processor | None:
        return write_pairs

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        return read_pairs

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: f"{dialect.literal_text(write_pairs(value))}::HSTORE"

    class Comparator(Indexable.Comparator, Concatenable.Comparator):
        """The operators of pairs."""

        __slots__ = ()

        def _item(self, index: Any) -> Any:
            return hooks.member(self.expr, operators.pairs_getitem_op, index, None, self.type.text_type)

        def has_key(self, other: Any) -> Any:
            """Return the condition that a key is there."""
            return self.operate(pg.HAS_KEY, other)

        def has_all(self, other: Any) -> Any:
            """Return the condition that all keys of an array are there."""
            return self.operate(pg.HAS_ALL, other)

        def has_any(self, other: Any) -> Any:
            """Return the condition that some key of an array is there."""
            return self.operate(pg.HAS_ANY, other)

        def contains(self, other: Any, **kwargs: Any) -> Any:
            """Return the condition that all pairs of another one are in this one."""
            return self.operate(pg.CONTAINS, other)

        def contained_by(self, other: Any) -> Any:
            """Return the condition that all pairs are in another one."""
            return self.operate(pg.CONTAINED_BY, other)

        def defined(self, key: Any) -> Any:
            """Return the condition that a key has a value that is not NULL."""
            return Function("defined", self.expr, key, type_=_BOOLEAN)

        def delete(self, key: Any) -> Any:
            """Return the pairs without a key, the keys of an array, or the pairs of a dictionary."""
            return Function("delete", self.expr, write_pairs(key), type_=self.type)

        def slice(self, array: Any) -> Any:
            """Return the pairs of the keys of an array."""
            return Function("slice", self.expr, array, type_=self.type)

        def keys(self) -> Any:
            """Return the keys as an array."""
            return Function("akeys", self.expr, type_=ARRAY(Text()))

        def vals(self) -> Any:
            """Return the values as an array."""
            return Function("avals", self.expr, type_=ARRAY(Text()))

        def array(self) -> Any:
            """Return keys and values in turn as an array."""
            return Function("hstore_to_array", self.expr, type_=ARRAY(Text()))

        def matrix(self) -> Any:
            """Return an array of arrays of key and value."""
            return Function("hstore_to_matrix", self.expr, type_=ARRAY(Text()))

    comparator_factory = Comparator


class hstore(GenericFunction[Any]):
    """``hstore(...)``: pairs of a key and a value, of two arrays, of one array, or of a row."""

    inherit_cache = True
    type = HSTORE()
    name = "hstore"
