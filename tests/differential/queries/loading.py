"""How a Query fills objects: options, populate_existing, autoflush, eager loading, with_parent."""

from collections.abc import Callable
from typing import Any


def _changed(w: Any) -> Any:
    """Return an object with a change that was not flushed."""
    ann = w.s.get(w.C, 1)
    ann.name = "amy"
    return ann


CASES: dict[str, Callable[[Any], Any]] = {
    "autoflush": lambda w: [_changed(w), w.q(w.C.name).filter_by(id=1).scalar()],
    "autoflush off": lambda w: [_changed(w), w.q(w.C.name).autoflush(False).filter_by(id=1).scalar()],
    "autoflush on again": lambda w: [_changed(w), w.q(w.C.name).autoflush(False).autoflush(True).filter_by(id=1).scalar()],
    "no_autoflush": lambda w: _without(w),
    "rows do not overwrite": lambda w: (lambda ann: [w.q(w.C).autoflush(False).filter_by(id=1).one() is ann, ann.name])(_changed(w)),
    "populate_existing": lambda w: (lambda ann: [
        w.q(w.C).autoflush(False).populate_existing().filter_by(id=1).one() is ann, ann.name
    ])(_changed(w)),
    "populate_existing flushes first": lambda w: (lambda ann: [w.q(w.C).populate_existing().all(), ann.name])(_changed(w)),
    "joinedload": lambda w: [(each, each.orders) for each in w.q(w.C).options(w.orm.joinedload(w.C.orders)).order_by(w.C.id)],
    "selectinload": lambda w: [(each, each.orders) for each in w.q(w.C).options(w.orm.selectinload(w.C.orders)).order_by(w.C.id)],
    "joinedload text": lambda w: str(w.q(w.C).options(w.orm.joinedload(w.C.orders))),
    "joinedload limited": lambda w: w.q(w.C).options(w.orm.joinedload(w.C.orders)).order_by(w.C.id).limit(2),
    "joinedload first": lambda w: w.q(w.C).options(w.orm.joinedload(w.C.orders)).order_by(w.C.id).first(),
    "joinedload one": lambda w: w.q(w.C).options(w.orm.joinedload(w.C.orders)).filter_by(id=1).one(),
    "joinedload count": lambda w: w.q(w.C).options(w.orm.joinedload(w.C.orders)).count(),
    "joinedload subquery": lambda w: w.lib.select(w.q(w.C).options(w.orm.joinedload(w.C.orders)).subquery()),
    "joinedload statement": lambda w: w.s.execute(w.q(w.C).options(w.orm.joinedload(w.C.orders)).statement).unique().all(),
    "joinedload get": lambda w: (lambda ann: [ann, vars(ann).get("orders")])(w.q(w.C).options(w.orm.joinedload(w.C.orders)).get(1)),
    "enable_eagerloads off": lambda w: w.q(w.C).options(w.orm.joinedload(w.C.orders)).enable_eagerloads(False),
    "enable_eagerloads off, subquery": lambda w: w.lib.select(w.q(w.C).options(w.orm.joinedload(w.C.orders)).enable_eagerloads(False).subquery()),
    "contains_eager": lambda w: w.q(w.C).join(w.C.orders).options(w.orm.contains_eager(w.C.orders)).order_by(w.C.id, w.O.id),
    "defer": lambda w: w.q(w.C).options(w.orm.defer(w.C.email)),
    "load_only": lambda w: w.q(w.C).options(w.orm.load_only(w.C.name)),
    "two options": lambda w: w.q(w.C).options(w.orm.defer(w.C.email), w.orm.defer(w.C.active)),
    "union and joinedload": lambda w: str(w.q(w.C).union(w.q(w.C)).options(w.orm.joinedload(w.C.orders))),
    "with_parent": lambda w: w.q(w.O).with_parent(w.s.get(w.C, 1)),
    "with_parent by attribute": lambda w: w.q(w.O).with_parent(w.s.get(w.C, 1), w.C.orders),
    "with_parent by keyword": lambda w: w.q(w.O).with_parent(w.s.get(w.C, 1), property=w.C.orders),
    "with_parent of many to many": lambda w: w.q(w.T).with_parent(w.s.get(w.O, 1)),
    "with_parent of no relationship": lambda w: w.q(w.D).with_parent(w.s.get(w.O, 1)),
    "with_parent of what is not mapped": lambda w: w.tried(lambda: w.q(w.O).with_parent(5)),
    "orm.with_parent": lambda w: w.q(w.O).filter(w.orm.with_parent(w.s.get(w.C, 1), w.C.orders)),
    "with_parent of an alias": lambda w: (lambda a: w.q(a).with_parent(w.s.get(w.C, 1), w.C.orders.of_type(a)))(w.orm.aliased(w.O)),
    "identity": lambda w: w.q(w.C).filter_by(id=1).one() is w.q(w.C).filter_by(id=1).one(),
    "objects from a subquery alias": lambda w: (lambda a: w.q(a).one() is w.s.get(w.C, 2))(
        w.orm.aliased(w.C, w.q(w.C).filter(w.C.id == 2).subquery())
    ),
}  # fmt: skip


def _without(w: Any) -> Any:
    _changed(w)
    with w.s.no_autoflush:
        return w.q(w.C.name).filter_by(id=1).scalar()
