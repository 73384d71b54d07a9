"""Rows that update: a loop over loaded objects, and one statement for all rows."""

from datetime import datetime
from typing import Any

from bench.data import thing_rows
from bench.operation import Timed, Work
from bench.plain import Thing
from bench.stores import LibraryStore, RawStore

OBJECTS = 2_000
BULK = 1_000

_parse = datetime.fromisoformat


def _raw_loop(store: RawStore) -> Work:
    held: list[Thing] = []

    def prepare() -> None:
        store.fill("thing", thing_rows(OBJECTS))
        held[:] = [Thing(id, name, amount, _parse(created)) for id, name, amount, created in thing_rows(OBJECTS)]

    def run() -> None:
        for thing in held:
            thing.amount += 1
        cursor = store.connection.cursor()
        cursor.execute("BEGIN")
        cursor.executemany("UPDATE thing SET amount=? WHERE thing.id = ?", [(thing.amount, thing.id) for thing in held])
        cursor.execute("COMMIT")

    return Work(run, prepare, answer=lambda _: store.rows("thing"))


def _library_loop(store: LibraryStore) -> Work:
    thing = store.models.Thing
    held: list[Any] = []
    sessions: list[Any] = []

    def prepare() -> None:
        finish()
        store.fill("thing", thing_rows(OBJECTS))
        sessions.append(store.session())
        held[:] = sessions[0].scalars(store.lib.select(thing)).all()

    def run() -> None:
        for each in held:
            each.amount += 1
        sessions[0].commit()

    def finish() -> None:
        held.clear()
        while sessions:
            sessions.pop().close()

    return Work(run, prepare, finish, answer=lambda _: store.rows("thing"))


def _raw_bulk(store: RawStore) -> Work:
    cursor = store.connection.cursor()

    def run() -> None:
        cursor.execute("BEGIN")
        cursor.execute("UPDATE thing SET amount=(thing.amount + ?)", (1,))
        cursor.execute("COMMIT")

    return Work(run, lambda: store.fill("thing", thing_rows(BULK)), answer=lambda _: store.rows("thing"))


def _library_bulk(store: LibraryStore) -> Work:
    thing, update = store.models.Thing, store.lib.update

    def run() -> None:
        with store.session() as session:
            session.execute(
                update(thing).values(amount=thing.amount + 1), execution_options={"synchronize_session": False}
            )
            session.commit()

    return Work(run, lambda: store.fill("thing", thing_rows(BULK)), answer=lambda _: store.rows("thing"))


OPERATIONS = (
    Timed("loop obj.amount += 1 over 2,000 objects, commit", 3, 14, _raw_loop, _library_loop),
    Timed("bulk UPDATE, no synchronisation", 1.3, 3.0, _raw_bulk, _library_bulk),
)
