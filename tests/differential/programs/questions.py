"""Questions asked of real rows: filters, joins, groups, NULLs."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


@program
def filters(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    c = s.Customer
    with session_on(lib, engine) as session:
        for label, criterion in {
            "eq": c.name == "ann",
            "or": (c.id == 1) | (c.name == "cid"),
            "not": ~(c.name == "ann"),
            "boolean": c.active,
            "not boolean": ~c.active,
            "is true": c.active.is_(True),
            "like": c.name.like("%i%"),
            "ilike": c.name.ilike("ANN"),
            "contains": c.email.contains("@"),
            "between": c.id.between(2, 3),
            "in": c.id.in_([1, 3, 5]),
            "in none": c.id.in_([]),
            "not in none": c.id.not_in([]),
            "function": lib.func.length(c.name) == 3,
        }.items():
            log(label, session.scalars(lib.select(c.name).where(criterion).order_by(c.id)).all())


@program
def nulls(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    o = s.Order
    with session_on(lib, engine) as session:
        for label, criterion in {
            "is null": o.total.is_(None),
            "== None": o.total == None,  # noqa: E711
            "is not null": o.total.is_not(None),
            "!= value leaves nulls out": o.total != Decimal("7.25"),
            "not in leaves nulls out": o.customer_id.not_in([1]),
        }.items():
            log(label, session.scalars(lib.select(o.id).where(criterion).order_by(o.id)).all())
        log("coalesce", session.scalars(lib.select(lib.func.coalesce(o.total, 0)).order_by(o.id)).all())
        log("sum of nothing", session.scalar(lib.select(lib.func.sum(o.total)).where(o.id > 99)))
        log("nulls last", session.scalars(lib.select(o.id).order_by(o.total.asc().nulls_last(), o.id)).all())


@program
def values_as_criteria(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    o = s.Order
    with session_on(lib, engine) as session:
        log("decimal", session.scalars(lib.select(o.id).where(o.total == Decimal("10.50"))).all())
        log("decimal over", session.scalars(lib.select(o.id).where(o.total > Decimal("0.1"))).all())
        log("datetime", session.scalars(lib.select(o.id).where(o.placed == datetime(2024, 1, 2, 3, 4, 5))).all())
        log("datetime over", session.scalars(lib.select(o.id).where(o.placed > datetime(2024, 1, 31))).all())
        log("bytes", session.scalars(lib.select(s.Document.code).where(s.Document.scan == b"\x00\xff")).all())
        log("boolean", session.scalars(lib.select(s.Document.code).where(s.Document.final == True)).all())  # noqa: E712


@program
def joins(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log(
            "inner",
            session.execute(lib.select(s.Customer.name, s.Order.id).join(s.Customer.orders).order_by(s.Order.id)).all(),
        )
        outer = lib.select(s.Customer.name, s.Order.id).outerjoin(s.Customer.orders)
        log("outer", session.execute(outer.order_by(s.Customer.id, s.Order.id)).all())
        tagged = lib.select(s.Order.id, s.Tag.label).join(s.Order.tags).order_by(s.Order.id, s.Tag.id)
        log("many to many", session.execute(tagged).all())
        chain = lib.select(s.Customer.name, s.Item.product).join(s.Customer.orders).join(s.Order.items)
        log("chain", session.execute(chain.order_by(s.Item.id)).all())
        by_key = lib.select(s.Customer.name, s.Order.id).join(s.Order, s.Customer.id == s.Order.customer_id)
        log("on", session.execute(by_key.order_by(s.Order.id)).all())


@program
def groups(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    count, total = lib.func.count(s.Order.id), lib.func.sum(s.Order.total)
    with session_on(lib, engine) as session:
        start = lib.select(s.Customer.name, count.label("orders"), total.label("spent"))
        grouped = start.join(s.Customer.orders).group_by(s.Customer.id).order_by(s.Customer.id)
        log("all", session.execute(grouped).all())
        log("having", session.execute(grouped.having(count > 1)).all())
        log("best", session.execute(start.join(s.Customer.orders).group_by(s.Customer.name).limit(1)).all())
        log("order by sum", session.execute(grouped.order_by(None).order_by(total.desc())).all())


@program
def pages(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    start = lib.select(s.Employee.name).order_by(s.Employee.name.desc())
    with session_on(lib, engine) as session:
        log("limit", session.scalars(start.limit(2)).all())
        log("offset", session.scalars(start.offset(3)).all())
        log("both", session.scalars(start.limit(2).offset(1)).all())
        log("none", session.scalars(start.limit(0)).all())


@program
def distinct_values(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log("values", session.scalars(lib.select(s.Item.product).distinct().order_by(s.Item.product)).all())
        log("count", session.scalar(lib.select(lib.func.count(s.Item.product.distinct()))))


@program
def membership_of_select(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    inner = lib.select(s.Order.customer_id).where(s.Order.total > 5)
    with session_on(lib, engine) as session:
        log("in", session.scalars(lib.select(s.Customer.name).where(s.Customer.id.in_(inner))).all())
        kept = lib.select(s.Customer.name).where(s.Customer.id.not_in(inner)).order_by(s.Customer.id)
        log("not in", session.scalars(kept).all())


@program
def computed_columns(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log("arithmetic", session.scalars(lib.select(s.Item.quantity * 2 + 1).order_by(s.Item.id)).all())
        log("decimal", session.scalars(lib.select(s.Order.total + 1).order_by(s.Order.id)).all())
        log("concatenation", session.scalars(lib.select(s.Customer.name + "!").order_by(s.Customer.id)).all())
        log("floor", session.scalars(lib.select(s.Item.quantity // 7).order_by(s.Item.id)).all())
        log("modulo", session.scalars(lib.select(s.Item.quantity % 7).order_by(s.Item.id)).all())
        log("upper", session.scalars(lib.select(lib.func.upper(s.Customer.name)).order_by(s.Customer.id)).all())


@program
def chain_of_command(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        employee = session.scalars(lib.select(s.Employee).where(s.Employee.name == "hal")).one()
        chain = []
        while employee is not None:
            chain.append(employee.name)
            employee = employee.manager
        log("chain", chain)
