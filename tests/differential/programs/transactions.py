"""Commit and rollback: expiry, what comes back, what is forgotten."""

from decimal import Decimal
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on
from tests.differential.registry import program


@program
def expiry_after_commit(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        customer.name = "anna"
        session.commit()
        log.loaded(customer)
        log("name", customer.name)
        log("email, without another query", customer.email)


@program
def no_expiry_after_commit(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine, expire_on_commit=False) as session:
        customer = s.Customer(name="ann", email=None)
        session.add(customer)
        session.commit()
        log.loaded(customer)
        log("key", customer.id)


@program
def expired_object_gone(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 3)
        session.commit()
        with log.quiet(), engine.begin() as connection:
            connection.execute(lib.text("DELETE FROM customers WHERE id = 3"))
        log.error("access", lambda: customer.name)
        session.rollback()
        with log.quiet():
            gone = session.get(s.Customer, 3)
        log("get", gone)


@program
def rollback_of_changes(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        flushed, unflushed = session.get(s.Customer, 1), session.get(s.Customer, 2)
        flushed.name = "anna"
        session.flush()
        unflushed.name = "bert"
        session.rollback()
        log.session(session)
        log.loaded(flushed)
        log("names", (flushed.name, unflushed.name))


@program
def rollback_of_new_objects(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        flushed, pending = s.Customer(name="flushed"), s.Customer(name="pending")
        session.add(flushed)
        session.flush()
        log("key", flushed.id)
        session.add(pending)
        session.rollback()
        log.state(flushed, pending)
        log("in the session", (flushed in session, pending in session))
        log("values kept", (flushed.name, pending.name))
        session.add(flushed)
        session.commit()
        log("added again", flushed.name)


@program
def rollback_of_deletes(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        flushed, marked = session.get(s.Tag, 3), session.get(s.Tag, 1)
        session.delete(flushed)
        session.flush()
        log.state(flushed)
        session.delete(marked)
        session.rollback()
        log.state(flushed, marked)
        log.session(session)
        log("labels", (flushed.label, marked.label))


@program
def rollback_of_new_and_deleted(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        tag = s.Tag(label="x")
        session.add(tag)
        session.flush()
        session.delete(tag)
        session.flush()
        log.state(tag)
        session.rollback()
        log.state(tag)


@program
def rollback_of_relationships(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann, bob = session.get(s.Customer, 1), session.get(s.Customer, 2)
        new = s.Order(total=Decimal(1))
        ann.orders.append(new)
        bob.orders.append(ann.orders[0])
        session.flush()
        session.rollback()
        log("ann's", ann.orders)
        log("bob's", bob.orders)
        log.state(new)


@program
def rollback_of_the_primary_key(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        document = session.get(s.Document, "A")
        document.code = "Z"
        session.flush()
        session.rollback()
        log("code", document.code)
        log("under the old key", session.get(s.Document, "A") is document)


@program
def refresh(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        session.execute(lib.text("UPDATE customers SET name = 'x', email = 'y' WHERE id = 1"))
        log("as loaded", customer.name)
        session.refresh(customer, ["name"])
        log("one attribute", (customer.name, customer.email))
        session.refresh(customer)
        log("all", (customer.name, customer.email))
        customer.name = "unsaved"
        session.refresh(customer)
        log("a change is flushed first", customer.name)
        log.error("refresh of a new object", lambda: session.refresh(s.Customer()))


@program
def expire(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        customer.orders
        session.expire(customer, ["email"])
        log.loaded(customer)
        log("email", customer.email)
        customer.name = "unsaved"
        session.expire(customer)
        log.loaded(customer)
        log("name", customer.name)
        session.expire_all()
        log.loaded(customer)
        log.error("expire of a new object", lambda: session.expire(s.Customer()))


@program
def blocks(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with lib.orm.Session(engine) as session, session.begin():
        session.add(s.Tag(label="kept"))
    try:
        with lib.orm.Session(engine) as session, session.begin():
            session.add(s.Tag(label="lost"))
            session.flush()
            raise KeyError("stop")
    except KeyError as error:
        log.raised("came out", error)
    with lib.orm.Session(engine) as session:
        session.add(s.Tag(label="never committed"))
        session.flush()


@program
def begin_twice(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        session.begin()
        log.error("begin again", session.begin, message=True)
        session.add(s.Tag(label="x"))
        session.commit()
        with session.begin():
            session.add(s.Tag(label="y"))


@program
def session_makers(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    maker = lib.orm.sessionmaker(engine, expire_on_commit=False)
    with maker.begin() as session:
        tag = s.Tag(label="x")
        session.add(tag)
    log("not expired", tag.label)
    later = lib.orm.sessionmaker()
    later.configure(bind=engine)
    with later() as session:
        log("bind", session.get_bind() is engine)
        log("labels", session.scalars(lib.select(s.Tag.label)).all())


@program
def session_without_a_bind(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with lib.orm.Session() as session:
        log.error("get", lambda: session.get(s.Tag, 1))
        log.error("execute", lambda: session.execute(lib.text("SELECT 1")))
        session.add(s.Tag(label="x"))
        log.error("flush", session.flush)


@program
def connection_transactions(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    tags = s.Tag.__table__
    with engine.connect() as connection:
        connection.execute(lib.insert(tags).values(label="lost"))
        log("in transaction", connection.in_transaction())
    with engine.connect() as connection:
        connection.execute(lib.insert(tags).values(label="kept"))
        connection.commit()
        connection.execute(lib.insert(tags).values(label="lost too"))
        connection.rollback()
        log("labels", connection.scalars(lib.select(tags.c.label)).all())
    try:
        with engine.begin() as connection:
            connection.execute(lib.insert(tags).values(label="lost as well"))
            raise KeyError("stop")
    except KeyError as error:
        log.raised("came out", error)
    log.error("closed connection", lambda: connection.execute(lib.select(tags)))


@program
def connection_begin(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    tags = s.Tag.__table__
    with engine.connect() as connection:
        with connection.begin():
            connection.execute(lib.insert(tags).values(label="one"))
        transaction = connection.begin()
        connection.execute(lib.insert(tags).values(label="two"))
        transaction.rollback()
        log("active", transaction.is_active)
        connection.execute(lib.select(tags))
        log.error("begin after use", connection.begin)


@program
def session_on_a_connection(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with engine.connect() as connection:
        outer = connection.begin()
        with lib.orm.Session(connection) as session:
            session.add(s.Tag(label="x"))
            session.commit()
            log("seen", session.scalar(lib.select(lib.func.count(s.Tag.id))))
        outer.rollback()


@program
def connection_of_a_session(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Tag(label="x"))
        connection = session.connection()
        log("not flushed", connection.scalar(lib.select(lib.func.count(s.Tag.__table__.c.id))))
        session.flush()
        log("same transaction", connection.scalar(lib.select(lib.func.count(s.Tag.__table__.c.id))))
        session.rollback()
