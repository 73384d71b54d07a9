"""session.query(), as far as old programs lean on it most."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


@program
def taking_results(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        query = session.query(s.Customer).order_by(s.Customer.id)
        log("all", query.all())
        log("first", query.first())
        log("count", query.count())
        log("iterated", [each.name for each in query])
        log("get", session.query(s.Customer).get(2) if hasattr(query, "get") else None)
        log("columns", session.query(s.Customer.id, s.Customer.name).order_by(s.Customer.id).all())
        log("scalar", session.query(lib.func.count(s.Customer.id)).scalar())
        log.error("one of many", query.one)
        log.error("one of none", lambda: query.filter(s.Customer.id > 99).one(), message=True)
        log("one_or_none", query.filter(s.Customer.id > 99).one_or_none())
        log.error("one_or_none of many", query.one_or_none)


@program
def filtering(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log("filter", session.query(s.Customer).filter(s.Customer.name == "ann").all())
        log("filter_by", session.query(s.Customer).filter_by(name="bob").one())
        log("two", session.query(s.Customer).filter(s.Customer.id > 1, s.Customer.active).all())
        log("chained", session.query(s.Customer).filter(s.Customer.id > 1).filter(s.Customer.id < 3).all())
        page = session.query(s.Customer).order_by(s.Customer.name.desc()).limit(1).offset(1)
        log("page", page.all())


@program
def joining(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        pairs = session.query(s.Customer, s.Order).join(s.Customer.orders).order_by(s.Order.id)
        log("pairs", pairs.all())
        log("one class", session.query(s.Customer).join(s.Customer.orders).filter(s.Order.id == 3).all())
        totals = session.query(s.Customer.name, lib.func.sum(s.Order.total).label("spent")).join(s.Customer.orders)
        log("groups", totals.group_by(s.Customer.id).order_by(s.Customer.id).all())


@program
def text_of_a_query(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log("text", str(session.query(s.Customer).filter(s.Customer.id == 1).limit(5)).split("\n"))


@program
def changing_in_bulk(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        items = session.query(s.Item)
        changed = items.update({s.Item.quantity: s.Item.quantity + 1}, synchronize_session=False)
        log("changed", changed)
        changed = items.filter(s.Item.id == 1).update({"product": "pin"}, synchronize_session=False)
        log("changed", changed)
        log("deleted", items.filter(s.Item.id > 1).delete(synchronize_session=False))
        session.commit()
        log("left", session.query(s.Item.product, s.Item.quantity).all())


@program
def statements_show_how_they_run(lib: Any, engine: Any, log: Log) -> None:
    """The text of a statement has the joins of eager loading, and only the columns that are loaded."""
    s = full_shop(lib, engine, log)
    c, o, orm = s.Customer, s.Order, lib.orm
    for statement in (
        lib.select(c).options(orm.joinedload(c.orders)),
        lib.select(c).options(orm.joinedload(c.orders)).limit(3),
        lib.select(c).options(orm.joinedload(c.orders)).where(c.id == 1).order_by(c.name),
        lib.select(c).options(orm.selectinload(c.orders)),
        lib.select(c).join(c.orders).options(orm.contains_eager(c.orders)),
        lib.select(c).options(orm.load_only(c.name)),
        lib.select(c).options(orm.defer(c.name)),
        lib.select(o).options(orm.joinedload(o.customer, innerjoin=True)),
    ):
        log.text("statement", statement, engine)
    with orm.Session(engine) as session:
        query = session.query(c).options(orm.joinedload(c.orders))
        log("query", str(query))
        log("limited", str(query.limit(2)))
        log("its statement", str(query.statement))
        log("subquery", str(query.subquery().select()))
        log("no eager loading", str(query.enable_eagerloads(False).statement))


@program
def instances_of_a_result(lib: Any, engine: Any, log: Log) -> None:
    """Objects made of a result that the program has already."""
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        query = session.query(s.Customer)
        rows = session.execute(lib.select(s.Customer.__table__).order_by(s.Customer.__table__.c.id))
        log("objects", list(query.instances(rows)))
        orders = session.query(s.Order)
        found = list(orders.instances(session.execute(lib.select(s.Order.__table__))))
        log("dates", sorted(str(order.placed) for order in found))
        found[0].total
        session.flush()


@program
def compiling_is_told(lib: Any, engine: Any, log: Log) -> None:
    """Who listens to `before_compile` sees each query that becomes SQL, in whatever way."""
    s = full_shop(lib, engine, log)

    def only_the_first(query: Any) -> Any:
        return query.filter_by(id=1) if query.column_descriptions[0]["type"] is s.Customer else query

    lib.event.listen(lib.orm.Query, "before_compile", only_the_first, retval=True)
    try:
        with lib.orm.Session(engine) as session:
            query = session.query(s.Customer)
            log("text", str(query))
            log("statement", str(query.statement))
            log("subquery", str(query.subquery().select()))
            log("exists", str(lib.select(query.exists())))
            log("count", query.count())
            log("objects", len(list(query)))
    finally:
        lib.event.remove(lib.orm.Query, "before_compile", only_the_first)
