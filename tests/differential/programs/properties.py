"""Programs about attributes that are more than a column: expressions, deferred columns, synonyms, composites."""

from dataclasses import dataclass
from functools import cache
from types import ModuleType, SimpleNamespace
from typing import Any, Optional

from tests.differential.log import Log
from tests.differential.registry import program


@dataclass
class Point:
    """Two columns."""

    x: int
    y: int


class Money:
    """Two columns of a class of the older form."""

    def __init__(self, amount: int | None, unit: str | None) -> None:
        self.amount, self.unit = amount, unit

    def __composite_values__(self) -> tuple[Any, ...]:
        return self.amount, self.unit

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.__composite_values__() == self.__composite_values__()

    def __hash__(self) -> int:
        return hash(self.amount)

    def __repr__(self) -> str:
        return f"Money({self.amount}, {self.unit})"


@cache
def people(lib: ModuleType) -> Any:
    """Map people and their addresses once per library."""
    orm: Any = lib.orm
    sql: Any = lib

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Address(Base):
        __tablename__ = "addresses"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        person_id: orm.Mapped[int] = orm.mapped_column(sql.ForeignKey("people.id"))

    class Person(Base):
        __tablename__ = "people"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        first: orm.Mapped[str] = orm.mapped_column(sql.String(30))
        last: orm.Mapped[str] = orm.mapped_column(sql.String(30))
        bio: orm.Mapped[str | None] = orm.mapped_column(sql.Text, deferred=True)
        photo: orm.Mapped[str | None] = orm.mapped_column(sql.Text, deferred_group="files")
        letter: orm.Mapped[str | None] = orm.mapped_column(sql.Text, deferred_group="files")
        secret: orm.Mapped[str | None] = orm.mapped_column(deferred=True, deferred_raiseload=True)
        full_name = orm.column_property(first + " " + last)
        shout = orm.column_property(sql.func.upper(first).label("shouted"), expire_on_flush=False)
        late = orm.deferred(first + "!")
        count = orm.column_property(
            sql.select(sql.func.count(Address.id))
            .where(Address.person_id == id)
            .correlate_except(Address)
            .scalar_subquery()
        )
        nick = orm.synonym("first")
        addresses: orm.Mapped[list[Address]] = orm.relationship(Address)

    return SimpleNamespace(metadata=Base.metadata, Person=Person, Address=Address)


def some_people(lib: Any, engine: Any, log: Log) -> tuple[Any, Any]:
    """Make tables and rows; returns the classes and a session."""
    made = people(lib)
    with log.quiet():
        made.metadata.create_all(engine)
        session = lib.orm.Session(engine)
        session.add_all(
            [
                made.Person(id=1, first="ann", last="arbor", bio="b", photo="p", letter="l", secret="s",
                            addresses=[made.Address(id=1), made.Address(id=2)]),
                made.Person(id=2, first="bob", last="burr", bio=None, photo=None, letter=None, secret=None),
            ]
        )  # fmt: skip
        session.commit()
    return made, session


@program
def expressions_are_loaded(lib: Any, engine: Any, log: Log) -> None:
    """Expressions stand before the columns and have made-up names; they are loaded with the object."""
    made, session = some_people(lib, engine, log)
    for person in session.scalars(lib.select(made.Person).order_by(made.Person.id)):
        log("person", (person.full_name, person.shout, person.count))
        log.loaded(person)
    log("got", session.get(made.Person, 1).count)
    session.close()


@program
def expressions_in_statements(lib: Any, engine: Any, log: Log) -> None:
    """They can be selected, filtered and ordered by."""
    made, session = some_people(lib, engine, log)
    Person = made.Person
    statement = lib.select(Person.full_name, Person.count, Person.shout).where(Person.full_name != "x")
    for row in session.execute(statement.order_by(Person.count.desc(), Person.full_name)):
        log("row", row)
    for person in session.scalars(lib.select(Person).where(Person.count > 0).order_by(Person.shout)):
        log("person", person)
    log("labelled", session.execute(lib.select(Person.full_name.label("name"))).all())
    log("named", session.scalars(lib.select(Person).filter_by(full_name="bob burr")).all())
    log("queried", session.query(Person.full_name).filter(Person.nick == "ann").all())
    log.text("as a subquery", lib.select(Person).subquery().select(), engine)
    session.close()


