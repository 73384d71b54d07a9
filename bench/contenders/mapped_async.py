"""Holdfast and SQLAlchemy, awaited: the same program for both, by the name of the library.

On PostgreSQL a name may say which driver: `holdfast:asyncpg`; without one it is psycopg.
"""

from __future__ import annotations

import importlib
from collections.abc import Awaitable, Callable
from typing import Any

from bench.contenders.base import LoopContender, tagged_answer, thing_answer, things_answer
from bench.contenders.mapped import check_foreign_keys
from bench.data import moment, tagged_rows, thing_rows
from bench.models import models
from bench.work import Work


class MappedAsync(LoopContender):
    """A library with SQLAlchemy's interface over its asynchronous engine."""

    async def open(self) -> None:
        library, _, driver = self.name.partition(":")
        self.lib: Any = importlib.import_module(library)
        self.models = models(library)
        self.asynchronous: Any = importlib.import_module(f"{library}.ext.asyncio")
        on_sqlite = self.store.database == "sqlite"
        scheme = "sqlite+aiosqlite" if on_sqlite else f"postgresql+{driver or 'psycopg'}"
        self.engine = self.asynchronous.create_async_engine(self.store.url(scheme))
        if on_sqlite:
            self.lib.event.listen(self.engine.sync_engine, "connect", check_foreign_keys)

    async def shut(self) -> None:
        await self.engine.dispose()

    def session(self) -> Any:
        """Open a session on the engine."""
        return self.asynchronous.AsyncSession(self.engine, expire_on_commit=False)

    def async_get(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.lookups))
        thing = self.models.Thing

        async def run() -> Any:
            for key in range(1, self.sizes.lookups + 1):
                async with self.session() as session:
                    found = await session.get(thing, key)
            return found

        return self.looped(run, answer=thing_answer)

    def async_filter(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))
        tagged, select = self.models.Tagged, self.lib.select

        async def run() -> Any:
            for tag in range(self.sizes.lookups):
                async with self.session() as session:
                    found = (await session.scalars(select(tagged).where(tagged.tag == tag).limit(20))).all()
            return found

        return self.looped(run, answer=tagged_answer)

    def async_commit(self) -> Work:
        made = self.models.Thing

        async def run() -> None:
            for number in range(self.sizes.async_commits):
                async with self.session() as session:
                    session.add(made(name="small", amount=number, created=moment(number)))
                    await session.commit()

        return self.inserted(run, self.rows_left)

    def async_insert(self) -> Work:
        made = self.models.Thing

        async def run() -> list[Any]:
            things = [
                made(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            async with self.session() as session:
                session.add_all(things)
                await session.commit()
            return things

        return self.inserted(run, self.keys_and_rows)

    def async_load(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        thing, select = self.models.Thing, self.lib.select

        async def run() -> Any:
            async with self.session() as session:
                return (await session.scalars(select(thing))).all()

        return self.looped(run, answer=things_answer)

    def inserted(self, run: Callable[[], Awaitable[Any]], answer: Callable[[Any], Any]) -> Work:
        return self.looped(run, prepare=self.no_things, answer=answer)
