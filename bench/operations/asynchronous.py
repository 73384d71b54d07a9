"""Rows under asyncio, over bare aiosqlite: get, filter, small commit, insert, load.

Everything runs in sequence in one task. The clock is the processor time of the whole process, the driver's worker
threads included, for all contenders.

Under aiosqlite the cost is the hop to the worker thread. Raw is written by somebody who knows that: a get, a filter,
a load and a small insert are one hop each, with the transaction that SQLite itself puts around a single statement;
the insert of many rows is one job, with BEGIN and COMMIT around it.
"""

from __future__ import annotations

import asyncio
import importlib
import sqlite3
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from bench.data import moment, stored, thing_rows
from bench.operation import Timed, Work
from bench.operations.getting import SELECT_BY_KEY
from bench.operations.inserting import INSERT_THING
from bench.operations.loading import SELECT_TAGGED, SELECT_THINGS, tagged_rows
from bench.plain import Tagged, Thing
from bench.stores import LibraryStore, RawStore, Store, check_foreign_keys

KEYS = range(1, 51)
COMMITS = 20
INSERTED = 2_000
LOADED = 10_000

_parse = datetime.fromisoformat


def _run_in_loop(
    store: Store,
    open_all: Callable[[], Awaitable[Any]],
    close_all: Callable[[Any], Awaitable[None]],
    run: Callable[[Any], Awaitable[Any]],
    **steps: Any,
) -> Work:
    """Make a work of a coroutine function: one event loop for the whole row, opened and closed outside the clock."""
    runner = asyncio.Runner()
    held = runner.run(_awaited(open_all()))

    def finish() -> None:
        runner.run(_awaited(close_all(held)))
        runner.close()

    return Work(lambda: runner.run(_awaited(run(held))), finish=finish, **steps)


async def _awaited(step: Awaitable[Any]) -> Any:
    return await step


def _raw(store: RawStore, run: Callable[[Any], Awaitable[Any]], **steps: Any) -> Work:
    """Make a work over one bare aiosqlite connection."""
    aiosqlite: Any = importlib.import_module("aiosqlite")

    async def connect() -> Any:
        connection = await aiosqlite.connect(store.path, isolation_level=None)
        await connection.execute("PRAGMA foreign_keys=ON")
        return connection

    return _run_in_loop(store, connect, lambda connection: connection.close(), run, **steps)


def _library(store: LibraryStore, run: Callable[[Any], Awaitable[Any]], **steps: Any) -> Work:
    """Make a work over a library's asynchronous engine; `run` gets a function that opens a session."""
    asynchronous: Any = importlib.import_module(f"{store.library}.ext.asyncio")

    async def create() -> Any:
        engine = asynchronous.create_async_engine(f"sqlite+aiosqlite:///{store.path}")
        store.lib.event.listen(engine.sync_engine, "connect", check_foreign_keys)
        return engine

    def opener(engine: Any) -> Callable[[], Any]:
        return lambda: asynchronous.AsyncSession(engine, expire_on_commit=False)

    return _run_in_loop(store, create, lambda engine: engine.dispose(), lambda engine: run(opener(engine)), **steps)


def _raw_get(store: RawStore) -> Work:
    store.fill("thing", thing_rows(len(KEYS)))

    async def run(connection: Any) -> Thing:
        for key in KEYS:
            [(id, name, amount, created)] = await connection.execute_fetchall(SELECT_BY_KEY, (key,))
            found = Thing(id, name, amount, _parse(created))
        return found

    return _raw(store, run, answer=_thing_values)


def _library_get(store: LibraryStore) -> Work:
    store.fill("thing", thing_rows(len(KEYS)))
    thing = store.models.Thing

    async def run(opened: Callable[[], Any]) -> Any:
        for key in KEYS:
            async with opened() as session:
                found = await session.get(thing, key)
        return found

    return _library(store, run, answer=_thing_values)


def _raw_filter(store: RawStore) -> Work:
    store.fill("tagged", tagged_rows())

    async def run(connection: Any) -> list[Tagged]:
        for tag in KEYS:
            rows = await connection.execute_fetchall(SELECT_TAGGED, (tag, 20, 0))
            found = [Tagged(id, name, tag, _parse(created)) for id, name, tag, created in rows]
        return found

    return _raw(store, run, answer=_tagged_values)


