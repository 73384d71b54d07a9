"""Taking results out of a Query."""

from collections.abc import Callable
from typing import Any


def _all(w: Any) -> Any:
    return w.q(w.C).order_by(w.C.id)


CASES: dict[str, Callable[[Any], Any]] = {
    "all": lambda w: _all(w).all(),
    "all of columns": lambda w: w.q(w.C.id, w.C.name).order_by(w.C.id).all(),
    "all is a list": lambda w: type(_all(w).all()).__name__,
    "iteration": lambda w: [each.name for each in _all(w)],
    "iteration of rows": lambda w: [name for (name,) in w.q(w.C.name).order_by(w.C.id)],
    "twice": lambda w: (lambda query: [query.all(), query.all()])(_all(w)),
    "first": lambda w: _all(w).first(),
    "first of none": lambda w: _all(w).filter(w.C.id > 9).first(),
    "first of columns": lambda w: w.q(w.C.id, w.C.name).order_by(w.C.id).first(),
    "first of limited": lambda w: _all(w).limit(2).first(),
    "first of offset": lambda w: _all(w).offset(1).first(),
    "one": lambda w: w.q(w.C).filter_by(id=1).one(),
    "one of none": lambda w: _all(w).filter(w.C.id > 9).one(),
    "one of many": lambda w: _all(w).one(),
    "one of columns": lambda w: w.q(w.C.id, w.C.name).filter_by(id=1).one(),
    "one of limited": lambda w: _all(w).limit(1).one(),
    "one_or_none": lambda w: w.q(w.C).filter_by(id=1).one_or_none(),
    "one_or_none of none": lambda w: w.q(w.C).filter_by(id=9).one_or_none(),
    "one_or_none of many": lambda w: _all(w).one_or_none(),
    "one of the same object twice": lambda w: w.q(w.C).join(w.C.orders).filter(w.C.id == 1).one(),
    "scalar": lambda w: w.q(w.lib.func.count(w.C.id)).scalar(),
    "scalar of none": lambda w: w.q(w.C.id).filter(w.C.id > 9).scalar(),
    "scalar of many": lambda w: w.q(w.C.id).scalar(),
    "scalar of two columns": lambda w: w.q(w.C.id, w.C.name).filter_by(id=2).scalar(),
    "scalar of a class": lambda w: w.q(w.C).filter_by(id=2).scalar(),
    "scalar of NULL": lambda w: w.q(w.C.email).filter_by(id=2).scalar(),
    "count": lambda w: w.q(w.C).count(),
    "count of filtered": lambda w: w.q(w.C).filter(w.C.id > 1).count(),
    "count of limited": lambda w: w.q(w.C).limit(2).count(),
    "count of distinct": lambda w: w.q(w.O.customer_id).distinct().count(),
    "count of grouped": lambda w: w.q(w.O.customer_id).group_by(w.O.customer_id).count(),
    "count of joined": lambda w: w.q(w.C).join(w.C.orders).count(),
    "count of ordered": lambda w: _all(w).count(),
    "count of two": lambda w: w.q(w.C.id, w.O.id).filter(w.C.id == w.O.customer_id).count(),
    "count with params": lambda w: w.q(w.C).filter(w.C.id > w.lib.bindparam("n")).params(n=1).count(),
    "count of a function": lambda w: w.q(w.lib.func.max(w.C.id)).count(),
    "index": lambda w: _all(w)[1],
    "index of none": lambda w: _all(w)[9],
    "index zero": lambda w: _all(w)[0],
    "negative index": lambda w: _all(w)[-1],
    "slice": lambda w: _all(w)[1:3],
    "slice from": lambda w: _all(w)[1:],
    "slice to": lambda w: _all(w)[:2],
    "slice all": lambda w: _all(w)[:],
    "slice empty": lambda w: _all(w)[2:2],
    "slice backwards": lambda w: _all(w)[2:1],
    "slice with step": lambda w: _all(w)[0:3:2],
    "slice with step alone": lambda w: _all(w)[::2],
    "negative slice": lambda w: _all(w)[-2:],
    "negative stop": lambda w: _all(w)[:-1],
    "slice of limited": lambda w: _all(w).limit(2)[1:2],
    "slice of offset": lambda w: _all(w).offset(1)[1:2],
    "slice past the limit": lambda w: _all(w).limit(2)[1:9],
    "slice of expressions": lambda w: _all(w)[w.lib.literal(1) : w.lib.literal(2)],
    "index with a string": lambda w: _all(w)["a"],
    "get": lambda w: w.q(w.C).get(1),
    "get again": lambda w: (w.q(w.C).get(1), w.q(w.C).get(1)),
    "get of none": lambda w: w.q(w.C).get(9),
    "get by a tuple": lambda w: w.q(w.C).get((1,)),
    "get by a dict": lambda w: w.q(w.C).get({"id": 1}),
    "get of too much": lambda w: w.q(w.C).get((1, 2)),
    "get with filter": lambda w: w.q(w.C).filter(w.C.id == 1).get(1),
    "get with order_by": lambda w: w.q(w.C).order_by(w.C.id).get(1),
    "get with limit": lambda w: w.q(w.C).limit(1).get(1),
    "get with join": lambda w: w.q(w.C).join(w.C.orders).get(1),
    "get of a column": lambda w: w.q(w.C.id).get(1),
    "get of two": lambda w: w.q(w.C, w.O).get(1),
    "get with populate_existing": lambda w: (w.s.get(w.C, 1), w.q(w.C).populate_existing().get(1)),
    "get with distinct": lambda w: w.q(w.C).distinct().get(1),
    "get with options": lambda w: w.q(w.C).execution_options(a=1).get(1),
    "get with lock": lambda w: w.q(w.C).with_for_update().get(1),
    "get with assertions off": lambda w: w.q(w.C).enable_assertions(False).filter(w.C.id == 1).get(2),
    "get with group_by": lambda w: w.q(w.C).group_by(w.C.id).get(1),
    "value": lambda w: w.q(w.C).filter_by(id=2).value(w.C.name),
    "value of none": lambda w: w.q(w.C).filter_by(id=9).value(w.C.name),
    "values": lambda w: list(_all(w).values(w.C.id, w.C.name)),
    "values of nothing": lambda w: list(_all(w).values()),
    "yield_per": lambda w: list(_all(w).yield_per(2)),
    "yield_per of columns": lambda w: list(w.q(w.C.id).order_by(w.C.id).yield_per(1)),
    "yield_per option": lambda w: dict(_all(w).yield_per(2).get_execution_options()),
    "execution_options": lambda w: dict(_all(w).execution_options(a=1).execution_options(b=2).get_execution_options()),
    "execution_options run": lambda w: _all(w).execution_options(a=1).all(),
    "merge_result": lambda w: _merged(w),
    "merge_frozen_result": lambda w: _merged_frozen(w),
    "column of a class and class": lambda w: w.q(w.C.name, w.C).order_by(w.C.id).all(),
    "unique objects": lambda w: w.q(w.C).join(w.C.orders).all(),
    "not unique rows": lambda w: w.q(w.C.name).join(w.C.orders).all(),
    "not unique pairs": lambda w: w.q(w.C, w.C.name).join(w.C.orders).all(),
}  # fmt: skip


def _merged(w: Any) -> Any:
    with w.orm.Session(w.engine) as other:
        found = other.query(w.C).order_by(w.C.id).all()
    merged = list(w.q(w.C).merge_result(found, load=False))
    return [merged, all(each in w.s for each in merged)]


def _merged_frozen(w: Any) -> Any:
    with w.orm.Session(w.engine) as other:
        frozen = other.execute(w.lib.select(w.C).order_by(w.C.id)).freeze()
    from importlib import import_module

    loading = import_module(f"{w.lib.__name__}.orm.loading")
    return loading.merge_frozen_result(w.s, w.lib.select(w.C), frozen, load=False)().scalars().all()
