"""Django's ORM, called, and awaited through its `a...` methods.

As its documentation recommends: `bulk_create` for many rows (it fills keys in), `bulk_update` for many changed objects,
`F()` for arithmetic in SQL, `prefetch_related` for the children of many parents.
"""

from __future__ import annotations

from typing import Any, ClassVar

import django
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections, models, transaction

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

settings.configure(INSTALLED_APPS=[], USE_TZ=False, DEFAULT_AUTO_FIELD="django.db.models.AutoField", DATABASES={})
django.setup()


class Thing(models.Model):
    name = models.TextField()
    amount = models.IntegerField()
    created = models.DateTimeField()

    class Meta:
        app_label, db_table = "bench", "thing"


class Tagged(models.Model):
    name = models.TextField()
    tag = models.IntegerField(db_index=True)
    created = models.DateTimeField()

    class Meta:
        app_label, db_table = "bench", "tagged"


class Parent(models.Model):
    name = models.TextField()

    class Meta:
        app_label, db_table = "bench", "parent"


class Child(models.Model):
    parent = models.ForeignKey(Parent, on_delete=models.CASCADE, related_name="children")
    name = models.TextField()

    class Meta:
        app_label, db_table = "bench", "child"


_FIELDS: dict[str, type[models.Field[Any, Any]]] = {
    "whole": models.IntegerField,
    "part": models.FloatField,
    "word": models.TextField,
    "moment": models.DateTimeField,
}
Wide: Any = type(
    "Wide",
    (models.Model,),
    {
        "__module__": __name__,
        "Meta": type("Meta", (), {"app_label": "bench", "db_table": "wide"}),
        **{name: _FIELDS[name.split("_")[0]]() for name in WIDE_COLUMNS},
    },
)

NO_IDENTITY_MAP = "has no identity map"
NOT_IN_STEP = "does not keep loaded objects in step with an UPDATE"


