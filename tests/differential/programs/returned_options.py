"""Loader options of statements that were not made by them: RETURNING, text; those that do not fit are refused unsent."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.eager import tell
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program

Make = Callable[[Any, Any, Any], Any]
"""(library, its orm module, shop) -> a statement."""


def _of_orders(lib: Any, s: Any) -> Any:
    return lib.select(s.Order).from_statement(lib.text("SELECT * FROM orders"))


CASES: dict[str, Make] = {
    "insert_of_another": lambda lib, o, s: (
        lib.insert(s.Order).values(id=50).returning(s.Order).options(o.selectinload(s.Customer.orders))
    ),
    "insert_of_rows_of_another": lambda lib, o, s: (
        lib.insert(s.Order)
        .values([{"id": 50}, {"id": 51}])
        .returning(s.Order)
        .options(o.selectinload(s.Customer.orders))
    ),
    "update_of_another": lambda lib, o, s: (
        lib.update(s.Order).values(total=5).returning(s.Order).options(o.selectinload(s.Customer.orders))
    ),
    "delete_of_another": lambda lib, o, s: (
        lib.delete(s.Item).returning(s.Item).options(o.selectinload(s.Customer.orders))
    ),
    "insert_of_two_minds": lambda lib, o, s: (
        lib.insert(s.Order)
        .values(id=50)
        .returning(s.Order)
        .options(o.selectinload(s.Order.items), o.joinedload(s.Order.items))
    ),
    "columns_alone": lambda lib, o, s: (
        lib.update(s.Order).values(total=5).returning(s.Order.id).options(o.selectinload(s.Order.items))
    ),
    "no_option": lambda lib, o, s: lib.update(s.Order).values(total=5).returning(s.Order).options("x"),
    "selectin": lambda lib, o, s: (
        lib.update(s.Order).values(total=5).returning(s.Order).options(o.selectinload(s.Order.items))
    ),
    "immediate": lambda lib, o, s: (
        lib.update(s.Order).values(total=5).returning(s.Order).options(o.immediateload(s.Order.items))
    ),
    "deferred": lambda lib, o, s: (
        lib.update(s.Order).values(total=5).returning(s.Order).options(o.defer(s.Order.placed))
    ),
    "few_columns": lambda lib, o, s: (
        lib.update(s.Order).values(total=5).returning(s.Order).options(o.load_only(s.Order.placed))
    ),
    "few_columns_of_an_insert": lambda lib, o, s: (
        lib.insert(s.Order).values(id=50, total=5).returning(s.Order).options(o.load_only(s.Order.placed))
    ),
    "few_columns_of_a_delete": lambda lib, o, s: (
        lib.delete(s.Item).returning(s.Item).options(o.load_only(s.Item.product))
    ),
    "few_columns_and_members": lambda lib, o, s: (
        lib.update(s.Order)
        .values(total=5)
        .returning(s.Order)
        .options(o.load_only(s.Order.placed), o.selectinload(s.Order.items).load_only(s.Item.product))
    ),
    "text_of_another": lambda lib, o, s: _of_orders(lib, s).options(o.selectinload(s.Customer.orders)),
    "text_of_two_minds": lambda lib, o, s: _of_orders(lib, s).options(
        o.selectinload(s.Order.items), o.joinedload(s.Order.items)
    ),
    "text_joined": lambda lib, o, s: _of_orders(lib, s).options(o.joinedload(s.Order.customer)),
    "select_from_update_of_another": lambda lib, o, s: (
        lib.select(s.Order)
        .from_statement(lib.update(s.Order).values(total=5).returning(s.Order))
        .options(o.selectinload(s.Customer.orders))
    ),
    "select_from_update": lambda lib, o, s: (
        lib.select(s.Order)
        .from_statement(lib.update(s.Order).values(total=5).returning(s.Order))
        .options(o.selectinload(s.Order.items))
    ),
}


def _runs(name: str, make: Make) -> None:
    """Enter a program that runs one statement and tells its objects, or its error."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with session_on(lib, engine) as session:
            try:
                tell(log, "found", session.execute(make(lib, lib.orm, s)).all())
            except lib.exc.SQLAlchemyError as error:
                log.raised("error", error, message=True)
            session.commit()

    run.__name__ = name
    run.__module__ = __name__
    program(run)


for _name, _make in CASES.items():
    _runs(_name, _make)


@program
def rows_of_another(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    rows = [{"id": 60}, {"id": 61}]
    with session_on(lib, engine) as session:
        wrong = lib.insert(s.Order).returning(s.Order).options(lib.orm.selectinload(s.Customer.orders))
        log.error("of another class", lambda: session.scalars(wrong, rows), message=True)
        right = lib.insert(s.Order).returning(s.Order).options(lib.orm.selectinload(s.Order.items))
        tell(log, "found", session.scalars(right, rows).all())


@program
def what_was_left_out_is_read_later(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        statement = lib.update(s.Order).where(s.Order.id == 1).values(total=5).returning(s.Order)
        order = session.scalars(statement.options(lib.orm.load_only(s.Order.total))).one()
        log.loaded(order)
        log("placed", order.placed)
        log.loaded(order)
