"""The facts that an `Inspector` tells, as types for the annotations of programs; at run time they are dicts."""

from __future__ import annotations

from typing import Any, NotRequired, TypedDict

from holdfast.sql.types import TypeEngine


class ReflectedComputed(TypedDict):
    """A column that the database computes."""

    sqltext: str
    persisted: NotRequired[bool]


class ReflectedIdentity(TypedDict):
    """A column that the database counts."""

    always: bool
    on_null: bool
    start: int
    increment: int
    minvalue: int
    maxvalue: int
    nominvalue: bool
    nomaxvalue: bool
    cycle: bool
    cache: int | None
    order: bool


class ReflectedColumn(TypedDict):
    """A column."""

    name: str
    type: TypeEngine[Any]
    nullable: bool
    default: str | None
    autoincrement: NotRequired[bool]
    comment: NotRequired[str | None]
    computed: NotRequired[ReflectedComputed]
    identity: NotRequired[ReflectedIdentity]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedConstraint(TypedDict):
    """What all constraints have."""

    name: str | None
    comment: NotRequired[str | None]


class ReflectedCheckConstraint(ReflectedConstraint):
    """A CHECK."""

    sqltext: str
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedUniqueConstraint(ReflectedConstraint):
    """A UNIQUE."""

    column_names: list[str]
    duplicates_index: NotRequired[str | None]
    options: NotRequired[dict[str, Any]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedPrimaryKeyConstraint(ReflectedConstraint):
    """A primary key."""

    constrained_columns: list[str]
    options: NotRequired[dict[str, Any]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedForeignKeyConstraint(ReflectedConstraint):
    """A foreign key."""

    constrained_columns: list[str]
    referred_schema: str | None
    referred_table: str
    referred_columns: list[str]
    options: NotRequired[dict[str, Any]]


class ReflectedIndex(TypedDict):
    """An index."""

    name: str | None
    column_names: list[str | None]
    expressions: NotRequired[list[str]]
    unique: bool
    duplicates_constraint: NotRequired[str | None]
    include_columns: NotRequired[list[str]]
    column_sorting: NotRequired[dict[str, tuple[str, ...]]]
    dialect_options: NotRequired[dict[str, Any]]


class ReflectedTableComment(TypedDict):
    """The comment of a table."""

    text: str | None
