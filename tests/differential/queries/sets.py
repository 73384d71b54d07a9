"""UNION and the like, wrapped as the documents show: the query reads from a subquery of both."""

from collections.abc import Callable
from typing import Any


def _two(w: Any) -> Any:
    return w.q(w.C).filter(w.C.id < 3).union(w.q(w.C).filter(w.C.id > 2))


CASES: dict[str, Callable[[Any], Any]] = {
    "union": lambda w: w.q(w.C).filter_by(name="ann").union(w.q(w.C).filter_by(name="bob")),
    "union_all": lambda w: w.q(w.C.id).union_all(w.q(w.O.id)),
    "intersect": lambda w: w.q(w.C).intersect(w.q(w.C).filter(w.C.id > 1)),
    "except_": lambda w: w.q(w.C).except_(w.q(w.C).filter(w.C.id > 1)),
    "intersect_all": lambda w: str(w.q(w.C).intersect_all(w.q(w.C).filter(w.C.id > 1))),
    "except_all": lambda w: str(w.q(w.C).except_all(w.q(w.C).filter(w.C.id > 1))),
    "three": lambda w: w.q(w.C.id).union(w.q(w.O.id), w.q(w.I.id)),
    "nothing": lambda w: w.q(w.C).union(),
    "nested": lambda w: _two(w).union(w.q(w.C)).filter_by(name="ann"),
    "of a select": lambda w: w.q(w.C).union(w.lib.select(w.C)),
    "filter": lambda w: _two(w).filter(w.C.name == "ann"),
    "filter_by": lambda w: _two(w).filter_by(name="ann"),
    "order_by": lambda w: _two(w).order_by(w.C.name.desc()),
    "order_by of a function": lambda w: _two(w).order_by(w.lib.func.lower(w.C.name)),
    "limit": lambda w: _two(w).order_by(w.C.id).limit(1).offset(1),
    "group": lambda w: _two(w).with_entities(w.C.active, w.lib.func.count(w.C.id)).group_by(w.C.active).having(w.lib.func.count(w.C.id) > 1),
    "distinct": lambda w: _two(w).distinct(),
    "join": lambda w: _two(w).join(w.C.orders).filter(w.O.id == 1),
    "join a class": lambda w: _two(w).join(w.O).filter(w.O.id == 1),
    "join a condition": lambda w: _two(w).join(w.O, w.O.customer_id == w.C.id).filter_by(id=2),
    "outerjoin": lambda w: _two(w).outerjoin(w.C.orders).add_columns(w.O.id).order_by(w.C.id, w.O.id),
    "count": lambda w: _two(w).count(),
    "first": lambda w: _two(w).order_by(w.C.id).first(),
    "with_entities": lambda w: _two(w).with_entities(w.C.name),
    "add_columns": lambda w: _two(w).add_columns(w.C.name),
    "add_columns of another": lambda w: _two(w).add_columns(w.O.id).filter(w.O.customer_id == w.C.id),
    "statement": lambda w: _two(w).statement,
    "subquery": lambda w: w.lib.select(_two(w).subquery()),
    "any": lambda w: _two(w).filter(w.C.orders.any(w.O.id == 1)),
    "text": lambda w: _two(w).filter(w.lib.text("1 = 1")),
    "in": lambda w: _two(w).filter(w.C.id.in_([1, 2])),
    "correlated": lambda w: _two(w).filter(w.q(w.O).filter(w.O.customer_id == w.C.id).exists()),
    "columns": lambda w: w.q(w.C.id, w.C.name).union(w.q(w.O.id, w.O.total)).order_by(w.C.name, w.C.id),
    "label": lambda w: w.q(w.C.name.label("n")).union(w.q(w.T.label)).order_by("n"),
    "label again": lambda w: (lambda n: w.q(n).union(w.q(w.T.label)).order_by(n))(w.C.name.label("n")),
    "expression": lambda w: w.q(w.C.name + "x").union(w.q(w.C.name + "y")),
    "function": lambda w: w.q(w.lib.func.max(w.C.id)).union(w.q(w.lib.func.max(w.O.id))),
    "literals": lambda w: w.q(w.lib.literal("a").label("k"), w.C.id).union(w.q(w.lib.literal("b").label("k"), w.O.id)),
    "two classes": lambda w: w.q(w.C, w.O).join(w.C.orders).union(w.q(w.C, w.O).join(w.C.orders)).filter(w.O.id == 1),
    "of joined": lambda w: w.q(w.C).join(w.C.orders).union(w.q(w.C)).order_by(w.C.id),
    "of limited": lambda w: str(w.q(w.C).limit(1).union(w.q(w.C).limit(2))),
    "of ordered": lambda w: str(w.q(w.C).order_by(w.C.id).union(w.q(w.C).order_by(w.C.name))),
    "of different widths": lambda w: w.tried(lambda: w.q(w.C.id).union(w.q(w.C.id, w.C.name)).all()),
    "table columns": lambda w: w.q(w.C.__table__.c.id).union(w.q(w.O.__table__.c.id)),
    "is_single_entity": lambda w: _two(w).is_single_entity,
    "descriptions": lambda w: [each["name"] for each in _two(w).column_descriptions],
    "select_from": lambda w: _two(w).select_from(w.C),
    "get": lambda w: _two(w).get(1),
    "update": lambda w: _two(w).update({"name": "x"}),
    "delete": lambda w: _two(w).delete(),
    "of an alias": lambda w: (lambda a: w.q(a).filter(a.id == 1).union(w.q(a).filter(a.id == 2)).filter(a.name == "bob"))(
        w.orm.aliased(w.C)
    ),
    "not a query": lambda w: w.q(w.C).union(5),
    "with_session": lambda w: w.orm.Query(w.C).union(w.orm.Query(w.C)).with_session(w.s),
    "label twice": lambda w: w.q(w.C.id.label("a")).union(w.q(w.C.id.label("a"))).union_all(w.q(w.O.id)),
}  # fmt: skip
