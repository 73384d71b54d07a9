"""Errors of the database: their classes, and what the session wants afterwards."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on
from tests.differential.registry import program


@program
def unique_violation_in_a_flush(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        twin = s.Tag(label="gift")
        session.add(twin)
        log.error("flush", session.flush, message=True)
        log.error("then a query", lambda: session.scalars(lib.select(s.Tag)).all())
        log.error("then a commit", session.commit)
        session.rollback()
        log.state(twin)
        log("goes on", session.scalar(lib.select(lib.func.count(s.Tag.id))))


@program
def unique_violation_in_a_commit(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        first, second = s.Tag(label="new"), s.Tag(label="gift")
        session.add_all([first, second])
        log.error("commit", session.commit)
        session.rollback()
        log.state(first, second)
        session.add(first)
        session.commit()
        log.state(first, second)


@program
def foreign_key_violation(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Order(customer_id=99))
        log.error("flush", session.flush)
        session.rollback()
        session.delete(session.get(s.Order, 2))
        session.get(s.Order, 1).customer_id = 98
        log.error("commit", session.commit)
        session.rollback()


@program
def null_violation(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Customer(email="x"))
        log.error("insert", session.flush, message=True)
        session.rollback()
        session.get(s.Customer, 1).name = None
        log.error("update", session.flush)
        session.rollback()
        log("name", session.get(s.Customer, 1).name)


@program
def facts_of_an_error(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Tag(label="gift"))
        try:
            session.flush()
        except lib.exc.IntegrityError as error:
            log("driver's error", type(error.orig))
            log("driver's text", str(error.orig))
            log("statement", error.statement)
            log("values", tuple(error.params))
            log("cause is the driver's", error.__cause__ is error.orig)


@program
def wrong_sql(lib: Any, engine: Any, log: Log) -> None:
    empty_shop(lib, engine, log)
    with engine.connect() as connection:
        log.error("syntax", lambda: connection.execute(lib.text("SELEKT 1")))
        log.error("no such table", lambda: connection.execute(lib.text("SELECT * FROM nowhere")), message=True)
        log.error("no such column", lambda: connection.execute(lib.text("SELECT nothing FROM tags")))
        log("goes on", connection.scalar(lib.text("SELECT 1")))


@program
def violation_on_a_connection(lib: Any, engine: Any, log: Log) -> None:
    tags = full_shop(lib, engine, log).Tag.__table__
    with engine.connect() as connection:
        log.error("unique", lambda: connection.execute(lib.insert(tags), {"label": "gift"}))
        log.error("many", lambda: connection.execute(lib.insert(tags), [{"label": "new"}, {"label": "gift"}]))
        connection.rollback()
        log("labels", connection.scalars(lib.select(tags.c.label).order_by(tags.c.id)).all())


@program
def failing_query_leaves_the_session_usable(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        tag = session.get(s.Tag, 1)
        tag.label = "changed"
        session.flush()
        log.error("query", lambda: session.execute(lib.text("SELECT * FROM nowhere")))
        log("still there", session.scalar(lib.select(s.Tag.label).where(s.Tag.id == 1)))
        session.commit()


@program
def failing_autoflush(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Tag(label="gift"))
        log.error("query", lambda: session.scalars(lib.select(s.Customer)).all())
        log.error("next query", lambda: session.scalars(lib.select(s.Customer)).all())
        session.rollback()
        log("customers", len(session.scalars(lib.select(s.Customer)).all()))


@program
def half_of_a_flush_is_undone(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = s.Customer(name="new")
        order = s.Order(customer=customer)
        session.add_all([order, s.Tag(label="gift")])
        log.error("commit", session.commit)
        session.rollback()
        log.state(customer, order)
        log("reference kept", order.customer is customer)


@program
def wrong_values(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.get(s.Document, "A").written = "yesterday"
        log.error("string as datetime", session.flush)
        session.rollback()
        session.get(s.Document, "A").due = 5
        log.error("number as date", session.flush)
        session.rollback()


@program
def wrong_urls(lib: Any, engine: Any, log: Log) -> None:
    log.error("no scheme", lambda: lib.create_engine("nonsense"))
    log.error("unknown database", lambda: lib.create_engine("nosuchdatabase://host/name"))
    log.error("unknown option", lambda: lib.create_engine("sqlite://", no_such_option=True))


@program
def two_rows_with_one_new_key(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Tag(id=1, label="a"))
        session.flush()
        session.add(s.Tag(id=1, label="b"))
        log.error("same key as a present object", session.flush)
        session.rollback()
        log("left", session.scalars(lib.select(s.Tag.label)).all())


@program
def no_key_at_all(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.add(s.Document(body="without a code"))
        log.error("flush", session.flush)
        session.rollback()
