"""The constants of SQL: NULL, true and false."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.sql.binds import NULL_TYPE
from holdfast.sql.element import ColumnElement
from holdfast.sql.types import Boolean

T = TypeVar("T")


class Constant(ColumnElement[T]):
    """NULL, true or false: one node each, without a value to bind."""

    __slots__ = ()

    def __init__(self, type_: Any) -> None:
        self.type = type_
        self._key = self.visit_name
        self._values = ()


class Null(Constant[None]):
    """``NULL``."""

    __slots__ = ()

    visit_name = "null"


class True_(Constant[bool]):
    """``true``, or its stand-in where a database has no such constant."""

    __slots__ = ()

    visit_name = "true"


class False_(Constant[bool]):
    """``false``, or its stand-in where a database has no such constant."""

    __slots__ = ()

    visit_name = "false"


NULL = Null(NULL_TYPE)
TRUE = True_(Boolean())
FALSE = False_(Boolean())


def null() -> Null:
    """Return the constant NULL."""
    return NULL


def true() -> True_:
    """Return the constant true."""
    return TRUE


def false() -> False_:
    """Return the constant false."""
    return FALSE