@program
def expressions_expire(lib: Any, engine: Any, log: Log) -> None:
    """A flush of the row drops them; refresh and expire bring them again."""
    made, session = some_people(lib, engine, log)
    person = session.get(made.Person, 1)
    log("before", person.full_name)
    person.first = "amy"
    session.flush()
    log.loaded(person)
    log("after", (person.full_name, person.shout))
    session.expire(person, ["full_name"])
    log("again", person.full_name)
    session.refresh(person)
    log("refreshed", (person.full_name, person.shout))
    person.full_name = "somebody"
    session.flush()
    log("set", person.full_name)
    session.commit()
    log("committed", person.full_name)
    session.close()


@program
def expressions_of_new_objects(lib: Any, engine: Any, log: Log) -> None:
    """They are None before there is a row."""
    made, session = some_people(lib, engine, log)
    person = made.Person(id=3, first="cy", last="cole", bio="", photo="", letter="", secret="")
    log("new", (person.full_name, person.count))
    session.add(person)
    session.flush()
    log.loaded(person)
    log("there", (person.full_name, person.count))
    session.close()


@program
def deferred_columns(lib: Any, engine: Any, log: Log) -> None:
    """Each is loaded when read, those of a group together, and one not at all."""
    made, session = some_people(lib, engine, log)
    person = session.get(made.Person, 1)
    log.loaded(person)
    log("one", person.bio)
    log("a group", person.letter)
    log.loaded(person)
    log("an expression", person.late)
    log.error("none", lambda: person.secret, message=True)
    log("selected", session.execute(lib.select(made.Person.secret, made.Person.late)).all())
    session.commit()
    log("expired, the deferred one first", person.bio)
    log.loaded(person)
    session.close()


@program
def deferred_columns_are_written(lib: Any, engine: Any, log: Log) -> None:
    """Setting one does not load it."""
    made, session = some_people(lib, engine, log)
    person = session.get(made.Person, 1)
    person.bio = "new"
    person.secret = "more"
    session.commit()
    session.refresh(person, ["bio"])
    log("bio", person.bio)
    session.close()


@program
def synonyms(lib: Any, engine: Any, log: Log) -> None:
    """A synonym is the other attribute in statements and on instances."""
    made, session = some_people(lib, engine, log)
    Person = made.Person
    person = session.scalars(lib.select(Person).where(Person.nick == "bob")).one()
    log("read", person.nick)
    person.nick = "bert"
    log("set", person.first)
    session.commit()
    log("rows", session.execute(lib.select(Person.nick, Person.first).order_by(Person.nick.desc())).all())
    log("named", session.scalars(lib.select(Person).filter_by(nick="ann")).all())
    session.execute(lib.update(Person).where(Person.id == 1).values(nick="ada"))
    log("updated", session.get(Person, 1).first)
    log("made", Person(nick="x").first)
    session.close()


