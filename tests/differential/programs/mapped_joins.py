"""Programs about classes mapped to joins: a row in each table, in order."""

from __future__ import annotations

from types import SimpleNamespace
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


def people_with_addresses(lib: Any) -> Any:
    """Map a class to the join of two tables, the columns of equal value as one attribute, and one that refers to it."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
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
    both: Any = type("Both", (base,), {
        "__table__": people.join(addresses),
        "id": lib.orm.column_property(people.c.id, addresses.c.person_id),
        "address_id": addresses.c.id,
    })  # fmt: skip
    note: Any = type("Note", (base,), {
        "__tablename__": "notes",
        "id": lib.Column(lib.Integer, primary_key=True),
        "person_id": lib.Column(lib.ForeignKey("people.id")),
    })  # fmt: skip
    both.notes = lib.orm.relationship(
        note, primaryjoin=people.c.id == note.person_id, foreign_keys=note.person_id, backref="both"
    )
    return SimpleNamespace(Both=both, Note=note, metadata=base.metadata, people=people, addresses=addresses)


@program
def all_columns_of_a_join(lib: Any, engine: Any, log: Log) -> None:
    """Each mapped column is read; a single attribute comes from the join too, and so does an alias of the class."""
    names = people_with_addresses(lib)
    lib.orm.configure_mappers()
    both, note = names.Both, names.Note
    alias, flat = lib.orm.aliased(both), lib.orm.aliased(both, flat=True)
    for number, statement in enumerate((
        lib.select(both),
        lib.select(both.id),
        lib.select(both.name).where(both.street == "s"),
        lib.select(both.street, both.name),
        lib.select(lib.func.count(both.id)),
        lib.select(alias).where(alias.street == "s"),
        lib.select(flat.name, flat.street),
        lib.select(note.id, both.street).join(note.both),
        lib.select(both.name).join(both.notes),
        lib.select(both).outerjoin(both.notes),
        lib.select(both.name).where(both.notes.any(note.id == 1)),
        lib.select(note).where(note.both.has(both.street == "s")),
        lib.select(alias.street, note.id).join(alias.notes),
        lib.select(names.people.c.name, both.street),
    )):  # fmt: skip
        log(f"statement {number}", str(statement))
    made(lib, engine, log, both)
    with lib.orm.Session(engine) as session:
        session.add(both(name="n", street="s", notes=[note(), note()]))
        session.commit()
        log("rows", session.execute(lib.select(both.street, both.name)).all())
        session.expunge_all()
        for option in (lib.orm.joinedload, lib.orm.subqueryload, lib.orm.lazyload):
            found = session.scalars(lib.select(both).options(option(both.notes))).unique().one()
            log("notes", found.notes)
            session.expunge_all()
        for option in (lib.orm.joinedload, lib.orm.selectinload, lib.orm.lazyload):
            notes = session.scalars(lib.select(note).options(option(note.both)).order_by(note.id)).all()
            log("both", [each.both for each in notes])
            session.expunge_all()
        log("aliases", [session.scalars(lib.select(each)).one().street for each in (alias, flat)])
        log("query", session.query(both.street).filter(both.name == "n").all())
        found = session.scalars(lib.select(both)).one()
        found.name = "m"
        session.commit()
        log("refreshed", (found.name, found.street))


@program
def lists_of_rows_of_a_join(lib: Any, engine: Any, log: Log) -> None:
    names = people_with_addresses(lib)
    made(lib, engine, log, names.Both)
    with lib.orm.Session(engine) as session:
        session.bulk_save_objects([names.Both(name="a", street="s"), names.Both(name="b", street="t")])
        session.commit()


@program
def three_joined_tables(lib: Any, engine: Any, log: Log) -> None:
    """Rows come table by table, those of the outer join first where keys leave it free."""
    names = people_with_addresses(lib)
    cards = lib.Table(
        "cards",
        names.metadata,
        lib.Column("id", lib.Integer, lib.ForeignKey("people.id"), primary_key=True),
        lib.Column("colour", lib.String),
    )
    people, addresses = names.people, names.addresses
    body = {
        "__table__": people.join(addresses).join(cards, cards.c.id == people.c.id),
        "metadata": names.metadata,
        "id": lib.orm.column_property(people.c.id, addresses.c.person_id, cards.c.id),
        "address_id": addresses.c.id,
    }
    all_three: Any = type("AllThree", (type("Base", (lib.orm.DeclarativeBase,), {"metadata": names.metadata}),), body)
    log("select", str(lib.select(all_three)))
    made(lib, engine, log, all_three)
    with lib.orm.Session(engine) as session:
        one = all_three(name="a", street="s", colour="red")
        session.add(one)
        session.commit()
        log("colour", one.colour)
        session.delete(one)
        session.commit()


@program
def columns_of_one_name_in_a_join(lib: Any, engine: Any, log: Log) -> None:
    """Nobody says whether the two have the same value."""
    base: Any = type("Base", (lib.orm.DeclarativeBase,), {})
    left = lib.Table("lefts", base.metadata, lib.Column("id", lib.Integer, primary_key=True))
    right = lib.Table(
        "rights", base.metadata, lib.Column("id", lib.Integer, lib.ForeignKey("lefts.id"), primary_key=True)
    )
    log.error("unsaid", lambda: type("Both", (base,), {"__table__": left.join(right)}), message=True)
    body = {"__table__": left.join(right), "id": left.c.id}
    log.error("one of them", lambda: type("One", (base,), body), message=True)
