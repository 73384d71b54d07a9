"""Row of the SQL layer alone: a SELECT with two criteria and a limit, built, found compiled and run.

All on one connection; the rows are `Row` objects. The target is 5 microseconds over the bare driver's 1.8.
"""

from typing import Any

from bench.operation import Timed, Work
from bench.operations.loading import LOOKUPS, tagged_rows
from bench.stores import LibraryStore, RawStore

SELECT = (
    "SELECT tagged.id, tagged.name FROM tagged WHERE tagged.tag = ? AND tagged.id > ? LIMIT ? OFFSET ?"  # as compiled
)
REPEATS = 10
LIMIT = 1


def _raw(store: RawStore) -> Work:
    store.fill("tagged", tagged_rows())
    connection = store.connection

    def run() -> list[list[Any]]:
        connection.execute("BEGIN")
        found = [
            connection.execute(SELECT, (tag, number, LIMIT, 0)).fetchall()
            for number in range(REPEATS)
            for tag in range(LOOKUPS)
        ]
        connection.execute("ROLLBACK")
        return found

    return Work(run, answer=_plain)


def _library(store: LibraryStore) -> Work:
    store.fill("tagged", tagged_rows())
    columns, select = store.models.Tagged.__table__.c, store.lib.select

    def run() -> list[list[Any]]:
        with store.engine.connect() as connection:
            return [
                connection.execute(
                    select(columns.id, columns.name).where(columns.tag == tag).where(columns.id > number).limit(LIMIT)
                ).all()
                for number in range(REPEATS)
                for tag in range(LOOKUPS)
            ]

    return Work(run, answer=_plain)


def _plain(found: list[list[Any]]) -> list[list[tuple[Any, ...]]]:
    return [[tuple(row) for row in rows] for rows in found]


OPERATIONS = (Timed("select with two criteria and a limit, built and run", 3.8, 46, _raw, _library),)