class Django(LoopContender):
    """Django on its own connection."""

    import_statement = "import django.db.models"
    absent: ClassVar = {
        "get_present": NO_IDENTITY_MAP,
        "update_evaluate": NOT_IN_STEP,
        "update_fetch": NOT_IN_STEP,
        "eager_joined": "joins single references only, not collections",
    }

    async def open(self) -> None:
        at = self.store.address
        server = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": at.get("dbname"),
            "USER": at.get("user"),
            "PASSWORD": at.get("password", ""),
            "HOST": at.get("host"),
            "PORT": at.get("port"),
        }
        file = {"ENGINE": "django.db.backends.sqlite3", "NAME": self.store.path}
        connections.settings = connections.configure_settings(
            {"default": file if self.store.database == "sqlite" else server}
        )

    async def shut(self) -> None:
        await sync_to_async(connections.close_all)()

    def close(self) -> None:
        super().close()
        connections.close_all()

    # -- inserting -----------------------------------------------------------------------------------------------------

    def insert_objects(self) -> Work:
        def run() -> list[Thing]:
            things = [
                Thing(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            Thing.objects.bulk_create(things)
            return things

        return Work(run, self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        def run() -> list[tuple[Parent, list[Child]]]:
            families = []
            for number in range(self.sizes.parents):
                parent = Parent(name=f"parent {number}")
                children = [Child(parent=parent, name=f"child {number}.{n}") for n in range(self.sizes.children)]
                families.append((parent, children))
            with transaction.atomic():
                Parent.objects.bulk_create([parent for parent, _ in families])
                for parent, children in families:
                    for child in children:
                        child.parent = parent  # takes over the parent's new key
                Child.objects.bulk_create([child for _, children in families for child in children])
            return families

        return Work(run, self.no_families, answer=self.families_and_rows)

    def insert_dictionaries(self) -> Work:
        rows = thing_values(self.sizes.dictionaries)
        return Work(
            lambda: Thing.objects.bulk_create([Thing(**row) for row in rows]),
            self.no_things,
            answer=self.rows_left,
        )

    def small_transactions(self) -> Work:
        def run() -> None:
            for number in range(self.sizes.transactions):
                Thing.objects.create(name="small", amount=number, created=moment(number))

        return Work(run, self.no_things, answer=self.rows_left)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_narrow(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        return Work(lambda: list(Thing.objects.all()), answer=things_answer)

    def load_wide(self) -> Work:
        self.store.fill("wide", wide_rows(self.sizes.wide))
        names = ("id", *WIDE_COLUMNS)
        return Work(
            lambda: list(Wide.objects.all()),
            answer=lambda found: [[getattr(each, name) for name in names] for each in found],
        )

    def load_columns(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        return Work(lambda: list(Thing.objects.values_list("id", "name", "amount", "created")), answer=rows_answer)

    def filter_indexed(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        def run() -> list[Tagged]:
            for tag in range(self.sizes.lookups):
                found = list(Tagged.objects.filter(tag=tag)[:20])
            return found

        return Work(run, answer=tagged_answer)

    def select_built(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        def run() -> list[Any]:
            return [
                list(Tagged.objects.filter(tag=tag, id__gt=number).values_list("id", "name")[:1])
                for number in range(self.sizes.selects)
                for tag in range(self.sizes.lookups)
            ]

        return Work(run, answer=lambda found: [rows_answer(rows) for rows in found])

    def get_fresh(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.present))

        def run() -> Thing:
            for key in range(1, self.sizes.fresh + 1):
                found = Thing.objects.get(pk=key)
            return found

        return Work(run, answer=thing_answer)

    def eager_selectin(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)
        return Work(
            lambda: list(Parent.objects.prefetch_related("children")),
            answer=lambda parents: pairs_answer([(parent, parent.children.all()) for parent in parents]),
        )

    def lazy_children(self) -> Work:
        self.store.fill_families(self.sizes.lazy_parents, self.sizes.lazy_children)

        def run() -> list[Any]:
            return [(parent, list(parent.children.all())) for parent in Parent.objects.all()]

        return Work(run, answer=pairs_answer)

    # -- attributes, updating, deleting --------------------------------------------------------------------------------

    def read_attributes(self) -> Work:
        things = self.loaded(self.sizes.attributes)
        return Work(lambda: read_each(things), answer=lambda _: things_answer(things))

    def write_attributes(self) -> Work:
        things = self.loaded(self.sizes.attributes)
        return Work(lambda: write_each(things), answer=lambda _: things_answer(things))

    def update_loop(self) -> Work:
        held: list[Thing] = []

        def prepare() -> None:
            held[:] = self.loaded(self.sizes.objects)

        def run() -> None:
            for thing in held:
                thing.amount += 1
            Thing.objects.bulk_update(held, ["amount"])

        return Work(run, prepare, answer=self.rows_left)

    def update_bulk(self) -> Work:
        return Work(
            lambda: Thing.objects.update(amount=models.F("amount") + 1),
            lambda: self.store.fill("thing", thing_rows(self.sizes.bulk)),
            answer=self.rows_left,
        )

    def delete_loop(self) -> Work:
        def run() -> None:
            with transaction.atomic():
                for thing in Thing.objects.filter(id__lte=self.sizes.deleted):
                    thing.delete()

        return Work(
            run,
            lambda: self.store.fill("thing", thing_rows(self.sizes.deleted + 10)),
            answer=self.rows_left,
        )

    # -- under asyncio -------------------------------------------------------------------------------------------------

    def async_get(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.lookups))

        async def run() -> Thing:
            for key in range(1, self.sizes.lookups + 1):
                found = await Thing.objects.aget(pk=key)
            return found

        return self.looped(run, answer=thing_answer)

    def async_filter(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        async def run() -> list[Tagged]:
            for tag in range(self.sizes.lookups):
                found = [each async for each in Tagged.objects.filter(tag=tag)[:20]]
            return found

        return self.looped(run, answer=tagged_answer)

    def async_commit(self) -> Work:
        async def run() -> None:
            for number in range(self.sizes.async_commits):
                await Thing.objects.acreate(name="small", amount=number, created=moment(number))

        return self.looped(run, prepare=self.no_things, answer=self.rows_left)

    def async_insert(self) -> Work:
        async def run() -> list[Thing]:
            things = [
                Thing(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            await Thing.objects.abulk_create(things)
            return things

        return self.looped(run, prepare=self.no_things, answer=self.keys_and_rows)

    def async_load(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        async def run() -> list[Thing]:
            return [each async for each in Thing.objects.all()]

        return self.looped(run, answer=things_answer)

    # -- shared --------------------------------------------------------------------------------------------------------

    def loaded(self, count: int) -> list[Thing]:
        self.store.fill("thing", thing_rows(count))
        return list(Thing.objects.order_by("id"))
