"""UUIDs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from holdfast.sql.operator_classes import OperatorClass
from holdfast.sql.types.base import TypeEngine

if TYPE_CHECKING:
    pass


class Uuid(TypeEngine["uuid.UUID"]):
    """UUIDs: the database's own type, or 32 characters where it has none.

    Args:
        as_uuid: values are `uuid.UUID`; otherwise strings.
        native_uuid: use the database's own type where there is one.
    """

    operator_classes = OperatorClass.BASE | OperatorClass.EQUALITY | OperatorClass.ORDERING
    visit_name = "uuid"
    _arguments = ("as_uuid", "native_uuid")
    _family = "uuid"

    def __init__(self, as_uuid: bool = True, native_uuid: bool = True) -> None:
        self.as_uuid = as_uuid
        self.native_uuid = native_uuid

    @property
    def python_type(self) -> type[Any]:
        from uuid import UUID  # its module looks at the platform: only where UUIDs are used

        return UUID if self.as_uuid else str

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        return self if isinstance(value, str) else super().coerce_compared_value(op, value)

    def literal_processor(self, dialect: Any) -> Callable[[Any], str] | None:
        from uuid import UUID

        as_native = self.native_uuid and self.as_uuid and dialect.capabilities.native_uuid

        def write(value: Any) -> str:
            # Through the class: a text that is no such number never gets into the SQL.
            found = value if isinstance(value, UUID) else UUID(value)
            return f"'{found if as_native else found.hex}'"

        return write


class UUID(Uuid):
    """``UUID``."""

    visit_name = "UUID"
