"""Every situation that an object can be in, met by everything that can be done with it: one program for each pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import full_shop
from tests.differential.registry import Program, program

Situation = Callable[[Any, Any, Any], Any]
"""Library, the shop's namespace, session -> the object, brought into a situation."""

Action = Callable[[Any, Any, Any, Any], Any]
"""Library, namespace, session, object -> what the call answered."""


def transient(lib: Any, s: Any, session: Any) -> Any:
    return s.Customer(name="new", email=None, active=True)


def transient_with_key(lib: Any, s: Any, session: Any) -> Any:
    return s.Customer(id=1, name="mine", email=None, active=True)


def transient_with_unknown_key(lib: Any, s: Any, session: Any) -> Any:
    return s.Customer(id=99, name="mine", email=None, active=True)


def pending(lib: Any, s: Any, session: Any) -> Any:
    made = transient(lib, s, session)
    session.add(made)
    return made


def flushed(lib: Any, s: Any, session: Any) -> Any:
    made = pending(lib, s, session)
    session.flush()
    return made


def loaded(lib: Any, s: Any, session: Any) -> Any:
    return session.get(s.Customer, 1)


def loaded_with_orders(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 1)
    found.orders
    return found


def changed(lib: Any, s: Any, session: Any) -> Any:
    found = loaded(lib, s, session)
    found.name = "changed"
    return found


def changed_and_flushed(lib: Any, s: Any, session: Any) -> Any:
    found = changed(lib, s, session)
    session.flush()
    return found


def expired(lib: Any, s: Any, session: Any) -> Any:
    found = loaded(lib, s, session)
    session.expire(found)
    return found


def partly_expired(lib: Any, s: Any, session: Any) -> Any:
    found = loaded(lib, s, session)
    session.expire(found, ["name"])
    return found


def partly_expired_and_changed(lib: Any, s: Any, session: Any) -> Any:
    found = loaded(lib, s, session)
    session.expire(found, ["name", "active"])
    found.email = "changed"
    return found


def to_be_deleted(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 3)
    session.delete(found)
    return found


def deleted(lib: Any, s: Any, session: Any) -> Any:
    found = to_be_deleted(lib, s, session)
    session.flush()
    return found


def deleted_and_committed(lib: Any, s: Any, session: Any) -> Any:
    found = to_be_deleted(lib, s, session)
    session.commit()
    return found


def deleted_and_rolled_back(lib: Any, s: Any, session: Any) -> Any:
    found = deleted(lib, s, session)
    session.rollback()
    return found


def added_and_rolled_back(lib: Any, s: Any, session: Any) -> Any:
    made = flushed(lib, s, session)
    session.rollback()
    return made


def detached(lib: Any, s: Any, session: Any) -> Any:
    found = loaded(lib, s, session)
    session.expunge(found)
    return found


def detached_changed(lib: Any, s: Any, session: Any) -> Any:
    found = changed(lib, s, session)
    session.expunge(found)
    return found


def detached_expired(lib: Any, s: Any, session: Any) -> Any:
    found = expired(lib, s, session)
    session.expunge(found)
    return found


def detached_while_present(lib: Any, s: Any, session: Any) -> Any:
    found = detached(lib, s, session)
    session.info["kept"] = session.get(s.Customer, 1)
    return found


def gone_behind_the_back(lib: Any, s: Any, session: Any) -> Any:
    found = session.get(s.Customer, 3)
    session.execute(lib.text("DELETE FROM customers WHERE id = 3"))
    session.expire(found)
    return found


SITUATIONS: tuple[Situation, ...] = (
    transient,
    transient_with_key,
    transient_with_unknown_key,
    pending,
    flushed,
    loaded,
    loaded_with_orders,
    changed,
    changed_and_flushed,
    expired,
    partly_expired,
    partly_expired_and_changed,
    to_be_deleted,
    deleted,
    deleted_and_committed,
    deleted_and_rolled_back,
    added_and_rolled_back,
    detached,
    detached_changed,
    detached_expired,
    detached_while_present,
    gone_behind_the_back,
)


