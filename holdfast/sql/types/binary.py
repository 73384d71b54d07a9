"""Bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import Processor, TypeEngine


class LargeBinary(TypeEngine[bytes]):
    """Bytes of any length: ``BLOB``, ``BYTEA``.

    Args:
        length: bytes at most, where the database wants it said.
    """

    operator_classes = OperatorClass.BINARY
    visit_name = "large_binary"
    _arguments = ("length",)
    _family = "bytes"

    def __init__(self, length: int | None = None) -> None:
        self.length = length

    @property
    def python_type(self) -> type[bytes]:
        return bytes

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        # Text beside bytes is refused when it is bound: a database would find it unequal to any bytes, silently.
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def bind_processor(self, dialect: Any) -> Processor | None:
        # Refuses text and numbers, which a database would store as what they are and no reader expects.
        return memoryview

    def result_processor(self, dialect: Any, coltype: Any = None) -> Processor | None:
        return bytes

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        return lambda value: str(dialect.binary_literal(bytes(value).hex()))


class BLOB(LargeBinary):
    """``BLOB``."""

    visit_name = "BLOB"


class BINARY(LargeBinary):
    """``BINARY``."""

    visit_name = "BINARY"


class VARBINARY(LargeBinary):
    """``VARBINARY``."""

    visit_name = "VARBINARY"
