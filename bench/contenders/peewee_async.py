"""Peewee, awaited through its asyncio extension, which runs its own code in greenlets over aiosqlite or asyncpg."""

from __future__ import annotations

import importlib
from typing import Any

from bench.contenders.base import LoopContender, tagged_answer, thing_answer, things_answer
from bench.contenders.peewee import PRAGMAS, Tagged, Thing, database
from bench.data import moment, tagged_rows, thing_rows
from bench.work import Work


class PeeweeAsync(LoopContender):
    """Peewee's asyncio extension."""

    async def open(self) -> None:
        asynchronous: Any = importlib.import_module("playhouse.pwasyncio")
        if self.store.database == "sqlite":
            self.database = asynchronous.AsyncSqliteDatabase(self.store.path, pragmas=PRAGMAS)
        else:
            address = dict(self.store.address)
            self.database = asynchronous.AsyncPostgresqlDatabase(address.pop("dbname"), **address)
        database.initialize(self.database)
        await self.database.aconnect()

    async def shut(self) -> None:
        await self.database.aclose()
        await self.database.close_pool()

    def looped(self, run: Any, **steps: Any) -> Work:
        async def connected() -> Any:
            async with self.database:
                return await run()

        return super().looped(connected, **steps)

    def async_get(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.lookups))

        async def run() -> Any:
            for key in range(1, self.sizes.lookups + 1):
                found = await self.database.get(Thing.select().where(Thing.id == key))
            return found

        return self.looped(run, answer=thing_answer)

    def async_filter(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        async def run() -> Any:
            for tag in range(self.sizes.lookups):
                found = await self.database.list(Tagged.select().where(Tagged.tag == tag).limit(20))
            return found

        return self.looped(run, answer=tagged_answer)

    def async_commit(self) -> Work:
        async def run() -> None:
            for number in range(self.sizes.async_commits):
                async with self.database.atomic():
                    await self.database.run(Thing.create, name="small", amount=number, created=moment(number))

        return self.looped(run, prepare=self.no_things, answer=self.rows_left)

    def async_insert(self) -> Work:
        def save_each(things: list[Any]) -> None:
            for thing in things:
                thing.save(force_insert=True)

        async def run() -> list[Any]:
            things = [
                Thing(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            async with self.database.atomic():
                await self.database.run(save_each, things)
            return things

        return self.looped(run, prepare=self.no_things, answer=self.keys_and_rows)

    def async_load(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        async def run() -> Any:
            return await self.database.list(Thing.select())

        return self.looped(run, answer=things_answer)
