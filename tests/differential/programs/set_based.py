"""UPDATE, DELETE and INSERT by statement: every strategy with many criteria and values, and lists of rows.

Most programs are made by a loop: what is written, by which criteria, kept in step by which strategy.
"""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on
from tests.differential.registry import program

Criteria = dict[str, Callable[[Any, Any], Any]]

EVALUATED: Criteria = {
    "all": lambda lib, c: lib.true(),
    "none": lambda lib, c: c.id < 0,
    "equal": lambda lib, c: c.quantity == 1,
    "unequal": lambda lib, c: c.quantity != 1,
    "less": lambda lib, c: c.quantity < 60,
    "at_least": lambda lib, c: c.quantity >= 2,
    "text_equal": lambda lib, c: c.product == "nail",
    "text_order": lambda lib, c: c.product > "d",
    "is_null": lambda lib, c: c.quantity.is_(None),
    "is_not_null": lambda lib, c: c.product.is_not(None),
    "one_of": lambda lib, c: c.id.in_([1, 3, 99]),
    "none_of": lambda lib, c: c.id.not_in([1, 3]),
    "one_of_nothing": lambda lib, c: c.id.in_([]),
    "and": lambda lib, c: lib.and_(c.quantity > 0, c.id > 2),
    "or": lambda lib, c: lib.or_(c.quantity == 1, c.product == "hammer"),
    "not": lambda lib, c: lib.not_(c.quantity == 1),
    "nested": lambda lib, c: lib.or_(lib.and_(c.id > 1, c.quantity < 70), lib.not_(c.product == "nail")),
    "two_columns": lambda lib, c: c.id > c.quantity,
    "sum": lambda lib, c: c.quantity + c.id > 40,
    "product": lambda lib, c: c.quantity * 2 == 100,
}
"""Criteria over the items that both libraries decide in Python."""

FETCHED: Criteria = {
    "function": lambda lib, c: lib.func.length(c.product) > 3,
    "like": lambda lib, c: c.product.like("%e%"),
    "subquery": lambda lib, c: c.id.in_(lib.select(c.id).where(c.quantity > 1)),
    "case": lambda lib, c: lib.case((c.quantity > 1, 1), else_=0) == 1,
    "exists": lambda lib, c: c.order.has(id=1),
    "between": lambda lib, c: c.quantity.between(2, 60),
}
"""Criteria that only 'fetch' and False take alike."""

VALUES: dict[str, Callable[[Any, Any], dict[str, Any]]] = {
    "plain": lambda lib, c: {"quantity": 9},
    "two": lambda lib, c: {"quantity": 8, "product": "x"},
    "arithmetic": lambda lib, c: {"quantity": c.quantity + 10},
    "function": lambda lib, c: {"product": lib.func.upper(c.product)},
}


def _show(log: Log, objects: list[Any]) -> None:
    """Write what stands in memory, without loading, and which objects are still there."""
    for item in objects:
        log("item", [item.__dict__.get(name, "-") for name in ("id", "product", "quantity")])
    log.state(*objects)


def _make(action: str, criterion: str, strategy: Any, values: str = "plain") -> None:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with session_on(lib, engine) as session:
            objects = session.scalars(lib.select(s.Item).order_by(s.Item.id)).all()
            where = {**EVALUATED, **FETCHED}[criterion](lib, s.Item)
            if action == "update":
                statement = lib.update(s.Item).where(where).values(**VALUES[values](lib, s.Item))
            else:
                statement = lib.delete(s.Item).where(where)
            result = session.execute(statement, execution_options={"synchronize_session": strategy})
            log("matched", result.rowcount)
            _show(log, objects)
            session.rollback()
            log("afterwards", sorted(item.id for item in session.scalars(lib.select(s.Item))))

    run.__name__ = f"{action}_{criterion}_{strategy}_{values}".lower()
    run.__module__ = __name__
    program(run)


for _criterion in EVALUATED:
    for _strategy in ("auto", "evaluate", "fetch", False):
        _make("update", _criterion, _strategy)
        _make("delete", _criterion, _strategy)
for _criterion in FETCHED:
    for _strategy in ("fetch", False):
        _make("update", _criterion, _strategy)
        _make("delete", _criterion, _strategy)
for _values in ("two", "arithmetic", "function"):
    for _criterion in ("all", "less", "text_equal", "or"):
        for _strategy in ("auto", "evaluate", "fetch", False):
            _make("update", _criterion, _strategy, _values)


