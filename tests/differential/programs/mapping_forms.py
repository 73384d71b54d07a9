"""Programs about the ways in which a class meets a table: classical, decorators, bases of every kind, mixins, joins."""

from typing import Any, Optional

from tests.differential.log import Log
from tests.differential.registry import program


@program
def classical(lib: Any, engine: Any, log: Log) -> None:
    """A plain class, a table that was there before, and properties of every kind."""
    orm = lib.orm
    mapping = orm.registry()
    users = lib.Table(
        "users", mapping.metadata,
        lib.Column("id", lib.Integer, primary_key=True), lib.Column("name", lib.String), lib.Column("pw", lib.String),
    )  # fmt: skip
    mails = lib.Table(
        "mails", mapping.metadata,
        lib.Column("id", lib.Integer, primary_key=True), lib.Column("user_id", lib.ForeignKey("users.id")),
    )  # fmt: skip

    class User:
        pass

    class Mail:
        def __init__(self, number: int) -> None:
            self.id = number

    mapping.map_imperatively(
        User,
        users,
        properties={
            "mails": orm.relationship(Mail, backref="user", order_by=mails.c.id),
            "login": users.c.name,
            "_pw": orm.deferred(users.c.pw),
            "loud": orm.column_property(lib.func.upper(users.c.name)),
            "nick": orm.synonym("login"),
        },
    )
    mapping.map_imperatively(Mail, mails)
    log("attributes", lib.inspect(User).attrs.keys())
    log("mappers", sorted(str(mapper) for mapper in mapping.mappers))
    mapping.metadata.create_all(engine)
    session = orm.Session(engine)
    user = User(id=1, login="ann", _pw="x")  # type: ignore[call-arg]
    user.mails.append(Mail(3))  # type: ignore[attr-defined]
    session.add(user)
    session.commit()
    log("loaded", (user.loud, user.nick, user._pw, user.mails[0].user is user))  # type: ignore[attr-defined]
    log.error("again", lambda: mapping.map_imperatively(User, users), message=True)
    session.close()


@program
def decorators(lib: Any, engine: Any, log: Log) -> None:
    """registry.mapped, dataclasses, and bases made of a class."""
    orm = lib.orm
    mapping = orm.registry()

    @mapping.mapped
    class One:
        __tablename__ = "one"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        x: orm.Mapped[int | None] = orm.mapped_column()

    @mapping.mapped_as_dataclass
    class Two:
        __tablename__ = "two"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True, init=False)
        x: orm.Mapped[int | None] = orm.mapped_column(default=None)

    @orm.mapped_as_dataclass(mapping, repr=False, kw_only=True)
    class Three:
        __tablename__ = "three"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True, init=False)
        x: orm.Mapped[int | None] = orm.mapped_column(default=None)

    @mapping.as_declarative_base()
    class Base:
        id = lib.Column(lib.Integer, primary_key=True)

        @orm.declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()

    class Four(Base):  # type: ignore[misc]
        y = lib.Column(lib.Integer)

    @orm.as_declarative()
    class Other:
        def hello(self) -> str:
            return "hello"

    class Five(Other):  # type: ignore[misc]
        __tablename__ = "five"
        id = lib.Column(lib.Integer, primary_key=True)

    log("one", One(id=1, x=2).x)
    log("two", repr(Two(x=3)).rsplit(".", 1)[-1])
    log("three", Three(x=3).x)
    log.error("three by position", lambda: Three(3))
    log("four", (Four.__tablename__, Four.__table__.c.keys()))
    log("five", (Five(id=3).hello(), list(Other.metadata.tables)))
    log("names", sorted(mapper.class_.__name__ for mapper in mapping.mappers))


