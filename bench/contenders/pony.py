"""Pony, called: every row in its `db_session`, queries as `select()` over the entity or as generators.

New objects are entities; there is no form for many rows or for an UPDATE without objects. The loop over children asks for
them by the attribute, which Pony itself answers in batches.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from pony import orm

from bench.contenders.base import (
    Contender,
    pairs_answer,
    read_each,
    rows_answer,
    tagged_answer,
    thing_answer,
    things_answer,
    write_each,
)
from bench.data import WIDE_COLUMNS, moment, tagged_rows, thing_rows, thing_values, wide_rows
from bench.sizes import Sizes
from bench.stores.store import Store
from bench.work import Work

database = orm.Database()
Entity: Any = database.Entity
_TYPES = {"whole": int, "part": float, "word": str, "moment": datetime}


class Thing(Entity):  # type: ignore[misc]
    _table_ = "thing"
    id = orm.PrimaryKey(int, auto=True)
    name = orm.Required(str)
    amount = orm.Required(int)
    created = orm.Required(datetime)


class Tagged(Entity):  # type: ignore[misc]
    _table_ = "tagged"
    id = orm.PrimaryKey(int, auto=True)
    name = orm.Required(str)
    tag = orm.Required(int, index=True)
    created = orm.Required(datetime)


class Parent(Entity):  # type: ignore[misc]
    _table_ = "parent"
    id = orm.PrimaryKey(int, auto=True)
    name = orm.Required(str)
    children = orm.Set("Child")


class Child(Entity):  # type: ignore[misc]
    _table_ = "child"
    id = orm.PrimaryKey(int, auto=True)
    parent = orm.Required(Parent, column="parent_id")
    name = orm.Required(str)


Wide: Any = type(
    "Wide",
    (Entity,),
    {
        "__module__": __name__,
        "_table_": "wide",
        "id": orm.PrimaryKey(int, auto=True),
        **{name: orm.Required(_TYPES[name.split("_")[0]]) for name in WIDE_COLUMNS},
    },
)

NO_UPDATE = "has no UPDATE by criteria other than raw SQL"
NO_ASYNCIO = "has no asyncio interface"


class Pony(Contender):
    """Pony on its own connection."""

    import_statement = "import pony.orm"
    absent: ClassVar = {
        "update_bulk": NO_UPDATE,
        "update_evaluate": NO_UPDATE,
        "update_fetch": NO_UPDATE,
        "eager_joined": "loads collections by further statements, not by a join",
        **dict.fromkeys(("async_get", "async_filter", "async_commit", "async_insert", "async_load"), NO_ASYNCIO),
    }

    def __init__(self, name: str, store: Store, sizes: Sizes) -> None:
        super().__init__(name, store, sizes)
        self._is_open = False
        if store.database == "sqlite":
            database.bind(provider="sqlite", filename=store.path)
        else:
            database.bind(provider="postgres", **store.address)
        database.generate_mapping(create_tables=False, check_tables=False)

    def close(self) -> None:
        database.disconnect()

    # -- inserting -----------------------------------------------------------------------------------------------------

    def insert_objects(self) -> Work:
        def run() -> list[Any]:
            with orm.db_session:
                return [
                    Thing(name=f"thing {number}", amount=number, created=moment(number))
                    for number in range(self.sizes.objects)
                ]

        return Work(run, self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        def run() -> list[Any]:
            families = []
            with orm.db_session:
                for number in range(self.sizes.parents):
                    parent = Parent(name=f"parent {number}")
                    children = [Child(parent=parent, name=f"child {number}.{n}") for n in range(self.sizes.children)]
                    families.append((parent, children))
            return families

        return Work(run, self.no_families, answer=self.families_and_rows)

    def insert_dictionaries(self) -> Work:
        rows = thing_values(self.sizes.dictionaries)

        def run() -> None:
            with orm.db_session:
                for row in rows:
                    Thing(**row)

        return Work(run, self.no_things, answer=self.rows_left)

    def small_transactions(self) -> Work:
        def run() -> None:
            for number in range(self.sizes.transactions):
                with orm.db_session:
                    Thing(name="small", amount=number, created=moment(number))

        return Work(run, self.no_things, answer=self.rows_left)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_narrow(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        def run() -> Any:
            with orm.db_session:
                return Thing.select()[:]

        return Work(run, answer=things_answer)

    def load_wide(self) -> Work:
        self.store.fill("wide", wide_rows(self.sizes.wide))
        names = ("id", *WIDE_COLUMNS)

        def run() -> Any:
            with orm.db_session:
                return Wide.select()[:]

        return Work(run, answer=lambda found: [[getattr(each, name) for name in names] for each in found])

    def load_columns(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))

        def run() -> Any:
            with orm.db_session:
                return orm.select((each.id, each.name, each.amount, each.created) for each in Thing)[:]

        return Work(run, answer=rows_answer)

    def filter_indexed(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        def run() -> Any:
            for tag in range(self.sizes.lookups):
                with orm.db_session:
                    found = Tagged.select(tag=tag)[:20]
            return found

        return Work(run, answer=tagged_answer)

    def select_built(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        def run() -> list[Any]:
            with orm.db_session:
                return [
                    orm.select((each.id, each.name) for each in Tagged if each.tag == tag and each.id > number)[:1]
                    for number in range(self.sizes.selects)
                    for tag in range(self.sizes.lookups)
                ]

        return Work(run, answer=lambda found: [rows_answer(rows) for rows in found])

    def get_fresh(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.present))

        def run() -> Any:
            for key in range(1, self.sizes.fresh + 1):
                with orm.db_session:
                    found = Thing[key]
            return found

        return Work(run, answer=thing_answer)

    def get_present(self) -> Work:
        things = self.loaded(self.sizes.present)
        keys = [each.id for each in things]

        def run() -> Any:
            for key in keys:
                found = Thing[key]
            return found

        return Work(run, finish=self.end_session, answer=thing_answer)

    def eager_selectin(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)

        def run() -> Any:
            with orm.db_session:
                return [(each, list(each.children)) for each in Parent.select().prefetch(Parent.children)[:]]

        return Work(run, answer=pairs_answer)

    def lazy_children(self) -> Work:
        self.store.fill_families(self.sizes.lazy_parents, self.sizes.lazy_children)

        def run() -> Any:
            with orm.db_session:
                return [(each, list(each.children)) for each in Parent.select()[:]]

        return Work(run, answer=pairs_answer)

    # -- attributes, updating, deleting --------------------------------------------------------------------------------

    def read_attributes(self) -> Work:
        things = self.loaded(self.sizes.attributes)
        return Work(lambda: read_each(things), finish=self.end_session, answer=lambda _: things_answer(things))

    def write_attributes(self) -> Work:
        things = self.loaded(self.sizes.attributes)
        write_each(things)
        return Work(lambda: write_each(things), finish=self.end_session, answer=lambda _: things_answer(things))

    def update_loop(self) -> Work:
        held: list[Any] = []

        def prepare() -> None:
            self.end_session()
            held[:] = self.loaded(self.sizes.objects)

        def run() -> None:
            for thing in held:
                thing.amount += 1
            orm.commit()

        return Work(run, prepare, self.end_session, answer=self.rows_left)

    def delete_loop(self) -> Work:
        limit = self.sizes.deleted

        def run() -> None:
            with orm.db_session:
                for thing in orm.select(each for each in Thing if each.id <= limit)[:]:
                    thing.delete()

        return Work(
            run,
            lambda: self.store.fill("thing", thing_rows(limit + 10)),
            answer=self.rows_left,
        )

    # -- shared --------------------------------------------------------------------------------------------------------

    def loaded(self, count: int) -> list[Any]:
        """Load things into a `db_session` that stays open."""
        self.store.fill("thing", thing_rows(count))
        orm.db_session.__enter__()
        self._is_open = True
        return list(Thing.select().order_by(Thing.id)[:])

    def end_session(self) -> None:
        """Close the `db_session` that stayed open, if one did."""
        if self._is_open:
            orm.rollback()
            orm.db_session.__exit__()
        self._is_open = False
