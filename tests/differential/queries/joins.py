"""JOIN in the forms of the 2.x series."""

from collections.abc import Callable
from typing import Any


def _order(w: Any) -> Any:
    return w.orm.aliased(w.O, name="o2")


def _boss(w: Any) -> Any:
    return w.orm.aliased(w.E, name="boss")


CASES: dict[str, Callable[[Any], Any]] = {
    "relationship": lambda w: w.q(w.C).join(w.C.orders),
    "relationship, once per object": lambda w: [each.id for each in w.q(w.C).join(w.C.orders)],
    "relationship, columns": lambda w: w.q(w.C.id, w.O.id).join(w.C.orders),
    "relationship of many to one": lambda w: w.q(w.O).join(w.O.customer),
    "relationship of many to many": lambda w: w.q(w.O).join(w.O.tags).filter(w.T.label == "gift"),
    "two relationships": lambda w: w.q(w.C).join(w.C.orders).join(w.O.items),
    "class": lambda w: w.q(w.C).join(w.O),
    "class and condition": lambda w: w.q(w.C).join(w.O, w.O.customer_id == w.C.id),
    "class and relationship": lambda w: w.q(w.C).join(w.O, w.C.orders),
    "class without a foreign key": lambda w: w.tried(lambda: str(w.q(w.C).join(w.D))),
    "class twice": lambda w: str(w.q(w.C).join(w.O).join(w.O)),
    "table": lambda w: w.q(w.C).join(w.O.__table__),
    "table and condition": lambda w: w.q(w.C).join(w.link, w.link.c.order_id == w.C.id),
    "association table": lambda w: w.q(w.O).join(w.link).join(w.T),
    "table aliased": lambda w: (lambda t: w.q(w.C).join(t, t.c.customer_id == w.C.id))(w.O.__table__.alias()),
    "subquery": lambda w: (lambda sub: w.q(w.C.id, sub.c.n).join(sub, sub.c.c == w.C.id))(
        w.q(w.O.customer_id.label("c"), w.lib.func.count().label("n")).group_by(w.O.customer_id).subquery()
    ),
    "outer to a subquery": lambda w: (lambda sub: w.q(w.C.id, sub.c.n).outerjoin(sub, sub.c.c == w.C.id).order_by(w.C.id))(
        w.q(w.O.customer_id.label("c"), w.lib.func.count().label("n")).group_by(w.O.customer_id).subquery()
    ),
    "of_type of an alias": lambda w: (lambda o: w.q(w.C).join(w.C.orders.of_type(o)).filter(o.id == 2))(_order(w)),
    "alias and relationship": lambda w: (lambda o: w.q(w.C).join(o, w.C.orders).filter(o.id == 2))(_order(w)),
    "alias and condition": lambda w: (lambda o: w.q(w.C).join(o, o.customer_id == w.C.id).filter(o.id == 2))(_order(w)),
    "alias of itself": lambda w: (lambda b: w.q(w.E, b).join(b, w.E.manager))(_boss(w)),
    "itself by relationship": lambda w: (lambda b: w.q(w.E.name, b.name).join(w.E.manager.of_type(b)))(_boss(w)),
    "itself without alias": lambda w: w.q(w.E).join(w.E.manager),
    "from an alias": lambda w: (lambda b: w.q(b).join(b.reports.of_type(w.E)).filter(w.E.name == "hal"))(_boss(w)),
    "relationship of an alias": lambda w: (lambda o: w.q(o).join(o.items))(_order(w)),
    "and_": lambda w: w.q(w.C).join(w.C.orders.and_(w.O.total > 8)),
    "isouter": lambda w: w.q(w.C.id, w.O.id).join(w.C.orders, isouter=True).order_by(w.C.id, w.O.id),
    "full": lambda w: str(w.q(w.C.id, w.O.id).join(w.C.orders, full=True)),
    "outerjoin": lambda w: w.q(w.C.id, w.O.id).outerjoin(w.C.orders).order_by(w.C.id, w.O.id),
    "outerjoin class": lambda w: w.q(w.C.id, w.O.id).outerjoin(w.O).order_by(w.C.id, w.O.id),
    "outerjoin condition": lambda w: w.q(w.C.id, w.O.id).outerjoin(w.O, w.lib.and_(w.O.customer_id == w.C.id, w.O.id > 1)),
    "outerjoin full": lambda w: str(w.q(w.C).outerjoin(w.C.orders, full=True)),
    "outerjoin to an entity that is None": lambda w: w.q(w.C, w.O).outerjoin(w.C.orders).order_by(w.C.id, w.O.id),
    "outerjoin of many to many": lambda w: w.q(w.O.id, w.T.label).outerjoin(w.O.tags).order_by(w.O.id, w.T.id),
    "select_from and join": lambda w: w.q(w.O).select_from(w.C).join(w.C.orders),
    "select_from and class": lambda w: w.q(w.C, w.O).select_from(w.O).join(w.C),
    "function and join": lambda w: w.q(w.lib.func.count(w.O.id)).join(w.O.customer),
    "from the second entity": lambda w: w.q(w.T.id, w.C.id).join(w.C.orders).join(w.O.tags),
    "entity joined that is selected": lambda w: w.q(w.C, w.O).join(w.O),
    "joins and group": lambda w: w.q(w.C.name, w.lib.func.sum(w.I.quantity)).join(w.C.orders).join(w.O.items).group_by(w.C.name),
    "query as a target": lambda w: w.q(w.C).join(w.q(w.O).subquery()),
    "string condition": lambda w: w.q(w.C).join(w.O, "customer_id"),
    "condition of text": lambda w: w.q(w.C).join(w.O, w.lib.text("orders.customer_id = customers.id")),
    "number": lambda w: w.q(w.C).join(5),
    "nothing to join from": lambda w: w.tried(lambda: str(w.q(w.lib.func.count()).join(w.C))),
    "two ways": lambda w: str(w.q(w.C, w.T).join(w.O)),
    "join(target, onclause=)": lambda w: w.q(w.C).join(w.O, onclause=w.O.customer_id == w.C.id),
    "unknown keyword": lambda w: w.tried(lambda: w.q(w.C).join(w.C.orders, foo=True)),
}  # fmt: skip
