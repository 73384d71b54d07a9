"""Strings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import TypeEngine
from holdfast.sql.types.comparator import Concatenable


class String(Concatenable, TypeEngine[str]):
    """Strings: ``VARCHAR(length)``.

    Args:
        length: characters at most; needed in CREATE TABLE on some databases.
        collation: order and comparison of the column.
    """

    operator_classes = OperatorClass.STRING
    visit_name = "string"
    _arguments = ("length", "collation")
    _family = "string"

    def __init__(self, length: int | None = None, collation: str | None = None) -> None:
        self.length = length
        self.collation = collation

    @property
    def python_type(self) -> type[str]:
        return str

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(dialect.literal_text(value))


class Text(String):
    """Strings of any length: ``TEXT``."""

    visit_name = "text"


class Unicode(String):
    """Strings of any language: ``VARCHAR``, ``NVARCHAR`` on some databases."""

    visit_name = "unicode"


class UnicodeText(Text):
    """Strings of any language and length."""

    visit_name = "unicode_text"


class VARCHAR(String):
    """``VARCHAR``."""

    visit_name = "VARCHAR"


class NVARCHAR(Unicode):
    """``NVARCHAR``."""

    visit_name = "NVARCHAR"


class CHAR(String):
    """``CHAR``."""

    visit_name = "CHAR"


class NCHAR(Unicode):
    """``NCHAR``."""

    visit_name = "NCHAR"


class TEXT(Text):
    """``TEXT``."""

    visit_name = "TEXT"


class CLOB(Text):
    """``CLOB``."""

    visit_name = "CLOB"
