"""Declarative classes become tables: names, types, NULL, order, mixins, bases."""

import datetime
import decimal
import uuid
from typing import Annotated, Any, ClassVar, NewType, Optional

import pytest

from holdfast import (
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Numeric,
    String,
    Table,
    Text,
    UniqueConstraint,
    exc,
    inspect,
)
from holdfast.orm import (
    DeclarativeBase,
    DeclarativeBaseNoMeta,
    Mapped,
    as_declarative,
    declarative_base,
    declared_attr,
    mapped_column,
    registry,
    relationship,
)
from holdfast.orm.mapping.declared_attributes import merged_order

short = Annotated[str, mapped_column(String(30), index=True)]
key = Annotated[int, mapped_column(primary_key=True)]
Dollars = NewType("Dollars", decimal.Decimal)


def columns(class_: Any) -> list[tuple[str, str, bool]]:
    """Name, type and whether NULL is allowed, of each column."""
    return [(column.name, repr(column.type), column.nullable) for column in class_.__table__.c]


def new_base(**body: Any) -> Any:
    return type("Base", (DeclarativeBase,), body)


def test_annotations_give_types_and_nullability() -> None:
    class Thing(new_base()):  # type: ignore[misc]
        __tablename__ = "thing"
        id: Mapped[key]
        text: Mapped[str]
        maybe: Mapped[str | None]
        old_maybe: Mapped[Optional[int]]  # noqa: UP045
        flag: Mapped[bool]
        data: Mapped[bytes]
        day: Mapped[datetime.date]
        moment: Mapped[datetime.datetime]
        clock: Mapped[datetime.time]
        price: Mapped[decimal.Decimal]
        dollars: Mapped[Dollars]
        part: Mapped[float]
        uid: Mapped[uuid.UUID]
        name: Mapped[short]
        nickname: Mapped[short | None]

    assert columns(Thing) == [
        ("id", "Integer()", False),
        ("text", "String()", False),
        ("maybe", "String()", True),
        ("old_maybe", "Integer()", True),
        ("flag", "Boolean()", False),
        ("data", "LargeBinary()", False),
        ("day", "Date()", False),
        ("moment", "DateTime()", False),
        ("clock", "Time()", False),
        ("price", "Numeric()", False),
        ("dollars", "Numeric()", False),
        ("part", "Double()", False),
        ("uid", "Uuid()", False),
        ("name", "String(length=30)", False),
        ("nickname", "String(length=30)", True),
    ]
    assert Thing.__table__.c.name.index and not Thing.__table__.c.text.index


def test_what_is_written_goes_before_what_is_annotated() -> None:
    class Thing(new_base()):  # type: ignore[misc]
        __tablename__ = "thing"
        id: Mapped[int | None] = mapped_column(primary_key=True)
        wide: Mapped[str] = mapped_column(Text, nullable=True)
        strict: Mapped[str | None] = mapped_column(nullable=False)
        named: Mapped[str] = mapped_column("real_name", String(5))
        longer: Mapped[short] = mapped_column(String(90))
        plain = Column(Integer)
        renamed = Column("other", Integer)

    assert columns(Thing) == [
        ("id", "Integer()", True),
        ("wide", "Text()", True),
        ("strict", "String()", False),
        ("real_name", "String(length=5)", False),
        ("longer", "String(length=90)", False),
        ("plain", "Integer()", True),
        ("other", "Integer()", True),
    ]
    assert Thing.__table__.c.longer.index
    assert Thing.__mapper__.column_names == ("id", "wide", "strict", "named", "longer", "plain", "renamed")
    assert Thing.__mapper__.name_of_column(Thing.__table__.c.other) == "renamed"
    assert (Thing.named.key, Thing.named.name) == ("named", "real_name")


def test_a_foreign_key_takes_the_type_of_what_it_refers_to() -> None:
    Base = new_base()

    class Country(Base):
        __tablename__ = "country"
        code: Mapped[str] = mapped_column(String(2), primary_key=True)

    class City(Base):
        __tablename__ = "city"
        id: Mapped[key]
        country_code = mapped_column(ForeignKey("country.code"))

    City.__mapper__.configure()
    assert repr(City.__table__.c.country_code.type) == "String(length=2)"
    assert repr(City.country_code.type) == "String(length=2)"


