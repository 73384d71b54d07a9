"""Rows that insert: single objects, graphs of two levels, dictionaries.

Raw inserts row by row through one cursor and takes the generated key from `lastrowid`, as a careful person would;
it makes its plain objects inside the timed part, because the library makes its own there too.
"""

from typing import Any

from bench.data import moment, stored
from bench.operation import Timed, Work
from bench.plain import Child, Parent, Thing
from bench.stores import LibraryStore, RawStore

OBJECTS = 2_000
PARENTS, CHILDREN = 200, 10
DICTIONARIES = 10_000

INSERT_THING = "INSERT INTO thing (name, amount, created) VALUES (?, ?, ?)"


def _raw_objects(store: RawStore) -> Work:
    def run() -> list[Thing]:
        things = [
            Thing(id=None, name=f"thing {number}", amount=number, created=moment(number)) for number in range(OBJECTS)
        ]
        cursor = store.connection.cursor()
        cursor.execute("BEGIN")
        for thing in things:
            cursor.execute(INSERT_THING, (thing.name, thing.amount, stored(thing.created)))
            thing.id = cursor.lastrowid
        cursor.execute("COMMIT")
        return things

    return Work(run, lambda: store.fill("thing", []), answer=lambda things: (_keys(things), store.rows("thing")))


def _library_objects(store: LibraryStore) -> Work:
    made = store.models.Thing

    def run() -> list[Any]:
        things = [made(name=f"thing {number}", amount=number, created=moment(number)) for number in range(OBJECTS)]
        with store.session(expire_on_commit=False) as session:
            session.add_all(things)
            session.commit()
        return things

    return Work(run, lambda: store.fill("thing", []), answer=lambda things: (_keys(things), store.rows("thing")))


def _keys(things: list[Any]) -> list[int]:
    return [thing.id for thing in things]


def _raw_graph(store: RawStore) -> Work:
    def run() -> list[Parent]:
        parents = []
        for number in range(PARENTS):
            parent = Parent(None, f"parent {number}")
            parent.children = [Child(None, None, f"child {number}.{place}") for place in range(CHILDREN)]
            parents.append(parent)
        cursor = store.connection.cursor()
        cursor.execute("BEGIN")
        for parent in parents:
            cursor.execute("INSERT INTO parent (name) VALUES (?)", (parent.name,))
            parent.id = cursor.lastrowid
        for parent in parents:
            for child in parent.children:
                child.parent_id = parent.id
                cursor.execute("INSERT INTO child (parent_id, name) VALUES (?, ?)", (child.parent_id, child.name))
                child.id = cursor.lastrowid
        cursor.execute("COMMIT")
        return parents

    return Work(run, lambda: _no_families(store), answer=lambda parents: _families(store, parents))


def _library_graph(store: LibraryStore) -> Work:
    older, younger = store.models.Parent, store.models.Child

    def run() -> list[Any]:
        with store.session(expire_on_commit=False) as session:
            parents = []
            for number in range(PARENTS):
                parent = older(name=f"parent {number}")
                parent.children = [younger(name=f"child {number}.{place}") for place in range(CHILDREN)]
                parents.append(parent)
            session.add_all(parents)
            session.commit()
        return parents

    return Work(run, lambda: _no_families(store), answer=lambda parents: _families(store, parents))


def _no_families(store: RawStore | LibraryStore) -> None:
    store.fill("child", [])
    store.fill("parent", [])


def _families(store: RawStore | LibraryStore, parents: list[Any]) -> Any:
    kept = [(parent.id, [(child.id, child.parent_id) for child in parent.children]) for parent in parents]
    return kept, store.rows("parent"), store.rows("child")


def _dictionaries() -> list[dict[str, Any]]:
    return [{"name": f"thing {number}", "amount": number, "created": moment(number)} for number in range(DICTIONARIES)]


def _raw_dictionaries(store: RawStore) -> Work:
    rows = _dictionaries()

    def run() -> None:
        cursor = store.connection.cursor()
        cursor.execute("BEGIN")
        cursor.executemany(INSERT_THING, [(row["name"], row["amount"], stored(row["created"])) for row in rows])
        cursor.execute("COMMIT")

    return Work(run, lambda: store.fill("thing", []), answer=lambda _: store.rows("thing"))


def _library_dictionaries(store: LibraryStore) -> Work:
    rows = _dictionaries()
    table, insert = store.models.Thing.__table__, store.lib.insert

    def run() -> None:
        with store.engine.begin() as connection:
            connection.execute(insert(table), rows)

    return Work(run, lambda: store.fill("thing", []), answer=lambda _: store.rows("thing"))


OPERATIONS = (
    Timed("insert 2,000 objects, keys filled in", 3, 11, _raw_objects, _library_objects),
    Timed("insert 200 parents with 10 children each", 5, 25, _raw_graph, _library_graph),
    Timed("insert 10,000 dicts", 1.4, 2.8, _raw_dictionaries, _library_dictionaries),
)
