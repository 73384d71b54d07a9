"""Rows that load many: objects of 4 and of 32 columns, rows of columns, an indexed filter.

For objects, raw makes one plain `__slots__` object per row with its dates parsed; for rows of columns it hands out
the driver's own tuples as they are, and the library's conversions count against the library.
"""

from datetime import datetime
from typing import Any

from bench.data import WIDE_COLUMNS, moment, stored, thing_rows, wide_rows
from bench.operation import Timed, Work
from bench.plain import Tagged, Thing, read_wide
from bench.stores import LibraryStore, RawStore

NARROW, WIDE = 10_000, 2_000
TAGS = 100
LOOKUPS = 50

SELECT_THINGS = "SELECT thing.id, thing.name, thing.amount, thing.created FROM thing"
SELECT_WIDE = "SELECT {} FROM wide".format(", ".join(f"wide.{name}" for name in ("id", *WIDE_COLUMNS)))
SELECT_TAGGED = (
    "SELECT tagged.id, tagged.name, tagged.tag, tagged.created FROM tagged WHERE tagged.tag = ? LIMIT ? OFFSET ?"
)

_parse = datetime.fromisoformat


def _raw_things(store: RawStore) -> Work:
    store.fill("thing", thing_rows(NARROW))
    cursor = store.connection.cursor()

    def run() -> list[Thing]:
        cursor.execute("BEGIN")
        rows = cursor.execute(SELECT_THINGS).fetchall()
        things = [Thing(id, name, amount, _parse(created)) for id, name, amount, created in rows]
        cursor.execute("ROLLBACK")
        return things

    return Work(run, answer=_thing_values)


def _library_things(store: LibraryStore) -> Work:
    store.fill("thing", thing_rows(NARROW))
    thing, select = store.models.Thing, store.lib.select

    def run() -> Any:
        with store.session() as session:
            return session.scalars(select(thing)).all()

    return Work(run, answer=_thing_values)


def _thing_values(things: list[Any]) -> list[tuple[Any, ...]]:
    return [(thing.id, thing.name, thing.amount, thing.created) for thing in things]


def _raw_wide(store: RawStore) -> Work:
    store.fill("wide", wide_rows(WIDE))
    cursor = store.connection.cursor()

    def run() -> list[Any]:
        cursor.execute("BEGIN")
        objects: list[Any] = read_wide(cursor.execute(SELECT_WIDE).fetchall())
        cursor.execute("ROLLBACK")
        return objects

    return Work(run, answer=_wide_values)


def _library_wide(store: LibraryStore) -> Work:
    store.fill("wide", wide_rows(WIDE))
    wide, select = store.models.Wide, store.lib.select

    def run() -> Any:
        with store.session() as session:
            return session.scalars(select(wide)).all()

    return Work(run, answer=_wide_values)


def _wide_values(objects: list[Any]) -> list[list[Any]]:
    return [[getattr(each, name) for name in ("id", *WIDE_COLUMNS)] for each in objects]


def _raw_columns(store: RawStore) -> Work:
    store.fill("thing", thing_rows(NARROW))
    cursor = store.connection.cursor()

    def run() -> list[tuple[Any, ...]]:
        cursor.execute("BEGIN")
        rows = cursor.execute(SELECT_THINGS).fetchall()
        cursor.execute("ROLLBACK")
        return rows

    return Work(run, answer=lambda rows: [(*row[:3], _parse(row[3])) for row in rows])


def _library_columns(store: LibraryStore) -> Work:
    store.fill("thing", thing_rows(NARROW))
    thing, select = store.models.Thing, store.lib.select

    def run() -> Any:
        with store.session() as session:
            return session.execute(select(thing.id, thing.name, thing.amount, thing.created)).all()

    return Work(run, answer=lambda rows: [tuple(row) for row in rows])


def tagged_rows() -> list[tuple[int, str, int, str]]:
    return [(number, f"tagged {number}", number % TAGS, stored(moment(number))) for number in range(1, NARROW + 1)]


def _raw_filter(store: RawStore) -> Work:
    store.fill("tagged", tagged_rows())
    cursor = store.connection.cursor()

    def run() -> list[Tagged]:
        for tag in range(LOOKUPS):
            cursor.execute("BEGIN")
            rows = cursor.execute(SELECT_TAGGED, (tag, 20, 0)).fetchall()
            found = [Tagged(id, name, tag, _parse(created)) for id, name, tag, created in rows]
            cursor.execute("ROLLBACK")
        return found

    return Work(run, answer=_tagged_values)


def _library_filter(store: LibraryStore) -> Work:
    store.fill("tagged", tagged_rows())
    tagged, select = store.models.Tagged, store.lib.select

    def run() -> Any:
        for tag in range(LOOKUPS):
            with store.session() as session:
                found = session.scalars(select(tagged).where(tagged.tag == tag).limit(20)).all()
        return found

    return Work(run, answer=_tagged_values)


def _tagged_values(objects: list[Any]) -> list[tuple[Any, ...]]:
    return [(each.id, each.name, each.tag, each.created) for each in objects]


OPERATIONS = (
    Timed("load 10,000 objects of 4 columns", 1.6, 10, _raw_things, _library_things),
    Timed("load 2,000 objects of 32 columns", 1.4, 2.5, _raw_wide, _library_wide),
    Timed("load 10,000 rows of columns", 1.6, 2.5, _raw_columns, _library_columns),
    Timed("indexed filter, limit 20, objects", 2.2, 13, _raw_filter, _library_filter),
)