def test_a_type_map_of_the_base() -> None:
    class Base(DeclarativeBase):
        type_annotation_map: ClassVar[Any] = {
            str: Text,
            decimal.Decimal: Numeric(10, 2),
            Annotated[str, "code"]: String(8),
        }

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[key]
        text: Mapped[str]
        price: Mapped[decimal.Decimal | None]
        code: Mapped[Annotated[str, "code"]]

    assert [kind for _, kind, _ in columns(Thing)] == [
        "Integer()",
        "Text()",
        "Numeric(precision=10, scale=2)",
        "String(length=8)",
    ]


def test_table_arguments() -> None:
    class Thing(new_base()):  # type: ignore[misc]
        __tablename__ = "thing"
        id: Mapped[key]
        first: Mapped[str]
        last: Mapped[str] = mapped_column()
        __table_args__ = (UniqueConstraint("first", "last"), Index("ix_last", last), {"comment": "things"})

    assert Thing.__table__.comment == "things"
    assert [[column.name for column in index.expressions] for index in Thing.__table__.indexes] == [["last"]]


def test_a_given_table() -> None:
    metadata = MetaData()
    table = Table("thing", metadata, Column("id", Integer, primary_key=True), Column("full_name", String))

    class Base(DeclarativeBase):
        pass

    class Thing(Base):
        __table__ = table
        id: Mapped[int]
        name = table.c.full_name

    assert Thing.__mapper__.column_names == ("id", "name")
    assert Thing(name="x").name == "x"


def test_mixins_give_each_class_columns_of_its_own() -> None:
    Base = new_base()

    class Stamped:
        id: Mapped[int] = mapped_column(primary_key=True)
        stamp: Mapped[datetime.datetime | None]
        country_id: Mapped[int | None] = mapped_column(ForeignKey("country.id"))
        old = Column(String(3))

        @declared_attr.directive
        def __tablename__(cls) -> str:
            return cls.__name__.lower()  # type: ignore[attr-defined]

        @declared_attr
        def country(cls) -> Mapped["Country | None"]:
            return relationship("Country", foreign_keys=cls.country_id)  # type: ignore[arg-type]

    class Country(Base):
        __tablename__ = "country"
        id: Mapped[key]

    class City(Stamped, Base):
        population: Mapped[int]

    class River(Stamped, Base):
        length: Mapped[int]

    assert [column.name for column in City.__table__.c] == ["population", "id", "stamp", "country_id", "old"]
    assert River.__table__.name == "river"
    assert City.__table__.c.id is not River.__table__.c.id
    assert City.__table__.c.old.table is City.__table__
    country = Country(id=1)
    assert City(country=country).country is country and River.country.property.mapper is Country.__mapper__


def test_abstract_bases_and_columns_of_the_base() -> None:
    class Base(DeclarativeBase):
        id: Mapped[int] = mapped_column(primary_key=True)

    class Named(Base):
        __abstract__ = True
        name: Mapped[str]

    class Thing(Named):
        __tablename__ = "thing"
        size: Mapped[int]

    assert [column.name for column in Thing.__table__.c] == ["size", "name", "id"]


def test_the_order_of_a_class_body() -> None:
    class Thing(new_base()):  # type: ignore[misc]
        __tablename__ = "thing"
        x = Column(Integer)
        id: Mapped[int] = mapped_column(primary_key=True)
        a: Mapped[int]
        z = mapped_column(Integer)
        y: Mapped[int] = mapped_column()
        last: Mapped[int] = mapped_column(sort_order=-1)

    assert [column.name for column in Thing.__table__.c] == ["last", "x", "id", "a", "z", "y"]


@pytest.mark.parametrize(
    ("values", "annotated", "merged"),
    [
        (
            ["id", "p", "x", "t", "v"],
            ["id", "q", "x", "r", "u", "v", "w"],
            ["id", "q", "p", "x", "t", "r", "u", "v", "w"],
        ),
        (["b", "d", "f"], ["a", "c", "d", "e"], ["b", "a", "c", "d", "e", "f"]),
        (["m2"], ["m1"], ["m2", "m1"]),
        ([], ["a", "b"], ["a", "b"]),
    ],
)
def test_the_order_where_python_keeps_two_lists(values: list[str], annotated: list[str], merged: list[str]) -> None:
    """Found by asking the oracle: it is the order of CREATE TABLE and of INSERT."""
    assert merged_order(values, annotated) == merged


