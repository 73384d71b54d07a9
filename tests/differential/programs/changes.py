"""INSERT, UPDATE and DELETE statements: their text, and what they do when they are executed."""

import warnings
from datetime import datetime
from decimal import Decimal
from importlib import import_module
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on, shop
from tests.differential.registry import program


@program
def insert_text(lib: Any, engine: Any, log: Log) -> None:
    customers = shop(lib).Customer.__table__
    log.text("all columns", lib.insert(customers), engine)
    log.text("values", lib.insert(customers).values(name="ann", active=True), engine)
    log.text("dict", lib.insert(customers).values({"name": "ann"}), engine)
    log.text("by column", lib.insert(customers).values({customers.c.name: "ann"}), engine)
    log.text("several rows", lib.insert(customers).values([{"name": "ann"}, {"name": "bob"}]), engine)
    log.text("expression", lib.insert(customers).values(name=lib.func.lower("ANN")), engine)
    log.text("table method", customers.insert().values(name="ann"), engine)
    log.text("class", lib.insert(shop(lib).Customer).values(name="ann"), engine)


@program
def insert_text_returning(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("column", lib.insert(s.Customer.__table__).values(name="ann").returning(s.Customer.__table__.c.id), engine)
    log.text("attribute", lib.insert(s.Customer).values(name="ann").returning(s.Customer.id, s.Customer.name), engine)


@program
def update_text(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    orders = s.Order.__table__
    log.text("all", lib.update(orders).values(total=1), engine)
    log.text("where", lib.update(orders).where(orders.c.id == 5).values(total=1, placed=None), engine)
    log.text("expression", lib.update(orders).values(total=orders.c.total + 1), engine)
    log.text("by column", lib.update(orders).values({orders.c.total: orders.c.total * 2}), engine)
    log.text("class", lib.update(s.Order).where(s.Order.total < 5).values(total=s.Order.total + 1), engine)
    log.text("two wheres", lib.update(s.Order).where(s.Order.id > 1).where(s.Order.id < 9).values(total=0), engine)
    log.text("same column", lib.update(orders).where(orders.c.total == 1).values(total=2), engine)
    log.text("table method", orders.update().values(total=1), engine)


@program
def delete_text(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("all", lib.delete(s.Order.__table__), engine)
    log.text("where", lib.delete(s.Order).where(s.Order.id == 5), engine)
    log.text("in select", lib.delete(s.Order).where(s.Order.customer_id.in_(lib.select(s.Customer.id))), engine)
    log.text("table method", s.Order.__table__.delete(), engine)


@program
def insert_one(lib: Any, engine: Any, log: Log) -> None:
    customers = empty_shop(lib, engine, log).Customer.__table__
    with engine.begin() as connection:
        result = connection.execute(lib.insert(customers).values(name="ann"))
        log("key", result.inserted_primary_key)
        log("rows", result.rowcount)
        result = connection.execute(lib.insert(customers), {"name": "bob", "email": "b@example.com"})
        log("key", result.inserted_primary_key)
        result = connection.execute(lib.insert(customers), {"id": 77, "name": "cid"})
        log("key", result.inserted_primary_key)


@program
def insert_many(lib: Any, engine: Any, log: Log) -> None:
    customers = empty_shop(lib, engine, log).Customer.__table__
    with engine.begin() as connection:
        result = connection.execute(lib.insert(customers), [{"name": "ann"}, {"name": "bob"}, {"name": "cid"}])
        log("returns rows", result.returns_rows)
        connection.execute(lib.insert(customers), [{"id": 9, "name": "dan", "active": False}])


@program
def insert_many_with_missing_keys(lib: Any, engine: Any, log: Log) -> None:
    customers = empty_shop(lib, engine, log).Customer.__table__
    with engine.begin() as connection:
        log.error(
            "the second lacks a column",
            lambda: connection.execute(lib.insert(customers), [{"name": "ann", "email": "x"}, {"name": "bob"}]),
        )
        log.error("an unknown column", lambda: str(lib.insert(customers).values(name="ann", nothing=1)), message=True)


@program
def insert_returning(lib: Any, engine: Any, log: Log) -> None:
    customers = empty_shop(lib, engine, log).Customer.__table__
    with engine.begin() as connection:
        statement = lib.insert(customers).returning(customers.c.id, customers.c.name, customers.c.active)
        log("one", connection.execute(statement, {"name": "ann"}).all())


@program
def insert_rows_at_once(lib: Any, engine: Any, log: Log) -> None:
    items = full_shop(lib, engine, log).Item.__table__
    rows = [{"order_id": 1, "product": "saw", "quantity": 1}, {"order_id": 2, "product": "axe", "quantity": 2}]
    with engine.begin() as connection:
        result = connection.execute(lib.insert(items).values(rows))
        log("rows", result.rowcount)


@program
def update_rows(lib: Any, engine: Any, log: Log) -> None:
    orders = full_shop(lib, engine, log).Order.__table__
    with engine.begin() as connection:
        changed = connection.execute(lib.update(orders).where(orders.c.total > 5).values(total=orders.c.total + 1))
        log("rows", changed.rowcount)
        changed = connection.execute(lib.update(orders).where(orders.c.id == 4), {"total": Decimal("9.99")})
        log("rows", changed.rowcount)
        log("none matches", connection.execute(lib.update(orders).where(orders.c.id == 99).values(total=0)).rowcount)


@program
def update_many(lib: Any, engine: Any, log: Log) -> None:
    orders = full_shop(lib, engine, log).Order.__table__
    statement = lib.update(orders).where(orders.c.id == lib.bindparam("which")).values(placed=lib.bindparam("moment"))
    with engine.begin() as connection:
        connection.execute(
            statement,
            [{"which": 1, "moment": datetime(2025, 1, 1)}, {"which": 2, "moment": datetime(2025, 1, 2, 3, 4, 5, 6)}],
        )


@program
def delete_rows(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    items = s.Item.__table__
    with engine.begin() as connection:
        log("rows", connection.execute(lib.delete(items).where(items.c.product == "nail")).rowcount)
        log("left", connection.execute(lib.select(items.c.id)).scalars().all())


@program
def by_the_session_without_synchronisation(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        options = {"synchronize_session": False}
        changed = session.execute(
            lib.update(s.Order).where(s.Order.id < 3).values(total=s.Order.total + 1), execution_options=options
        )
        log("rows", changed.rowcount)
        log("the object is as it was", order.total)
        log("dirty", order in session.dirty)
        changed = session.execute(lib.delete(s.Item).where(s.Item.quantity == 1), execution_options=options)
        log("rows", changed.rowcount)
        session.commit()
        log("read again", order.total)


@program
def by_the_session_after_pending_changes(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.get(s.Order, 2).total = Decimal("1.00")
        session.add(s.Order(total=Decimal("2.00")))
        session.execute(
            lib.update(s.Order).where(s.Order.total < 5).values(total=0),
            execution_options={"synchronize_session": False},
        )
        session.commit()


@program
def mixed_three_ways(lib: Any, engine: Any, log: Log) -> None:
    """A loop, a table's update and a class's update add to the same column before one commit."""
    s = full_shop(lib, engine, log)
    items = s.Item.__table__
    with session_on(lib, engine) as session:
        for item in session.scalars(lib.select(s.Item).order_by(s.Item.id)):
            item.quantity += 1
        session.execute(lib.update(items).values(quantity=items.c.quantity + 10))
        session.execute(
            lib.update(s.Item).values(quantity=s.Item.quantity + 100), execution_options={"synchronize_session": False}
        )
        session.commit()
        log("quantities", session.scalars(lib.select(s.Item.quantity).order_by(s.Item.id)).all())


@program
def rows_deleted_by_others(lib: Any, engine: Any, log: Log) -> None:
    """`using` names what the criteria read; the texts are those of databases that have it."""
    metadata = lib.MetaData()
    a = lib.Table("a", metadata, lib.Column("id", lib.Integer, primary_key=True))
    b = lib.Table("b", metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("a_id", lib.Integer))
    c = lib.Table("c", metadata, lib.Column("b_id", lib.Integer))
    joined = b.join(c, b.c.id == c.c.b_id)
    statements = {
        "named twice": a.delete().using(b).where(a.c.id == b.c.a_id),
        "not read": a.delete().using(b),
        "two": a.delete().using(b, c).where(a.c.id == b.c.a_id, b.c.id == c.c.b_id),
        "a join": a.delete().using(joined).where(a.c.id == b.c.a_id),
        "an alias": a.delete().using(b.alias("x")).where(a.c.id == 1),
    }
    for label, statement in statements.items():
        for dialect in ("postgresql", "mysql"):
            made = import_module(f"{lib.__name__}.dialects.{dialect}").dialect()
            log(f"{label} on {dialect}", str(statement.compile(dialect=made)))


@program
def forms_of_old(lib: Any, engine: Any, log: Log) -> None:
    """What 1.4 renamed still works, and warns."""
    t = lib.table("t", lib.column("id", lib.Integer), lib.column("x"))
    statement = lib.select(t.c.id)
    for label, ask in {
        "column": lambda: str(statement.column(t.c.x)),
        "froms": lambda: [one.name for one in statement.froms],
        "as_scalar": lambda: str(statement.as_scalar()),
        "and_": lambda: str(lib.and_()),
        "or_": lambda: str(lib.select(t.c.id).where(lib.or_())),
    }.items():
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            log(label, ask())
        log("warned", [each.category.__name__ for each in caught])


@program
def options_of_ddl(lib: Any, engine: Any, log: Log) -> None:
    """DDL takes options for its execution, and says what it is not."""
    table = lib.Table("t", lib.MetaData(), lib.Column("id", lib.Integer))
    made = import_module(f"{lib.__name__}.schema").CreateTable(table)
    marked = made.execution_options(own=1).execution_options(schema_translate_map={None: "main"})
    log("options", [dict(each.get_execution_options()) for each in (made, marked)])
    log("kinds", [getattr(made, f"is_{kind}") for kind in ("select", "dml", "insert", "update", "delete", "text")])
    heard: list[Any] = []
    lib.event.listen(engine, "before_execute", lambda *arguments: heard.append(arguments[4].get("own")))
    with engine.connect() as connection:
        connection.execute(marked)
        log("there", lib.inspect(connection).has_table("t"))
    log("heard", heard[:1])


@program
def hints_inside_exists(lib: Any, engine: Any, log: Log) -> None:
    """Hints go into the SELECT of EXISTS."""
    t = lib.table("t", lib.column("id", lib.Integer))
    log("hint", str(lib.exists(t.c.id).where(t.c.id == 1).with_hint(t, "some")))
    log("at the end", str(lib.exists(t.c.id).with_statement_hint("last")))
