"""The rows that every contender works on, and the tables that hold them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from bench.sizes import AMOUNTS, TAGS

START = datetime(2024, 1, 2, 3, 4, 5, 123456)

WIDE_KINDS = ("whole", "part", "word", "moment")
"""The four kinds of column of the wide table: integer, float, string, datetime."""

WIDE_COLUMNS = tuple(f"{WIDE_KINDS[number % 4]}_{number}" for number in range(1, 32))
"""The 31 columns that stand beside the key of the wide table."""

_WIDE_TYPES = {"whole": "INTEGER", "part": "FLOAT", "word": "VARCHAR", "moment": "DATETIME"}
_WIDE = ", ".join(f"{name} {_WIDE_TYPES[name.split('_')[0]]} NOT NULL" for name in WIDE_COLUMNS)

_TABLES = (
    "CREATE TABLE thing (id INTEGER NOT NULL, name VARCHAR NOT NULL, amount INTEGER NOT NULL, "
    "created DATETIME NOT NULL, PRIMARY KEY (id))",
    "CREATE TABLE tagged (id INTEGER NOT NULL, name VARCHAR NOT NULL, tag INTEGER NOT NULL, "
    "created DATETIME NOT NULL, PRIMARY KEY (id))",
    "CREATE TABLE parent (id INTEGER NOT NULL, name VARCHAR NOT NULL, PRIMARY KEY (id))",
    "CREATE TABLE child (id INTEGER NOT NULL, parent_id INTEGER NOT NULL, name VARCHAR NOT NULL, PRIMARY KEY (id), "
    "FOREIGN KEY(parent_id) REFERENCES parent (id))",
    f"CREATE TABLE wide (id INTEGER NOT NULL, {_WIDE}, PRIMARY KEY (id))",
)

TABLE_NAMES = ("thing", "tagged", "parent", "child", "wide")

INDEXES = (
    "CREATE INDEX ix_tagged_tag ON tagged (tag)",
    "CREATE INDEX ix_child_parent_id ON child (parent_id)",
)


def tables(types: Mapping[str, str]) -> Iterator[str]:
    """Give the statements that create the tables.

    Args:
        types: what a database, or a contender, calls a column type.
    """
    for statement in _TABLES:
        for name, called in types.items():
            statement = statement.replace(f"({name} ", f"({called} ").replace(f" {name} ", f" {called} ")
        yield statement


def moment(number: int) -> datetime:
    """Give the datetime of row `number`."""
    return START + timedelta(seconds=number)


def stored(value: datetime) -> str:
    """Give the text in which SQLite keeps a datetime."""
    return value.isoformat(" ", "microseconds")


def thing_rows(count: int) -> Iterator[tuple[int, str, int, str]]:
    """Give rows (id, name, amount, created) as the database keeps them."""
    return ((number, f"thing {number}", number % AMOUNTS, stored(moment(number))) for number in range(1, count + 1))


def tagged_rows(count: int) -> list[tuple[int, str, int, str]]:
    """Give rows (id, name, tag, created) as the database keeps them."""
    return [(number, f"tagged {number}", number % TAGS, stored(moment(number))) for number in range(1, count + 1)]


def thing_values(count: int) -> list[dict[str, object]]:
    """Give new rows of `thing` as dictionaries without keys."""
    return [{"name": f"thing {number}", "amount": number, "created": moment(number)} for number in range(count)]


def wide_rows(count: int) -> list[tuple[object, ...]]:
    """Give rows of the wide table, 32 columns each, as the database keeps them."""
    values: dict[str, Callable[[int], object]] = {
        "whole": lambda number: number,
        "part": lambda number: number / 4,
        "word": lambda number: f"word {number}",
        "moment": lambda number: stored(moment(number)),
    }
    makers = [values[name.split("_")[0]] for name in WIDE_COLUMNS]
    return [(number, *(make(number) for make in makers)) for number in range(1, count + 1)]


def family_rows(parents: int, children: int) -> tuple[list[tuple[int, str]], list[tuple[int, int, str]]]:
    """Give the rows of `parents` parents and of `children` children each."""
    older = [(number, f"parent {number}") for number in range(1, parents + 1)]
    younger = [
        ((number - 1) * children + place + 1, number, f"child {number}.{place}")
        for number, _ in older
        for place in range(children)
    ]
    return older, younger
