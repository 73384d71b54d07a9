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
