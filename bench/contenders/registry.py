"""The names of the contenders, and where each is written."""

from __future__ import annotations

import importlib
from importlib.util import find_spec

from bench.contenders.base import Contender

RAW = "raw"

_PLACES: dict[str, tuple[str, str]] = {
    "raw": ("", ""),
    "holdfast": ("", ""),
    "sqlalchemy": ("", ""),
    "django": ("django", "Django"),
    "peewee": ("peewee", "Peewee"),
    "pony": ("pony", "Pony"),
    "tortoise": ("tortoise", "TortoiseOrm"),
    "piccolo": ("piccolo", "Piccolo"),
    "asyncpg": ("raw_async", "RawAsyncpg"),
    "holdfast:asyncpg": ("mapped_async", "MappedAsync"),
    "sqlalchemy:asyncpg": ("mapped_async", "MappedAsync"),
}

DEFAULT = ("raw", "holdfast", "sqlalchemy", "django", "peewee", "pony", "tortoise", "piccolo")
"""Who is measured when nobody is named."""

ONLY_POSTGRESQL = ("asyncpg", "holdfast:asyncpg", "sqlalchemy:asyncpg")
"""Who can be named besides, for the asynchronous rows on PostgreSQL."""

NAMES = tuple(_PLACES)


def is_installed(name: str) -> bool:
    """Say whether the contender's module is there."""
    return name == RAW or find_spec(name.partition(":")[0]) is not None


def contender_class(name: str, database: str, is_async: bool) -> type[Contender]:
    """Find the class that does the rows of a contender.

    Args:
        database: "sqlite" or "postgresql".
        is_async: whether rows under asyncio are meant.
    Raises:
        ImportError: the library is not installed, or does not work on this Python.
    """
    file, class_name = _place(name, database, is_async)
    found: type[Contender] = getattr(importlib.import_module(f"bench.contenders.{file}"), class_name)
    return found


def _place(name: str, database: str, is_async: bool) -> tuple[str, str]:
    if name == "raw" and is_async:
        return "raw_async", "RawAiosqlite" if database == "sqlite" else "RawPsycopgAsync"
    if name == "raw":
        return ("raw", "Raw") if database == "sqlite" else ("raw_postgresql", "RawPostgresql")
    if name in ("holdfast", "sqlalchemy"):
        return ("mapped_async", "MappedAsync") if is_async else ("mapped", "Mapped")
    if name == "peewee" and is_async:
        return "peewee_async", "PeeweeAsync"
    return _PLACES[name]
