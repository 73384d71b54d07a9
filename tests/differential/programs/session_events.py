"""Which events a session tells, in which order and with what in hand: one program for each piece of work."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import Program, program

LIFE = (
    "before_attach",
    "after_attach",
    "transient_to_pending",
    "pending_to_transient",
    "pending_to_persistent",
    "persistent_to_transient",
    "persistent_to_deleted",
    "deleted_to_persistent",
    "deleted_to_detached",
    "persistent_to_detached",
    "detached_to_persistent",
    "loaded_as_persistent",
)
TRANSACTION = ("after_transaction_create", "after_transaction_end")
WORK = ("before_commit", "after_commit", "after_rollback")

Work = Callable[[Any, Any, Any, Log], Any]
"""Library, the shop's namespace, session, log."""


def listen_to_all(lib: Any, target: Any, log: Log) -> None:
    """Write every event of a session, a maker or a class of sessions into the log."""

    def note(name: str, *told: Any) -> None:
        log(f"  event {name}", list(told))

    def life(name: str) -> Any:
        return lambda session, instance: note(name, instance, log.state_of(instance), instance in session)

    def level(name: str) -> Any:
        return lambda session, transaction: note(
            name, transaction.nested, transaction.parent is None, transaction.origin.name, transaction.is_active
        )

    def work(name: str) -> Any:
        return lambda session: note(name, session.in_transaction(), session.is_active)

    for name in LIFE:
        lib.event.listen(target, name, life(name))
    for name in TRANSACTION:
        lib.event.listen(target, name, level(name))
    for name in WORK:
        lib.event.listen(target, name, work(name))

    def listen(name: str, function: Any) -> None:
        lib.event.listen(target, name, function)

    def in_hand(session: Any) -> list[list[str]]:
        return [sorted(log.show(each) for each in held) for held in (session.new, session.dirty, session.deleted)]

    listen("before_flush", lambda session, context, instances: note("before_flush", in_hand(session), instances))
    listen("after_flush", lambda session, context: note("after_flush", in_hand(session)))
    listen("after_flush_postexec", lambda session, context: note("after_flush_postexec", in_hand(session)))
    listen("after_begin", lambda session, transaction, connection: note("after_begin", transaction.nested))
    listen(
        "after_soft_rollback",
        lambda session, previous: note(
            "after_soft_rollback", previous.nested, previous.parent is None, session.is_active, session.in_transaction()
        ),
    )
    listen("after_bulk_update", lambda context: note("after_bulk_update", context.result.rowcount))
    listen("after_bulk_delete", lambda context: note("after_bulk_delete", context.result.rowcount))


def add_and_commit(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="new", email=None, active=True))
    session.commit()


def add_and_roll_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="new", email=None, active=True))
    session.rollback()


def flush_and_roll_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="new", email=None, active=True))
    session.flush()
    session.rollback()


def change_and_commit(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.get(s.Customer, 1).name = "changed"
    session.commit()


def delete_and_commit(lib: Any, s: Any, session: Any, log: Log) -> None:
    gone = session.get(s.Customer, 3)
    session.delete(gone)
    session.commit()
    log.state(gone)


def delete_and_roll_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    gone = session.get(s.Customer, 3)
    session.delete(gone)
    session.flush()
    session.rollback()


def delete_new_and_roll_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    made = s.Customer(name="new", email=None, active=True)
    session.add(made)
    session.flush()
    session.delete(made)
    session.flush()
    session.rollback()


def load_and_close(lib: Any, s: Any, session: Any, log: Log) -> None:
    kept = session.scalars(lib.select(s.Customer).order_by(s.Customer.id)).all()
    session.close()
    log("kept", kept)


def load_twice(lib: Any, s: Any, session: Any, log: Log) -> None:
    kept = session.scalars(lib.select(s.Customer).order_by(s.Customer.id)).all()
    log("again", session.scalars(lib.select(s.Customer).order_by(s.Customer.id)).all() == kept)


def lazy_load(lib: Any, s: Any, session: Any, log: Log) -> None:
    log("orders", session.get(s.Customer, 1).orders)


def expunge_and_add(lib: Any, s: Any, session: Any, log: Log) -> None:
    found = session.get(s.Customer, 1)
    session.expunge(found)
    session.add(found)


def expunge_pending(lib: Any, s: Any, session: Any, log: Log) -> None:
    made = s.Customer(name="new", email=None, active=True)
    session.add(made)
    session.expunge(made)


def expunge_all(lib: Any, s: Any, session: Any, log: Log) -> None:
    found, made = session.get(s.Customer, 1), s.Customer(name="new", email=None, active=True)
    session.add(made)
    session.expunge_all()
    log("states", [log.state_of(found), log.state_of(made)])


def delete_detached(lib: Any, s: Any, session: Any, log: Log) -> None:
    found = session.get(s.Customer, 3)
    session.expunge(found)
    session.delete(found)
    session.flush()


def merge_detached(lib: Any, s: Any, session: Any, log: Log) -> None:
    found = session.get(s.Customer, 1)
    session.expunge(found)
    found.name = "merged"
    merged = session.merge(found)
    log("merged", merged)


def merge_new(lib: Any, s: Any, session: Any, log: Log) -> None:
    log("merged", session.merge(s.Customer(name="new", email=None, active=True)))


def merge_without_load(lib: Any, s: Any, session: Any, log: Log) -> None:
    found = session.get(s.Customer, 1)
    session.expunge(found)
    log("merged", session.merge(found, load=False))


def make_transient(lib: Any, s: Any, session: Any, log: Log) -> None:
    lib.orm.make_transient(session.get(s.Customer, 1))


def close_with_work(lib: Any, s: Any, session: Any, log: Log) -> None:
    kept, made = session.get(s.Customer, 1), s.Customer(name="new", email=None, active=True)
    session.add(made)
    session.flush()
    other = s.Customer(name="other", email=None, active=True)
    session.add(other)
    session.close()
    log.state(kept, made, other)


def cascade(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="new", email=None, active=True, orders=[s.Order(total=None, placed=None)]))
    # Not flushed: SQLAlchemy takes the objects of a flush from a set, in any order.
    session.expunge_all()