def test_legacy_bases() -> None:
    Base = declarative_base()

    class Thing(Base):
        __tablename__ = "thing"
        id = Column(Integer, primary_key=True)
        name = Column(String)

    assert Thing(id=1, name="x").name == "x"
    assert Thing.metadata is Base.metadata and "thing" in Base.metadata.tables
    Thing.extra = Column(Integer)
    Thing.label = mapped_column(String(3))
    assert [column.name for column in Thing.__table__.c] == ["id", "name", "extra", "label"]
    assert Thing(extra=3).extra == 3


def test_a_legacy_base_over_a_class_of_the_program() -> None:
    @as_declarative()
    class Base:
        id = Column(Integer, primary_key=True)

        def words(self) -> str:
            return f"number {self.id}"

    class Thing(Base):  # type: ignore[valid-type,misc]
        __tablename__ = "thing"

    assert Thing(id=3).words() == "number 3"


def test_a_base_without_metaclass() -> None:
    class Base(DeclarativeBaseNoMeta):
        pass

    class Thing(Base):
        __tablename__ = "thing"
        id: Mapped[key]

    assert type(Thing) is type and Thing(id=2).id == 2


def test_decorated_and_imperative_classes() -> None:
    mapping = registry()

    @mapping.mapped
    class Thing:
        __tablename__ = "thing"
        id: Mapped[key]

    class Other:
        def __init__(self, name: str) -> None:
            self.name = name

    table = Table(
        "other", mapping.metadata, Column("id", Integer, primary_key=True), Column("name", String),
        Column("thing_id", ForeignKey("thing.id")),
    )  # fmt: skip
    mapping.map_imperatively(
        Other, table, properties={"thing": relationship(Thing, backref="others"), "title": table.c.name}
    )
    other = Other("x")
    other.thing = Thing(id=1)
    assert (other.title, other.thing.others) == (None, [other])
    assert mapping.mappers == {Thing.__mapper__, Other.__mapper__}


def test_a_relationship_assigned_later() -> None:
    Base = new_base()

    class Parent(Base):
        __tablename__ = "parent"
        id: Mapped[key]

    parent = Parent()

    class Child(Base):
        __tablename__ = "child"
        id: Mapped[key]
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    Parent.children = relationship(Child, backref="parent")
    child = Child()
    parent.children = [child]
    assert child.parent is parent


def test_other_class_attributes_are_left_alone() -> None:
    class Thing(new_base()):  # type: ignore[misc]
        __tablename__ = "thing"
        __allow_unmapped__ = True
        id: Mapped[key]
        limit: ClassVar[int] = 5
        note: str
        shared: list[int] = []

        @property
        def double(self) -> int:
            return self.id * 2

        @double.setter
        def double(self, value: int) -> None:
            self.id = value // 2

    thing = Thing(double=8)
    assert (thing.id, thing.limit, thing.double, Thing.shared) == (4, 5, 8, [])
    assert [column.name for column in Thing.__table__.c] == ["id"]


@pytest.mark.parametrize(
    "make", [lambda: Column(Integer), lambda: mapped_column(Integer)], ids=["Column", "mapped_column"]
)
def test_one_column_under_two_names(make: Any) -> None:
    """The last one is the attribute, the first one the column's name; the warning says so: the other would not be written."""

    class Base(DeclarativeBase):
        pass

    column = make()
    with pytest.warns(
        exc.SAWarning, match=r"'size' named directly multiple times, only one will be used: height, size\. Consider"
    ):

        class Box(Base):
            __tablename__ = "box"
            id = mapped_column(Integer, primary_key=True)
            size = column
            height = column

    assert list(inspect(Box).attrs.keys()) == ["id", "height"]
    assert list(Box.__table__.c.keys()) == ["id", "size"]
