"""The states of objects, and what a session says that it holds."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on, shop
from tests.differential.registry import program


@program
def life_of_an_object(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    customer = s.Customer(name="ann")
    log.state(customer)
    with session_on(lib, engine) as session:
        session.add(customer)
        log.state(customer)
        session.flush()
        log.state(customer)
        session.commit()
        log.state(customer)
        session.delete(customer)
        log.state(customer)
        session.flush()
        log.state(customer)
        session.commit()
        log.state(customer)
    log.state(customer)


@program
def new_dirty_deleted(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann, bob, cid = session.scalars(lib.select(s.Customer).order_by(s.Customer.id)).all()
        dan = s.Customer(name="dan")
        session.add(dan)
        ann.name = "anna"
        session.delete(bob)
        log.session(session)
        log("in the session", [each in session for each in (ann, bob, cid, dan)])
        session.flush()
        log.session(session)
        log("in the session", [each in session for each in (ann, bob, cid, dan)])
        session.rollback()
        log.session(session)
        log("in the session", [each in session for each in (ann, bob, cid, dan)])


@program
def dirty_without_a_change(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        ann.name = ann.name
        log.session(session)
        log("modified", session.is_modified(ann))
        ann.orders
        log("modified by loading", session.is_modified(ann))


@program
def dirty_by_a_collection(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order, tag = session.get(s.Order, 4), session.get(s.Tag, 1)
        order.tags.append(tag)
        log.session(session)
        log("modified", session.is_modified(order))
        session.flush()
        log.session(session)


@program
def add_twice(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = s.Customer(name="ann")
        session.add(customer)
        session.add(customer)
        log.session(session)
        session.flush()
        session.add(customer)
        log.session(session)
        session.commit()


@program
def what_a_session_iterates(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        kept = session.get(s.Customer, 1)
        session.add(s.Customer(name="dan"))
        log("iterated", sorted(log.show(each) for each in session))
        log("identity map", [log.show(each) for each in session.identity_map.values()])
        log("kept", kept)


@program
def session_of_an_object(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        log("object_session", lib.orm.object_session(customer) is session)
        log("inspect", lib.inspect(customer).session is session)
        log("of a new one", lib.orm.object_session(s.Customer()))
    log("after close", lib.orm.object_session(customer))


@program
def inspection_of_an_object(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        inspected = lib.inspect(customer)
        log("identity", inspected.identity)
        log("object", inspected.object is customer)
        log("mapper", inspected.mapper.class_)
        log("unloaded", sorted(inspected.unloaded))
        session.expire(customer)
        log("expired", sorted(inspected.unloaded))
        log("expired flag", inspected.expired)
    fresh = lib.inspect(s.Customer(name="x"))
    log("identity of a new one", fresh.identity)
    log("has identity", fresh.has_identity)


@program
def inspection_of_a_class(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    mapper = lib.inspect(s.Order)
    log("class", mapper.class_)
    log("columns", [column.name for column in mapper.columns])
    log("primary key", [column.name for column in mapper.primary_key])
    log("relationships", sorted(relationship.key for relationship in mapper.relationships))
    log("targets", sorted(relationship.mapper.class_.__name__ for relationship in mapper.relationships))
    log("column attributes", [attribute.key for attribute in mapper.column_attrs])
    log("table", mapper.local_table.name)
    log.error("not mapped", lambda: lib.inspect(object()))
    log.error("not mapped, a class", lambda: lib.orm.class_mapper(int))


@program
def close_detaches(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    session = lib.orm.Session(engine)
    loaded, pending = session.get(s.Customer, 1), s.Customer(name="new")
    session.add(pending)
    session.close()
    log.state(loaded, pending)
    log("value kept", loaded.name)
    log("empty", list(session))
    log("used again", session.get(s.Customer, 1) is loaded)
    session.close()


@program
def expunge(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        loaded, pending = session.get(s.Customer, 1), s.Customer(name="new")
        session.add(pending)
        session.expunge(loaded)
        session.expunge(pending)
        log.state(loaded, pending)
        log.error("not there", lambda: session.expunge(loaded))
        log("another object", session.get(s.Customer, 1) is loaded)
        session.expunge_all()
        log("empty", list(session))


@program
def attached_again(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
    customer.name = "anna"
    log.state(customer)
    with session_on(lib, engine) as session:
        session.add(customer)
        log.state(customer)
        log.session(session)
        session.commit()
        log("name", customer.name)


@program
def object_in_two_sessions(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as first, session_on(lib, engine) as second:
        new = s.Customer(name="new")
        first.add(new)
        log.error("add", lambda: second.add(new))
        log.error("delete", lambda: second.delete(new))


@program
def second_object_with_the_same_key(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        detached = session.get(s.Customer, 1)
    with session_on(lib, engine) as session:
        present = session.get(s.Customer, 1)
        log.error("add of the detached one", lambda: session.add(detached))
        log("present", present)


@program
def detached_objects(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        expired = session.get(s.Customer, 2)
        session.expire(expired)
    log("loaded value", customer.name)
    log.error("lazy load", lambda: customer.orders)
    log.error("expired value", lambda: expired.name)
    customer.name = "still to be written"
    log("changed value", customer.name)


@program
def not_mapped_objects(lib: Any, engine: Any, log: Log) -> None:
    empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log.error("add", lambda: session.add(object()), message=True)
        log.error("add a string", lambda: session.add("ann"))
        log.error("delete", lambda: session.delete(5))
        log.error("get", lambda: session.get(int, 5))
        log.error("add None", lambda: session.add(None))


@program
def delete_of_what_is_not_persistent(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        log.error("transient", lambda: session.delete(s.Customer(name="x")))
        pending = s.Customer(name="y")
        session.add(pending)
        log.error("pending", lambda: session.delete(pending))


@program
def loaded_attributes(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 1)
        log.loaded(customer)
        customer.orders
        log.loaded(customer)
        session.expire(customer, ["name"])
        log.loaded(customer)
        customer.name
        log.loaded(customer)
        session.commit()
        log.loaded(customer)
        new = s.Customer(name="x", email=None)
        session.add(new)
        session.flush()
        log.loaded(new)


@program
def modified_after_make_transient(lib: Any, engine: Any, log: Log) -> None:
    """What the object had of its row is not modified; what was set is, before or after."""
    s = full_shop(lib, engine, log)

    def tell(label: str, instance: Any) -> None:
        state = lib.inspect(instance)
        log(label, (state.modified, sorted(state.unmodified)))

    with session_on(lib, engine) as session:
        clean, changed = session.scalars(lib.select(s.Customer).order_by(s.Customer.id)).all()[:2]
        changed.name = "x"
        for customer in (clean, changed):
            lib.orm.make_transient(customer)
            tell("transient", customer)
        clean.name = "y"
        tell("set since", clean)
        clean.id, clean.email = 77, "y@example.com"
        session.add(clean)
        tell("pending", clean)
        session.flush()
        tell("flushed", clean)
        lib.orm.make_transient(clean)
        tell("again", clean)
        lib.orm.make_transient_to_detached(clean)
        tell("detached", clean)
    tell("new", s.Customer(name="z"))