def savepoint_committed(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="outer", email=None, active=True))
    with session.begin_nested():
        session.add(s.Customer(name="inner", email=None, active=True))
    session.commit()


def savepoint_rolled_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.get(s.Customer, 1).name = "outer"
    nested = session.begin_nested()
    session.add(s.Customer(name="inner", email=None, active=True))
    session.flush()
    nested.rollback()
    session.commit()


def savepoint_in_savepoint(lib: Any, s: Any, session: Any, log: Log) -> None:
    outer = session.begin_nested()
    session.add(s.Customer(name="one", email=None, active=True))
    session.begin_nested()
    session.add(s.Customer(name="two", email=None, active=True))
    session.flush()
    outer.rollback()
    log("in", [session.in_transaction(), session.in_nested_transaction()])
    session.commit()


def savepoint_left_open(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.begin_nested()
    session.add(s.Customer(name="one", email=None, active=True))
    session.commit()


def savepoint_left_open_and_rolled_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.begin_nested()
    session.add(s.Customer(name="one", email=None, active=True))
    session.flush()
    session.rollback()


def savepoint_left_open_and_closed(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.begin_nested()
    session.add(s.Customer(name="one", email=None, active=True))
    session.flush()
    session.close()


def failed_flush(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="twin", email="ann@example.com", active=True))
    log.error("flush", session.flush)
    log("is active", session.is_active)
    log.error("query", lambda: session.get(s.Customer, 1))
    session.rollback()
    log("is active", session.is_active)


def failed_commit(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="twin", email="ann@example.com", active=True))
    log.error("commit", session.commit)
    log("is active", session.is_active)
    session.rollback()
    log("is active", session.is_active)


def failed_commit_and_close(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="twin", email="ann@example.com", active=True))
    log.error("commit", session.commit)
    session.close()


