"""The bare driver, called: what all figures are multiples of. SQLite here; `raw_postgresql.py` says what differs there.

Written as a careful person would: one cursor, BEGIN and COMMIT around everything, `fetchall()`, generated keys from the
driver, and one plain `__slots__` object per row with its moments parsed where objects are asked for.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime
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
from bench.contenders.sql import (
    DELETE_THING,
    INSERT_CHILD,
    INSERT_PARENT,
    INSERT_THING,
    SELECT_BUILT,
    SELECT_BY_KEY,
    SELECT_CHILDREN,
    SELECT_CHILDREN_OF,
    SELECT_JOINED,
    SELECT_PARENTS,
    SELECT_TAGGED,
    SELECT_THINGS,
    SELECT_WIDE,
    UPDATE_ALL,
    UPDATE_SOME,
    UPDATE_THING,
)
from bench.data import WIDE_COLUMNS, moment, stored, tagged_rows, thing_rows, thing_values, wide_rows
from bench.plain import Child, Parent, Tagged, Thing, read_wide
from bench.sizes import Sizes
from bench.stores.store import Store
from bench.work import Work

_parse = datetime.fromisoformat


class Raw(Contender):
    """Python's own `sqlite3`."""

    databases = ("sqlite",)
    mark = "?"
    parse = staticmethod(datetime.fromisoformat)

    def __init__(self, name: str, store: Store, sizes: Sizes) -> None:
        super().__init__(name, store, sizes)
        self.connection: Any = self.connect()
        self.cursor = self.connection.cursor()

    # -- what differs between drivers ----------------------------------------------------------------------------------

    def connect(self) -> Any:
        """Open a connection that begins no transactions of its own."""
        connection = sqlite3.connect(self.store.path, isolation_level=None)
        connection.execute("PRAGMA foreign_keys=ON")
        return connection

    def things(self, rows: list[tuple[Any, ...]]) -> list[Thing]:
        """Make plain objects of rows of four columns."""
        return [Thing(id, name, amount, _parse(created)) for id, name, amount, created in rows]

    def wides(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        """Make plain objects of rows of 32 columns."""
        made: list[Any] = read_wide(rows)
        return made

    def select_in(self, keys: list[int]) -> tuple[str, Any]:
        """Give the statement and the parameters that read the children of parents."""
        return SELECT_CHILDREN.format("IN (" + ", ".join("?" * len(keys)) + ")"), tuple(keys)

    # -- inserting -----------------------------------------------------------------------------------------------------

    def insert_objects(self) -> Work:
        def run() -> list[Thing]:
            things = [Thing(None, f"thing {number}", number, moment(number)) for number in range(self.sizes.objects)]
            cursor = self.cursor
            cursor.execute("BEGIN")
            for thing in things:
                cursor.execute(INSERT_THING, (thing.name, thing.amount, stored(thing.created)))
                thing.id = cursor.lastrowid
            cursor.execute("COMMIT")
            return things

        return Work(run, self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        def run() -> list[Parent]:
            parents, cursor = self.new_families(), self.cursor
            cursor.execute("BEGIN")
            for parent in parents:
                cursor.execute(INSERT_PARENT, (parent.name,))
                parent.id = cursor.lastrowid
            for parent in parents:
                for child in parent.children:
                    child.parent_id = parent.id
                    cursor.execute(INSERT_CHILD, (child.parent_id, child.name))
                    child.id = cursor.lastrowid
            cursor.execute("COMMIT")
            return parents

        return Work(run, self.no_families, answer=lambda made: self.families_and_rows([(p, p.children) for p in made]))

    def insert_dictionaries(self) -> Work:
        rows: Any = thing_values(self.sizes.dictionaries)

        def run() -> None:
            self.cursor.execute("BEGIN")
            values = [(row["name"], row["amount"], stored(row["created"])) for row in rows]
            self.cursor.executemany(INSERT_THING, values)
            self.cursor.execute("COMMIT")

        return Work(run, self.no_things, answer=self.rows_left)

    def small_transactions(self) -> Work:
        def run() -> None:
            cursor = self.cursor
            for number in range(self.sizes.transactions):
                thing = Thing(None, "small", number, moment(number))
                cursor.execute("BEGIN")
                cursor.execute(INSERT_THING, (thing.name, thing.amount, stored(thing.created)))
                thing.id = cursor.lastrowid
                cursor.execute("COMMIT")

        return Work(run, self.no_things, answer=self.rows_left)

    # -- loading -------------------------------------------------------------------------------------------------------

    def load_narrow(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        return Work(lambda: self.things(self.read(SELECT_THINGS)), answer=things_answer)

    def load_wide(self) -> Work:
        self.store.fill("wide", wide_rows(self.sizes.wide))
        names = ("id", *WIDE_COLUMNS)
        return Work(
            lambda: self.wides(self.read(SELECT_WIDE)),
            answer=lambda found: [[getattr(each, name) for name in names] for each in found],
        )

    def load_columns(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.narrow))
        return Work(lambda: self.read(SELECT_THINGS), answer=lambda rows: things_answer(self.things(rows)))

    def filter_indexed(self) -> Work:
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))

        cursor, parse, sql = self.cursor, self.parse, SELECT_TAGGED.replace("?", self.mark)

        def run() -> list[Tagged]:
            for tag in range(self.sizes.lookups):
                cursor.execute("BEGIN")
                rows = cursor.execute(sql, (tag, 20)).fetchall()
                found = [Tagged(id, name, tag, parse(created)) for id, name, tag, created in rows]
                cursor.execute("ROLLBACK")
            return found

        return Work(run, answer=tagged_answer)

    def select_built(self) -> Work:
        """All on one connection; the target is 5 microseconds over the bare driver's 1.8."""
        self.store.fill("tagged", tagged_rows(self.sizes.narrow))
        sql = SELECT_BUILT.replace("?", self.mark)

        def run() -> list[list[Any]]:
            cursor = self.cursor
            cursor.execute("BEGIN")
            found = [
                cursor.execute(sql, (tag, number, 1)).fetchall()
                for number in range(self.sizes.selects)
                for tag in range(self.sizes.lookups)
            ]
            cursor.execute("ROLLBACK")
            return found

        return Work(run, answer=lambda found: [rows_answer(rows) for rows in found])

    def get_fresh(self) -> Work:
        self.store.fill("thing", thing_rows(self.sizes.present))

        cursor, parse, sql = self.cursor, self.parse, SELECT_BY_KEY.replace("?", self.mark)

        def run() -> Thing:
            for key in range(1, self.sizes.fresh + 1):
                cursor.execute("BEGIN")
                id, name, amount, created = cursor.execute(sql, (key,)).fetchall()[0]
                found = Thing(id, name, amount, parse(created))
                cursor.execute("ROLLBACK")
            return found

        return Work(run, answer=thing_answer)

    def get_present(self) -> Work:
        """Two look-ups in plain dicts, by class and by key: the least that finding one object can cost."""
        things = {Thing: {each[0]: Thing(*each[:3], _parse(each[3])) for each in thing_rows(self.sizes.present)}}
        keys = list(things[Thing])

        def run() -> Thing | None:
            for key in keys:
                found = things[Thing].get(key)
            return found

        return Work(run, answer=thing_answer)

    def eager_selectin(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)
        cursor = self.cursor

        def run() -> list[Parent]:
            cursor.execute("BEGIN")
            parents = [Parent(id, name) for id, name in cursor.execute(SELECT_PARENTS).fetchall()]
            by_key = {parent.id: parent for parent in parents}
            for parent_id, id, name in cursor.execute(*self.select_in(list(by_key))).fetchall():
                by_key[parent_id].children.append(Child(id, parent_id, name))
            cursor.execute("ROLLBACK")
            return parents

        return Work(run, answer=families_answer)

    def eager_joined(self) -> Work:
        self.store.fill_families(self.sizes.eager_parents, self.sizes.children)

        def run() -> list[Parent]:
            by_key: dict[int, Parent] = {}
            for id, name, child_id, parent_id, child_name in self.read(SELECT_JOINED):
                parent = by_key.get(id)
                if parent is None:
                    parent = by_key[id] = Parent(id, name)
                if child_id is not None:
                    parent.children.append(Child(child_id, parent_id, child_name))
            return list(by_key.values())

        return Work(run, answer=families_answer)

    def lazy_children(self) -> Work:
        """One query per parent."""
        self.store.fill_families(self.sizes.lazy_parents, self.sizes.lazy_children)
        cursor, of_parent = self.cursor, SELECT_CHILDREN_OF.replace("?", self.mark)

        def run() -> list[Parent]:
            cursor.execute("BEGIN")
            parents = [Parent(id, name) for id, name in cursor.execute(SELECT_PARENTS).fetchall()]
            for parent in parents:
                rows = cursor.execute(of_parent, (parent.id,)).fetchall()
                parent.children = [Child(id, parent_id, name) for id, parent_id, name in rows]
            cursor.execute("ROLLBACK")
            return parents

        return Work(run, answer=families_answer)

    # -- attributes, updating, deleting --------------------------------------------------------------------------------

    def read_attributes(self) -> Work:
        things = self.plain(self.sizes.attributes)
        return Work(lambda: read_each(things), answer=lambda _: things_answer(things))

    def write_attributes(self) -> Work:
        things = self.plain(self.sizes.attributes)
        return Work(lambda: write_each(things), answer=lambda _: things_answer(things))

    def update_loop(self) -> Work:
        held: list[Thing] = []
        update = UPDATE_THING.replace("?", self.mark)

        def prepare() -> None:
            self.store.fill("thing", thing_rows(self.sizes.objects))
            held[:] = self.plain(self.sizes.objects)

        def run() -> None:
            for thing in held:
                thing.amount += 1
            self.cursor.execute("BEGIN")
            self.cursor.executemany(update, [(thing.amount, thing.id) for thing in held])
            self.cursor.execute("COMMIT")

        return Work(run, prepare, answer=self.rows_left)

    def update_bulk(self) -> Work:
        return self.updated(UPDATE_ALL, (1,), self.sizes.bulk)

    def update_evaluate(self) -> Work:
        return self.updated(UPDATE_SOME, (1, self.sizes.middle_amount), self.sizes.objects)

    def update_fetch(self) -> Work:
        return self.updated(f"{UPDATE_SOME} RETURNING id", (1, self.sizes.middle_amount), self.sizes.objects)

    def updated(self, sql: str, values: tuple[int, ...], count: int) -> Work:
        """Build the work of one UPDATE; what it returns is fetched."""
        marked = sql.replace("?", self.mark)

        def run() -> None:
            self.cursor.execute("BEGIN")
            self.cursor.execute(marked, values)
            if "RETURNING" in marked:
                self.cursor.fetchall()
            self.cursor.execute("COMMIT")

        return Work(run, lambda: self.store.fill("thing", thing_rows(count)), answer=self.rows_left)

    def delete_loop(self) -> Work:
        """Loading is inside the timed part, as in the loop that people write; the deletions are one `executemany`."""
        select = f"{SELECT_THINGS} WHERE thing.id <= ?".replace("?", self.mark)
        delete = DELETE_THING.replace("?", self.mark)

        def run() -> None:
            self.cursor.execute("BEGIN")
            things = self.things(self.cursor.execute(select, (self.sizes.deleted,)).fetchall())
            self.cursor.executemany(delete, [(thing.id,) for thing in things])
            self.cursor.execute("COMMIT")

        return Work(run, self.some_to_delete, answer=self.rows_left)

    # -- shared --------------------------------------------------------------------------------------------------------

    def read(self, sql: str) -> list[tuple[Any, ...]]:
        """Read in a transaction of its own."""
        cursor = self.cursor
        cursor.execute("BEGIN")
        rows: list[tuple[Any, ...]] = cursor.execute(sql).fetchall()
        cursor.execute("ROLLBACK")
        return rows

    def plain(self, count: int) -> list[Thing]:
        return [Thing(*row[:3], _parse(row[3])) for row in thing_rows(count)]

    def some_to_delete(self) -> None:
        self.store.fill("thing", thing_rows(self.sizes.deleted + 10))

    def new_families(self) -> list[Parent]:
        parents = []
        for number in range(self.sizes.parents):
            parent = Parent(None, f"parent {number}")
            parent.children = [Child(None, None, f"child {number}.{place}") for place in range(self.sizes.children)]
            parents.append(parent)
        return parents

    def close(self) -> None:
        self.connection.close()
