"""The bare drivers, awaited: aiosqlite on SQLite, psycopg 3 and asyncpg on PostgreSQL.

Under aiosqlite the cost is the hop to the worker thread. Raw is written by somebody who knows that: a get, a filter,
a load and a small insert are one hop each, with the transaction that SQLite itself puts around a single statement;
the insert of many rows is one job, with BEGIN and COMMIT around it.
"""

from __future__ import annotations

import importlib
import sqlite3
from datetime import datetime
from typing import Any

from bench.contenders.base import LoopContender, tagged_answer, thing_answer, things_answer
from bench.contenders.sql import INSERT_THING, SELECT_BY_KEY, SELECT_TAGGED, SELECT_THINGS
from bench.data import moment, stored, tagged_rows, thing_rows
from bench.plain import Tagged, Thing
from bench.sizes import TAGS
from bench.stores.sqlite import SqliteStore
from bench.work import Work


class BareLoop(LoopContender):
    """The five rows over three steps that a driver gives: read rows, insert one row, insert many."""

    async def read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """Give all rows of a query."""
        raise NotImplementedError

    async def insert_one(self, values: tuple[Any, ...]) -> int:
        """Insert one thing in a transaction; give its key."""
        raise NotImplementedError

    async def insert_many(self, values: list[tuple[Any, ...]]) -> list[int]:
        """Insert things in one transaction; give their keys."""
        raise NotImplementedError

    def moment_read(self, value: Any) -> Any:
        """Give what the driver read as a datetime."""
        return value

    def moment_written(self, value: Any) -> Any:
        """Give a datetime as the driver takes it."""
        return value

    def async_get(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.lookups))

        async def run() -> Thing:
            for key in range(1, self.sizes.lookups + 1):
                [(id, name, amount, created)] = await self.read(SELECT_BY_KEY, (key,))
                found = Thing(id, name, amount, self.moment_read(created))
            return found

        return self.looped(run, answer=thing_answer)

    def async_filter(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))
        parse = self.moment_read

        async def run() -> list[Tagged]:
            for tag in range(self.sizes.lookups):
                rows = await self.read(SELECT_TAGGED, (tag % TAGS, 20))
                found = [Tagged(id, name, tag, parse(created)) for id, name, tag, created in rows]
            return found

        return self.looped(run, answer=tagged_answer)

    def async_commit(self) -> Work:
        async def run() -> None:
            for number in range(self.sizes.async_commits):
                thing = Thing(None, "small", number, moment(number))
                thing.id = await self.insert_one((thing.name, thing.amount, self.moment_written(thing.created)))

        return self.looped(run, prepare=self.no_things, answer=self.rows_left)

    def async_insert(self) -> Work:
        written = self.moment_written

        async def run() -> list[Thing]:
            things = [Thing(None, f"thing {number}", number, moment(number)) for number in range(self.sizes.objects)]
            rows = [(thing.name, thing.amount, written(thing.created)) for thing in things]
            for thing, key in zip(things, await self.insert_many(rows), strict=True):
                thing.id = key
            return things

        return self.looped(
            run,
            prepare=self.no_things,
            answer=self.keys_and_rows,
        )

    def async_load(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        parse = self.moment_read

        async def run() -> list[Thing]:
            rows = await self.read(SELECT_THINGS)
            return [Thing(id, name, amount, parse(created)) for id, name, amount, created in rows]

        return self.looped(run, answer=things_answer)


class RawAiosqlite(BareLoop):
    """aiosqlite."""

    databases = ("sqlite",)

    async def open(self) -> None:
        assert isinstance(self.store, SqliteStore)
        aiosqlite: Any = importlib.import_module("aiosqlite")
        self.connection = await aiosqlite.connect(self.store.path, isolation_level=None)
        await self.connection.execute("PRAGMA foreign_keys=ON")

    async def shut(self) -> None:
        await self.connection.close()

    def moment_read(self, value: Any) -> Any:
        return _parse(value)

    def moment_written(self, value: Any) -> Any:
        return stored(value)

    async def read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        rows: list[Any] = await self.connection.execute_fetchall(sql, values)
        return rows

    async def insert_one(self, values: tuple[Any, ...]) -> int:
        [key] = await self.connection.execute_insert(INSERT_THING, values)
        return int(key)

    async def insert_many(self, values: list[tuple[Any, ...]]) -> list[int]:
        def insert_all(connection: sqlite3.Connection) -> list[Any]:
            cursor, keys = connection.cursor(), []
            cursor.execute("BEGIN")
            for row in values:
                cursor.execute(INSERT_THING, row)
                keys.append(cursor.lastrowid)
            cursor.execute("COMMIT")
            return keys

        return await self.connection._execute(insert_all, self.connection._conn)  # type: ignore[no-any-return]


class RawPsycopgAsync(BareLoop):
    """psycopg 3's asynchronous connection."""

    databases = ("postgresql",)

    async def open(self) -> None:
        psycopg: Any = importlib.import_module("psycopg")
        self.connection = await psycopg.AsyncConnection.connect(**self.store.address, autocommit=True)

    async def shut(self) -> None:
        await self.connection.close()

    async def read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        return await (await self.connection.execute(sql.replace("?", "%s"), values)).fetchall()  # type: ignore[no-any-return]

    async def insert_one(self, values: tuple[Any, ...]) -> int:
        [key] = await (await self.connection.execute(_RETURNING.replace("?", "%s"), values)).fetchone()
        return int(key)

    async def insert_many(self, values: list[tuple[Any, ...]]) -> list[int]:
        async with self.connection.transaction(), self.connection.cursor() as cursor:
            await cursor.executemany(_RETURNING.replace("?", "%s"), values, returning=True)
            return [(await result.fetchone())[0] async for result in cursor.results()]


class RawAsyncpg(BareLoop):
    """asyncpg."""

    databases = ("postgresql",)

    async def open(self) -> None:
        asyncpg: Any = importlib.import_module("asyncpg")
        address = dict(self.store.address)
        self.connection = await asyncpg.connect(database=address.pop("dbname"), **address)

    async def shut(self) -> None:
        await self.connection.close()

    async def read(self, sql: str, values: tuple[Any, ...] = ()) -> list[Any]:
        return await self.connection.fetch(_numbered(sql), *values)  # type: ignore[no-any-return]

    async def insert_one(self, values: tuple[Any, ...]) -> int:
        return await self.connection.fetchval(_numbered(_RETURNING), *values)  # type: ignore[no-any-return]

    async def insert_many(self, values: list[tuple[Any, ...]]) -> list[int]:
        async with self.connection.transaction():
            rows = await self.connection.fetchmany(_numbered(_RETURNING), values)
        return [row[0] for row in rows]


_parse = datetime.fromisoformat
_RETURNING = f"{INSERT_THING} RETURNING id"


def _numbered(sql: str) -> str:
    """Write `$1`, `$2` for the marks."""
    pieces = sql.split("?")
    return pieces[0] + "".join(f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))
