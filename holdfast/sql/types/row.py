"""Row values."""

from __future__ import annotations

from typing import Any

from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import TypeEngine, to_instance


class TupleType(TypeEngine[Any]):
    """The type of a row value, ``(a, b)``: one type per member.

    Args:
        types: the types of the members.
    """

    operator_classes = OperatorClass.BINARY
    visit_name = "tuple"

    def __init__(self, *types: Any) -> None:
        self.types = tuple(to_instance(type_) for type_ in types)

    @property
    def _type_key(self) -> tuple[Any, ...]:
        return ("tuple type", *[type_._type_key for type_ in self.types])

    def coerce_compared_value(self, op: Any, value: Any) -> Any:
        return self
