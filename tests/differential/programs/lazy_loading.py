"""Lazy loading: the queries that it sends, and the ones that it need not send."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop, session_on
from tests.differential.registry import program


@program
def one_to_many(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        log("orders", ann.orders)
        log("again, without a query", ann.orders)
        log("the other side, without a query", ann.orders[0].customer is ann)
        log("none", session.get(s.Customer, 3).orders)


@program
def many_to_one(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        log("customer", order.customer)
        log("name, without a query", order.customer.name)
        log("of another order, without a query", session.get(s.Order, 2).customer)
        log("null key, without a query", session.get(s.Order, 4).customer)


@program
def many_to_one_from_the_identity_map(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customers = session.scalars(lib.select(s.Customer)).all()
        orders = session.scalars(lib.select(s.Order).order_by(s.Order.id)).all()
        log("customers, without a query", [order.customer for order in orders])
        log("held", len(customers))


@program
def many_to_many(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log("tags", session.get(s.Order, 1).tags)
        log("orders", session.get(s.Tag, 2).orders)
        log("none", session.get(s.Tag, 3).orders)


@program
def self_reference(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        eve = session.get(s.Employee, 1)
        log("manager of the first", eve.manager)
        log("reports", eve.reports)
        log("reports of reports", [each.reports for each in eve.reports])
        log("manager, without a query", eve.reports[0].manager is eve)


@program
def in_a_loop(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        for customer in session.scalars(lib.select(s.Customer).order_by(s.Customer.id)):
            log(customer.name, customer.orders)


@program
def after_commit(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        orders = ann.orders
        session.commit()
        log.loaded(ann)
        log("again", ann.orders)
        log("same list", ann.orders is orders)


@program
def of_an_expired_object(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        session.expire(order)
        log("customer", order.customer)
        session.expire(order, ["customer"])
        log("customer from the identity map", order.customer)
        session.expire(order, ["tags"])
        log("tags", order.tags)


@program
def of_a_pending_object(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = s.Order(customer_id=1)
        session.add(order)
        with session.no_autoflush:
            log("pending", order.customer)
        session.flush()
        session.expire(order, ["customer"])
        log("persistent", order.customer)


@program
def append_without_loading(lib: Any, engine: Any, log: Log) -> None:
    """Setting the many-to-one side leaves an unloaded collection unloaded, and the load brings both together."""
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        new = s.Order(customer=ann)
        log.loaded(ann)
        with session.no_autoflush:
            log("with the pending one", len(ann.orders))
        log("in it", new in ann.orders)


@program
def load_sees_what_was_flushed(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        session.add(s.Order(customer_id=1))
        log("autoflushed", ann.orders)


@program
def relationship_order(lib: Any, engine: Any, log: Log) -> None:
    class Base(lib.orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Shelf(Base):
        __tablename__ = "shelves"
        id = lib.Column(lib.Integer, primary_key=True)
        books = lib.orm.relationship("Book", order_by="Book.title.desc()")

    class Book(Base):
        __tablename__ = "books"
        id = lib.Column(lib.Integer, primary_key=True)
        title = lib.Column(lib.String)
        shelf_id = lib.Column(lib.ForeignKey("shelves.id"))

    with log.quiet():
        Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        shelf = Shelf(books=[Book(title=title) for title in "bca"])
        session.add(shelf)
        session.commit()
        log("titles", [book.title for book in shelf.books])
