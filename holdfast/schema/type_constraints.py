"""The CHECK that some types ask for: truth values and enumerations, where the database does not know them itself."""

from __future__ import annotations

from typing import Any

from holdfast.schema.constraints import CheckConstraint
from holdfast.sql.columns import literal_column
from holdfast.sql.types import Boolean


def type_constraint(column: Any) -> CheckConstraint | None:
    """Return the CHECK that a column's type asks for, or None."""
    type_ = column.type
    if not getattr(type_, "create_constraint", False):
        return None
    if isinstance(type_, Boolean):
        condition = column.in_([literal_column("0"), literal_column("1")])
        return CheckConstraint(condition, name=type_.name, _autoattach=False, _rule=_has_no_boolean)

    def has_no_enumeration(dialect: Any) -> bool:
        known = getattr(dialect.capabilities, "native_enum", False)
        return not (known and getattr(type_, "native_enum", True))

    members = column.in_(list(type_.enums))
    return CheckConstraint(members, name=type_.name, _autoattach=False, _rule=has_no_enumeration)


def _has_no_boolean(dialect: Any) -> bool:
    return not dialect.capabilities.native_boolean
