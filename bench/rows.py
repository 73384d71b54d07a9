"""The rows of the table, in its order, each with its target."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """An operation that every contender does in its own best way.

    Args:
        key: the name of the method of a contender that builds its work.
        name: how the row is called in the table.
        target: the multiple of the bare driver's time to reach, on SQLite.
        sqlalchemy: the multiple that SQLAlchemy 2.1.9 had when the targets were set (CPython 3.11).
        peer: the best other multiple then, and whose it was; empty where nobody offers the row.
    """

    key: str
    name: str
    target: float
    sqlalchemy: float
    peer: str = ""

    @property
    def is_async(self) -> bool:
        """Whether it runs under asyncio, over the bare asynchronous driver."""
        return self.key.startswith("async_")


ROWS: tuple[Row, ...] = (
    Row("insert_objects", "insert 2,000 objects, keys filled in", 3, 11, "4.9 Django"),
    Row("insert_graph", "insert 200 parents with 10 children each", 5, 25, "9.3 Peewee"),
    Row("insert_dictionaries", "insert 10,000 dicts", 1.4, 2.8, "3.9 Tortoise"),
    Row("load_narrow", "load 10,000 objects of 4 columns", 1.6, 10, "4.6 Peewee"),
    Row("load_wide", "load 2,000 objects of 32 columns", 1.4, 2.5, "3.0 Django"),
    Row("load_columns", "load 10,000 rows of columns", 1.6, 2.5, "2.9 Django"),
    Row("filter_indexed", "indexed filter, limit 20, objects", 2.2, 13, "7.4 Peewee"),
    Row("select_built", "select with two criteria and a limit, built and run", 3.8, 46),
    Row("get_fresh", "get by key, fresh session", 3, 30, "10 Pony"),
    Row("get_present", "get of an object present", 5, 42, "48 Pony"),
    Row("read_attributes", "attribute read", 4, 26, "1.8 Tortoise"),
    Row("write_attributes", "attribute write, tracked, repeated", 20, 90, "5.2 Django (untracked)"),
    Row("update_loop", "loop obj.amount += 1 over 2,000 objects, commit", 3, 14, "15 Pony"),
    Row("update_bulk", "bulk UPDATE, no synchronisation", 1.3, 3.0, "1.5 Peewee"),
    Row("update_evaluate", "bulk UPDATE, evaluate, 2,000 objects present", 5, 29),
    Row("update_fetch", "bulk UPDATE, fetch, 2,000 objects present", 2.5, 12),
    Row("delete_loop", "delete 1,000 objects in a loop", 3, 9.9, "13 Pony"),
    Row("eager_selectin", "500 parents x 10 children, select-in", 2.5, 7.9, "7.2 Peewee"),
    Row("eager_joined", "500 parents x 10 children, joined", 2.0, 5.1),
    Row("lazy_children", "lazy children of 200 parents in a loop", 1.2, 13, "9.4 Pony"),
    Row("small_transactions", "transaction of one insert", 3, 11, "3.2 Pony"),
    Row("async_get", "async get by key, fresh session", 1, 15, "4.6"),
    Row("async_filter", "async indexed filter, limit 20", 1.3, 15, "6.9"),
    Row("async_commit", "async transaction of one insert", 1.5, 11, "4.0"),
    Row("async_insert", "async insert 2,000 objects", 2.5, 27, "9.3"),
    Row("async_load", "async load 10,000 objects of 4 columns", 1.6, 8.6, "5.8"),
)

BY_KEY = {row.key: row for row in ROWS}