@program
def a_synonym_with_a_property(lib: Any, engine: Any, log: Log) -> None:
    """On instances the property counts, in statements the column."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Job(Base):
        __tablename__ = "jobs"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        state: orm.Mapped[str] = orm.mapped_column()

        @orm.synonym_for("state")
        @property
        def status(self) -> str:
            return f"Status: {self.state}"

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Job(id=1, state="idle"))
        session.commit()
        job = session.scalars(lib.select(Job).where(Job.status == "idle")).one()
        log("read", (job.status, job.state))


@cache
def figures(lib: ModuleType) -> Any:
    """Map lines between points once per library."""
    orm: Any = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Line(Base):
        __tablename__ = "lines"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        start: orm.Mapped[Point] = orm.composite(orm.mapped_column("x1"), orm.mapped_column("y1"))
        end: orm.Mapped[Optional[Point]] = orm.composite(  # noqa: UP045
            orm.mapped_column("x2", nullable=True), orm.mapped_column("y2", nullable=True)
        )
        amount: orm.Mapped[int | None] = orm.mapped_column()
        unit: orm.Mapped[str | None] = orm.mapped_column()
        price = orm.composite(Money, amount, unit)

    return SimpleNamespace(metadata=Base.metadata, Line=Line)


@program
def composites(lib: Any, engine: Any, log: Log) -> None:
    """A composite is set and read as one object and stored in its columns."""
    Line = figures(lib).Line
    figures(lib).metadata.create_all(engine)
    session = lib.orm.Session(engine)
    line = Line(id=1, start=Point(1, 2), end=None, amount=3, unit="EUR")
    log("new", (line.start, line.end, line.price, line.x1))
    log("nothing set", (Line().start, Line().end, Line().price))
    session.add(line)
    session.commit()
    log("read", (line.start, line.end, line.price))
    line.start = Point(7, 8)
    line.price = Money(4, "EUR")
    log("history", lib.inspect(line).attrs.start.history)
    session.commit()
    log("again", (line.start, line.end))
    line.end = Point(3, None)  # type: ignore[arg-type]
    session.commit()
    log("half", line.end)
    line.end = None
    session.commit()
    log("none", (line.end, line.x2))
    log("unchanged", lib.inspect(line).attrs.start.history)
    session.close()


@program
def composites_in_statements(lib: Any, engine: Any, log: Log) -> None:
    """Comparisons are those of the columns; as a part of a row it is one object."""
    Line = figures(lib).Line
    figures(lib).metadata.create_all(engine)
    session = lib.orm.Session(engine)
    rows = [{"id": 1, "start": Point(1, 1), "end": Point(2, 2), "price": Money(1, "EUR")},
            {"id": 2, "start": Point(5, 1), "end": Point(3, 4), "price": Money(2, "USD")}]  # fmt: skip
    session.execute(lib.insert(Line), rows)
    log("equal", session.scalars(lib.select(Line).where(Line.start == Point(5, 1))).all())
    log("different", session.scalars(lib.select(Line).where(Line.start != Point(5, 2))).all())
    log("less", session.scalars(lib.select(Line).where(Line.start < Point(5, 2))).all())
    session.execute(lib.update(Line).where(Line.id == 2).values({Line.end: None}))
    log("none", session.scalars(lib.select(Line).where(Line.end == None)).all())  # noqa: E711
    log("named", session.scalars(lib.select(Line).filter_by(price=Money(2, "USD"))).all())
    found = session.execute(lib.select(Line.start, Line.id, Line.end, Line.price).order_by(Line.start)).all()
    log("rows", found)
    log("by name", found[0].start)
    session.execute(lib.update(Line).where(Line.id == 1).values({Line.start: Point(9, 9)}))
    session.execute(lib.update(Line).where(Line.id == 2).values(price=Money(9, "YEN")))
    log("updated", (session.get(Line, 1).start, session.get(Line, 2).price))
    log.error("a list", lambda: Line.start.in_([Point(1, 1)]))
    session.close()


@program
def composites_declared_by_their_class(lib: Any, engine: Any, log: Log) -> None:
    """Without columns there is one for each field, with the field's name and type."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Dot(Base):
        __tablename__ = "dots"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        place: orm.Mapped[Point] = orm.composite()

    mapper = lib.inspect(Dot)
    log("columns", [(column.name, column.nullable, str(column.type)) for column in Dot.__table__.c])
    log("attributes", (mapper.composites.keys(), mapper.column_attrs.keys(), mapper.attrs.place.composite_class))
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Dot(id=1, place=Point(1, 2)))
        session.commit()
        log("read", session.get(Dot, 1).place)


@program
def query_expressions(lib: Any, engine: Any, log: Log) -> None:
    """Without an expression in the statement the attribute is None, or what its default says."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Thing(Base):
        __tablename__ = "things"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        extra: orm.Mapped[int | None] = orm.query_expression()
        seven: orm.Mapped[int | None] = orm.query_expression(lib.literal(7))

    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        session.add(Thing(id=1))
        session.commit()
        thing = session.scalars(lib.select(Thing)).one()
        log("read", (thing.extra, thing.seven))
        thing.extra = 4
        session.flush()
        log("set", thing.extra)
        session.commit()
        log("gone", thing.extra)


@program
def validators(lib: Any, engine: Any, log: Log) -> None:
    """A validator sees every value that is set, from this side or from the other one, and may change or refuse it."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class User(Base):
        __tablename__ = "users"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str | None] = orm.mapped_column()
        mails: orm.Mapped[list["Mail"]] = orm.relationship("Mail", back_populates="user")

        @orm.validates("name")
        def check_name(self, key: str, value: Any) -> Any:
            log("name", value)
            if value == "bad":
                raise ValueError(value)
            return value.title() if value else value

        @orm.validates("mails", include_removes=True)
        def check_mail(self, key: str, mail: Any, is_remove: bool) -> Any:
            log("mail", (mail.id, is_remove))
            return mail

        @orm.reconstructor
        def loaded(self) -> None:
            log("loaded", self.name)

    class Mail(Base):
        __tablename__ = "mails"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        user_id: orm.Mapped[int | None] = orm.mapped_column(lib.ForeignKey("users.id"))
        user: orm.Mapped[Optional["User"]] = orm.relationship("User", back_populates="mails")

        @orm.validates("user", include_backrefs=False)
        def check_user(self, key: str, user: Any) -> Any:
            log("user", user and user.id)
            return user

    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    user = User(id=1, name="ann")
    log("made", user.name)
    log.error("refused", lambda: setattr(user, "name", "bad"))
    log("still", user.name)
    mails = [Mail(id=number) for number in range(5)]
    user.mails.append(mails[0])
    user.mails = mails[:3]
    user.mails.remove(mails[1])
    mails[3].user = user
    mails[3].user = None
    user.mails.extend(mails[4:])
    del user.mails[0]
    session.add(user)
    session.commit()
    session.expunge_all()
    log("got", session.get(User, 1))
    session.expire_all()
    log("expired", session.get(User, 1).name)
    session.close()


