"""The CHECKs that some types ask for: truth values and enumerations, where the database does not know them itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from holdfast.schema.constraints import CheckConstraint
from holdfast.sql.columns import literal_column
from holdfast.sql.conversions import TypeCoerce
from holdfast.sql.types import Boolean, String, TypeDecorator


def type_constraints(column: Any) -> Iterator[CheckConstraint]:
    """Yield the CHECKs that a column's type asks for: its own, and for the databases of its variants those of these."""
    type_ = column.type
    variants = type_._variants
    yield from _constraint(column, type_, lambda dialect: dialect.name not in variants)
    for variant in dict.fromkeys(variants.values()):
        names = {name for name, one in variants.items() if one is variant}
        yield from _constraint(column, variant, lambda dialect, names=names: dialect.name in names)


def _constraint(column: Any, type_: Any, is_used: Callable[[Any], bool]) -> Iterator[CheckConstraint]:
    """Yield the CHECK of one type, if it asks for one.

    Args: is_used: tells of a dialect whether the column has the type there.
    """
    while isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    if not getattr(type_, "create_constraint", False):
        return
    if isinstance(type_, Boolean):
        condition = column.in_([literal_column("0"), literal_column("1")])
        needs = _has_no_boolean
    else:
        # The members stand there as the database keeps them, whatever a decorator would make of them.
        condition = TypeCoerce(column, String()).in_(list(type_.enums))
        needs = _has_no_enumeration if type_.native_enum else _always
    yield CheckConstraint(
        condition, name=type_.name, _autoattach=False, _rule=lambda dialect: is_used(dialect) and needs(dialect)
    )


def _has_no_boolean(dialect: Any) -> bool:
    return not dialect.capabilities.native_boolean


def _has_no_enumeration(dialect: Any) -> bool:
    return not dialect.capabilities.native_enum


def _always(dialect: Any) -> bool:
    return True
