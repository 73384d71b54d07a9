"""Tables: the text of CREATE TABLE, what stands in the metadata, create_all and drop_all."""

from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, shop
from tests.differential.registry import program


def _create(lib: Any, log: Log, label: str, table: Any, engine: Any) -> None:
    log.text(label, _create_table(lib, table), engine)


def _create_table(lib: Any, table: Any) -> Any:
    return import_module(f"{lib.__name__}.schema").CreateTable(table)


@program
def types(lib: Any, engine: Any, log: Log) -> None:
    table = lib.Table(
        "t",
        lib.MetaData(),
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("word", lib.String(30)),
        lib.Column("any_length", lib.String),
        lib.Column("body", lib.Text),
        lib.Column("price", lib.Numeric(10, 2)),
        lib.Column("any_number", lib.Numeric),
        lib.Column("part", lib.Float),
        lib.Column("at", lib.DateTime),
        lib.Column("day", lib.Date),
        lib.Column("yes", lib.Boolean),
        lib.Column("data", lib.LargeBinary),
    )
    log("types", [repr(column.type) for column in table.columns])
    log("on SQLite", str(_create_table(lib, table).compile(dialect=engine.dialect)).split("\n"))


@program
def constraints(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    lib.Table("a", metadata, lib.Column("id", lib.Integer, primary_key=True))
    table = lib.Table(
        "b",
        metadata,
        lib.Column("x", lib.Integer, primary_key=True),
        lib.Column("y", lib.Integer, primary_key=True),
        lib.Column("a_id", lib.ForeignKey("a.id"), nullable=False),
        lib.Column("code", lib.String(5), unique=True),
        lib.Column("other", lib.Integer, lib.ForeignKey("a.id", ondelete="CASCADE", onupdate="SET NULL")),
        lib.Column("given", lib.Integer, server_default="5"),
        lib.Column("computed", lib.Integer, server_default=lib.text("1 + 1")),
        lib.UniqueConstraint("x", "code", name="uq_b"),
        lib.CheckConstraint("y > 0", name="ck_b"),
    )
    _create(lib, log, "b", table, engine)
    log("type taken from the key", type(table.c.a_id.type))


@program
def composite_foreign_key(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    lib.Table(
        "a", metadata, lib.Column("x", lib.Integer, primary_key=True), lib.Column("y", lib.Integer, primary_key=True)
    )
    table = lib.Table(
        "b",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("x", lib.Integer),
        lib.Column("y", lib.Integer),
        lib.ForeignKeyConstraint(["x", "y"], ["a.x", "a.y"], name="fk_b_a"),
        lib.PrimaryKeyConstraint("id", name="pk_b"),
    )
    _create(lib, log, "b", table, engine)


@program
def quoted_names(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    table = lib.Table(
        "Order",
        metadata,
        lib.Column("select", lib.Integer, primary_key=True),
        lib.Column("a b", lib.String, nullable=False),
        lib.Column("parent", lib.ForeignKey("Order.select")),
    )
    _create(lib, log, "Order", table, engine)


@program
def mapped_classes(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    for table in s.metadata.sorted_tables:
        _create(lib, log, table.name, table, engine)


@program
def columns_from_annotations(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    for table in s.metadata.sorted_tables:
        for column in table.columns:
            log(
                f"{table.name}.{column.name}",
                (type(column.type), column.nullable, column.primary_key, column.unique, column.key),
            )


@program
def create_and_drop(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    lib.Table("one", metadata, lib.Column("id", lib.Integer, primary_key=True))
    lib.Table(
        "two",
        metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("one_id", lib.ForeignKey("one.id"), index=True),
    )
    with log.quiet():
        metadata.create_all(engine)
    with log.quiet():
        metadata.create_all(engine)
    log("has one", lib.inspect(engine).has_table("one"))
    log("has three", lib.inspect(engine).has_table("three"))
    with log.quiet():
        metadata.drop_all(engine)
    log("has one", lib.inspect(engine).has_table("one"))
    with log.quiet():
        metadata.drop_all(engine)


@program
def order_of_creation(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    for name, target in (("d", "c"), ("c", "b"), ("b", "a"), ("a", None)):
        keys = [lib.Column(f"{target}_id", lib.ForeignKey(f"{target}.id"))] if target else []
        lib.Table(name, metadata, lib.Column("id", lib.Integer, primary_key=True), *keys)
    log("sorted", [table.name for table in metadata.sorted_tables])


@program
def metadata_contents(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    log("tables", sorted(s.metadata.tables))
    orders = s.metadata.tables["orders"]
    log("same table", orders is s.Order.__table__)
    log("columns", [column.name for column in orders.columns])
    log("keys", list(orders.c.keys()))
    log("primary key", [column.name for column in orders.primary_key])
    log("foreign keys", sorted(key.target_fullname for key in orders.foreign_keys))
    log("referred", [next(iter(orders.c.customer_id.foreign_keys)).column.table.name])
    log("contains", "total" in orders.c)
    log("table of column", orders.c.total.table.name)
    log("text of column", str(orders.c.total))


@program
def table_defined_twice(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    lib.Table("t", metadata, lib.Column("id", lib.Integer))
    log.error("twice", lambda: lib.Table("t", metadata, lib.Column("id", lib.Integer)), message=True)


@program
def key_to_a_missing_table(lib: Any, engine: Any, log: Log) -> None:
    metadata = lib.MetaData()
    table = lib.Table("t", metadata, lib.Column("id", lib.Integer), lib.Column("x", lib.ForeignKey("nowhere.id")))
    log.error("column", lambda: next(iter(table.foreign_keys)).column)
