"""Rows that touch attributes of loaded objects; raw is a plain class with `__slots__`.

A turn of the loop reads three columns of one object, or writes four times, so that the loop itself is a small part of
the figure.
"""

from typing import Any

from bench.data import moment, thing_rows
from bench.operation import Timed, Work
from bench.plain import Thing
from bench.stores import LibraryStore, RawStore

OBJECTS = 1_000
CREATED = moment(7)


def _read(things: list[Any]) -> None:
    for thing in things:
        thing.name  # noqa: B018
        thing.amount  # noqa: B018
        thing.created  # noqa: B018


def _read_library(things: list[Any]) -> None:
    """Do as `_read`; a function of its own, because the interpreter specialises code for the class it meets first."""
    for thing in things:
        thing.name  # noqa: B018
        thing.amount  # noqa: B018
        thing.created  # noqa: B018


def _write(things: list[Any]) -> None:
    for thing in things:
        thing.name = "written"
        thing.amount = 7
        thing.created = CREATED
        thing.amount = 8


def _write_library(things: list[Any]) -> None:
    """Do as `_write`, for the same reason in a function of its own."""
    for thing in things:
        thing.name = "written"
        thing.amount = 7
        thing.created = CREATED
        thing.amount = 8


def _plain_things() -> list[Thing]:
    return [Thing(number, f"thing {number}", number % 500, moment(number)) for number in range(1, OBJECTS + 1)]


def _values(things: list[Any]) -> list[tuple[Any, ...]]:
    return [(thing.id, thing.name, thing.amount, thing.created) for thing in things]


def _raw_read(_store: RawStore) -> Work:
    things = _plain_things()
    return Work(lambda: _read(things), answer=lambda _: _values(things))


def _raw_write(_store: RawStore) -> Work:
    things = _plain_things()
    return Work(lambda: _write(things), answer=lambda _: _values(things))


def _loaded(store: LibraryStore) -> tuple[Any, list[Any]]:
    store.fill("thing", thing_rows(OBJECTS))
    session = store.session()
    return session, list(session.scalars(store.lib.select(store.models.Thing)).all())


def _library_read(store: LibraryStore) -> Work:
    session, things = _loaded(store)
    return Work(lambda: _read_library(things), finish=session.close, answer=lambda _: _values(things))


def _library_write(store: LibraryStore) -> Work:
    session, things = _loaded(store)
    _write_library(things)
    return Work(lambda: _write_library(things), finish=session.close, answer=lambda _: _values(things))


OPERATIONS = (
    Timed("attribute read", 4, 26, _raw_read, _library_read),
    Timed("attribute write, tracked, repeated", 20, 90, _raw_write, _library_write),
)