def failed_flush_in_savepoint(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.get(s.Customer, 1)
    nested = session.begin_nested()
    session.add(s.Customer(name="twin", email="ann@example.com", active=True))
    log.error("flush", session.flush)
    log("is active", session.is_active)
    nested.rollback()
    log("is active", session.is_active)
    session.commit()


def failed_block(lib: Any, s: Any, session: Any, log: Log) -> None:
    def work() -> None:
        with session.begin():
            session.add(s.Customer(name="twin", email="ann@example.com", active=True))

    log.error("block", work)
    log("is active", session.is_active)


def failed_nested_block(lib: Any, s: Any, session: Any, log: Log) -> None:
    def work() -> None:
        with session.begin_nested():
            session.add(s.Customer(name="twin", email="ann@example.com", active=True))

    log.error("block", work)
    log("is active", session.is_active)
    session.commit()


def block(lib: Any, s: Any, session: Any, log: Log) -> None:
    with session.begin() as transaction:
        log("facts", [transaction.nested, transaction.parent, transaction.origin.name])
        session.add(s.Customer(name="new", email=None, active=True))
    log("in transaction", session.in_transaction())


def begin_and_roll_back(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.begin()
    session.rollback()


def commit_of_nothing(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.commit()
    session.rollback()
    session.close()


def flush_of_nothing(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.flush()
    session.get(s.Customer, 1).name = "ann"
    session.flush()
    session.commit()


def autoflush(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.add(s.Customer(name="new", email=None, active=True))
    log("count", session.scalar(lib.select(lib.func.count(s.Customer.id))))


def bulk_update(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.execute(lib.update(s.Customer).where(s.Customer.id > 1).values(name="x"))


def bulk_delete(lib: Any, s: Any, session: Any, log: Log) -> None:
    kept = session.get(s.Customer, 3)
    session.execute(lib.delete(s.Customer).where(s.Customer.id == 3))
    log.state(kept)
    session.commit()
    log.state(kept)


def query_update(lib: Any, s: Any, session: Any, log: Log) -> None:
    session.query(s.Customer).filter(s.Customer.id > 1).update({"name": "x"})
    session.query(s.Customer).filter(s.Customer.id == 3).delete()


def reset(lib: Any, s: Any, session: Any, log: Log) -> None:
    kept = session.get(s.Customer, 1)
    session.reset()
    log.state(kept)


def refresh(lib: Any, s: Any, session: Any, log: Log) -> None:
    found = session.get(s.Customer, 1)
    session.refresh(found)
    session.expire(found)
    log("name", found.name)


def listener_before_flush_changes(lib: Any, s: Any, session: Any, log: Log) -> None:
    def change(session: Any, context: Any, instances: Any) -> None:
        for each in session.new:
            each.name = "by the listener"

    lib.event.listen(session, "before_flush", change)
    session.add(s.Customer(name="new", email=None, active=True))
    session.flush()


def listener_after_flush_changes(lib: Any, s: Any, session: Any, log: Log) -> None:
    def change(session: Any, context: Any) -> None:
        for each in session.new:
            if each.name == "new":
                each.name = "renamed"

    lib.event.listen(session, "after_flush", change)
    session.add(s.Customer(name="new", email=None, active=True))
    session.commit()


def listener_after_flush_postexec_changes(lib: Any, s: Any, session: Any, log: Log) -> None:
    made = s.Customer(name="new", email=None, active=True)

    def change(session: Any, context: Any) -> None:
        if made.name == "new":
            made.name = "renamed"

    lib.event.listen(session, "after_flush_postexec", change)
    session.add(made)
    session.commit()


def listener_before_commit_adds(lib: Any, s: Any, session: Any, log: Log) -> None:
    def add(session: Any) -> None:
        session.add(s.Tag(label="late"))

    lib.event.listen(session, "before_commit", add, once=True)
    session.commit()


def sql_after_commit(lib: Any, s: Any, session: Any, log: Log) -> None:
    def ask(session: Any) -> None:
        log.error("asked after commit", lambda: session.scalar(lib.select(lib.func.count(s.Customer.id))), message=True)

    lib.event.listen(session, "after_commit", ask)
    session.get(s.Customer, 1)
    session.commit()


def sql_after_rollback(lib: Any, s: Any, session: Any, log: Log) -> None:
    def ask(session: Any) -> None:
        log.error("asked after", lambda: session.scalar(lib.select(lib.func.count(s.Customer.id))), message=True)

    lib.event.listen(session, "after_rollback", ask)
    session.get(s.Customer, 1)
    session.rollback()


def sql_after_soft_rollback(lib: Any, s: Any, session: Any, log: Log) -> None:
    def ask(session: Any, previous: Any) -> None:
        if session.is_active:
            log.error("asked after", lambda: session.scalar(lib.select(lib.func.count(s.Customer.id))), message=True)

    lib.event.listen(session, "after_soft_rollback", ask)
    session.get(s.Customer, 1)
    session.rollback()


WORKS: tuple[Work, ...] = (
    add_and_commit,
    add_and_roll_back,
    flush_and_roll_back,
    change_and_commit,
    delete_and_commit,
    delete_and_roll_back,
    delete_new_and_roll_back,
    load_and_close,
    load_twice,
    lazy_load,
    expunge_and_add,
    expunge_pending,
    expunge_all,
    delete_detached,
    merge_detached,
    merge_new,
    merge_without_load,
    make_transient,
    close_with_work,
    cascade,
    savepoint_committed,
    savepoint_rolled_back,
    savepoint_in_savepoint,
    savepoint_left_open,
    savepoint_left_open_and_rolled_back,
    savepoint_left_open_and_closed,
    failed_flush,
    failed_commit,
    failed_commit_and_close,
    failed_flush_in_savepoint,
    failed_block,
    failed_nested_block,
    block,
    begin_and_roll_back,
    commit_of_nothing,
    flush_of_nothing,
    autoflush,
    bulk_update,
    bulk_delete,
    query_update,
    reset,
    refresh,
    listener_before_flush_changes,
    listener_after_flush_changes,
    listener_after_flush_postexec_changes,
    listener_before_commit_adds,
    sql_after_commit,
    sql_after_rollback,
    sql_after_soft_rollback,
)

TARGETS = ("session", "maker", "class")


def _told(work: Work, on: str) -> Program:
    """Return the program in which one piece of work is done and all events are written down.

    Args:
        on: who is listened to: one session, a maker, or a class of sessions.
    """

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)

        class Own(lib.orm.Session):  # type: ignore[misc]
            """A class of its own: what listens to it hears nothing of other programs."""

        make = lib.orm.sessionmaker(engine, class_=Own)
        session = make()
        listen_to_all(lib, {"session": session, "maker": make, "class": Own}[on], log)
        work(lib, s, session, log)
        log("work is done")
        session.close()

    run.__module__ = __name__
    run.__name__ = f"{work.__name__}__{on}"
    return run


for _number, _work in enumerate(WORKS):
    program(_told(_work, TARGETS[_number % len(TARGETS)]))
