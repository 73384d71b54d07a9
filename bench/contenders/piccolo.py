"""Piccolo, which lives under asyncio: its rows run in one event loop that stays open.

As its documentation recommends: `insert()` of several objects, in batches that the database takes (it fills keys in), a
transaction around what belongs together, `update()` by criteria. On SQLite every query outside of a transaction opens a
connection of its own; on PostgreSQL there is a pool.
"""

from __future__ import annotations

from typing import Any, ClassVar

from piccolo.columns import DoublePrecision, ForeignKey, Integer, Serial, Text, Timestamp
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine
from piccolo.table import Table

from bench.contenders.base import (
    LoopContender,
    pairs_answer,
    read_each,
    tagged_answer,
    thing_answer,
    things_answer,
    write_each,
)
from bench.data import WIDE_COLUMNS, moment, tagged_rows, thing_rows, thing_values, wide_rows
from bench.work import Work


class Thing(Table, tablename="thing"):
    id = Serial(primary_key=True)
    name = Text()
    amount = Integer()
    created = Timestamp()


class Tagged(Table, tablename="tagged"):
    id = Serial(primary_key=True)
    name = Text()
    tag = Integer(index=True)
    created = Timestamp()


class Parent(Table, tablename="parent"):
    id = Serial(primary_key=True)
    name = Text()


class Child(Table, tablename="child"):
    id = Serial(primary_key=True)
    parent_id = ForeignKey(references=Parent)
    name = Text()


_COLUMNS: dict[str, Any] = {"whole": Integer, "part": DoublePrecision, "word": Text, "moment": Timestamp}
_wide = {"id": Serial(primary_key=True), **{name: _COLUMNS[name.split("_")[0]]() for name in WIDE_COLUMNS}}
Wide: Any = type("Wide", (Table,), _wide)
TABLES = (Thing, Tagged, Parent, Child, Wide)

BATCH = 1_000
NOT_IN_STEP = "does not keep loaded objects in step with an UPDATE"
NO_COLLECTIONS = "loads references of an object, no collections"


