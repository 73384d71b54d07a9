"""Relationships in memory and through a flush: both sides, keys, association rows."""

from decimal import Decimal
from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on, shop
from tests.differential.registry import program


@program
def both_sides_in_memory(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    ann, bob = s.Customer(name="ann"), s.Customer(name="bob")
    order = s.Order()
    log("empty collection", ann.orders)
    log("empty reference", order.customer)
    ann.orders.append(order)
    log("reference set", order.customer is ann)
    order.customer = bob
    log("moved", (order in ann.orders, order in bob.orders))
    bob.orders.remove(order)
    log("removed", order.customer)
    order.customer = ann
    order.customer = ann
    log("once", len(ann.orders))
    order.customer = None
    log("taken away", ann.orders)


@program
def collection_replaced_in_memory(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    ann = s.Customer(name="ann")
    first, second, third = s.Order(), s.Order(), s.Order()
    ann.orders = [first, second]
    log("set", (first.customer is ann, second.customer is ann))
    ann.orders = [second, third]
    log("replaced", (first.customer is None, second.customer is ann, third.customer is ann))
    ann.orders.clear()
    log("cleared", (second.customer, third.customer))


@program
def list_operations_keep_the_other_side(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    ann = s.Customer(name="ann")
    orders = [s.Order(total=Decimal(number)) for number in range(6)]
    ann.orders.extend(orders[:3])
    ann.orders.insert(0, orders[3])
    ann.orders += [orders[4]]
    ann.orders[1] = orders[5]
    popped = ann.orders.pop()
    del ann.orders[0]
    log("in the list", [str(each.total) for each in ann.orders])
    log("popped", str(popped.total))
    log("with a customer", [str(each.total) for each in orders if each.customer is ann])


@program
def many_to_many_in_memory(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    order, tag = s.Order(), s.Tag(label="x")
    order.tags.append(tag)
    log("other side", order in tag.orders)
    tag.orders.remove(order)
    log("removed", order.tags)


@program
def one_to_many_written(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        ann.orders.append(s.Order(total=Decimal("3.00")))
        session.flush()
        log("key", ann.orders[-1].customer_id)
        gone = ann.orders[0]
        ann.orders.remove(gone)
        log("reference", gone.customer)
        session.flush()
        log("key of the removed", gone.customer_id)
        session.commit()


@program
def many_to_one_written(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 3)
        order.customer = session.get(s.Customer, 3)
        session.flush()
        log("key", order.customer_id)
        order.customer = None
        session.flush()
        log("key", order.customer_id)
        order.customer = s.Customer(name="dan")
        session.flush()
        log("key", order.customer_id)
        session.commit()


@program
def key_written_without_the_reference(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        log("customer", order.customer)
        order.customer_id = 3
        session.flush()
        log("still the loaded one", order.customer)
        session.commit()
        log("after commit", order.customer)


@program
def moved_between_parents(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann, bob = session.get(s.Customer, 1), session.get(s.Customer, 2)
        order = ann.orders[0]
        bob.orders.append(order)
        log("in memory", (order.customer is bob, order in ann.orders))
        session.flush()
        log("key", order.customer_id)
        session.commit()
        log("ann's", ann.orders)
        log("bob's", bob.orders)


@program
def many_to_many_written(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        order.tags.append(session.get(s.Tag, 3))
        session.flush()
        order.tags.remove(session.get(s.Tag, 1))
        session.flush()
        order.tags = [s.Tag(label="new")]
        session.flush()
        session.commit()
        log("tags", sorted(tag.label for tag in order.tags))


@program
def many_to_many_from_both_sides(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        first, second = s.Order(), s.Order()
        red, blue = s.Tag(label="red"), s.Tag(label="blue")
        first.tags = [red, blue]
        session.add(first)
        session.flush()
        blue.orders.append(second)
        session.commit()
        log("red", red.orders)
        log("blue", blue.orders)


@program
def self_reference_written(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        eve, hal = session.get(s.Employee, 1), session.get(s.Employee, 4)
        hal.manager = eve
        session.flush()
        log("key", hal.manager_id)
        log("reports", sorted(each.name for each in eve.reports))
        eve.reports.append(s.Employee(name="ida", reports=[s.Employee(name="jon")]))
        session.commit()


@program
def wrong_kinds_of_children(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    log.error("collection of one object", lambda: setattr(s.Customer(name="ann"), "orders", s.Order()))


@program
def constructor(lib: Any, engine: Any, log: Log) -> None:
    s = shop(lib)
    customer = s.Customer(name="ann", orders=[s.Order(total=Decimal(1))])
    log("given", (customer.name, len(customer.orders), customer.orders[0].customer is customer))
    log("not given", (customer.id, customer.email, customer.active))
    log.error("unknown", lambda: s.Customer(nothing=1), message=True)
    log.error("positional", lambda: s.Customer("ann"))


@program
def removed_and_added_again(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        tag = order.tags[0]
        order.tags.remove(tag)
        order.tags.append(tag)
        session.flush()
        customer = order.customer
        customer.orders.remove(order)
        customer.orders.append(order)
        session.flush()
        session.commit()
