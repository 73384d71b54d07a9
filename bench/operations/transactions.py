"""The row of many small transactions: a session, one new object, a commit."""

from bench.data import moment, stored
from bench.operation import Timed, Work
from bench.operations.inserting import INSERT_THING
from bench.plain import Thing
from bench.stores import LibraryStore, RawStore

TRANSACTIONS = 50


def _raw_small(store: RawStore) -> Work:
    cursor = store.connection.cursor()

    def run() -> None:
        for number in range(TRANSACTIONS):
            thing = Thing(id=None, name="small", amount=number, created=moment(number))
            cursor.execute("BEGIN")
            cursor.execute(INSERT_THING, (thing.name, thing.amount, stored(thing.created)))
            thing.id = cursor.lastrowid
            cursor.execute("COMMIT")

    return Work(run, lambda: store.fill("thing", []), answer=lambda _: store.rows("thing"))


def _library_small(store: LibraryStore) -> Work:
    made = store.models.Thing

    def run() -> None:
        for number in range(TRANSACTIONS):
            with store.session() as session:
                session.add(made(name="small", amount=number, created=moment(number)))
                session.commit()

    return Work(run, lambda: store.fill("thing", []), answer=lambda _: store.rows("thing"))


OPERATIONS = (Timed("transaction of one insert", 3, 11, _raw_small, _library_small),)