class Piccolo(LoopContender):
    """Piccolo with its engine for the database."""

    import_statement = "import piccolo.table, piccolo.columns"
    types: ClassVar = {"DATETIME": "TIMESTAMP"}  # by which it knows, on SQLite, what to convert
    absent: ClassVar = {
        "get_present": "has no identity map",
        "update_evaluate": NOT_IN_STEP,
        "update_fetch": NOT_IN_STEP,
        "eager_selectin": NO_COLLECTIONS,
        "eager_joined": NO_COLLECTIONS,
    }

    async def open(self) -> None:
        self.engine: Any
        if self.store.database == "sqlite":
            self.engine = SQLiteEngine(path=self.store.path)
        else:
            address = dict(self.store.address)
            self.engine = PostgresEngine(config={"database": address.pop("dbname"), **address}, log_queries=False)
            await self.engine.start_connection_pool()
        for table in TABLES:
            table._meta._db = self.engine

    async def shut(self) -> None:
        if self.store.database == "postgresql":
            await self.engine.close_connection_pool()

    # -- inserting -----------------------------------------------------------------------------------------------------

    async def insert_all(self, objects: list[Any]) -> None:
        """Insert new objects of one table in batches."""
        for start in range(0, len(objects), BATCH):
            await type(objects[0]).insert(*objects[start : start + BATCH])

    def insert_objects(self) -> Work:
        async def run() -> list[Thing]:
            things = [
                Thing(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            async with self.engine.transaction():
                await self.insert_all(things)
            return things

        return self.looped(run, prepare=self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        async def run() -> list[Any]:
            parents = [Parent(name=f"parent {number}") for number in range(self.sizes.parents)]
            async with self.engine.transaction():
                await self.insert_all(parents)
                families = [
                    (parent, [Child(parent_id=parent.id, name=f"child {n}.{m}") for m in range(self.sizes.children)])
                    for n, parent in enumerate(parents)
                ]
                await self.insert_all([child for _, children in families for child in children])
            return families

        return self.looped(run, prepare=self.no_families, answer=self.families_and_rows)

    def insert_dictionaries(self) -> Work:
        rows: Any = thing_values(self.sizes.dictionaries)

        async def run() -> None:
            async with self.engine.transaction():
                await self.insert_all([Thing(**row) for row in rows])

        return self.looped(run, prepare=self.no_things, answer=self.rows_left)

    def commits(self, count: int) -> Work:
        async def run() -> None:
            for number in range(count):
                await Thing(name="small", amount=number, created=moment(number)).save()

        return self.looped(run, prepare=self.no_things, answer=self.rows_left)

    def small_transactions(self) -> Work:
        return self.commits(self.sizes.transactions)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_narrow(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        async def run() -> Any:
            return await Thing.objects()

        return self.looped(run, answer=things_answer)

    def load_wide(self) -> Work:
        self.store.fill("wide", wide_rows(self.sizes.wide))
        names = ("id", *WIDE_COLUMNS)

        async def run() -> Any:
            return await Wide.objects()

        return self.looped(run, answer=lambda found: [[getattr(each, name) for name in names] for each in found])

    def load_columns(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        async def run() -> Any:
            return await Thing.select()

        return self.looped(run, answer=lambda rows: [tuple(row.values()) for row in rows])

    def filter_indexed(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        async def run() -> Any:
            for tag in range(self.sizes.lookups):
                found = await Tagged.objects().where(Tagged.tag == tag).limit(20)
            return found

        return self.looped(run, answer=tagged_answer)

    def select_built(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        async def run() -> list[Any]:
            return [
                await Tagged.select(Tagged.id, Tagged.name).where(Tagged.tag == tag, Tagged.id > number).limit(1)
                for number in range(self.sizes.selects)
                for tag in range(self.sizes.lookups)
            ]

        return self.looped(run, answer=lambda found: [[tuple(row.values()) for row in rows] for rows in found])

    def gets(self, count: int, present: int) -> Work:
        self.store.fill("thing", thing_rows(present))

        async def run() -> Any:
            for key in range(1, count + 1):
                found = await Thing.objects().get(Thing.id == key)
            return found

        return self.looped(run, answer=thing_answer)

    def get_fresh(self) -> Work:
        return self.gets(self.sizes.fresh, self.sizes.present)

    def lazy_children(self) -> Work:
        self.store.fill_families(self.sizes.lazy_parents, self.sizes.lazy_children)

        async def run() -> Any:
            return [(each, await Child.objects().where(Child.parent_id == each.id)) for each in await Parent.objects()]

        return self.looped(run, answer=pairs_answer)

    # -- attributes, updating, deleting --------------------------------------------------------------------------------

    def read_attributes(self) -> Work:
        things = self.loaded(self.sizes.attributes)
        return Work(lambda: read_each(things), answer=lambda _: things_answer(things))

    def write_attributes(self) -> Work:
        things = self.loaded(self.sizes.attributes)
        return Work(lambda: write_each(things), answer=lambda _: things_answer(things))

    def update_loop(self) -> Work:
        held: list[Any] = []

        def prepare() -> None:
            held[:] = self.loaded(self.sizes.objects)

        async def run() -> None:
            async with self.engine.transaction():
                for thing in held:
                    thing.amount += 1
                    await thing.save(columns=[Thing.amount])

        return self.looped(run, prepare=prepare, answer=self.rows_left)

    def update_bulk(self) -> Work:
        async def run() -> None:
            async with self.engine.transaction():
                await Thing.update({Thing.amount: Thing.amount + 1}, force=True)

        return self.looped(
            run,
            prepare=lambda: self.store.fill("thing", thing_rows(self.sizes.bulk)),
            answer=self.rows_left,
        )

    def delete_loop(self) -> Work:
        async def run() -> None:
            async with self.engine.transaction():
                for thing in await Thing.objects().where(Thing.id <= self.sizes.deleted):
                    await thing.remove()

        return self.looped(
            run,
            prepare=lambda: self.store.fill("thing", thing_rows(self.sizes.deleted + 10)),
            answer=self.rows_left,
        )

    # -- under asyncio, over the bare asynchronous driver --------------------------------------------------------------

    def async_get(self) -> Work:
        return self.gets(self.sizes.lookups, self.sizes.lookups)

    def async_filter(self) -> Work:
        return self.filter_indexed()

    def async_commit(self) -> Work:
        return self.commits(self.sizes.async_commits)

    def async_insert(self) -> Work:
        return self.insert_objects()

    def async_load(self) -> Work:
        return self.load_narrow()

    # -- shared --------------------------------------------------------------------------------------------------------

    def loaded(self, count: int) -> list[Any]:
        self.store.fill("thing", thing_rows(count))

        async def load() -> Any:
            return await Thing.objects().order_by(Thing.id)

        found: list[Any] = self.await_(load())
        return found
