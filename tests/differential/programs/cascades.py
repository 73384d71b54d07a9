"""Cascades: what comes into the session with an object, and what goes with it."""

from typing import Any

from tests.differential.log import Log
from tests.differential.programs.shop import empty_shop, full_shop, session_on
from tests.differential.registry import program


@program
def save_update_from_the_parent(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = s.Customer(name="ann", orders=[s.Order(items=[s.Item(product="nail")], tags=[s.Tag(label="x")])])
        session.add(customer)
        log.session(session)
        order = customer.orders[0]
        log.state(customer, order, order.items[0], order.tags[0])


@program
def save_update_from_the_child(lib: Any, engine: Any, log: Log) -> None:
    s = empty_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        item = s.Item(product="nail", order=s.Order(customer=s.Customer(name="ann")))
        session.add(item)
        log.session(session)


@program
def save_update_into_a_session(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        customer = session.get(s.Customer, 3)
        order = s.Order()
        customer.orders.append(order)
        log("after append", order in session)
        other = s.Order()
        other.customer = customer
        log("after setting the reference", other in session)
        log("in the collection", other in customer.orders)
        session.commit()


@program
def delete_sets_children_to_null(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        session.delete(ann)
        session.flush()
        log.state(ann)
        session.commit()
        log.state(ann)


@program
def delete_sets_loaded_children_to_null(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        orders = list(ann.orders)
        session.delete(ann)
        session.flush()
        log("keys", [order.customer_id for order in orders])
        session.commit()


@program
def delete_cascades_to_children(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        items = list(order.items)
        session.delete(order)
        log.session(session)
        session.flush()
        log.state(order, *items)
        session.commit()


@program
def delete_of_a_child_alone(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        item = order.items[0]
        session.delete(item)
        log("before the flush", item in order.items)
        session.flush()
        log("after the flush", item in order.items)
        session.commit()
        log("after the commit", [each.id for each in order.items])


@program
def delete_removes_association_rows(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.delete(session.get(s.Tag, 2))
        session.commit()


@program
def delete_of_parent_and_children(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        ann = session.get(s.Customer, 1)
        for order in ann.orders:
            session.delete(order)
        session.delete(ann)
        session.commit()


@program
def delete_in_a_chain_of_one_class(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        for employee in session.scalars(lib.select(s.Employee).order_by(s.Employee.id)).all():
            session.delete(employee)
        session.commit()


@program
def delete_of_a_manager(lib: Any, engine: Any, log: Log) -> None:
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        session.delete(session.get(s.Employee, 2))
        session.commit()
        log("hal's manager", session.get(s.Employee, 4).manager)


@program
def not_null_child_without_cascade(lib: Any, engine: Any, log: Log) -> None:
    """A child whose key may not be NULL is taken from its parent, without delete-orphan."""
    s = full_shop(lib, engine, log)
    with session_on(lib, engine) as session:
        order = session.get(s.Order, 1)
        order.items.remove(order.items[0])
        log.error("flush", session.flush)
        session.rollback()
        log("items", order.items)


@program
def cascade_none(lib: Any, engine: Any, log: Log) -> None:
    class Base(lib.orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class House(Base):
        __tablename__ = "houses"
        id = lib.Column(lib.Integer, primary_key=True)
        rooms = lib.orm.relationship("Room", cascade="")

    class Room(Base):
        __tablename__ = "rooms"
        id = lib.Column(lib.Integer, primary_key=True)
        house_id = lib.Column(lib.ForeignKey("houses.id"))

    with log.quiet():
        Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        house = House(rooms=[Room()])
        session.add(house)
        log.state(house, house.rooms[0])
        session.add(house.rooms[0])
        session.commit()


@program
def one_to_one(lib: Any, engine: Any, log: Log) -> None:
    class Base(lib.orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Person(Base):
        __tablename__ = "people"
        id = lib.Column(lib.Integer, primary_key=True)
        passport = lib.orm.relationship("Passport", back_populates="person", uselist=False)

    class Passport(Base):
        __tablename__ = "passports"
        id = lib.Column(lib.Integer, primary_key=True)
        person_id = lib.Column(lib.ForeignKey("people.id"))
        person = lib.orm.relationship("Person", back_populates="passport")

    with log.quiet():
        Base.metadata.create_all(engine)
    with session_on(lib, engine) as session:
        person = Person(passport=Passport())
        session.add(person)
        session.commit()
        first = person.passport
        log("loaded", first)
        person.passport = Passport()
        log("the first", first.person)
        session.commit()
        log("none", Person().passport)


@program
def order_of_a_graph(lib: Any, engine: Any, log: Log) -> None:
    """What one add reaches is inserted branch by branch, in the order of the collections."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Leaf(Base):
        __tablename__ = "leaves"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        name = orm.mapped_column(lib.String)
        twig_id = orm.mapped_column(lib.ForeignKey("twigs.id"))

    class Twig(Base):
        __tablename__ = "twigs"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        name = orm.mapped_column(lib.String)
        parent_id = orm.mapped_column(lib.ForeignKey("twigs.id"))
        twigs = orm.relationship("Twig", back_populates="parent")
        parent = orm.relationship("Twig", back_populates="twigs", remote_side=[id])
        leaves = orm.relationship(Leaf)

    def grow(name: str, depth: int) -> Any:
        twigs = [grow(name + mark, depth - 1) for mark in "ab"] if depth else []
        return Twig(name=name, twigs=twigs, leaves=[Leaf(name=name + "x"), Leaf(name=name + "y")])

    with log.quiet():
        Base.metadata.create_all(engine)

    def names(session: Any) -> list[list[str]]:
        return [session.scalars(lib.select(kind.name).order_by(kind.id)).all() for kind in (Twig, Leaf)]

    with orm.Session(engine) as session, log.quiet():
        session.add(grow("r", 2))
        order = names(session)
    log("one add", order)
    with orm.Session(engine) as session, log.quiet():
        session.add_all([grow("1", 1), grow("2", 1)])
        order = names(session)
    log("two", order)
    with orm.Session(engine) as session, log.quiet():
        session.add(grow("t", 1).twigs[1])
        order = names(session)
    log("from below", order)


@program
def orphans_that_only_visited(lib: Any, engine: Any, log: Log) -> None:
    """A child comes to a parent and leaves it before the flush: in no parent's history, and an orphan all the same."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):
        pass

    class House(Base):
        __tablename__ = "house"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        guests = orm.relationship("Guest", back_populates="house", cascade="all, delete-orphan")

    class Guest(Base):
        __tablename__ = "guest"
        id = orm.mapped_column(lib.Integer, primary_key=True)
        house_id = orm.mapped_column(lib.ForeignKey("house.id"), nullable=False)
        house = orm.relationship("House", back_populates="guests")

    def by_collection(first: Any, second: Any, guest: Any) -> None:
        second.guests.remove(guest)

    def by_reference(first: Any, second: Any, guest: Any) -> None:
        guest.house = None

    def home_again(first: Any, second: Any, guest: Any) -> None:
        guest.house = None
        guest.house = first

    with log.quiet():
        Base.metadata.create_all(engine)
    for leave in (by_collection, by_reference, home_again):
        for loads in ((), (1,), (0, 1)):
            with orm.Session(engine) as session:
                houses = [House(), House()]
                guest = Guest(house=houses[0])
                with log.quiet():
                    session.add_all([*houses, guest])
                    session.commit()
                    for place in loads:
                        len(houses[place].guests)
                    guest.house = houses[1]
                    leave(*houses, guest)
                    session.flush()
                log(leave.__name__, len(loads))
                log.state(guest)
                session.rollback()
                with log.quiet():
                    found = session.query(Guest).filter_by(id=guest.id).count()
                log("after rollback", (guest in session, found))
