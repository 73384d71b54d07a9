"""Types of arguments, for the annotations of programs that build SQL in functions of their own."""

from __future__ import annotations

from typing import TypeVar, Union

from holdfast.sql.element import ColumnElement
from holdfast.sql.operations import SQLCoreOperations

T = TypeVar("T")

ColumnExpressionArgument = Union[ColumnElement[T], SQLCoreOperations[T]]  # noqa: UP007 - it is subscribed at run time
"""An expression or a mapped attribute: ``def only(*criteria: ColumnExpressionArgument[bool])``."""
