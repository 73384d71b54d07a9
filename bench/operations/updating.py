"""Rows that update: a loop over loaded objects, and one statement for all rows."""

from collections.abc import Callable
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


def _raw_present(sql: str) -> Callable[[RawStore], Work]:
    def build(store: RawStore) -> Work:
        cursor = store.connection.cursor()

        def run() -> None:
            cursor.execute("BEGIN")
            cursor.execute(sql, (1, 250)).fetchall()
            cursor.execute("COMMIT")

        return Work(run, lambda: store.fill("thing", thing_rows(OBJECTS)), answer=lambda _: store.rows("thing"))

    return build


def _library_present(strategy: str) -> Callable[[LibraryStore], Work]:
    """Half of the rows are updated while the objects of all are in the session, whose values are looked at afterwards."""

    def build(store: LibraryStore) -> Work:
        thing, lib = store.models.Thing, store.lib
        held: list[Any] = []
        sessions: list[Any] = []

        def prepare() -> None:
            finish()
            store.fill("thing", thing_rows(OBJECTS))
            sessions.append(store.session(expire_on_commit=False))
            held[:] = sessions[0].scalars(lib.select(thing)).all()

        def run() -> None:
            statement = lib.update(thing).where(thing.amount >= 250).values(amount=thing.amount + 1)
            sessions[0].execute(statement, execution_options={"synchronize_session": strategy})
            sessions[0].commit()

        def finish() -> None:
            held.clear()
            while sessions:
                sessions.pop().close()

        def answer(_: None) -> list[tuple[Any, ...]]:
            rows = store.rows("thing")
            if [each.__dict__["amount"] for each in held] != [row[2] for row in rows]:
                raise AssertionError("objects are not what their rows are")
            return rows

        return Work(run, prepare, finish, answer=answer)

    return build


_PRESENT = "UPDATE thing SET amount=(thing.amount + ?) WHERE thing.amount >= ?"

OPERATIONS = (
    Timed("loop obj.amount += 1 over 2,000 objects, commit", 3, 14, _raw_loop, _library_loop),
    Timed("bulk UPDATE, no synchronisation", 1.3, 3.0, _raw_bulk, _library_bulk),
    Timed("bulk UPDATE, evaluate, 2,000 objects present", 5, 29, _raw_present(_PRESENT), _library_present("evaluate")),
    Timed(
        "bulk UPDATE, fetch, 2,000 objects present",
        2.5,
        12,
        _raw_present(f"{_PRESENT} RETURNING id"),
        _library_present("fetch"),
    ),
)
