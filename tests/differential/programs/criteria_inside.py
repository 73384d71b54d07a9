"""Conditions of `with_loader_criteria` in what a statement has inside: subqueries, expressions, set operations, aliases of
subqueries; and what wildcards and contradictions say of columns.
"""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.eager import tell
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program

Make = Callable[[Any, Any, Any], Any]
"""(library, its orm module, shop) -> a statement, or options."""


def _counts(lib: Any, s: Any) -> Any:
    return lib.select(s.Order.customer_id, lib.func.count().label("n")).group_by(s.Order.customer_id)


def _number(lib: Any, s: Any) -> Any:
    return lib.select(lib.func.count(s.Order.id)).where(s.Order.customer_id == s.Customer.id).scalar_subquery()


def _few(lib: Any, o: Any, s: Any) -> Any:
    return o.aliased(s.Order, lib.select(s.Order).limit(3).subquery())


def _of_cte(lib: Any, s: Any) -> Any:
    counts = _counts(lib, s).cte("c")
    return lib.select(s.Customer, counts.c.n).join(counts, counts.c.customer_id == s.Customer.id).order_by(counts.c.n)


def _of_subquery(lib: Any, s: Any) -> Any:
    counts = _counts(lib, s).subquery()
    return lib.select(counts.c.n, counts.c.customer_id).where(counts.c.n > 0).order_by(counts.c.n)


def _with(lib: Any, o: Any, s: Any, option: str) -> Any:
    few = _few(lib, o, s)
    return lib.select(few).order_by(few.total).options(getattr(o, option)(few.items))


def _of_union(lib: Any, o: Any, s: Any) -> Any:
    alias = o.aliased(s.Order, lib.union(lib.select(s.Order), lib.select(s.Order)).subquery())
    joined = lib.select(alias, s.Item).join(s.Item, s.Item.order_id == alias.id).where(alias.total > 1)
    return joined.order_by(alias.id, s.Item.id)


def _contained(lib: Any, o: Any, s: Any) -> Any:
    few = _few(lib, o, s)
    return lib.select(few).join(few.items).order_by(few.total).options(o.contains_eager(few.items))


STATEMENTS: dict[str, Make] = {
    "value": lambda lib, o, s: lib.select(s.Customer.name, _number(lib, s)),
    "labelled_value": lambda lib, o, s: lib.select(s.Customer, _number(lib, s).label("m")).order_by("m", s.Customer.id),
    "order": lambda lib, o, s: lib.select(s.Customer).order_by(_number(lib, s), s.Customer.id),
    "having": lambda lib, o, s: (
        lib.select(s.Customer.name)
        .group_by(s.Customer.name)
        .having(lib.func.count() <= lib.select(lib.func.count(s.Order.id)).scalar_subquery())
    ),
    "in_": lambda lib, o, s: lib.select(s.Customer).where(s.Customer.id.in_(lib.select(s.Order.customer_id))),
    "exists": lambda lib, o, s: lib.select(s.Customer.name, lib.exists().where(s.Order.customer_id == s.Customer.id)),
    "cte": lambda lib, o, s: _of_cte(lib, s),
    "subquery": lambda lib, o, s: _of_subquery(lib, s),
    "alias_of_union": _of_union,
    "alias_contained": _contained,
    "alias_selectin": lambda lib, o, s: _with(lib, o, s, "selectinload"),
    "alias_joined": lambda lib, o, s: _with(lib, o, s, "joinedload"),
    "alias_subquery": lambda lib, o, s: _with(lib, o, s, "subqueryload"),
    "set_operation": lambda lib, o, s: lib.union(lib.select(s.Order.id), lib.select(s.Item.id)),
    "subqueryload": lambda lib, o, s: (
        lib.select(s.Customer)
        .where(s.Customer.id < 3)
        .order_by(s.Customer.id)
        .options(o.subqueryload(s.Customer.orders))
    ),
}

COLUMNS: dict[str, Make] = {
    "wildcard": lambda lib, o, s: [o.defer("*")],
    "wildcard_beside_joined": lambda lib, o, s: [o.joinedload(s.Customer.orders), o.defer("*")],
    "wildcard_beside_selectin": lambda lib, o, s: [o.defer("*"), o.selectinload(s.Customer.orders)],
    "wildcard_below": lambda lib, o, s: [o.joinedload(s.Customer.orders).defer("*")],
    "wildcard_of_class": lambda lib, o, s: [o.Load(s.Customer).defer("*"), o.joinedload(s.Customer.orders)],
    "wildcard_but_one": lambda lib, o, s: [o.defer("*"), o.undefer(s.Customer.name)],
    "few_twice": lambda lib, o, s: [o.load_only(s.Customer.name), o.load_only(s.Customer.email)],
    "older_word_for_inner": lambda lib, o, s: [o.joinedload(s.Customer.orders, innerjoin="nested")],
}

CONTRADICTIONS: dict[str, Make] = {
    "defer_undefer": lambda lib, o, s: [o.defer(s.Customer.name), o.undefer(s.Customer.name)],
    "few_deferred": lambda lib, o, s: [o.load_only(s.Customer.name), o.defer(s.Customer.name)],
    "deferred_few": lambda lib, o, s: [o.defer(s.Customer.name), o.load_only(s.Customer.name)],
    "deferred_refused": lambda lib, o, s: [o.defer(s.Customer.name), o.defer(s.Customer.name, raiseload=True)],
}


def _enter(name: str, run: Any) -> None:
    run.__name__ = name
    run.__module__ = __name__
    program(run)


def _selects(name: str, make: Make) -> None:
    """Enter a program that runs one statement under conditions for two classes."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        o = lib.orm
        large = o.with_loader_criteria(s.Order, s.Order.total > 8)
        few = o.with_loader_criteria(s.Item, s.Item.quantity < 100)
        with session_on(lib, engine) as session:
            tell(log, "found", session.execute(make(lib, o, s).options(large, few)).unique().all())

    _enter(name, run)


def _loads(name: str, make: Make) -> None:
    """Enter a program that loads customers with options, and reads on from them."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with session_on(lib, engine) as session:
            statement = lib.select(s.Customer).order_by(s.Customer.id).options(*make(lib, lib.orm, s))
            found = session.scalars(statement).unique().all()
            tell(log, "found", found)
            tell(log, "orders", [one.orders for one in found])
            tell(log, "items", found[0].orders[0].items)

    _enter(name, run)


def _contradicts(name: str, make: Make) -> None:
    """Enter a program whose options contradict each other."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with session_on(lib, engine) as session:
            session.connection()
            statement = lib.select(s.Customer).options(*make(lib, lib.orm, s))
            log.error("refused", lambda: session.scalars(statement).all(), message=True)

    _enter(name, run)


for _kind, _cases in ((_selects, STATEMENTS), (_loads, COLUMNS), (_contradicts, CONTRADICTIONS)):
    for _name, _make in _cases.items():
        _kind(_name, _make)
