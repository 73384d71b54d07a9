"""Conditions that go with a class: `with_loader_criteria` at all places where a statement reads it."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.eager import tell
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program

Make = Callable[[Any, Any, Any], Any]

CASES: dict[str, Make] = {
    "of_the_entity": lambda lib, o, s: lib.select(s.Order).options(o.with_loader_criteria(s.Order, s.Order.id > 1)),
    "beside_where": lambda lib, o, s: (
        lib.select(s.Order).where(s.Order.id < 4).options(o.with_loader_criteria(s.Order, s.Order.id > 1))
    ),
    "of_select_in": lambda lib, o, s: lib.select(s.Customer).options(
        o.selectinload(s.Customer.orders), o.with_loader_criteria(s.Order, s.Order.total > 8)
    ),
    "of_joined": lambda lib, o, s: lib.select(s.Customer).options(
        o.joinedload(s.Customer.orders), o.with_loader_criteria(s.Order, s.Order.total > 8)
    ),
    "of_joined_with_limit": lambda lib, o, s: (
        lib.select(s.Customer)
        .limit(2)
        .options(
            o.joinedload(s.Customer.orders),
            o.with_loader_criteria(s.Order, s.Order.total > 8),
            o.with_loader_criteria(s.Customer, s.Customer.id > 0),
        )
    ),
    "of_join": lambda lib, o, s: (
        lib.select(s.Customer).join(s.Customer.orders).options(o.with_loader_criteria(s.Order, s.Order.total > 8))
    ),
    "of_outer_join": lambda lib, o, s: (
        lib.select(s.Customer)
        .outerjoin(s.Customer.orders)
        .where(s.Customer.id > 0)
        .options(
            o.with_loader_criteria(s.Order, s.Order.total > 8), o.with_loader_criteria(s.Customer, s.Customer.id < 9)
        )
    ),
    "of_join_by_condition": lambda lib, o, s: (
        lib.select(s.Customer)
        .join(s.Order, s.Order.customer_id == s.Customer.id)
        .options(o.with_loader_criteria(s.Order, s.Order.total > 8))
    ),
    "of_any": lambda lib, o, s: (
        lib.select(s.Customer)
        .where(s.Customer.orders.any(s.Order.id > 0))
        .options(o.with_loader_criteria(s.Order, s.Order.total > 8))
    ),
    "of_subquery": lambda lib, o, s: (
        lib.select(s.Customer)
        .where(s.Customer.id.in_(lib.select(s.Order.customer_id)))
        .options(o.with_loader_criteria(s.Order, s.Order.total > 8))
    ),
    "by_function": lambda lib, o, s: lib.select(s.Order).options(
        o.with_loader_criteria(s.Order, lambda cls: cls.id > 1)
    ),
    "not_of_alias": lambda lib, o, s: (
        lambda other: lib.select(other).options(o.with_loader_criteria(s.Order, s.Order.id > 1))
    )(o.aliased(s.Order)),
    "of_alias_too": lambda lib, o, s: (
        lambda other: lib.select(other).options(o.with_loader_criteria(s.Order, s.Order.id > 1, include_aliases=True))
    )(o.aliased(s.Order)),
    "loader_only": lambda lib, o, s: lib.select(s.Order).options(
        o.with_loader_criteria(s.Order, s.Order.id > 1, loader_only=True)
    ),
}


def _enter(name: str, make: Make) -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with session_on(lib, engine) as session:
            for _ in range(2):
                tell(log, "found", list(session.scalars(make(lib, lib.orm, s)).unique().all()))
                session.expunge_all()

    run.__name__ = name
    run.__module__ = __name__
    program(run)


for _name, _make in CASES.items():
    _enter(_name, _make)


@program
def of_what_is_loaded_later(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        condition = orm.with_loader_criteria(s.Order, s.Order.total > 8)
        log("orders", [one.orders for one in session.scalars(lib.select(s.Customer).options(condition))])
        session.expunge_all()
        condition = orm.with_loader_criteria(s.Order, s.Order.total > 8, propagate_to_loaders=False)
        log("all orders", [one.orders for one in session.scalars(lib.select(s.Customer).options(condition))])
        for way in ("selectinload", "subqueryload", "joinedload", "immediateload"):
            session.expunge_all()
            statement = lib.select(s.Customer).options(condition, getattr(orm, way)(s.Customer.orders))
            log(way, [one.orders for one in session.scalars(statement).unique()])


@program
def values_of_each_execution(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm

    def above(least: int) -> Callable[[Any], Any]:
        return lambda cls: cls.id > least

    with session_on(lib, engine) as session:
        for least in (0, 1, 2):
            condition = orm.with_loader_criteria(s.Order, above(least))
            statement = lib.select(s.Customer).options(orm.selectinload(s.Customer.orders), condition)
            tell(log, "found", session.scalars(statement).all())
            session.expunge_all()


@program
def of_get_and_columns(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        condition = orm.with_loader_criteria(s.Order, s.Order.id > 1)
        log("none", session.get(s.Order, 1, options=[condition]))
        log("one", session.get(s.Order, 2, options=[condition]))
        log(
            "columns",
            session.execute(lib.select(s.Order.id, s.Customer.name).join(s.Customer).options(condition)).all(),
        )
        log("count", session.execute(lib.select(lib.func.count(s.Order.id)).options(condition)).all())
        log("query", session.query(s.Order).options(condition).filter(s.Order.id < 9).all())


@program
def of_bulk_statements(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    orm = lib.orm
    with session_on(lib, engine) as session:
        condition = orm.with_loader_criteria(s.Item, s.Item.id > 1)
        session.execute(lib.update(s.Item).values(quantity=7).options(condition))
        session.execute(lib.delete(s.Item).where(s.Item.id < 3).options(condition))
        session.commit()


@program
def subqueries_of_limited_statements(lib: Any, engine: Any, log: Log) -> None:
    """The owners in the subquery are those of the statement: under its conditions, and with its limit."""
    s = full_shop(lib, engine, log)
    second = lib.orm.with_loader_criteria(s.Customer, s.Customer.name != "ann")
    statement = lib.select(s.Customer).order_by(s.Customer.id).limit(1).options(second)
    with session_on(lib, engine) as session:
        found = session.scalars(statement.options(lib.orm.subqueryload(s.Customer.orders))).all()
        log("orders", [[one.name, one.orders] for one in found])
