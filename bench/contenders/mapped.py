"""Holdfast and SQLAlchemy, called: the same program for both, by the name of the library."""

from __future__ import annotations

import importlib
from typing import Any

from bench.contenders.base import (
    Contender,
    families_answer,
    read_each,
    rows_answer,
    tagged_answer,
    thing_answer,
    things_answer,
    write_each,
)
from bench.data import WIDE_COLUMNS, moment, tagged_rows, thing_rows, thing_values, wide_rows
from bench.models import models
from bench.sizes import Sizes
from bench.stores.store import Store
from bench.work import Work


def check_foreign_keys(connection: Any, _record: Any) -> None:
    """Switch foreign keys on for a new connection to SQLite (a `connect` listener)."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


class Mapped(Contender):
    """A library with SQLAlchemy's interface; an engine with its own pool and defaults.

    Args:
        name: the module's name.
    """

    def __init__(self, name: str, store: Store, sizes: Sizes) -> None:
        super().__init__(name, store, sizes)
        self.lib: Any = importlib.import_module(name)
        self.orm: Any = importlib.import_module(f"{name}.orm")
        self.models = models(name)
        on_sqlite = store.database == "sqlite"
        self.engine: Any = self.lib.create_engine(store.url("sqlite" if on_sqlite else "postgresql+psycopg"))
        if on_sqlite:
            self.lib.event.listen(self.engine, "connect", check_foreign_keys)
        self._sessions: list[Any] = []

    def session(self, **options: Any) -> Any:
        """Open a session on the engine."""
        return self.orm.Session(self.engine, **options)

    def close(self) -> None:
        self.engine.dispose()

    # -- inserting -----------------------------------------------------------------------------------------------------

    def insert_objects(self) -> Work:
        made = self.models.Thing

        def run() -> list[Any]:
            things = [
                made(name=f"thing {number}", amount=number, created=moment(number))
                for number in range(self.sizes.objects)
            ]
            with self.session(expire_on_commit=False) as session:
                session.add_all(things)
                session.commit()
            return things

        return Work(run, self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        older, younger = self.models.Parent, self.models.Child

        def run() -> list[Any]:
            with self.session(expire_on_commit=False) as session:
                parents = []
                for number in range(self.sizes.parents):
                    parent = older(name=f"parent {number}")
                    parent.children = [younger(name=f"child {number}.{n}") for n in range(self.sizes.children)]
                    parents.append(parent)
                session.add_all(parents)
                session.commit()
            return parents

        return Work(run, self.no_families, answer=lambda made: self.families_and_rows([(p, p.children) for p in made]))

    def insert_dictionaries(self) -> Work:
        rows = thing_values(self.sizes.dictionaries)
        table, insert = self.models.Thing.__table__, self.lib.insert

        def run() -> None:
            with self.engine.begin() as connection:
                connection.execute(insert(table), rows)

        return Work(run, self.no_things, answer=self.rows_left)

    def small_transactions(self) -> Work:
        made = self.models.Thing

        def run() -> None:
            for number in range(self.sizes.transactions):
                with self.session() as session:
                    session.add(made(name="small", amount=number, created=moment(number)))
                    session.commit()

        return Work(run, self.no_things, answer=self.rows_left)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_narrow(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        thing, select = self.models.Thing, self.lib.select

        def run() -> Any:
            with self.session() as session:
                return session.scalars(select(thing)).all()

        return Work(run, answer=things_answer)

    def hold_narrow(self) -> Work:
        """Load objects into a session that stays open."""
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        thing, select = self.models.Thing, self.lib.select
        session = self.session()
        return Work(lambda: session.scalars(select(thing)).all(), finish=session.close)

    def load_wide(self) -> Work:
        self.store.fill("wide", wide_rows(self.sizes.wide))
        wide, select, names = self.models.Wide, self.lib.select, ("id", *WIDE_COLUMNS)

        def run() -> Any:
            with self.session() as session:
                return session.scalars(select(wide)).all()

        return Work(run, answer=lambda found: [[getattr(each, name) for name in names] for each in found])

    def load_columns(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        thing, select = self.models.Thing, self.lib.select

        def run() -> Any:
            with self.session() as session:
                return session.execute(select(thing.id, thing.name, thing.amount, thing.created)).all()

        return Work(run, answer=rows_answer)

    def filter_indexed(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))
        tagged, select = self.models.Tagged, self.lib.select

        def run() -> Any:
            for tag in range(self.sizes.lookups):
                with self.session() as session:
                    found = session.scalars(select(tagged).where(tagged.tag == tag).limit(20)).all()
            return found

        return Work(run, answer=tagged_answer)

    def select_built(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))
        columns, select = self.models.Tagged.__table__.c, self.lib.select

        def run() -> list[list[Any]]:
            with self.engine.connect() as connection:
                return [
                    connection.execute(
                        select(columns.id, columns.name).where(columns.tag == tag).where(columns.id > number).limit(1)
                    ).all()
                    for number in range(self.sizes.selects)
                    for tag in range(self.sizes.lookups)
                ]

        return Work(run, answer=lambda found: [rows_answer(rows) for rows in found])

    def get_fresh(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.present))
        thing = self.models.Thing

        def run() -> Any:
            for key in range(1, self.sizes.fresh + 1):
                with self.session() as session:
                    found = session.get(thing, key)
            return found

        return Work(run, answer=thing_answer)

    def get_present(self) -> Work:
        session, things = self.loaded(self.sizes.present)
        thing, keys = self.models.Thing, [each.id for each in things]

        def run() -> Any:
            for key in keys:
                found = session.get(thing, key)
            return found

        def finish() -> None:
            things.clear()  # held until now: an identity map holds weakly
            self.forget()

        return Work(run, finish=finish, answer=thing_answer)

    def eager_selectin(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)
        parent, select, selectinload = self.models.Parent, self.lib.select, self.orm.selectinload

        def run() -> Any:
            with self.session() as session:
                return session.scalars(select(parent).options(selectinload(parent.children))).all()

        return Work(run, answer=families_answer)

    def eager_joined(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)
        parent, select, joinedload = self.models.Parent, self.lib.select, self.orm.joinedload

        def run() -> Any:
            with self.session() as session:
                return session.scalars(select(parent).options(joinedload(parent.children))).unique().all()

        return Work(run, answer=families_answer)

    def lazy_children(self) -> Work:
        self.store.fill_families(self.sizes.lazy_parents, self.sizes.lazy_children)
        parent, select = self.models.Parent, self.lib.select

        def run() -> Any:
            with self.session() as session:
                parents = session.scalars(select(parent)).all()
                for each in parents:
                    each.children  # noqa: B018
            return parents

        return Work(run, answer=families_answer)

    # -- attributes, updating, deleting --------------------------------------------------------------------------------

    def read_attributes(self) -> Work:
        _, things = self.loaded(self.sizes.attributes)
        return Work(lambda: read_each(things), finish=self.forget, answer=lambda _: things_answer(things))

    def write_attributes(self) -> Work:
        _, things = self.loaded(self.sizes.attributes)
        write_each(things)
        return Work(lambda: write_each(things), finish=self.forget, answer=lambda _: things_answer(things))

    def update_loop(self) -> Work:
        held: list[Any] = []

        def run() -> None:
            for each in held:
                each.amount += 1
            self._sessions[0].commit()

        return Work(run, lambda: self.present(held), self.forget, answer=self.rows_left)

    def update_bulk(self) -> Work:
        thing, update = self.models.Thing, self.lib.update

        def run() -> None:
            with self.session() as session:
                statement = update(thing).values(amount=thing.amount + 1)
                session.execute(statement, execution_options={"synchronize_session": False})
                session.commit()

        return Work(
            run,
            lambda: self.store.fill("thing", thing_rows(self.sizes.bulk)),
            answer=self.rows_left,
        )

    def update_evaluate(self) -> Work:
        return self.synchronized("evaluate")

    def update_fetch(self) -> Work:
        return self.synchronized("fetch")

    def synchronized(self, strategy: str) -> Work:
        """Update half of the rows while objects of all are in the session; their values are looked at afterwards."""
        thing, update, held = self.models.Thing, self.lib.update, list[Any]()

        def run() -> None:
            statement = update(thing).where(thing.amount >= self.sizes.middle_amount).values(amount=thing.amount + 1)
            self._sessions[0].execute(statement, execution_options={"synchronize_session": strategy})
            self._sessions[0].commit()

        def answer(_: None) -> list[tuple[Any, ...]]:
            rows = self.store.rows("thing")
            if [each.__dict__["amount"] for each in held] != [row[2] for row in rows]:
                raise AssertionError("objects are not what their rows are")
            return rows

        return Work(run, lambda: self.present(held, expire_on_commit=False), self.forget, answer=answer)

    def delete_loop(self) -> Work:
        """Loading is inside the timed part, as in the loop that people write."""
        thing, select = self.models.Thing, self.lib.select

        def run() -> None:
            with self.session() as session:
                for each in session.scalars(select(thing).where(thing.id <= self.sizes.deleted)).all():
                    session.delete(each)
                session.commit()

        return Work(
            run,
            lambda: self.store.fill("thing", thing_rows(self.sizes.deleted + 10)),
            answer=self.rows_left,
        )

    # -- shared --------------------------------------------------------------------------------------------------------

    def loaded(self, count: int) -> tuple[Any, list[Any]]:
        """Load things into a session that stays open."""
        self.store.fill("thing", thing_rows(count))
        self._sessions.append(session := self.session())
        return session, list(session.scalars(self.lib.select(self.models.Thing).order_by(self.models.Thing.id)).all())

    def present(self, held: list[Any], **options: Any) -> None:
        """Fill the table and hold objects of all rows in a fresh session, in the order of their keys."""
        held.clear()
        self.forget()
        self.store.fill("thing", thing_rows(self.sizes.objects))
        self._sessions.append(session := self.session(**options))
        held[:] = session.scalars(self.lib.select(self.models.Thing).order_by(self.models.Thing.id)).all()

    def forget(self) -> None:
        """Close the sessions that stayed open."""
        while self._sessions:
            self._sessions.pop().close()
