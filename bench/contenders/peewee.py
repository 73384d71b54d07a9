"""Peewee, called.

As its documentation recommends: everything that writes many rows in `atomic()`; `insert_many` for dictionaries;
`prefetch` for the children of many parents. Keys of new objects are filled in by `save()` one by one on SQLite, and by
`bulk_create` on PostgreSQL. A loop that changes objects saves each, only the changed field.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

import peewee

from bench.contenders.base import (
    Contender,
    families_answer,
    pairs_answer,
    read_each,
    tagged_answer,
    thing_answer,
    things_answer,
    write_each,
)
from bench.data import WIDE_COLUMNS, moment, tagged_rows, thing_rows, thing_values, wide_rows
from bench.sizes import Sizes
from bench.stores.store import Store
from bench.work import Work

PRAGMAS = {"foreign_keys": 1}
database = peewee.DatabaseProxy()


class Base(peewee.Model):
    class Meta:
        database = database


class Thing(Base):
    name = peewee.TextField()
    amount = peewee.IntegerField()
    created = peewee.DateTimeField()


class Tagged(Base):
    name = peewee.TextField()
    tag = peewee.IntegerField(index=True)
    created = peewee.DateTimeField()


class Parent(Base):
    name = peewee.TextField()


class Child(Base):
    parent = peewee.ForeignKeyField(Parent, backref="children")
    name = peewee.TextField()


_FIELDS = {
    "whole": peewee.IntegerField,
    "part": peewee.DoubleField,
    "word": peewee.TextField,
    "moment": peewee.DateTimeField,
}
Wide: Any = type("Wide", (Base,), {name: _FIELDS[name.split("_")[0]]() for name in WIDE_COLUMNS})

NOT_IN_STEP = "does not keep loaded objects in step with an UPDATE"


class Peewee(Contender):
    """Peewee on one connection that stays open."""

    import_statement = "import peewee"
    absent: ClassVar = {
        "get_present": "has no identity map",
        "update_evaluate": NOT_IN_STEP,
        "update_fetch": NOT_IN_STEP,
        "eager_joined": "joins single references only, not collections",
    }

    def __init__(self, name: str, store: Store, sizes: Sizes) -> None:
        super().__init__(name, store, sizes)
        self.on_sqlite = store.database == "sqlite"
        if self.on_sqlite:
            opened = peewee.SqliteDatabase(store.path, pragmas=PRAGMAS)
        else:
            address = dict(store.address)
            opened = peewee.PostgresqlDatabase(address.pop("dbname"), **address)
        database.initialize(opened)
        opened.connect()

    def close(self) -> None:
        database.close()

    # -- inserting -----------------------------------------------------------------------------------------------------

    def save_new(self, objects: list[Any]) -> None:
        """Insert new objects so that they know their keys."""
        if self.on_sqlite:
            for each in objects:
                each.save(force_insert=True)
        else:
            type(objects[0]).bulk_create(objects)

    def insert_objects(self) -> Work:
        def run() -> list[Thing]:
            things = [
                Thing(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            with database.atomic():
                self.save_new(things)
            return things

        return Work(run, self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        def run() -> list[tuple[Parent, list[Child]]]:
            families = []
            for number in range(self.sizes.parents):
                parent = Parent(name=f"parent {number}")
                children = [Child(parent=parent, name=f"child {number}.{n}") for n in range(self.sizes.children)]
                families.append((parent, children))
            with database.atomic():
                self.save_new([parent for parent, _ in families])
                self.save_new([child for _, children in families for child in children])
            return families

        return Work(run, self.no_families, answer=self.families_and_rows)

    def insert_dictionaries(self) -> Work:
        rows = thing_values(self.sizes.dictionaries)

        def run() -> None:
            with database.atomic():
                for batch in peewee.chunked(rows, 1_000):
                    Thing.insert_many(batch).execute()

        return Work(run, self.no_things, answer=self.rows_left)

    def small_transactions(self) -> Work:
        def run() -> None:
            for number in range(self.sizes.transactions):
                with database.atomic():
                    Thing.create(name="small", amount=number, created=moment(number))

        return Work(run, self.no_things, answer=self.rows_left)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_narrow(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        return Work(lambda: list(Thing.select()), answer=things_answer)

    def load_wide(self) -> Work:
        self.store.fill("wide", wide_rows(self.sizes.wide))
        names = ("id", *WIDE_COLUMNS)
        return Work(
            lambda: list(Wide.select()),
            answer=lambda found: [[getattr(each, name) for name in names] for each in found],
        )

    def load_columns(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        return Work(
            lambda: list(Thing.select().tuples()),
            answer=lambda rows: [(*row[:3], _moment(row[3])) for row in rows],
        )

    def filter_indexed(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        def run() -> list[Tagged]:
            for tag in range(self.sizes.lookups):
                found = list(Tagged.select().where(Tagged.tag == tag).limit(20))
            return found

        return Work(run, answer=tagged_answer)

    def select_built(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        def run() -> list[Any]:
            return [
                list(
                    Tagged.select(Tagged.id, Tagged.name)
                    .where((Tagged.tag == tag) & (Tagged.id > number))
                    .limit(1)
                    .tuples()
                )
                for number in range(self.sizes.selects)
                for tag in range(self.sizes.lookups)
            ]

        return Work(run)

    def get_fresh(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.present))

        def run() -> Any:
            for key in range(1, self.sizes.fresh + 1):
                found = Thing.get_by_id(key)
            return found

        return Work(run, answer=thing_answer)

    def eager_selectin(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)
        return Work(lambda: peewee.prefetch(Parent.select(), Child.select()), answer=families_answer)

    def lazy_children(self) -> Work:
        self.store.fill_families(self.sizes.lazy_parents, self.sizes.lazy_children)

        def run() -> list[Any]:
            return [(parent, list(parent.children)) for parent in Parent.select()]

        return Work(run, answer=pairs_answer)

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

        def run() -> None:
            with database.atomic():
                for thing in held:
                    thing.amount += 1
                    thing.save(only=[Thing.amount])

        return Work(run, prepare, answer=self.rows_left)

    def update_bulk(self) -> Work:
        def run() -> None:
            with database.atomic():
                Thing.update(amount=Thing.amount + 1).execute()

        return Work(
            run,
            lambda: self.store.fill("thing", thing_rows(self.sizes.bulk)),
            answer=self.rows_left,
        )

    def delete_loop(self) -> Work:
        def run() -> None:
            with database.atomic():
                for thing in list(Thing.select().where(Thing.id <= self.sizes.deleted)):
                    thing.delete_instance()

        return Work(
            run,
            lambda: self.store.fill("thing", thing_rows(self.sizes.deleted + 10)),
            answer=self.rows_left,
        )

    # -- shared --------------------------------------------------------------------------------------------------------

    def loaded(self, count: int) -> list[Any]:
        self.store.fill("thing", thing_rows(count))
        return list(Thing.select().order_by(Thing.id))


def _moment(value: Any) -> Any:
    return datetime.fromisoformat(value) if isinstance(value, str) else value
