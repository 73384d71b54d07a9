"""Programs about changes of what was not read before: keys and references of objects whose values a commit has expired."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def owners(lib: Any, engine: Any, *, both_sides: bool = False) -> Any:
    """Map orders that own the bill that they refer to: with nobody who refers to it, it goes."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    bill = {"__tablename__": "bills", "id": lib.Column(lib.Integer, primary_key=True)}
    order = {
        "__tablename__": "orders",
        "id": lib.Column(lib.Integer, primary_key=True),
        "bill_id": lib.Column(lib.ForeignKey("bills.id")),
        "bill": lib.orm.relationship(
            "Bill",
            cascade="all, delete-orphan",
            single_parent=True,
            **({"back_populates": "orders"} if both_sides else {}),
        ),
    }
    if both_sides:
        bill["orders"] = lib.orm.relationship("Order", back_populates="bill")
    found = SimpleNamespace(Bill=type("Bill", (base,), bill), Order=type("Order", (base,), order))
    base.metadata.create_all(engine)
    return found


@program
def an_owned_reference_is_replaced(lib: Any, engine: Any, log: Log) -> None:
    """What an unread reference with delete-orphan meant is deleted when another object takes its place."""
    m = owners(lib, engine)
    with lib.orm.Session(engine) as session:
        order = m.Order(bill=m.Bill())
        session.add(order)
        session.commit()
        order.bill = m.Bill()
        session.commit()
        log("bills", session.scalars(lib.select(m.Bill.id)).all())
        order.bill = None
        session.commit()
        log("bills", session.scalars(lib.select(m.Bill.id)).all())


@program
def an_owned_reference_is_let_go_from_the_other_side(lib: Any, engine: Any, log: Log) -> None:
    m = owners(lib, engine, both_sides=True)
    with lib.orm.Session(engine) as session:
        for leave in ("remove", "reference", "replace"):
            bill = m.Bill()
            order = m.Order(bill=bill)
            session.add(order)
            session.commit()
            if leave == "remove":
                bill.orders.remove(order)
            elif leave == "reference":
                order.bill = None
            else:
                bill.orders = []
            session.commit()
            log(leave, session.scalars(lib.select(m.Bill.id)).all())


@program
def an_only_member_is_replaced(lib: Any, engine: Any, log: Log) -> None:
    """A one-to-one without another side: the unread member is an orphan."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    key = lib.Column(lib.ForeignKey("people.id"))
    passport = {"__tablename__": "passports", "id": lib.Column(lib.Integer, primary_key=True), "person_id": key}
    person = {
        "__tablename__": "people",
        "id": lib.Column(lib.Integer, primary_key=True),
        "passport": lib.orm.relationship("Passport", cascade="all, delete-orphan", uselist=False),
    }
    passports = type("Passport", (base,), passport)
    people = type("Person", (base,), person)
    base.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        ann = people(passport=passports())
        session.add(ann)
        session.commit()
        ann.passport = passports()
        session.commit()
        log("passports", session.scalars(lib.select(passports.id)).all())
        ann.passport = None
        session.commit()
        log("passports", session.scalars(lib.select(passports.id)).all())


def _key_that_changes_unread(lib: Any, engine: Any, log: Log, composite: bool) -> None:
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    names = ["code", "part"] if composite else ["code"]
    country = {
        "__tablename__": "countries",
        **{name: lib.Column(lib.String, primary_key=True) for name in names},
        "cities": lib.orm.relationship("City", back_populates="country", passive_updates=False, order_by="City.id"),
    }
    # The constraint waits for the end of the transaction: nothing but the flush changes the cities.
    city = {
        "__tablename__": "cities",
        "id": lib.Column(lib.Integer, primary_key=True),
        **{f"country_{name}": lib.Column(lib.String) for name in names},
        "country": lib.orm.relationship("Country", back_populates="cities"),
        "__table_args__": (
            lib.ForeignKeyConstraint(
                [f"country_{name}" for name in names],
                [f"countries.{name}" for name in names],
                deferrable=True,
                initially="DEFERRED",
            ),
        ),
    }
    countries, cities = type("Country", (base,), country), type("City", (base,), city)
    base.metadata.create_all(engine)
    # The oracle reads the expired key before it is replaced.
    log.without_reads()
    with lib.orm.Session(engine) as session:
        place = countries(**dict.fromkeys(names, "x"), cities=[cities(), cities()])
        session.add(place)
        session.commit()
        for code in ("y", "z"):
            place.code = code
            session.commit()
        log("the cities", [one.country_code for one in place.cities])


@program
def a_key_changes_unread(lib: Any, engine: Any, log: Log) -> None:
    """Who refers to the old key of an expired object is found by the key of its row."""
    _key_that_changes_unread(lib, engine, log, composite=False)


@program
def a_composite_key_changes_unread(lib: Any, engine: Any, log: Log) -> None:
    _key_that_changes_unread(lib, engine, log, composite=True)