def add(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.add(it)


def delete(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.delete(it)


def expunge(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.expunge(it)


def expire(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.expire(it)


def expire_name(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.expire(it, ["name"])


def expire_orders(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.expire(it, ["orders"])


def refresh(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.refresh(it)


def refresh_name(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.refresh(it, ["name"])


def refresh_orders(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.refresh(it, ["orders"])


def refresh_for_update(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.refresh(it, with_for_update={"read": True})


def merge(lib: Any, s: Any, session: Any, it: Any) -> Any:
    merged = session.merge(it)
    return merged, merged is it


def merge_without_load(lib: Any, s: Any, session: Any, it: Any) -> Any:
    merged = session.merge(it, load=False)
    return merged, merged is it


def is_modified(lib: Any, s: Any, session: Any, it: Any) -> Any:
    return session.is_modified(it), session.is_modified(it, include_collections=False)


def make_transient(lib: Any, s: Any, session: Any, it: Any) -> Any:
    lib.orm.make_transient(it)


def make_transient_to_detached(lib: Any, s: Any, session: Any, it: Any) -> Any:
    # Without a key SQLAlchemy makes an object of no row; Holdfast refuses.
    if "id" in vars(it):
        lib.orm.make_transient_to_detached(it)


def facts(lib: Any, s: Any, session: Any, it: Any) -> Any:
    known = lib.inspect(it)
    return (
        known.has_identity,
        known.identity,
        known.modified,
        known.expired,
        sorted(known.unloaded),
        sorted(known.unmodified),
        sorted(known.expired_attributes),
        known.was_deleted,
        lib.orm.was_deleted(it),
        known.session is session,
        lib.orm.object_session(it) is session,
        known.identity_key is None or known.identity_key[1:],
    )


def histories(lib: Any, s: Any, session: Any, it: Any) -> Any:
    known = lib.inspect(it)
    return [(each.key, each.history, "NO_VALUE" in repr(each.loaded_value)) for each in known.attrs]


def histories_loaded(lib: Any, s: Any, session: Any, it: Any) -> Any:
    known = lib.inspect(it)
    # Who reads the empty collection of a new object holds the real one (intended.py).
    names = [each.key for each in known.attrs if known.has_identity or each.key != "orders"]
    return [(name, known.attrs[name].load_history()) for name in names]


def read(lib: Any, s: Any, session: Any, it: Any) -> Any:
    return it.name, it.orders if lib.inspect(it).has_identity else None


def write(lib: Any, s: Any, session: Any, it: Any) -> Any:
    it.name = "written"


def write_the_same(lib: Any, s: Any, session: Any, it: Any) -> Any:
    it.name = "ann"


def append(lib: Any, s: Any, session: Any, it: Any) -> Any:
    it.orders.append(s.Order(total=None, placed=None))


def is_contained(lib: Any, s: Any, session: Any, it: Any) -> Any:
    return it in session, it in list(session), it in session.new, it in session.dirty, it in session.deleted


def get(lib: Any, s: Any, session: Any, it: Any) -> Any:
    found = session.get(s.Customer, 1)
    return found, found is it


def query(lib: Any, s: Any, session: Any, it: Any) -> Any:
    return session.scalars(lib.select(s.Customer).order_by(s.Customer.id)).all()


def expire_everything(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.expire_all()


def expunge_everything(lib: Any, s: Any, session: Any, it: Any) -> Any:
    session.expunge_all()


def begin_nested(lib: Any, s: Any, session: Any, it: Any) -> Any:
    nested = session.begin_nested()
    nested.rollback()


def add_elsewhere(lib: Any, s: Any, session: Any, it: Any) -> Any:
    with lib.orm.Session(session.connection()) as other:
        other.add(it)
        return it in other


def merge_elsewhere(lib: Any, s: Any, session: Any, it: Any) -> Any:
    with lib.orm.Session(session.connection()) as other:
        merged = other.merge(it)
        return merged, merged is it, other.is_modified(merged), sorted(n for n in vars(merged) if n[0] != "_")


ACTIONS: tuple[Action, ...] = (
    add,
    delete,
    expunge,
    expire,
    expire_name,
    expire_orders,
    refresh,
    refresh_name,
    refresh_orders,
    refresh_for_update,
    merge,
    merge_without_load,
    is_modified,
    make_transient,
    make_transient_to_detached,
    facts,
    histories,
    histories_loaded,
    read,
    write,
    write_the_same,
    append,
    is_contained,
    get,
    query,
    expire_everything,
    expunge_everything,
    begin_nested,
    add_elsewhere,
    merge_elsewhere,
)

SKIPPED = {
    # An expired object is not loaded before its UPDATE (intended.py).
    ("expired", "write"),
    ("expired", "write_the_same"),
    ("expired", "append"),
    ("gone_behind_the_back", "write"),
    # An object whose only change was expired is not dirty any more.
    ("changed", "expire_name"),
    # Merged with itself, an object keeps its changes; SQLAlchemy forgets them.
    ("changed", "merge_without_load"),
    ("partly_expired_and_changed", "merge_without_load"),
    # What is transient again has no row to read an expired value from: it is None.
    ("flushed", "expire_name"),
    ("flushed", "expire_everything"),
    ("added_and_rolled_back", "facts"),
    ("added_and_rolled_back", "histories"),
    ("added_and_rolled_back", "histories_loaded"),
    ("added_and_rolled_back", "is_modified"),
    ("deleted_and_rolled_back", "write"),
    # The deletion that a lazy load sends first has loaded the collection.
    ("to_be_deleted", "histories_loaded"),
    ("to_be_deleted", "read"),
    ("to_be_deleted", "append"),
    # Nor is a row asked for that the flush before has deleted.
    ("to_be_deleted", "refresh"),
    ("to_be_deleted", "refresh_name"),
    ("to_be_deleted", "refresh_orders"),
    ("to_be_deleted", "refresh_for_update"),
    # What is deleted is not marked for deletion again, and what was deleted is gone.
    ("deleted", "delete"),
    ("deleted_and_committed", "delete"),
}
ENDS = ("flush", "commit", "rollback")


def _pair(situation: Situation, action: Action, end: str) -> Program:
    """Return the program in which one thing is done in one situation, and the session then ends its work."""

    def run(lib: Any, engine: Any, log: Log) -> None:
        s = full_shop(lib, engine, log)
        with lib.orm.Session(engine) as session:
            with log.quiet():
                it = situation(lib, s, session)
            log.state(it)
            log.error(action.__name__, lambda: action(lib, s, session, it))
            log.state(it)
            log.loaded(it)
            log.session(session)
            log.error(end, getattr(session, end))
            log.state(it)
            log.session(session)
            log.error("at last", lambda: it.name)
            log.error("closing commit", session.commit)

    run.__module__ = __name__
    run.__name__ = f"{situation.__name__}__{action.__name__}"
    return run


for _number, _situation in enumerate(SITUATIONS):
    for _other, _action in enumerate(ACTIONS):
        if (_situation.__name__, _action.__name__) not in SKIPPED:
            program(_pair(_situation, _action, ENDS[(_number + _other) % len(ENDS)]))
