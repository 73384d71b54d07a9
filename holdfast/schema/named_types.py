"""The types that the database keeps under names of their own, and which tables use them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from holdfast.schema.ddl import CreateEnumType, DropEnumType
from holdfast.sql.types import ARRAY, SchemaType, TypeDecorator


def named_types(tables: Iterable[Any], dialect: Any) -> list[Any]:
    """Return the types that a dialect keeps under names, of the columns of some tables; each name once.

    A type stands behind the one that it is made of. Those that a program creates itself are left out.
    """
    found: dict[Any, Any] = {}
    for table in tables:
        for column in table.columns:
            for type_ in _named(column.type, dialect):
                if getattr(type_, "create_type", True):
                    found.setdefault((type_.schema, type_.name), type_)
    return list(found.values())


def with_own_types(metadata: Any, tables: list[Any] | None, types: list[Any], dialect: Any) -> list[Any]:
    """Return types of tables, and those that were given the collection of all tables themselves.

    Args:
        tables: only these tables are meant; None: all.
    """
    known = {(type_.schema, type_.name) for type_ in types}
    own = [] if tables is not None else [named_type(type_, dialect) for type_ in metadata.types.values()]
    # One that takes the schema of its table stands among those of tables already, in that schema.
    inherited = {type_.name for type_ in types if type_.inherit_schema}
    rest = [one for one in own if one is not None and not (one.inherit_schema and one.name in inherited)]
    return [*[one for one in rest if (one.schema, one.name) not in known], *types]


def named_type(type_: Any, dialect: Any) -> Any:
    """Return the type behind a column's type that a dialect keeps under its name, or None."""
    return next(iter(list(_named(type_, dialect))[::-1]), None)


def _named(type_: Any, dialect: Any) -> Iterator[Any]:
    """Yield the types with names that a type is or is made of, the inner ones first."""
    type_ = type_.dialect_impl(dialect)
    if isinstance(type_, TypeDecorator):
        yield from _named(type_.type_engine(dialect), dialect)
    elif isinstance(type_, ARRAY):
        yield from _named(type_.item_type, dialect)
    elif isinstance(type_, SchemaType) and type_.is_named:
        if hasattr(type_, "data_type"):
            yield from _named(type_.data_type, dialect)
        known = type_.name is not None and dialect.capabilities.named_types and getattr(type_, "native_enum", False)
        if known:
            yield type_


def creation_of(type_: Any) -> Any:
    """Return the CREATE statement of a type with a name."""
    return getattr(type(type_), "creation", CreateEnumType)(type_)


def dropping_of(type_: Any) -> Any:
    """Return the DROP statement of a type with a name."""
    return getattr(type(type_), "dropping", DropEnumType)(type_)


def in_order_of_dropping(types: list[Any]) -> list[Any]:
    """Return types with names in an order in which they can be dropped: those made of others first."""
    return sorted(types, key=lambda type_: not hasattr(type_, "data_type"))


def of_schema(type_: Any, table_schema: str | None, metadata_schema: str | None = None) -> Any:
    """Return a column's type with its schema: of one that takes that of its table, or of one that names none.

    Args:
        table_schema: the schema of the table.
        metadata_schema: that of all tables that name none.
    """
    if isinstance(type_, ARRAY):
        item = of_schema(type_.item_type, table_schema, metadata_schema)
        return type_ if item is type_.item_type else _changed(type_, item_type=item)
    if not isinstance(type_, SchemaType) or not type_.is_named or type_.schema is not None:
        return type_
    schema = table_schema if type_.inherit_schema else metadata_schema
    return type_ if schema is None else _changed(type_, schema=schema)


def moved(type_: Any, old: str | None, new: str | None) -> Any:
    """Return the type of a copied column: one that stands in the schema of its table moves with it."""
    if isinstance(type_, ARRAY):
        item = moved(type_.item_type, old, new)
        return type_ if item is type_.item_type else _changed(type_, item_type=item)
    moves = isinstance(type_, SchemaType) and type_.is_named and new is not None and type_.schema in (None, old)
    return _changed(type_, schema=new) if moves else type_


def _changed(type_: Any, **facts: Any) -> Any:
    new = type_.copy()
    for name, value in facts.items():
        setattr(new, name, value)
    return new
