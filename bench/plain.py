"""The plain objects with `__slots__` that stand for a loaded row when the bare driver does the work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bench.data import WIDE_COLUMNS


class Thing:
    """A row of four columns."""

    __slots__ = ("amount", "created", "id", "name")

    def __init__(self, id: int | None, name: str, amount: int, created: datetime) -> None:
        self.id = id
        self.name = name
        self.amount = amount
        self.created = created


class Tagged:
    """A row of the table with the indexed column."""

    __slots__ = ("created", "id", "name", "tag")

    def __init__(self, id: int, name: str, tag: int, created: datetime) -> None:
        self.id = id
        self.name = name
        self.tag = tag
        self.created = created


class Parent:
    """A row that others refer to, with the list of those others."""

    __slots__ = ("children", "id", "name")

    def __init__(self, id: int | None, name: str) -> None:
        self.id = id
        self.name = name
        self.children: list[Child] = []


class Child:
    """A row that refers to a parent."""

    __slots__ = ("id", "name", "parent_id")

    def __init__(self, id: int | None, parent_id: int | None, name: str) -> None:
        self.id = id
        self.parent_id = parent_id
        self.name = name


def _write_wide_class() -> type[Any]:
    """Write out the class of 32 slots as a person would, so that building one costs no loop."""
    names = ("id", *WIDE_COLUMNS)
    body = "\n".join(f"        self.{name} = {name}" for name in names)
    source = f"class Wide:\n    __slots__ = {names!r}\n    def __init__(self, {', '.join(names)}):\n{body}\n"
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    made: type[Any] = namespace["Wide"]
    return made


Wide = _write_wide_class()


def _write_wide_reader() -> Any:
    """Write out the function that turns a tuple of 32 values into a `Wide`, dates parsed."""
    names = ("id", *WIDE_COLUMNS)
    values = ", ".join(f"parse({name})" if name.startswith("moment") else name for name in names)
    source = f"def read(rows):\n    return [Wide({values}) for {', '.join(names)} in rows]\n"
    namespace: dict[str, Any] = {"Wide": Wide, "parse": datetime.fromisoformat}
    exec(source, namespace)
    return namespace["read"]


read_wide = _write_wide_reader()
