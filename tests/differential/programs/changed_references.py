"""References whose key was changed, or that were deleted, before and after the flush; names set after they were expired."""

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import program

CHANGED: dict[str, Any] = {"another": 2, "none": None, "missing": 99}
DELETED: dict[str, Callable[[Any, Any, Any], object]] = {
    "loaded": lambda session, order, other: order.customer,
    "not_loaded": lambda session, order, other: None,
    "expired": lambda session, order, other: session.expire(order),
    "set_to_none": lambda session, order, other: setattr(order, "customer", None),
    "set_to_another": lambda session, order, other: setattr(order, "customer", other),
}


def _changed(key: Any, flushes: bool) -> Callable[[Any, Any, Log], None]:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with lib.orm.Session(engine, autoflush=flushes) as session:
            first = session.get(s.Customer, 1)
            order = session.get(s.Order, 1)
            order.customer_id = key
            log("reads", order.customer)
            log("history", lib.inspect(order).attrs.customer.history)
            if key != 99:
                session.flush()
                log("after the flush", [order.customer, order.customer_id])
            log("held", first)
            session.rollback()
            log("after the rollback", [order.customer, order.customer_id])

    return run


def _deleted(before: Callable[[Any, Any, Any], object], reads: bool) -> Callable[[Any, Any, Log], None]:
    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with lib.orm.Session(engine, autoflush=False) as session:
            other = session.get(s.Customer, 2)
            order = session.get(s.Order, 1)
            before(session, order, other)
            with log.quiet():
                # Whether an expired object is read first is not compared.
                del order.customer
            if reads:
                log("reads", order.customer)
            with log.quiet():
                session.flush()
            log("after the flush", [order.customer, order.customer_id])
            session.commit()

    return run


for _name, _key in CHANGED.items():
    for _flushes in (True, False):
        if _name == "missing" and _flushes:
            continue
        _run = _changed(_key, _flushes)
        _run.__name__ = f"key_changed_to_{_name}{'' if _flushes else '_without_autoflush'}"
        program(_run)

for _name, _before in DELETED.items():
    for _reads in (False, True):
        _run = _deleted(_before, _reads)
        _run.__name__ = f"deleted_{_name}{'_and_read' if _reads else ''}"
        program(_run)


@program
def two_of_a_query(lib: Any, engine: Any, log: Log) -> None:
    """Each of several objects refers to what its own key says."""
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine, autoflush=False) as session:
        orders = session.scalars(lib.select(s.Order).where(s.Order.id < 4).order_by(s.Order.id)).all()
        orders[0].customer_id = 2
        orders[2].customer_id = 3
        log("references", [order.customer for order in orders])


@program
def a_reference_that_raises_is_replaced(lib: Any, engine: Any, log: Log) -> None:
    """lazy="raise" is about reading: who is replaced is looked for."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Flag(Base):
        __tablename__ = "flags"
        id = lib.Column(lib.Integer, primary_key=True)
        code = lib.Column(lib.String, unique=True)

    class Ship(Base):
        __tablename__ = "ships"
        id = lib.Column(lib.Integer, primary_key=True)
        flag_code = lib.Column(lib.String)
        flag = orm.relationship(
            Flag, primaryjoin="Ship.flag_code == Flag.code", foreign_keys="Ship.flag_code", lazy="raise"
        )

    with log.quiet():
        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add_all([Flag(id=1, code="a"), Flag(id=2, code="b"), Ship(id=1, flag_code="a")])
            session.commit()
    with log.quiet(), orm.Session(engine) as session:
        ship = session.get(Ship, 1)
        ship.flag = session.get(Flag, 2)
        session.commit()
    with orm.Session(engine) as session:
        log("flag", session.get(Ship, 1).flag_code)
        log.error("read", lambda: session.get(Ship, 1).flag)


@program
def names_set_after_expiry(lib: Any, engine: Any, log: Log) -> None:
    """What was expired and set is among `expired_attributes` until the others are there again."""
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine, autoflush=False) as session:
        ann = session.get(s.Customer, 1)

        def show(label: str) -> None:
            state = lib.inspect(ann)
            log(label, [state.expired, sorted(state.expired_attributes), sorted(state.unloaded), state.modified])

        session.expire(ann)
        ann.name = "Ann"
        show("all were expired, one was set")
        log("another is read", ann.email)
        show("all are there")
        session.rollback()
        log("again", ann.email)
        session.expire(ann, ["name", "email"])
        ann.name = "Ann"
        show("two were expired, one of them was set")
        log("the other is read", ann.email)
        show("all are there")


@program
def deferred_names_after_expiry(lib: Any, engine: Any, log: Log) -> None:
    """A deferred column that was expired by name is among `expired_attributes`; no name at all means all of them."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):
        pass

    class Note(Base):
        __tablename__ = "note"
        id = lib.Column(lib.Integer, primary_key=True)
        subject = lib.Column(lib.String)
        text = orm.deferred(lib.Column(lib.String))

    with log.quiet():
        Base.metadata.create_all(engine)
        with orm.Session(engine) as session:
            session.add(Note(id=1, subject="s", text="t"))
            session.commit()
    with orm.Session(engine) as session:
        note = session.get(Note, 1)
        state = lib.inspect(note)

        def show(label: str) -> None:
            log(label, [state.expired, sorted(state.expired_attributes), sorted(state.unloaded)])

        show("loaded")
        session.expire(note, ["text"])
        show("expired by name")
        session.scalars(lib.select(Note)).all()
        show("rows without it were met")
        session.refresh(note, ["subject"])
        show("another was refreshed")
        log("read", note.text)
        show("read")
        session.expire(note, [])
        show("expired by no name")


@program
def listeners_before_the_autoflush(lib: Any, engine: Any, log: Log) -> None:
    """`do_orm_execute` of a lazy load, a deferred column, an expired object comes before the autoflush that they need."""
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        ann = session.get(s.Customer, 1)
        order = session.get(s.Order, 3)
        body = session.scalars(lib.select(s.Document).options(lib.orm.defer(s.Document.body)).limit(1)).one()
        lib.event.listen(session, "do_orm_execute", lambda state: log("asked, new:", len(session.new)))
        lib.event.listen(session, "before_flush", lambda *given: log("flush"))

        labels = iter(range(10))

        def pending() -> None:
            session.add(s.Tag(label=f"t{next(labels)}"))

        pending()
        log("collection", ann.orders)
        pending()
        log("reference", order.customer)
        pending()
        log("deferred", body.body)
        session.expire(ann)
        pending()
        log("expired", ann.name)
        pending()
        session.refresh(ann)
        pending()
        log("in memory", order.customer)


@program
def a_listener_that_answers_flushes_nothing(lib: Any, engine: Any, log: Log) -> None:
    """Where the statement is not run, nothing is flushed; an option of the statement holds the flush back."""
    s = full_shop(lib, engine, log)
    with lib.orm.Session(engine) as session:
        ann, bob = session.get(s.Customer, 1), session.get(s.Customer, 2)

        def without(state: Any) -> None:
            state.update_execution_options(autoflush=False)

        session.add(s.Tag(label="new"))
        lib.event.listen(session, "do_orm_execute", without)
        log("orders", [ann.orders, len(session.new)])
        lib.event.remove(session, "do_orm_execute", without)
        lib.event.listen(session, "do_orm_execute", lambda state: None)
        log("orders", [bob.orders, len(session.new)])
