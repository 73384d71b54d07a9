"""The numeric types of MySQL and MariaDB: with a width for display, unsigned, filled with zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.sql import types
from holdfast.sql.types import TypeEngine
from holdfast.sql.types.base import Processor


class WholeNumber:
    """What whole numbers share.

    Args:
        display_width: digits that a client may fill up to.
        unsigned: no negative numbers.
        zerofill: filled with zeros on the left, and unsigned.
    """

    _arguments = ("display_width", "unsigned", "zerofill")

    def __init__(self, display_width: int | None = None, unsigned: bool = False, zerofill: bool = False) -> None:
        self.display_width = display_width
        self.unsigned = unsigned
        self.zerofill = zerofill


class INTEGER(WholeNumber, types.INTEGER):
    """``INTEGER``: 32 bits."""


class BIGINT(WholeNumber, types.BIGINT):
    """``BIGINT``: 64 bits."""


class SMALLINT(WholeNumber, types.SMALLINT):
    """``SMALLINT``: 16 bits."""


class MEDIUMINT(WholeNumber, types.Integer):
    """``MEDIUMINT``: 24 bits."""

    visit_name = "MEDIUMINT"


class TINYINT(WholeNumber, types.Integer):
    """``TINYINT``: 8 bits; ``TINYINT(1)`` is what BOOL stands for."""

    visit_name = "TINYINT"


class NUMERIC(types.NUMERIC):
    """``NUMERIC``: see `DECIMAL`."""

    _arguments = ("precision", "scale", "asdecimal", "decimal_return_scale", "unsigned", "zerofill")

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = True,
        unsigned: bool = False,
        zerofill: bool = False,
        decimal_return_scale: int | None = None,
    ) -> None:
        super().__init__(precision, scale, decimal_return_scale, asdecimal)
        self.unsigned = unsigned
        self.zerofill = zerofill


class DECIMAL(NUMERIC):
    """``DECIMAL``.

    Args:
        precision, scale: digits in all, and after the point.
        asdecimal: values are Decimal; otherwise float.
        unsigned, zerofill: as for whole numbers.
    """

    visit_name = "DECIMAL"


class BinaryNumber:
    """What binary numbers share: digits may be given, both or none.

    Raises: ArgumentError: only one of `precision` and `scale`.
    """

    _arguments = ("precision", "scale", "asdecimal", "decimal_return_scale", "unsigned", "zerofill")
    _needs_both = True
    scale: int | None = None

    def __init__(
        self,
        precision: int | None = None,
        scale: int | None = None,
        asdecimal: bool = True,
        unsigned: bool = False,
        zerofill: bool = False,
        decimal_return_scale: int | None = None,
    ) -> None:
        if self._needs_both and (precision is None) is not (scale is None):
            raise ArgumentError("You must specify both precision and scale or omit both altogether.")
        self.precision = precision
        self.scale = scale
        self.asdecimal = asdecimal
        self.unsigned = unsigned
        self.zerofill = zerofill
        self.decimal_return_scale = decimal_return_scale

    def __repr__(self) -> str:
        shown = [
            f"{name}={getattr(self, name)!r}" for name in self._arguments if getattr(self, name) not in (None, False)
        ]
        return f"{type(self).__name__}({', '.join(shown)})"


class DOUBLE(BinaryNumber, types.DOUBLE):
    """``DOUBLE``: 64 bits. Values are Decimal, unless ``asdecimal=False``."""


class REAL(BinaryNumber, types.REAL):
    """``REAL``: another word for DOUBLE."""


class FLOAT(BinaryNumber, types.FLOAT):
    """``FLOAT``: 32 bits, or 64 where `precision` is larger than 24."""

    _needs_both = False

    def __init__(
        self, precision: int | None = None, scale: int | None = None, asdecimal: bool = False, **keywords: Any
    ) -> None:
        super().__init__(precision, scale, asdecimal, **keywords)


class BIT(TypeEngine[int]):
    """``BIT``: a row of up to 64 bits; values are whole numbers.

    Args: length: bits.
    """

    visit_name = "BIT"
    _arguments = ("length",)
    _family = "integer"

    def __init__(self, length: int | None = None) -> None:
        self.length = length

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        return lambda value: int.from_bytes(value, "big") if isinstance(value, bytes) else value

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(int(value))


class YEAR(TypeEngine[int]):
    """``YEAR``: 1901 to 2155, and 0.

    Args: display_width: 4, or 2 on versions of old.
    """

    visit_name = "YEAR"
    _arguments = ("display_width",)
    _family = "integer"

    def __init__(self, display_width: int | None = None) -> None:
        self.display_width = display_width

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(int(value))
