"""Tortoise ORM, which lives under asyncio: its rows run in one event loop that stays open.

As its documentation recommends: `bulk_create` for many rows whose keys nobody needs (it does not fill them in), `save()` in
one transaction where they are needed, `bulk_update` for many changed objects, `prefetch_related` for children.
"""

from __future__ import annotations

from typing import Any, ClassVar

from tortoise import Model, Tortoise, fields
from tortoise.expressions import F
from tortoise.transactions import in_transaction

from bench.contenders.base import (
    LoopContender,
    pairs_answer,
    read_each,
    rows_answer,
    tagged_answer,
    thing_answer,
    things_answer,
    write_each,
)
from bench.data import WIDE_COLUMNS, moment, tagged_rows, thing_rows, thing_values, wide_rows
from bench.work import Work


class Thing(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    amount = fields.IntField()
    created = fields.DatetimeField()

    class Meta:
        table = "thing"


class Tagged(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    tag = fields.IntField(db_index=True)
    created = fields.DatetimeField()

    class Meta:
        table = "tagged"


class Parent(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()
    children: fields.ReverseRelation[Child]

    class Meta:
        table = "parent"


class Child(Model):
    id = fields.IntField(primary_key=True)
    parent: Any = fields.ForeignKeyField("models.Parent", related_name="children")
    name = fields.TextField()

    class Meta:
        table = "child"


_FIELDS: dict[str, Any] = {
    "whole": fields.IntField,
    "part": fields.FloatField,
    "word": fields.TextField,
    "moment": fields.DatetimeField,
}
Wide: Any = type(
    "Wide",
    (Model,),
    {
        "__module__": __name__,
        "id": fields.IntField(primary_key=True),
        **{name: _FIELDS[name.split("_")[0]]() for name in WIDE_COLUMNS},
        "Meta": type("Meta", (), {"table": "wide"}),
    },
)

NOT_IN_STEP = "does not keep loaded objects in step with an UPDATE"


class TortoiseOrm(LoopContender):
    """Tortoise on its own pool."""

    import_statement = "import tortoise.models"
    absent: ClassVar = {
        "get_present": "has no identity map",
        "update_evaluate": NOT_IN_STEP,
        "update_fetch": NOT_IN_STEP,
        "eager_joined": "joins single references only, not collections",
    }

    async def open(self) -> None:
        on_sqlite = self.store.database == "sqlite"
        url = self.store.url("sqlite").replace("sqlite:////", "sqlite:///") if on_sqlite else self.store.url("asyncpg")
        await Tortoise.init(
            config={
                "connections": {"default": url},
                "apps": {"models": {"models": [__name__]}},
                "use_tz": False,
            }
        )

    async def shut(self) -> None:
        await Tortoise.close_connections()

    # -- inserting -----------------------------------------------------------------------------------------------------

    def insert_objects(self) -> Work:
        async def run() -> list[Thing]:
            things = [
                Thing(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            async with in_transaction():
                for thing in things:
                    await thing.save()
            return things

        return self.looped(run, prepare=self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        async def run() -> list[Any]:
            families = []
            async with in_transaction():
                for number in range(self.sizes.parents):
                    parent = await Parent.create(name=f"parent {number}")
                    families.append((parent, list[Child]()))
                for number, (parent, children) in enumerate(families):
                    for place in range(self.sizes.children):
                        children.append(await Child.create(parent=parent, name=f"child {number}.{place}"))
            return families

        return self.looped(run, prepare=self.no_families, answer=self.families_and_rows)

    def insert_dictionaries(self) -> Work:
        rows: Any = thing_values(self.sizes.dictionaries)

        async def run() -> None:
            await Thing.bulk_create([Thing(**row) for row in rows])

        return self.looped(run, prepare=self.no_things, answer=self.rows_left)

    def commits(self, count: int) -> Work:
        async def run() -> None:
            for number in range(count):
                async with in_transaction():
                    await Thing.create(name="small", amount=number, created=moment(number))

        return self.looped(run, prepare=self.no_things, answer=self.rows_left)

    def small_transactions(self) -> Work:
        return self.commits(self.sizes.transactions)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_narrow(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        async def run() -> list[Thing]:
            return await Thing.all()

        return self.looped(run, answer=things_answer)

    def load_wide(self) -> Work:
        self.store.fill("wide", wide_rows(self.sizes.wide))
        names = ("id", *WIDE_COLUMNS)

        async def run() -> Any:
            return await Wide.all()

        return self.looped(run, answer=lambda found: [[getattr(each, name) for name in names] for each in found])

    def load_columns(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        async def run() -> Any:
            return await Thing.all().values_list("id", "name", "amount", "created")

        return self.looped(run, answer=rows_answer)

    def filter_indexed(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        async def run() -> list[Tagged]:
            for tag in range(self.sizes.lookups):
                found = await Tagged.filter(tag=tag).limit(20)
            return found

        return self.looped(run, answer=tagged_answer)

    def select_built(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        async def run() -> list[Any]:
            return [
                await Tagged.filter(tag=tag, id__gt=number).limit(1).values_list("id", "name")
                for number in range(self.sizes.selects)
                for tag in range(self.sizes.lookups)
            ]

        return self.looped(run, answer=lambda found: [[tuple(row) for row in rows] for rows in found])

    def gets(self, count: int, present: int) -> Work:
        self.store.fill("thing", thing_rows(present))

        async def run() -> Thing:
            for key in range(1, count + 1):
                found = await Thing.get(id=key)
            return found

        return self.looped(run, answer=thing_answer)

    def get_fresh(self) -> Work:
        return self.gets(self.sizes.fresh, self.sizes.present)

    def eager_selectin(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)

        async def run() -> Any:
            return [(each, list(each.children)) for each in await Parent.all().prefetch_related("children")]

        return self.looped(run, answer=pairs_answer)

    def lazy_children(self) -> Work:
        self.store.fill_families(self.sizes.lazy_parents, self.sizes.lazy_children)

        async def run() -> Any:
            return [(each, await each.children.all()) for each in await Parent.all()]

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
            for thing in held:
                thing.amount += 1
            await Thing.bulk_update(held, fields=["amount"], batch_size=500)

        return self.looped(run, prepare=prepare, answer=self.rows_left)

    def update_bulk(self) -> Work:
        async def run() -> None:
            async with in_transaction():
                await Thing.all().update(amount=F("amount") + 1)

        return self.looped(
            run,
            prepare=lambda: self.store.fill("thing", thing_rows(self.sizes.bulk)),
            answer=self.rows_left,
        )

    def delete_loop(self) -> Work:
        async def run() -> None:
            async with in_transaction():
                for thing in await Thing.filter(id__lte=self.sizes.deleted):
                    await thing.delete()

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

        async def load() -> list[Thing]:
            return await Thing.all().order_by("id")

        found: list[Any] = self.await_(load())
        return found
