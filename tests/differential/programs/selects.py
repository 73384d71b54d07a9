"""SELECT statements: their text alone."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import shop
from tests.differential.registry import program


@program
def columns_and_tables(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    customers = s.Customer.__table__
    log.text("table", lib.select(customers), engine)
    log.text("class", lib.select(s.Customer), engine)
    log.text("columns", lib.select(customers.c.id, customers.c.name), engine)
    log.text("attributes", lib.select(s.Customer.id, s.Customer.name), engine)
    log.text("two classes", lib.select(s.Customer, s.Order.id), engine)
    log.text("table method", customers.select(), engine)


@program
def where(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    start = lib.select(s.Customer.id)
    log.text("one", start.where(s.Customer.name == "ann"), engine)
    log.text("two in one", start.where(s.Customer.name == "ann", s.Customer.id > 1), engine)
    log.text("chained", start.where(s.Customer.name == "ann").where(s.Customer.id > 1), engine)
    log.text("or", start.where((s.Customer.name == "ann") | (s.Customer.id > 1)).where(s.Customer.id < 9), engine)
    log.text("filter", start.filter(s.Customer.id == 1), engine)
    log.text("filter_by", lib.select(s.Customer).filter_by(name="ann", active=True), engine)
    log.text("the first is as it was", start, engine)


@program
def limits(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    start = lib.select(s.Customer.id)
    log.text("limit", start.limit(5), engine)
    log.text("offset", start.offset(3), engine)
    log.text("both", start.limit(5).offset(3), engine)
    log.text("twice", start.limit(5).limit(6), engine)
    log.text("none again", start.limit(5).limit(None), engine)
    log.text("with where", start.where(s.Customer.id > 2).order_by(s.Customer.id).limit(1), engine)


@program
def order_by(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    start = lib.select(s.Customer.id, s.Customer.name.label("called"))
    log.text("column", start.order_by(s.Customer.name), engine)
    log.text("two", start.order_by(s.Customer.name.desc(), s.Customer.id), engine)
    log.text("chained", start.order_by(s.Customer.name).order_by(s.Customer.id), engine)
    log.text("none", start.order_by(s.Customer.name).order_by(None), engine)
    log.text("by label's name", start.order_by("called"), engine)
    log.text("by name, descending", start.order_by(lib.desc("called")), engine)
    log.text("text", start.order_by(lib.text("1")), engine)


@program
def group_by_and_having(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    count = lib.func.count(s.Order.id)
    start = lib.select(s.Order.customer_id, count.label("orders")).group_by(s.Order.customer_id)
    log.text("group", start, engine)
    log.text("having", start.having(count > 1), engine)
    log.text("having twice", start.having(count > 1).having(lib.func.sum(s.Order.total) < 100), engine)
    log.text("order by label", start.order_by(count.label("orders").desc()), engine)
    log.text("order by count", start.order_by(count), engine)
    log.text("two keys", lib.select(count).group_by(s.Order.customer_id, s.Order.placed), engine)


@program
def distinct(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("one", lib.select(s.Item.product).distinct(), engine)
    log.text("with order", lib.select(s.Item.product).distinct().order_by(s.Item.product), engine)
    log.text("class", lib.select(s.Item).distinct(), engine)


@program
def labels(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("column", lib.select(s.Customer.name.label("n")), engine)
    log.text("expression", lib.select((s.Order.total * 2).label("twice")), engine)
    log.text("unnamed expressions", lib.select(s.Order.total * 2, s.Order.total + 1), engine)
    log.text("unnamed functions", lib.select(lib.func.max(s.Order.id), lib.func.max(s.Order.total)), engine)
    log.text("same name twice", lib.select(s.Customer.id, s.Order.id), engine)
    log.text("same column twice", lib.select(s.Customer.id, s.Customer.id), engine)
    log.text("literal", lib.select(lib.literal(1), lib.literal("x").label("y")), engine)
    log.text("in where", lib.select(s.Customer.id).where(s.Customer.name.label("n") == "x"), engine)


@program
def long_labels_of_bound_values(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("comparison as column", lib.select((s.Order.total > 5).label("dear"), s.Order.id), engine)
    log.text("unnamed comparison", lib.select(s.Order.total > 5), engine)


@program
def implicit_from(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("from where", lib.select(s.Customer.name).where(s.Customer.id == s.Order.customer_id), engine)
    log.text("select_from", lib.select(lib.func.count()).select_from(s.Customer), engine)
    log.text("nothing", lib.select(lib.literal(1)), engine)
    log.text("text column", lib.select(lib.text("a, b")).select_from(lib.text("t")), engine)


@program
def joins_along_relationships(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.text("one to many", lib.select(s.Customer).join(s.Customer.orders), engine)
    log.text("many to one", lib.select(s.Order).join(s.Order.customer), engine)
    log.text("many to many", lib.select(s.Order).join(s.Order.tags), engine)
    log.text("chain", lib.select(s.Customer.name, s.Item.product).join(s.Customer.orders).join(s.Order.items), engine)
    log.text("outer", lib.select(s.Customer.name, s.Order.id).outerjoin(s.Customer.orders), engine)
    log.text("isouter", lib.select(s.Customer.name).join(s.Customer.orders, isouter=True), engine)
    log.text("with where", lib.select(s.Customer).join(s.Customer.orders).where(s.Order.total > 5), engine)


@program
def joins_along_foreign_keys(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    customers, orders = s.Customer.__table__, s.Order.__table__
    log.text("classes", lib.select(s.Customer.name).join(s.Order), engine)
    log.text("tables", lib.select(customers.c.name).join(orders), engine)
    log.text("the other way", lib.select(s.Order.id).join(s.Customer), engine)
    log.text("table method", lib.select(customers.join(orders)), engine)
    log.text("select_from join", lib.select(orders.c.id).select_from(customers.outerjoin(orders)), engine)


@program
def joins_with_on(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    customers, orders = s.Customer.__table__, s.Order.__table__
    condition = lib.and_(s.Customer.id == s.Order.customer_id, s.Order.total > 5)
    log.text("classes", lib.select(s.Customer.name).join(s.Order, condition), engine)
    log.text("relationship and class", lib.select(s.Customer.name).join(s.Order, s.Customer.orders), engine)
    log.text("tables", lib.select(customers.join(orders, customers.c.id == orders.c.id)), engine)
    log.text("join_from", lib.select(s.Customer.name, s.Order.id).join_from(s.Customer, s.Order), engine)


@program
def joins_that_cannot_be_found(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.error("no foreign key", lambda: str(lib.select(s.Customer.id).join(s.Document)))
    log.error(
        "table.join without a key",
        lambda: str(s.Customer.__table__.join(s.Document.__table__)),
        message=True,
    )


@program
def subqueries_in_membership(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    inner = lib.select(s.Order.customer_id).where(s.Order.total > 5)
    log.text("in", lib.select(s.Customer.name).where(s.Customer.id.in_(inner)), engine)
    log.text("not in", lib.select(s.Customer.name).where(s.Customer.id.not_in(inner)), engine)
    log.text("own table", lib.select(s.Order.id).where(s.Order.id.in_(lib.select(lib.func.max(s.Order.id)))), engine)


@program
def statements_are_values(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    start = lib.select(s.Customer)
    start.where(s.Customer.id == 1)
    start.order_by(s.Customer.id)
    log.text("unchanged", start, engine)
    log.text("changed copy", start.where(s.Customer.id == 1).limit(1), engine)


@program
def wrong_arguments(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.error("a plain string", lambda: lib.select("id"))
    log.error("where of a string", lambda: lib.select(s.Customer).where("id = 1"))
    log.error("an object", lambda: lib.select(object()))
    log.error("unknown attribute", lambda: s.Customer.nothing)
    log.error("unknown column", lambda: s.Customer.__table__.c.nothing)
    log.error("unknown in filter_by", lambda: lib.select(s.Customer).filter_by(nothing=1))
    log.error("in_ of a number", lambda: s.Customer.id.in_(5))


@program
def criteria_by_name(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    customers, orders = s.Customer.__table__, s.Order.__table__
    placed = s.Customer.id == s.Order.customer_id
    statements = {
        "join": lib.select(s.Customer).join(s.Order, placed),
        "two": lib.select(s.Customer, s.Order).where(placed),
        "tables": lib.select(customers).join(orders, placed),
        "column": lib.select(s.Customer.id).where(placed),
        "count": lib.select(lib.func.count()).select_from(s.Customer).join(s.Order, placed),
        "column of a join": lib.select(s.Customer.id).select_from(lib.join(customers, orders)),
        "subquery": lib.select(lib.select(s.Customer).subquery("q")).join(orders, lib.true()),
        "update": lib.update(s.Customer).values(active=False),
        "update from": lib.update(s.Customer).values(active=False).where(placed),
        "update table from": lib.update(customers).values(active=False).where(placed),
        "update from alias": lib.update(customers).values(active=False).where(customers.c.id == orders.alias("o").c.id),
        "delete": lib.delete(s.Order),
        "delete using": lib.delete(s.Order).where(placed),
        "nothing": lib.select(lib.literal(1)),
    }
    for label, statement in statements.items():
        for name in ("name", "customer_id", "id", "nobody"):
            log.error(
                f"{label} by {name}",
                lambda statement=statement, name=name: log("text", str(statement.filter_by(**{name: 1}))),
            )


@program
def values_by_name(lib: Any, engine: Any, log: Log) -> None:
    """params() gives values to the parameters of whole statements, however deep they stand."""
    s = shop(lib)
    with log.quiet():
        s.metadata.create_all(engine)
    query = lib.select(s.Customer.id).where(s.Customer.name == lib.bindparam("wanted"))
    text = lib.text("SELECT :wanted || '!' AS x")
    with engine.begin() as connection:
        connection.execute(lib.insert(s.Customer.__table__), [{"id": 1, "name": "ann"}, {"id": 2, "name": "bob"}])
        statements = {
            "select": query,
            "subquery": lib.select(query.subquery()),
            "cte": lib.select(query.cte("found")),
            "scalar": lib.select(query.scalar_subquery()),
            "exists": lib.select(s.Customer.id).where(lib.exists(query)),
            "union": lib.union_all(query, query),
            "text": text,
            "text with columns": text.columns(x=lib.String),
            "subquery of a text": lib.select(text.columns(x=lib.String).subquery()),
        }
        for label, statement in statements.items():
            given = statement.params(wanted="ann")
            log(label, connection.execute(given).all())
            log(label, connection.execute(given.params({"wanted": "bob", "unknown": 5})).all())
            log(label, connection.execute(given, {"wanted": "bob"}).all())
            log.error(label, lambda statement=statement: connection.execute(statement))
        log("function", connection.scalar(lib.func.upper(lib.bindparam("wanted")).params(wanted="x")))
        log("part", (s.Customer.name == lib.bindparam("wanted")).params(wanted="x").compile().params)
        for make in (lib.insert, lib.update, lib.delete):
            log.error(make.__name__, lambda make=make: make(s.Customer).params(name="x"), message=True)
