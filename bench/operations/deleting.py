"""The row that loads objects, deletes them one after the other and commits.

Loading is inside the timed part, as in the loop that people write; raw loads its plain objects and sends one
`executemany`.
"""

from datetime import datetime

from bench.data import thing_rows
from bench.operation import Timed, Work
from bench.operations.loading import SELECT_THINGS
from bench.plain import Thing
from bench.stores import LibraryStore, RawStore

OBJECTS = 1_000
SPARED = 10

_parse = datetime.fromisoformat


def _raw_delete(store: RawStore) -> Work:
    def run() -> None:
        cursor = store.connection.cursor()
        cursor.execute("BEGIN")
        rows = cursor.execute(f"{SELECT_THINGS} WHERE thing.id <= ?", (OBJECTS,)).fetchall()
        things = [Thing(id, name, amount, _parse(created)) for id, name, amount, created in rows]
        cursor.executemany("DELETE FROM thing WHERE thing.id = ?", [(thing.id,) for thing in things])
        cursor.execute("COMMIT")

    return Work(run, lambda: store.fill("thing", thing_rows(OBJECTS + SPARED)), answer=lambda _: store.rows("thing"))


def _library_delete(store: LibraryStore) -> Work:
    thing, select = store.models.Thing, store.lib.select

    def run() -> None:
        with store.session() as session:
            for each in session.scalars(select(thing).where(thing.id <= OBJECTS)).all():
                session.delete(each)
            session.commit()

    return Work(run, lambda: store.fill("thing", thing_rows(OBJECTS + SPARED)), answer=lambda _: store.rows("thing"))


OPERATIONS = (Timed("delete 1,000 objects in a loop", 3, 9.9, _raw_delete, _library_delete),)
