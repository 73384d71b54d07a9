"""Copies a table into another MetaData."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.schema.constraints import PrimaryKeyConstraint, UniqueConstraint
from holdfast.schema.foreign_keys import ForeignKey, ForeignKeyConstraint
from holdfast.schema.named_types import moved
from holdfast.schema.type_events import tell_attached
from holdfast.sql.traversal import replace

RETAIN_SCHEMA: Any = type("_RetainSchema", (), {"__repr__": lambda self: "RETAIN_SCHEMA"})()
"""Stands for "the same schema as here"."""


def copied_items(
    table: Any, schema: str | None, referred_schema: Callable[..., Any] | None
) -> tuple[list[Any], list[Any]]:
    """Return copies of a table's columns and constraints, without those that the columns imply.

    Args:
        schema: the schema of the new table.
        referred_schema: see `Table.to_metadata`.
    """
    columns = [_without_keys(column._copy_column()) for column in table.columns]
    for column in columns:
        column.type = moved(column.type, table.schema, schema)
        tell_attached(column)
    new_of = {id(old): new for old, new in zip(table.columns, columns, strict=True)}

    def renewed(expression: Any) -> Any:
        return replace(expression, lambda part: new_of.get(id(part)))

    constraints: list[Any] = []
    for constraint in table.constraints:
        if isinstance(constraint, ForeignKeyConstraint):
            target = _target_namer(table, schema, constraint, referred_schema)
            constraints.append(constraint.copied(target_named=target))
        elif _is_implied(constraint):
            continue
        else:
            copied = constraint.copied()
            if hasattr(copied, "sqltext"):
                copied.sqltext = renewed(copied.sqltext)
            if hasattr(copied, "renew"):
                copied.renew(renewed)
            constraints.append(copied)
    return columns, constraints


def _without_keys(column: Any) -> Any:
    # The constraints of all foreign keys are copied by themselves.
    column.foreign_keys = set()
    return column


def _is_implied(constraint: Any) -> bool:
    if isinstance(constraint, UniqueConstraint):
        return constraint.is_column_flag
    if isinstance(constraint, PrimaryKeyConstraint):
        return constraint.is_implicit
    return bool(getattr(constraint, "is_type_bound", False))


def _target_namer(
    table: Any, schema: str | None, constraint: ForeignKeyConstraint, referred_schema: Callable[..., Any] | None
) -> Callable[[ForeignKey], str]:
    """Return the function that names what a key of the copy refers to: tables beside this one stay beside it."""

    def target(key: ForeignKey) -> str:
        *before, name, column = key.target_fullname.split(".")
        own = ".".join(before) or None
        if referred_schema is not None:
            own = referred_schema(table, schema, constraint, own)
        elif own == table.schema and schema is not None:
            own = schema
        return f"{own}.{name}.{column}" if own else f"{name}.{column}"

    return target


def copy_indexes(table: Any, copy: Any) -> None:
    """Give a copy the indexes of the table, except those that its columns imply."""
    new_of = {id(old): new for old, new in zip(table.columns, copy.columns, strict=True)}
    for index in table.indexes:
        if not index.is_column_flag:
            made = index.copied(lambda part: replace(part, lambda inner: new_of.get(id(inner))))
            made.attach(copy)