@program
def insert_a_list(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.execute(lib.insert(s.Customer), [{"name": "ann"}, {"name": "bob", "active": True}])
        session.execute(
            lib.insert(s.Customer), [{"name": "cid", "email": "c"}, {"name": "dan", "email": None}, {"name": "eve"}]
        )
        session.execute(
            lib.insert(s.Customer),
            [{"name": "fay", "email": None}, {"name": "gus", "email": "g"}],
            execution_options={"render_nulls": True},
        )
        session.execute(lib.insert(s.Customer).values(name=lib.func.lower("HAL")), [{"email": "h"}, {"email": "i"}])
        session.execute(lib.insert(s.Customer), [{"id": 90, "name": "one"}])
        session.commit()


@program
def insert_returning(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.scalars(lib.insert(s.Customer).values(name="ann").returning(s.Customer)).one()
        log("customer", [customer.id, customer.name, customer.email, customer.active])
        log.state(customer)
        log(
            "row",
            session.execute(lib.insert(s.Customer).values(name="bob").returning(s.Customer.id, s.Customer.name)).all(),
        )
        customer.name = "ANN"
        session.commit()


@program
def update_returning(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        items = session.scalars(lib.select(s.Item).order_by(s.Item.id)).all()
        for strategy in ("auto", "fetch", "evaluate", False):
            statement = lib.update(s.Item).where(s.Item.id < 3).values(quantity=s.Item.quantity + 1)
            options = {"synchronize_session": strategy}
            found = session.scalars(statement.returning(s.Item), execution_options=options).all()
            log("same objects", [item in items for item in found])
            log(
                "columns",
                session.execute(statement.returning(s.Item.product, s.Item.quantity), execution_options=options).all(),
            )
            _show(log, items)


@program
def delete_returning(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        items = session.scalars(lib.select(s.Item).order_by(s.Item.id)).all()
        for number, strategy in enumerate(("auto", "fetch", False), 1):
            statement = lib.delete(s.Item).where(s.Item.id == number).returning(s.Item.product)
            log("gone", session.scalars(statement, execution_options={"synchronize_session": strategy}).all())
            log.state(*items)


@program
def update_a_list(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        items = session.scalars(lib.select(s.Item).order_by(s.Item.id)).all()
        session.execute(
            lib.update(s.Item), [{"id": 1, "quantity": 7}, {"id": 2, "quantity": 8}, {"id": 3, "product": "x"}]
        )
        _show(log, items)
        log.error("no key", lambda: session.execute(lib.update(s.Item), [{"quantity": 7}]))
        log.error(
            "not there",
            lambda: session.execute(lib.update(s.Item), [{"id": 1, "quantity": 1}, {"id": 99, "quantity": 7}]),
        )
        session.rollback()
        rows = [{"id": 1, "most": 1, "quantity": 70}, {"id": 2, "most": 100, "quantity": 80}]
        statement = lib.update(s.Item).where(s.Item.quantity < lib.bindparam("most"))
        log.error("criteria", lambda: session.execute(statement, rows), message=True)
        session.execute(statement, rows, execution_options={"synchronize_session": None})
        log.error("deletes", lambda: session.execute(lib.delete(s.Item), [{}, {}]), message=True)
        session.commit()


@program
def bulk_methods(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.bulk_insert_mappings(
            s.Customer, [{"name": "x"}, {"name": "y", "email": None}, {"name": "z", "email": "z"}]
        )
        session.bulk_insert_mappings(
            s.Customer, [{"name": "x1", "email": None}, {"name": "y1", "email": "y1"}], render_nulls=True
        )
        session.bulk_update_mappings(
            s.Customer, [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}, {"id": 3, "active": False}]
        )
        new = [s.Customer(name="new"), s.Customer(name="newer", email="n")]
        session.bulk_save_objects(new)
        log.state(*new)
        log.error("no key", lambda: session.bulk_update_mappings(s.Customer, [{"name": "a"}]))
        session.rollback()
        session.bulk_save_objects([s.Customer(name="last")])
        log.error("refused", lambda: session.bulk_insert_mappings(s.Customer, [{"id": 1, "name": "a"}]))
        log.error("then", lambda: session.scalars(lib.select(s.Customer)))
        session.rollback()
        session.commit()


@program
def refused_strategies(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        for value in (True, "all", "FETCH", 3):
            options = {"synchronize_session": value}
            log.error(str(value), lambda options=options: session.execute(lib.delete(s.Item), execution_options=options), message=True)  # fmt: skip
        statement = lib.update(s.Item).where(lib.func.lower(s.Item.product) == "nail").values(quantity=1)
        items = session.scalars(lib.select(s.Item)).all()
        options = {"synchronize_session": "evaluate"}
        log.error("evaluate", lambda: session.execute(statement, execution_options=options), message=True)
        log("items", len(items))


@program
def events_of_statements(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        lib.event.listen(
            session, "do_orm_execute", lambda state: log("execute", [state.is_update, state.is_delete, state.is_insert])
        )
        lib.event.listen(session, "after_bulk_update", lambda told: log("updated", told.result.rowcount))
        lib.event.listen(session, "after_bulk_delete", lambda told: log("deleted", told.result.rowcount))
        session.query(s.Item).filter(s.Item.id < 3).update({"quantity": 1})
        session.query(s.Item).filter(s.Item.id == 1).delete()
        session.execute(lib.update(s.Item).values(quantity=2))
        session.execute(lib.insert(s.Tag), [{"label": "a1"}, {"label": "a2"}])
        session.commit()