def _library_filter(store: LibraryStore) -> Work:
    store.fill("tagged", tagged_rows())
    tagged, select = store.models.Tagged, store.lib.select

    async def run(opened: Callable[[], Any]) -> Any:
        for tag in KEYS:
            async with opened() as session:
                found = (await session.scalars(select(tagged).where(tagged.tag == tag).limit(20))).all()
        return found

    return _library(store, run, answer=_tagged_values)


def _raw_commit(store: RawStore) -> Work:
    async def run(connection: Any) -> None:
        for number in range(COMMITS):
            thing = Thing(id=None, name="small", amount=number, created=moment(number))
            values = (thing.name, thing.amount, stored(thing.created))
            [thing.id] = await connection.execute_insert(INSERT_THING, values)

    return _raw(store, run, prepare=lambda: store.fill("thing", []), answer=lambda _: store.rows("thing"))


def _library_commit(store: LibraryStore) -> Work:
    made = store.models.Thing

    async def run(opened: Callable[[], Any]) -> None:
        for number in range(COMMITS):
            async with opened() as session:
                session.add(made(name="small", amount=number, created=moment(number)))
                await session.commit()

    return _library(store, run, prepare=lambda: store.fill("thing", []), answer=lambda _: store.rows("thing"))


def _raw_insert(store: RawStore) -> Work:
    def insert_all(connection: sqlite3.Connection, things: list[Thing]) -> None:
        cursor = connection.cursor()
        cursor.execute("BEGIN")
        for thing in things:
            cursor.execute(INSERT_THING, (thing.name, thing.amount, stored(thing.created)))
            thing.id = cursor.lastrowid
        cursor.execute("COMMIT")

    async def run(connection: Any) -> list[Thing]:
        things = [
            Thing(id=None, name=f"thing {number}", amount=number, created=moment(number)) for number in range(INSERTED)
        ]
        await connection._execute(insert_all, connection._conn, things)
        return things

    return _raw(store, run, prepare=lambda: store.fill("thing", []), answer=lambda made: _inserted(store, made))


def _library_insert(store: LibraryStore) -> Work:
    made = store.models.Thing

    async def run(opened: Callable[[], Any]) -> list[Any]:
        things = [made(name=f"thing {number}", amount=number, created=moment(number)) for number in range(INSERTED)]
        async with opened() as session:
            session.add_all(things)
            await session.commit()
        return things

    return _library(store, run, prepare=lambda: store.fill("thing", []), answer=lambda made: _inserted(store, made))


def _raw_load(store: RawStore) -> Work:
    store.fill("thing", thing_rows(LOADED))

    async def run(connection: Any) -> list[Thing]:
        rows = await connection.execute_fetchall(SELECT_THINGS)
        return [Thing(id, name, amount, _parse(created)) for id, name, amount, created in rows]

    return _raw(store, run, answer=lambda things: [_thing_values(thing) for thing in things])


def _library_load(store: LibraryStore) -> Work:
    store.fill("thing", thing_rows(LOADED))
    thing, select = store.models.Thing, store.lib.select

    async def run(opened: Callable[[], Any]) -> Any:
        async with opened() as session:
            return (await session.scalars(select(thing))).all()

    return _library(store, run, answer=lambda things: [_thing_values(each) for each in things])


def _thing_values(thing: Any) -> tuple[Any, ...]:
    return thing.id, thing.name, thing.amount, thing.created


def _tagged_values(objects: list[Any]) -> list[tuple[Any, ...]]:
    return [(each.id, each.name, each.tag, each.created) for each in objects]


def _inserted(store: Store, things: list[Any]) -> Any:
    return [thing.id for thing in things], store.rows("thing")


_NEEDS = ("aiosqlite",)

OPERATIONS = (
    Timed("async get by key, fresh session", 1, 15, _raw_get, _library_get, _NEEDS),
    Timed("async indexed filter, limit 20", 1.3, 15, _raw_filter, _library_filter, _NEEDS),
    Timed("async transaction of one insert", 1.5, 11, _raw_commit, _library_commit, _NEEDS),
    Timed("async insert 2,000 objects", 2.5, 27, _raw_insert, _library_insert, _NEEDS),
    Timed("async load 10,000 objects of 4 columns", 1.6, 8.6, _raw_load, _library_load, _NEEDS),
)
