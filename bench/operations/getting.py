"""Rows that get one object by its key: from the database in a fresh session, and from the identity map.

Raw for the object that is present is two look-ups in plain dicts, by class and by key, the least that finding one
object among many classes can cost.
"""

from datetime import datetime
from typing import Any

from bench.data import thing_rows
from bench.operation import Timed, Work
from bench.plain import Thing
from bench.stores import LibraryStore, RawStore

PRESENT = 1_000
FRESH = range(1, 201)

SELECT_BY_KEY = "SELECT thing.id, thing.name, thing.amount, thing.created FROM thing WHERE thing.id = ?"

_parse = datetime.fromisoformat


def _raw_fresh(store: RawStore) -> Work:
    store.fill("thing", thing_rows(PRESENT))
    cursor = store.connection.cursor()

    def run() -> Thing:
        for key in FRESH:
            cursor.execute("BEGIN")
            id, name, amount, created = cursor.execute(SELECT_BY_KEY, (key,)).fetchall()[0]
            found = Thing(id, name, amount, _parse(created))
            cursor.execute("ROLLBACK")
        return found

    return Work(run, answer=_values)


def _library_fresh(store: LibraryStore) -> Work:
    store.fill("thing", thing_rows(PRESENT))
    thing = store.models.Thing

    def run() -> Any:
        for key in FRESH:
            with store.session() as session:
                found = session.get(thing, key)
        return found

    return Work(run, answer=_values)


def _values(thing: Any) -> tuple[Any, ...]:
    return thing.id, thing.name, thing.amount, thing.created


def _raw_present(store: RawStore) -> Work:
    things = {
        Thing: {id: Thing(id, name, amount, _parse(created)) for id, name, amount, created in thing_rows(PRESENT)}
    }
    keys = list(range(1, PRESENT + 1))

    def run() -> Thing | None:
        for key in keys:
            found = things[Thing].get(key)
        return found

    return Work(run, answer=_values)


def _library_present(store: LibraryStore) -> Work:
    store.fill("thing", thing_rows(PRESENT))
    thing = store.models.Thing
    session = store.session()
    everything = session.scalars(store.lib.select(thing)).all()
    keys = [each.id for each in everything]

    def run() -> Any:
        for key in keys:
            found = session.get(thing, key)
        return found

    def finish() -> None:
        everything.clear()
        session.close()

    return Work(run, finish=finish, answer=_values)


OPERATIONS = (
    Timed("get by key, fresh session", 3, 30, _raw_fresh, _library_fresh),
    Timed("get of an object present", 5, 42, _raw_present, _library_present),
)