@program
def columns_under_other_names(lib: Any, engine: Any, log: Log) -> None:
    """Prefixes, included and excluded columns, keys, and names of their own."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    def table(name: str) -> Any:
        return lib.Table(
            name,
            Base.metadata,
            lib.Column("id", lib.Integer, primary_key=True),
            lib.Column("one", lib.Integer),
            lib.Column("two", lib.Integer, key="second"),
        )

    class Prefixed(Base):
        __table__ = table("prefixed")
        __mapper_args__ = {"column_prefix": "_"}

    class Included(Base):
        __table__ = table("included")
        __mapper_args__ = {"include_properties": ["id", "second"]}

    class Excluded(Base):
        __table__ = table("excluded")
        __mapper_args__ = {"exclude_properties": [__table__.c.one]}

    class Renamed(Base):
        __table__ = table("renamed")
        key = __table__.c.id
        first = orm.column_property(__table__.c.one, active_history=True)

    with log.quiet():
        Base.metadata.create_all(engine)
    session = orm.Session(engine)
    for class_ in (Prefixed, Included, Excluded, Renamed):
        mapper = lib.inspect(class_)
        log(class_.__name__, (mapper.attrs.keys(), mapper.columns.keys()))
    session.add_all([Prefixed(_id=1, _one=2), Included(id=1, second=3), Renamed(key=1, first=5, second=6)])
    session.commit()
    log("prefixed", session.scalars(lib.select(Prefixed).where(Prefixed._one == 2)).one()._second)
    log("included", session.scalars(lib.select(Included)).one().second)
    renamed = session.get(Renamed, 1)
    session.expire(renamed)
    renamed.first = 7
    log("history", lib.inspect(renamed).attrs.first.history)
    session.commit()
    log("renamed", session.execute(lib.select(Renamed.first, Renamed.second, Renamed.key)).one())

    def unknown() -> None:
        class Wrong(Base):
            __tablename__ = "wrong"
            __mapper_args__ = {"no_such_argument": 1}
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    log.error("unknown argument", unknown, message=True)
    session.close()


@program
def comparators(lib: Any, engine: Any, log: Log) -> None:
    """A program's own comparator decides what comparisons mean."""
    orm = lib.orm

    class Folded(orm.ColumnProperty.Comparator):  # type: ignore[misc]
        def __eq__(self, other: Any) -> Any:
            return lib.func.lower(self.__clause_element__()) == lib.func.lower(other)

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Word(Base):
        __tablename__ = "words"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        text = orm.column_property(lib.Column("text", lib.String), comparator_factory=Folded)

    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add(Word(id=1, text="Hello"))
    session.flush()
    log("equal", session.scalars(lib.select(Word.id).where(Word.text == "hELLO")).all())
    log("like", session.scalars(lib.select(Word.id).where(Word.text.like("H%"))).all())
    log("ordered", session.scalars(lib.select(Word.text).order_by(Word.text)).all())
    session.close()


@program
def attributes_of_a_class_are_there(lib: Any, engine: Any, log: Log) -> None:
    """A program asks ``if attribute:``; only columns and criteria refuse."""
    base = lib.orm.declarative_base()

    class Boat(base):  # type: ignore[misc, valid-type]
        __tablename__ = "boats"
        id = lib.Column(lib.Integer, primary_key=True)
        parent_id = lib.Column(lib.ForeignKey("boats.id"))
        parent = lib.orm.relationship("Boat", remote_side=[id])

    log.error("column", lambda: bool(Boat.parent_id))
    log.error("relationship", lambda: bool(Boat.parent))
    log.error("of an alias", lambda: bool(lib.orm.aliased(Boat).id))
    log.error("of the table", lambda: bool(Boat.__table__.c.id))
    log.error("criterion", lambda: bool(Boat.id > 1))
