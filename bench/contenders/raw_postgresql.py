"""The bare driver on PostgreSQL: psycopg 3, keys by RETURNING, batches by `executemany`, which pipelines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bench.contenders.raw import Raw
from bench.contenders.sql import INSERT_CHILD, INSERT_PARENT, INSERT_THING, SELECT_CHILDREN
from bench.data import moment, thing_values
from bench.plain import Parent, Thing, Wide
from bench.sizes import AMOUNTS
from bench.work import Work


class RawPostgresql(Raw):
    """psycopg 3, called."""

    databases = ("postgresql",)
    mark = "%s"

    @staticmethod
    def parse(value: datetime) -> datetime:
        """Take a moment as the driver gives it."""
        return value

    def connect(self) -> Any:
        import psycopg

        return psycopg.connect(**self.store.address, autocommit=True)

    def things(self, rows: list[tuple[Any, ...]]) -> list[Thing]:
        return [Thing(id, name, amount, created) for id, name, amount, created in rows]

    def wides(self, rows: list[tuple[Any, ...]]) -> list[Any]:
        return [Wide(*row) for row in rows]

    def select_in(self, keys: list[int]) -> tuple[str, Any]:
        return SELECT_CHILDREN.format("= ANY(%s)"), (keys,)

    def plain(self, count: int) -> list[Thing]:
        return [Thing(n, f"thing {n}", n % AMOUNTS, moment(n)) for n in range(1, count + 1)]

    def insert(self, sql: str, rows: list[tuple[Any, ...]]) -> list[int]:
        """Insert rows in one pipeline and give their generated keys."""
        cursor = self.cursor
        cursor.executemany(f"{sql.replace('?', '%s')} RETURNING id", rows, returning=True)
        return [result.fetchone()[0] for result in cursor.results()]

    def insert_objects(self) -> Work:
        def run() -> list[Thing]:
            things = [Thing(None, f"thing {number}", number, moment(number)) for number in range(self.sizes.objects)]
            self.cursor.execute("BEGIN")
            keys = self.insert(INSERT_THING, [(thing.name, thing.amount, thing.created) for thing in things])
            for thing, key in zip(things, keys, strict=True):
                thing.id = key
            self.cursor.execute("COMMIT")
            return things

        return Work(run, self.no_things, answer=self.keys_and_rows)

    def insert_graph(self) -> Work:
        def run() -> list[Parent]:
            parents = self.new_families()
            self.cursor.execute("BEGIN")
            for parent, key in zip(parents, self.insert(INSERT_PARENT, [(p.name,) for p in parents]), strict=True):
                parent.id = key
                for child in parent.children:
                    child.parent_id = key
            children = [child for parent in parents for child in parent.children]
            keys = self.insert(INSERT_CHILD, [(child.parent_id, child.name) for child in children])
            for child, key in zip(children, keys, strict=True):
                child.id = key
            self.cursor.execute("COMMIT")
            return parents

        return Work(run, self.no_families, answer=lambda made: self.families_and_rows([(p, p.children) for p in made]))

    def insert_dictionaries(self) -> Work:
        rows: Any = thing_values(self.sizes.dictionaries)

        def run() -> None:
            self.cursor.execute("BEGIN")
            self.cursor.executemany(
                INSERT_THING.replace("?", "%s"), [(row["name"], row["amount"], row["created"]) for row in rows]
            )
            self.cursor.execute("COMMIT")

        return Work(run, self.no_things, answer=self.rows_left)

    def small_transactions(self) -> Work:
        insert = f"{INSERT_THING.replace('?', '%s')} RETURNING id"

        def run() -> None:
            cursor = self.cursor
            for number in range(self.sizes.transactions):
                thing = Thing(None, "small", number, moment(number))
                cursor.execute("BEGIN")
                [thing.id] = cursor.execute(insert, (thing.name, thing.amount, thing.created)).fetchone()
                cursor.execute("COMMIT")

        return Work(run, self.no_things, answer=self.rows_left)