@program
def bases_of_the_older_kind(lib: Any, engine: Any, log: Log) -> None:
    """declarative_base() with a class, a metaclass, a constructor, a class registry."""
    orm = lib.orm

    class Meta(orm.DeclarativeMeta):  # type: ignore[misc]
        def __init__(cls, name: str, bases: Any, body: Any, **kw: Any) -> None:
            if name != "Base":
                cls.__tablename__ = name.lower()
            super().__init__(name, bases, body, **kw)

    class Common:
        id = lib.Column(lib.Integer, primary_key=True)

    def construct(self: Any, **values: Any) -> None:
        for key, value in values.items():
            setattr(self, key, value)
        self.made = True

    names: dict[str, Any] = {}
    Base = orm.declarative_base(cls=Common, metaclass=Meta, class_registry=names, constructor=construct)
    Without = orm.declarative_base(constructor=None)

    class Foo(Base):  # type: ignore[misc]
        pass

    class Bar(Without):  # type: ignore[misc]
        __tablename__ = "bar"
        id = lib.Column(lib.Integer, primary_key=True)

    log("foo", (Foo(id=1).made, Foo.__tablename__, "Foo" in names, Base.__name__))
    log.error("bar", lambda: Bar(id=1))
    log("bar", Bar().id)


@program
def attributes_added_later(lib: Any, engine: Any, log: Log) -> None:
    """Assigned to a class with a metaclass; by a function to one without."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Thing(Base):
        __tablename__ = "things"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    Thing.a = lib.Column("aa", lib.Integer)
    Thing.b = orm.mapped_column(lib.String)
    Thing.c = orm.column_property(Thing.id + 1)
    Thing.d = orm.synonym("a")
    Thing.n = 7
    log("attributes", (lib.inspect(Thing).attrs.keys(), Thing.__table__.c.keys(), Thing.n))

    class Plain(orm.DeclarativeBaseNoMeta):  # type: ignore[misc]
        pass

    class Other(Plain):
        __tablename__ = "others"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    orm.add_mapped_attribute(Other, "e", lib.Column("e", lib.Integer))
    orm.add_mapped_attribute(Other, "twice", orm.column_property(Other.id * 2))
    log("without", lib.inspect(Other).attrs.keys())
    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add(Thing(id=1, d=4, b="x"))
    session.commit()
    log("loaded", [(one.a, one.b, one.c, one.d) for one in session.scalars(lib.select(Thing))])
    session.close()
    log.text("other", lib.select(Other), engine)


@program
def mixins(lib: Any, engine: Any, log: Log) -> None:
    """Columns, relationships, expressions and settings that classes get from elsewhere."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Owner(Base):
        __tablename__ = "owners"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    class Owned:
        created: orm.Mapped[int | None] = orm.mapped_column(sort_order=-1)

        @orm.declared_attr
        def owner_id(cls) -> orm.Mapped[int]:
            return orm.mapped_column(lib.ForeignKey("owners.id"))

        @orm.declared_attr
        def owner(cls) -> orm.Mapped[Owner]:
            return orm.relationship(Owner)

        @orm.declared_attr
        def doubled(cls):  # type: ignore[no-untyped-def]
            return orm.column_property(cls.created + cls.created)

        @orm.declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()

        @orm.declared_attr.directive
        def __table_args__(cls) -> Any:
            return (lib.Index(f"ix_{cls.__name__.lower()}", "created"),)

    class House(Owned, Base):
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    class Garden(Owned, Base):
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    class Numbered(Base):
        __abstract__ = True
        number: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    class Tree(Numbered):
        __tablename__ = "trees"
        kind: orm.Mapped[str | None] = orm.mapped_column()

    log.text("house", lib.select(House).join(House.owner), engine)
    log.text("garden", lib.select(Garden), engine)
    log("indexes", [index.name for index in Garden.__table__.indexes])
    log.text("tree", lib.select(Tree), engine)
    log("inherits", orm.has_inherited_table(Tree))

    class Wrong:
        x = orm.column_property(lib.literal(1))

    def use() -> None:
        class Use(Wrong, Base):
            __tablename__ = "use"
            id: orm.Mapped[int] = orm.mapped_column(primary_key=True)

    log.error("no function", use, message=True)


