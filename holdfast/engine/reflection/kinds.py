"""Which objects of a schema are meant: tables or views, lasting or temporary ones."""

from __future__ import annotations

import enum


class ObjectKind(enum.Flag):
    """What kind of object."""

    TABLE = enum.auto()
    VIEW = enum.auto()
    MATERIALIZED_VIEW = enum.auto()
    ANY_VIEW = VIEW | MATERIALIZED_VIEW
    ANY = TABLE | VIEW | MATERIALIZED_VIEW


class ObjectScope(enum.Flag):
    """How long it lives."""

    DEFAULT = enum.auto()
    TEMPORARY = enum.auto()
    ANY = DEFAULT | TEMPORARY
