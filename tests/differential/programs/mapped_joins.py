"""Programs about classes mapped to joins: a row in each table, in order."""

from __future__ import annotations

from typing import Any

from tests.differential.log import Log
from tests.differential.registry import program


def made(lib: Any, engine: Any, log: Log, class_: Any) -> None:
    """Create the tables of a class's metadata without writing it down."""
    with log.quiet():
        class_.metadata.create_all(engine)


@program
def several_columns_of_one_attribute(lib: Any, engine: Any, log: Log) -> None:
    """A class mapped to a join: the two columns that the join compares are one attribute."""
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    people = lib.Table(
        "people", base.metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String)
    )
    addresses = lib.Table(
        "addresses",
        base.metadata,
        lib.Column("id", lib.Integer, primary_key=True),
        lib.Column("person_id", lib.Integer, lib.ForeignKey("people.id")),
        lib.Column("street", lib.String),
    )
    body = {
        "__table__": people.join(addresses),
        "id": lib.orm.column_property(people.c.id, addresses.c.person_id),
        "address_id": addresses.c.id,
    }
    both: Any = type("Both", (base,), body)
    mapper = lib.inspect(both)
    log("attributes", mapper.attrs.keys())
    log("key", [str(column) for column in mapper.primary_key])
    log("columns", [str(column) for column in mapper.attrs["id"].columns])
    made(lib, engine, log, both)
    with lib.orm.Session(engine) as session:
        one = both(name="a", street="s")
        two = both(name="b", street="t")
        session.add_all([one, two])
        session.flush()
        log("keys", [(each.id, each.address_id) for each in (one, two)])
        log("identity", lib.inspect(one).identity)
        session.commit()
        with log.quiet():
            found = session.scalars(lib.select(both)).all()
        log("found", [(each.name, each.street) for each in found])
        one.name = "z"
        session.flush()
        one.street, two.street = "q", "r"
        session.flush()
        one.name, one.street = "y", "x"
        session.flush()
        session.delete(one)
        session.flush()
        log("get", session.get(both, lib.inspect(two).identity) is two)
        session.commit()


@program
def join_with_keys_given(lib: Any, engine: Any, log: Log) -> None:
    """Both tables have the same key: a joined row of two tables."""
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    left = lib.Table(
        "lefts", base.metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("a", lib.Integer)
    )
    right = lib.Table(
        "rights",
        base.metadata,
        lib.Column("id", lib.Integer, lib.ForeignKey("lefts.id"), primary_key=True),
        lib.Column("b", lib.Integer, default=9),
    )
    body = {"__table__": left.join(right), "id": lib.orm.column_property(left.c.id, right.c.id)}
    both: Any = type("Both", (base,), body)
    made(lib, engine, log, both)
    log("key", [str(column) for column in lib.inspect(both).primary_key])
    with lib.orm.Session(engine) as session:
        session.add_all([both(a=1, b=2), both(a=3), both(id=7, a=4, b=5)])
        session.flush()
        session.expunge_all()
        with log.quiet():
            found = session.scalars(lib.select(both).order_by(both.id)).all()
        log("found", [(each.id, each.a, each.b) for each in found])
        found[0].b = 8
        found[1].a = 8
        found[2].a, found[2].b = 1, 1
        session.flush()
        log("get", session.get(both, 2).a)
        session.delete(found[0])
        session.delete(found[1])
        session.flush()


@program
def listeners_of_a_join(lib: Any, engine: Any, log: Log) -> None:
    """Listeners hear of an object once, though it has two rows."""
    base = type("Base", (lib.orm.DeclarativeBase,), {})
    left = lib.Table(
        "lefts", base.metadata, lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String)
    )
    right = lib.Table(
        "rights",
        base.metadata,
        lib.Column("id", lib.Integer, lib.ForeignKey("lefts.id"), primary_key=True),
        lib.Column("b", lib.Integer),
    )
    body = {"__table__": left.join(right), "id": lib.orm.column_property(left.c.id, right.c.id)}
    both: Any = type("Both", (base,), body)
    made(lib, engine, log, both)
    for name in ("before_insert", "after_insert", "before_update", "after_update", "before_delete", "after_delete"):

        def heard(mapper: Any, connection: Any, target: Any, name: str = name) -> None:
            log(name, target.name)
            if name == "before_update":
                target.b = 7

        lib.event.listen(both, name, heard)
    with lib.orm.Session(engine) as session:
        one, two = both(name="a", b=1), both(name="b", b=2)
        session.add_all([one, two])
        session.flush()
        one.name = "x"
        two.b = 5
        session.flush()
        log("values", [(each.name, each.b) for each in (one, two)])
        session.delete(one)
        session.flush()
