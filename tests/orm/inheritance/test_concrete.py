"""Concrete inheritance: each class has a table of its own, and rows of its own."""

from typing import Any

import pytest

from holdfast import ForeignKey, String, create_engine, inspect, select, update
from holdfast.exc import ArgumentError, InvalidRequestError, MultipleResultsFound
from holdfast.ext.declarative import AbstractConcreteBase, ConcreteBase, DeferredReflection
from holdfast.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    declared_attr,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)
from tests.support.faces import Store


class Base(DeclarativeBase):
    """Of these classes alone."""

    # MySQL and MariaDB want a length.
    type_annotation_map = {str: String(50)}


class Paper(Base):
    __tablename__ = "paper"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    pages: Mapped[int | None]


class Letter(Paper):
    __tablename__ = "letter"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    stamp: Mapped[str | None]
    __mapper_args__ = {"concrete": True}


def test_each_class_has_its_own_rows(on_face: Any) -> None:
    """Keys of one table say nothing of the other one; what is not repeated is not there."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add_all([Paper(title="p", pages=3), Letter(title="l", stamp="s")])
            await session.commit()
            assert [each.title for each in (await session.scalars(select(Paper))).all()] == ["p"]
            letter = await session.get(Letter, 1)
            assert (letter.title, letter.stamp) == ("l", "s")
            assert await session.get(Paper, 1) is not letter
            with pytest.raises(AttributeError, match="Concrete .*Letter.* does not implement attribute 'pages'"):
                _ = letter.pages
            with pytest.raises(AttributeError, match="does not implement attribute 'pages'"):
                letter.pages = 4

    on_face(Base.metadata, program)


def test_what_inspect_tells() -> None:
    """A concrete class is the base of its own identity."""
    mapper = inspect(Letter)
    assert (mapper.concrete, mapper.single, mapper.inherits, mapper.base_mapper) == (
        True,
        False,
        inspect(Paper),
        mapper,
    )


class Firm(Base):
    __tablename__ = "concrete_firm"
    id: Mapped[int] = mapped_column(primary_key=True)
    staff: Mapped[list["Person"]] = relationship(back_populates="firm", order_by="Person.name")


class Person(ConcreteBase, Base):
    __tablename__ = "concrete_person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("concrete_firm.id"))
    firm: Mapped[Firm | None] = relationship(back_populates="staff")
    __mapper_args__ = {"polymorphic_identity": "person", "concrete": True}


class Boss(Person):
    __tablename__ = "concrete_boss"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    car: Mapped[str | None]
    firm_id: Mapped[int | None] = mapped_column(ForeignKey("concrete_firm.id"))
    firm: Mapped[Firm | None] = relationship(back_populates="staff")
    __mapper_args__ = {"polymorphic_identity": "boss", "concrete": True}


class Shape(AbstractConcreteBase, Base):
    size: Mapped[int]

    @declared_attr
    def label(cls) -> Mapped[str | None]:
        return mapped_column()


class Circle(Shape):
    __tablename__ = "concrete_circle"
    id: Mapped[int] = mapped_column(primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "circle", "concrete": True}


class Square(Shape):
    __tablename__ = "concrete_square"
    id: Mapped[int] = mapped_column(primary_key=True)
    turned: Mapped[bool]
    __mapper_args__ = {"polymorphic_identity": "square", "concrete": True}


def test_all_tables_are_read_together(on_face: Any) -> None:
    """Objects of equal keys are objects of their own; each has what its class has, on both databases."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add(Firm(id=1, staff=[Person(name="a"), Boss(name="b", car="van")]))
            await session.commit()
        async with store.session() as session:
            found = (await session.scalars(select(Person).order_by(Person.name))).all()
            assert [(type(one).__name__, one.id, one.name) for one in found] == [("Person", 1, "a"), ("Boss", 1, "b")]
            assert found[1].car == "van"
            assert (await session.get(Boss, 1)) is found[1]
        for option in (selectinload, joinedload):
            async with store.session() as session:
                firm = (await session.scalars(select(Firm).options(option(Firm.staff)))).unique().one()
                assert [(type(one).__name__, one.name) for one in firm.staff] == [("Person", "a"), ("Boss", "b")]
        async with store.session() as session:
            with pytest.raises(MultipleResultsFound, match="several classes below Person have an object of the key 1"):
                await session.get(Person, 1)

    on_face(Base.metadata, program)


# MySQL and MariaDB have no CAST to every type: theirs is left away with a warning.
@pytest.mark.filterwarnings("ignore:Datatype BOOL does not support CAST")
def test_a_parent_without_a_table(on_face: Any) -> None:
    """It is mapped to the union of its subclasses' tables, with the attributes of all."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add_all([Circle(size=1, label="c"), Square(size=2, turned=True)])
            await session.commit()
            session.expunge_all()
            found = (await session.scalars(select(Shape).where(Shape.size > 0).order_by(Shape.size))).all()
            assert [(type(one).__name__, one.size, one.label) for one in found] == [
                ("Circle", 1, "c"),
                ("Square", 2, None),
            ]
            found[1].turned = False
            await session.commit()
            assert (await session.scalars(select(Shape.turned).order_by(Shape.size))).all() == [None, False]
        with pytest.raises(InvalidRequestError, match="Can't instantiate class for .*Shape"):
            Shape(size=1)

    on_face(Base.metadata, program)


def test_statements_that_write_name_a_table() -> None:
    """Which of the tables is meant, `update(Person)` does not say."""
    inspect(Person).configure()
    with pytest.raises(
        ArgumentError, match=r"Person is read from a UNION of tables: write the table, Person.__table__"
    ):
        update(Person)


def test_a_class_that_is_mapped_later_is_read_too() -> None:
    """The union is made anew, so that statements of the parent find the new class."""

    class Later(DeclarativeBase):
        pass

    class First(ConcreteBase, Later):
        __tablename__ = "first"
        id: Mapped[int] = mapped_column(primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "first", "concrete": True}

    assert "second" not in str(select(First))

    class Second(First):
        __tablename__ = "second"
        id: Mapped[int] = mapped_column(primary_key=True)
        __mapper_args__ = {"polymorphic_identity": "second", "concrete": True}

    engine = create_engine("sqlite://")
    Later.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([First(), Second()])
        session.commit()
        assert [type(one) for one in session.scalars(select(First))] == [First, Second]


def test_deferred_reflection() -> None:
    """Classes are mapped when their tables can be read; what they declare themselves stays."""

    class Deferred(DeclarativeBase):
        pass

    class Reflected(DeferredReflection):
        __abstract__ = True

    class Note(Reflected, Deferred):
        __tablename__ = "note"
        text: Mapped[str] = mapped_column("body")

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE note (id INTEGER PRIMARY KEY, body TEXT, size INTEGER)")
    assert "__mapper__" not in Note.__dict__
    Reflected.prepare(engine)
    assert sorted(inspect(Note).attrs.keys()) == ["id", "size", "text"]
    with Session(engine) as session:
        session.add(Note(text="x", size=3))  # type: ignore[call-arg]
        session.commit()
        assert session.scalars(select(Note.text)).all() == ["x"]
