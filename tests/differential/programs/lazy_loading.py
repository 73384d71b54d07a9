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


@program
def rows_that_stand_twice_in_the_table_between(lib: Any, engine: Any, log: Log) -> None:
    """One member is read, and rows that are not one are not deleted as one."""
    o = lib.orm
    base: Any = o.declarative_base()
    between = lib.Table(
        "between",
        base.metadata,
        lib.Column("left_id", lib.ForeignKey("lefts.id")),
        lib.Column("right_id", lib.ForeignKey("rights.id")),
    )
    left: Any = type("Left", (base,), {
        "__tablename__": "lefts",
        "id": lib.Column(lib.Integer, primary_key=True),
        "rights": o.relationship("Right", secondary=between, order_by="Right.id"),
        "only": o.relationship(
            "Right",
            secondary=between,
            primaryjoin=lambda: lib.and_(left.id == between.c.left_id, between.c.right_id == 1),
            uselist=False,
            viewonly=True,
        ),
    })  # fmt: skip
    right: Any = type("Right", (base,), {"__tablename__": "rights", "id": lib.Column(lib.Integer, primary_key=True)})
    with log.quiet():
        base.metadata.create_all(engine)
        with o.Session(engine) as session:
            session.add_all([left(id=1), left(id=2), right(id=1), right(id=2)])
            session.flush()
            pairs = [(1, 1), (1, 2), (1, 1), (2, 1), (2, 1)]
            session.execute(between.insert(), [{"left_id": one, "right_id": other} for one, other in pairs])
            session.commit()
    with o.Session(engine) as session:
        for option in (o.lazyload, o.immediateload, o.joinedload, o.subqueryload):
            for name in ("rights", "only"):
                chosen = lib.select(left).options(option(getattr(left, name))).order_by(left.id)
                found = session.scalars(chosen).unique().all()
                log(f"{option.__name__} of {name}", [getattr(each, name) for each in found])
                session.expunge_all()
        first, second = session.scalars(lib.select(left).order_by(left.id)).all()
        first.rights.remove(first.rights[1])
        session.flush()
        log("left", first.rights)
        second.rights.clear()
        log.error("two rows for one member", session.flush, message=True)
