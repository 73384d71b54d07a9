"""The CHECKs that some types ask for: truth values and enumerations, where the database does not know them itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from holdfast.schema.constraints import CheckConstraint
from holdfast.sql.columns import literal_column
from holdfast.sql.conversions import TypeCoerce
from holdfast.sql.types import Boolean, String, TypeDecorator


def type_constraints(column: Any) -> Iterator[CheckConstraint]:
    """Yield the CHECKs that a column's type asks for: its own, and for the databases of its variants those of these."""
    for type_ in dict.fromkeys((column.type, *column.type._variants.values())):
        yield from _constraint(column, type_)


def _constraint(column: Any, given: Any) -> Iterator[CheckConstraint]:
    """Yield the CHECK of one of the types that a column has, on one database or another, if it asks for one."""
    type_ = given
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
    rule = partial(_is_needed, column.type, given, needs)
    yield CheckConstraint(condition, name=type_.name, _autoattach=False, _rule=rule)


def _is_needed(whole: Any, given: Any, needs: Callable[[Any], bool], dialect: Any) -> bool:
    """Return True if a column has the type `given` on a dialect, and the database does not guard it.

    Args: whole: the column's type with its variants.
    """
    return whole.dialect_impl(dialect) is given and needs(dialect)


def _has_no_boolean(dialect: Any) -> bool:
    return not dialect.capabilities.native_boolean


def _has_no_enumeration(dialect: Any) -> bool:
    return not dialect.capabilities.native_enum


def _always(dialect: Any) -> bool:
    return True