@program
def unmapped_annotations(lib: Any, engine: Any, log: Log) -> None:
    """__allow_unmapped__ leaves annotations of the older kind alone."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        __allow_unmapped__ = True

    class Parent(Base):
        __tablename__ = "parents"
        id: int = lib.Column(lib.Integer, primary_key=True)
        note: str = "x"
        children: list["Child"] = orm.relationship("Child", back_populates="parent")

    class Child(Base):
        __tablename__ = "children"
        id: int = lib.Column(lib.Integer, primary_key=True)
        parent_id: Optional[int] = lib.Column(lib.ForeignKey("parents.id"))  # noqa: UP045
        parent: Optional[Parent] = orm.relationship("Parent", back_populates="children")  # noqa: UP045

    log("attributes", (lib.inspect(Parent).attrs.keys(), Parent.note))
    log("lists", (Parent.children.property.uselist, Child.parent.property.uselist))
    child = Child(parent=Parent(id=1))
    log("both sides", child.parent.children == [child])


@program
def joins_and_subqueries(lib: Any, engine: Any, log: Log) -> None:
    """Classes mapped to a join, to a SELECT, and twice to one table."""
    orm = lib.orm

    class Base(orm.DeclarativeBase):  # type: ignore[misc]
        pass

    class Buyer(Base):
        __tablename__ = "buyers"
        id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        name: orm.Mapped[str] = orm.mapped_column()

    class Order(Base):
        __tablename__ = "orders"
        number: orm.Mapped[int] = orm.mapped_column(primary_key=True)
        buyer_id: orm.Mapped[int] = orm.mapped_column(lib.ForeignKey("buyers.id"))

    buyers, orders = Buyer.__table__, Order.__table__

    class Both(Base):
        __table__ = lib.join(buyers, orders)

    counted = (
        lib.select(buyers.c.id, lib.func.count(orders.c.number).label("count"))
        .join_from(buyers, orders)
        .group_by(buyers.c.id)
        .subquery("counted")
    )

    class Counted(Base):
        __table__ = counted
        __mapper_args__ = {"primary_key": [counted.c.id]}

    class Again(Base):
        __table__ = buyers
        __mapper_args__ = {"include_properties": ["id"]}

    Base.metadata.create_all(engine)
    session = orm.Session(engine)
    session.add(Buyer(id=1, name="ann"))
    session.flush()
    session.add_all([Order(number=1, buyer_id=1), Order(number=2, buyer_id=1)])
    session.commit()
    log("attributes", [lib.inspect(one).attrs.keys() for one in (Both, Counted, Again)])
    log("both", [(one.id, one.name, one.number) for one in session.scalars(lib.select(Both).order_by(Both.number))])
    log("got", session.get(Both, (1, 2)).name)
    log("counted", [(one.id, one.count) for one in session.scalars(lib.select(Counted).where(Counted.count > 1))])
    log("again", session.get(Again, 1).id)
    session.close()


@program
def forgotten(lib: Any, engine: Any, log: Log) -> None:
    """dispose() makes plain classes of mapped ones, which may be mapped again."""
    orm = lib.orm
    mapping = orm.registry()
    table = lib.Table("things", mapping.metadata, lib.Column("id", lib.Integer, primary_key=True))

    class Thing:
        pass

    mapping.map_imperatively(Thing, table, properties={"number": table.c.id})
    log("mapped", Thing(number=3).number)  # type: ignore[call-arg, attr-defined]
    mapping.dispose()
    log.error("inspected", lambda: lib.inspect(Thing))
    log.error("read", lambda: Thing().number)  # type: ignore[attr-defined]
    mapping.map_imperatively(Thing, table)
    log("again", lib.inspect(Thing).attrs.keys())


@program
def columns_of_one_value(lib: Any, engine: Any, log: Log) -> None:
    """A list of columns in `properties` is one attribute, written to all of them."""
    mapping = lib.orm.registry()
    people = lib.Table("people", mapping.metadata, lib.Column("id", lib.Integer, primary_key=True))
    desks = lib.Table(
        "desks",
        mapping.metadata,
        lib.Column("person", lib.ForeignKey("people.id"), primary_key=True),
        lib.Column("floor", lib.Integer),
    )

    class Both:
        pass

    mapper = mapping.map_imperatively(Both, people.join(desks), properties={"id": [people.c.id, desks.c.person]})
    log("columns", [str(column) for column in mapper.attrs.id.columns])
    mapping.metadata.create_all(engine)
    with lib.orm.Session(engine) as session:
        session.add(Both(floor=2))  # type: ignore[call-arg]
        session.commit()
