"""Strings of bits: `BitString`, the value, and `BIT`, its type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, SupportsIndex

from holdfast.dialects.postgresql.own_type import OwnType
from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types import NULL_TYPE, Codec, TypeEngine
from holdfast.sql.types.base import LITERAL_TYPES

_FLIPPED = str.maketrans("01", "10")


class BitString(str):
    """A string of ``0`` and ``1``; bitwise operators work on two of one length.

    Args:
        value: the string.

    Raises: ValueError: it holds other characters.
    """

    __slots__ = ()

    def __new__(cls, _value: str, _check: bool = True) -> BitString:
        if isinstance(_value, BitString):
            return _value
        if _check and not set(_value) <= {"0", "1"}:
            raise ValueError("BitString must only contain '0' and '1' chars")
        return super().__new__(cls, _value)

    def __repr__(self) -> str:
        return f'BitString("{self!s}")'

    def __str__(self) -> str:
        return str.__str__(self)

    # -- other forms ---------------------------------------------------------------------------------------------------

    @classmethod
    def from_int(cls, value: int, length: int) -> BitString:
        """Return a number as bits.

        Args:
            value: the number, not negative.
            length: of the string.

        Raises: ValueError: it is negative, or longer.
        """
        if value < 0:
            raise ValueError("value must be non-negative")
        if value.bit_length() > length:
            raise ValueError(f"Cannot encode {value} as a BitString of length {length}")
        return cls(f"{value:0{length}b}" if length else "")

    @classmethod
    def from_bytes(cls, value: bytes, length: int = -1) -> BitString:
        """Return bytes as bits, the highest first.

        Args:
            value: the bytes.
            length: of the string; -1: eight for each byte.

        Raises: ValueError: they are longer.
        """
        number, wanted = int.from_bytes(value, "big"), 8 * len(value) if length < 0 else length
        if number.bit_length() > wanted:
            raise ValueError(f"Cannot encode {value!r} as a BitString of length {wanted}")
        return cls.from_int(number, wanted)

    def to_bytes(self, length: int = -1) -> bytes:
        """Return the bits as bytes, with zeros before them. Raises: OverflowError: `length` bytes can not hold them."""
        size = self.octet_length if length < 0 else length
        return int(self).to_bytes(size, "big")

    def __bytes__(self) -> bytes:
        return self.to_bytes()

    def __int__(self) -> int:
        return int(str.__str__(self), 2) if self else 0

    @property
    def bit_length(self) -> int:
        """The number of bits."""
        return len(self)

    @property
    def octet_length(self) -> int:
        """The number of bytes that hold the bits."""
        return (len(self) + 7) // 8

    # -- single bits ---------------------------------------------------------------------------------------------------

    def get_bit(self, index: int) -> Literal["0", "1"]:
        """Return a bit; position 0 is the left one."""
        return str.__getitem__(self, index)  # type: ignore[return-value]

    def has_bit(self, index: int) -> bool:
        """Return True if a bit is set."""
        return self.get_bit(index) == "1"

    def set_bit(self, index: int, value: bool | int | Literal["0", "1"]) -> BitString:
        """Return the string with another bit. Raises: IndexError: there is no such position."""
        if not 0 <= index < len(self):
            raise IndexError("BitString index out of range")
        bit = value if value in ("0", "1") else "1" if value else "0"
        return self._of(f"{str.__getitem__(self, slice(index))}{bit}{str.__getitem__(self, slice(index + 1, None))}")

    # -- operators -----------------------------------------------------------------------------------------------------

    def _of(self, text: str) -> BitString:
        return type(self)(text, False)

    def _combined(self, other: Any, combine: Callable[[int, int], int]) -> Any:
        if not isinstance(other, str):
            return NotImplemented
        if len(other) != len(self):
            raise ValueError("Operands must be the same length")
        return type(self).from_int(combine(int(self), int(type(self)(other))), len(self))

    def __and__(self, o: str) -> BitString:
        return self._combined(o, int.__and__)  # type: ignore[no-any-return]

    def __or__(self, o: str) -> BitString:
        return self._combined(o, int.__or__)  # type: ignore[no-any-return]

    def __xor__(self, o: str) -> BitString:
        return self._combined(o, int.__xor__)  # type: ignore[no-any-return]

    __rand__, __ror__, __rxor__ = __and__, __or__, __xor__

    def __invert__(self) -> BitString:
        return self._of(self.translate(_FLIPPED))

    def __lshift__(self, amount: int) -> BitString:
        """Move the bits to the left; the length stays."""
        moved = min(max(amount, 0), len(self))
        return self._of(str.__getitem__(self, slice(moved, None)) + "0" * moved)

    def __rshift__(self, amount: int) -> BitString:
        """Move the bits to the right; the length stays."""
        moved = min(max(amount, 0), len(self))
        return self._of("0" * moved + str.__getitem__(self, slice(len(self) - moved)))

    def __add__(self, o: str) -> BitString:
        return type(self)(str.__add__(self, o))

    def __radd__(self, o: str) -> BitString:
        return type(self)(o + str.__str__(self))

    def __getitem__(self, key: SupportsIndex | slice[Any, Any, Any]) -> BitString:
        return self._of(str.__getitem__(self, key))

    # -- methods of strings that give bits -----------------------------------------------------------------------------

    def lstrip(self, char: str | None = None) -> BitString:
        """Return the bits without those on the left; by default without zeros."""
        return self._of(str.lstrip(self, "0" if char is None else char))

    def rstrip(self, char: str | None = "0") -> BitString:
        """Return the bits without those on the right; by default without zeros."""
        return self._of(str.rstrip(self, char))

    def strip(self, char: str | None = "0") -> BitString:
        """Return the bits without those on both sides; by default without zeros."""
        return self._of(str.strip(self, char))

    def replace(self, old: str, new: str, count: SupportsIndex = -1) -> BitString:
        """Return the bits with `new` for `old`."""
        return type(self)(str.replace(self, old, new, count))

    def split(self, sep: str | None = None, maxsplit: SupportsIndex = -1) -> list[str]:
        """Return the parts between `sep`."""
        return [self._of(part) for part in str.split(self, sep, maxsplit)]

    def removeprefix(self, prefix: str, /) -> BitString:
        """Return the bits without a beginning."""
        return self._of(str.removeprefix(self, prefix))

    def removesuffix(self, suffix: str, /) -> BitString:
        """Return the bits without an ending."""
        return self._of(str.removesuffix(self, suffix))

    def zfill(self, width: SupportsIndex) -> BitString:
        """Return the bits with zeros before them."""
        return self._of(str.zfill(self, width))


class BIT(OwnType):
    """``BIT(length)`` or ``BIT VARYING(length)``: strings of bits.

    Args:
        length: bits; of varying ones at most, None: any number.
        varying: values may be shorter.
    """

    operator_classes = OperatorClass.BASE | OperatorClass.EQUALITY | OperatorClass.ORDERING | OperatorClass.BITWISE
    visit_name = "BIT"
    _arguments = ("length", "varying")
    _family = "bits"
    _is_cast = True

    def __init__(self, length: int | None = None, varying: bool = False) -> None:
        self.length = length if length is not None or varying else 1
        self.varying = varying

    @property
    def python_type(self) -> type[BitString]:
        return BitString

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: f"B'{BitString(value)}'"

    def codec(self, dialect: Any) -> Codec:
        return Codec(lambda value: str(BitString(value)), BitString)

    def sql(self, dialect: Any) -> str:
        words = "BIT VARYING" if self.varying else "BIT"
        return words if self.length is None else f"{words}({int(self.length)})"


LITERAL_TYPES[BitString] = NULL_TYPE
"""A string of bits is no plain string; only its column says of which kind it is."""
