"""The types that the database keeps under names of their own, and which tables use them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.sql.types import ARRAY, Enum, TypeDecorator


def named_types(tables: Iterable[Any], dialect: Any) -> list[Any]:
    """Return the enumerations that a dialect keeps as types, of the columns of some tables; each name once."""
    found: dict[Any, Any] = {}
    for table in tables:
        for column in table.columns:
            type_ = named_type(column.type, dialect)
            if type_ is not None:
                found.setdefault((type_.schema, type_.name), type_)
    return list(found.values())


def named_type(type_: Any, dialect: Any) -> Any:
    """Return the enumeration behind a column's type that a dialect keeps under its name, or None."""
    type_ = type_.dialect_impl(dialect)
    if isinstance(type_, TypeDecorator):
        return named_type(type_.type_engine(dialect), dialect)
    if isinstance(type_, ARRAY):
        return named_type(type_.item_type, dialect)
    known = (
        isinstance(type_, Enum) and type_.native_enum and type_.name is not None and dialect.capabilities.native_enum
    )
    return type_ if known else None


def of_schema(type_: Any, schema: str | None) -> Any:
    """Return a column's type: one that takes the schema of its table, with it."""
    takes = isinstance(type_, Enum) and type_.inherit_schema and type_.schema is None and schema is not None
    if not takes:
        return type_
    new = type_.copy()
    new.schema = schema
    return new
