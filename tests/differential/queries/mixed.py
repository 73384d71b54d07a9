"""Queries as programs put them together: several methods at once."""

from collections.abc import Callable
from typing import Any


def _emails(w: Any) -> Any:
    return w.q(w.C).filter(w.C.email.is_not(None))


CASES: dict[str, Callable[[Any], Any]] = {
    "count of a joinedload and limit": lambda w: w.q(w.C).options(w.orm.joinedload(w.C.orders)).limit(1).count(),
    "union of any and not any": lambda w: w.q(w.C).filter(w.C.orders.any()).union(w.q(w.C).filter(~w.C.orders.any())).order_by(w.C.id),
    "groups of a join": lambda w: w.q(w.C).join(w.C.orders).group_by(w.C.id).having(w.lib.func.count(w.O.id) > 1),
    "count of an alias over a subquery": lambda w: w.q(w.orm.aliased(w.C, w.q(w.C).limit(2).subquery())).count(),
    "in a limited query": lambda w: w.q(w.C).filter(w.C.id.in_(w.q(w.C.id).order_by(w.C.id).limit(1))),
    "ordered by a label": lambda w: w.q(w.C.name, w.lib.func.count(w.O.id).label("n")).outerjoin(w.C.orders).group_by(
        w.C.name
    ).order_by(w.lib.desc("n"), w.C.name),
    "select_from orm.join": lambda w: w.q(w.C).select_from(w.orm.join(w.C, w.O)).filter(w.O.id == 1),
    "rows as dicts": lambda w: [row._asdict() for row in w.q(w.C.id, w.C.name.label("n")).order_by(w.C.id)],
    "streamed first": lambda w: w.q(w.C).execution_options(stream_results=True).yield_per(1).order_by(w.C.id).first(),
    "exists as a column": lambda w: w.q(w.C.id, w.q(w.O).filter(w.O.customer_id == w.C.id).exists().label("has")).order_by(w.C.id),
    "literal where exists": lambda w: w.q(w.lib.literal(1).label("one")).filter(w.q(w.C).filter(w.C.id == 1).exists()).scalar(),
    "columns distinct and ordered": lambda w: w.q(w.C).with_entities(w.C.id).distinct().order_by(w.C.name),
    "outer join that finds none": lambda w: w.q(w.C).join(w.O, w.C.id == w.O.customer_id, isouter=True).filter(w.O.id.is_(None)),
    "sum": lambda w: w.q(w.lib.func.sum(w.O.total)).filter(w.O.customer_id == 1).scalar(),
    "page": lambda w: _emails(w).order_by(w.C.name.desc()).offset(1).limit(1).all(),
    "total beside a page": lambda w: (lambda query: [query.count(), query.order_by(w.C.id).limit(1).all()])(_emails(w)),
    "filtered step by step": lambda w: _step_by_step(w),
    "get_or_create": lambda w: _get_or_create(w),
    "delete what is not referred to": lambda w: [
        w.q(w.T).filter(~w.T.orders.any()).delete(synchronize_session=False), w.q(w.T.label).order_by(w.T.id).all()
    ],
    "update from another class": lambda w: [
        w.q(w.O).filter(w.O.customer.has(w.C.name == "ann")).update({"total": 1}, synchronize_session=False),
        w.q(w.O.id).filter(w.O.total == 1).order_by(w.O.id).all(),
    ],
    "latest of each": lambda w: (lambda sub: w.q(w.O).join(sub, w.O.id == sub.c.last).order_by(w.O.id))(
        w.q(w.lib.func.max(w.O.id).label("last")).group_by(w.O.customer_id).subquery()
    ),
    "join before where on the target": lambda w: w.q(w.C).join(w.O).join(w.I).filter(w.I.id == 1),
    "where before join": lambda w: w.q(w.C).filter(w.I.id == 1).join(w.O).join(w.I),
    "three levels": lambda w: w.q(w.C.name, w.T.label).join(w.C.orders).join(w.O.tags).order_by(w.C.name, w.T.label),
    "bosses without reports": lambda w: w.q(w.E.name).filter(~w.E.reports.any()).order_by(w.E.name),
    "reports of a boss": lambda w: (lambda boss: w.q(w.E.name).join(w.E.manager.of_type(boss)).filter(boss.name == "eve"))(
        w.orm.aliased(w.E)
    ),
    "average in HAVING": lambda w: w.q(w.O.customer_id, w.lib.func.avg(w.O.total)).group_by(w.O.customer_id).having(
        w.lib.func.avg(w.O.total) > 1
    ),
    "case and sum": lambda w: w.q(w.lib.func.sum(w.lib.case((w.C.active, 1), else_=0))).scalar(),
}  # fmt: skip


def _step_by_step(w: Any) -> Any:
    query = w.q(w.O)
    for criterion in (w.O.total > 1, w.O.customer_id.in_([1, 2]), w.O.placed.is_not(None)):
        query = query.filter(criterion)
    return query.order_by(w.O.placed.desc())


def _get_or_create(w: Any) -> Any:
    found = w.q(w.T).filter_by(label="new").first()
    if found is None:
        w.s.add(w.T(id=9, label="new"))
    return w.q(w.T).filter_by(label="new").one().id
