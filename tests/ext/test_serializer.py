"""Statements as bytes: what is read again means the same, over the tables and the session of the reader."""

import pickle
from typing import Any

import pytest

from holdfast import (
    ForeignKey,
    case,
    create_engine,
    delete,
    desc,
    exists,
    func,
    insert,
    select,
    update,
)
from holdfast.ext.serializer import Deserializer, Serializer, dumps, loads
from holdfast.orm import (  # fmt: skip
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    scoped_session,
    selectinload,
    sessionmaker,
)


class Base(DeclarativeBase):
    """Of these classes alone."""


class Writer(Base):
    __tablename__ = "serial_writer"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list["Book"]] = relationship(back_populates="writer")


class Book(Base):
    __tablename__ = "serial_book"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    writer_id: Mapped[int | None] = mapped_column(ForeignKey("serial_writer.id"))
    writer: Mapped[Writer | None] = relationship(back_populates="books")


TABLE: Any = Writer.__table__
OTHER = aliased(Writer)
COUNTED = select(Book.writer_id, func.count().label("number")).group_by(Book.writer_id).subquery()
STATEMENTS = [
    select(Writer).where(Writer.name == "Ann"),
    select(TABLE).where(TABLE.c.name.in_(["Ann", "Bob"])),
    select(Writer.name, func.count(Book.id)).join(Writer.books).group_by(Writer.name),
    select(Writer).options(selectinload(Writer.books)).order_by(desc(Writer.name)).limit(1),
    select(Writer).options(joinedload(Writer.books)).where(Writer.books.any(Book.title == "a")),
    select(OTHER).where(OTHER.name == "Ann"),
    select(Writer, COUNTED.c.number).join(COUNTED, COUNTED.c.writer_id == Writer.id),
    select(Writer).where(exists().where(Book.writer_id == Writer.id)),
    select(case((Writer.id > 1, "late"), else_="early")).order_by(Writer.id),
]


@pytest.fixture
def session() -> Any:
    """Return a session over a database with two writers and a book."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as opened:
        opened.add_all([Writer(name="Ann", books=[Book(title="a")]), Writer(name="Bob")])
        opened.commit()
        yield opened


@pytest.mark.parametrize("number", range(len(STATEMENTS)))
def test_a_select_finds_the_same(session: Session, number: int) -> None:
    """Text, values and objects are those of the statement that was written."""
    statement: Any = STATEMENTS[number]
    again = loads(dumps(statement), Base.metadata)
    assert str(again) == str(statement)
    assert again.compile().params == statement.compile().params
    assert session.execute(again).unique().all() == session.execute(statement).unique().all()


def test_statements_that_write(session: Session) -> None:
    """INSERT, UPDATE and DELETE come back with their values."""
    for statement in (
        insert(Writer).values(name="Cy"), update(Writer).where(Writer.id == 1).values(name="Di"),
        delete(TABLE).where(TABLE.c.id == 2),
    ):  # fmt: skip
        session.execute(loads(dumps(statement), Base.metadata))
    assert session.scalars(select(Writer.name).order_by(Writer.id)).all() == ["Di", "Cy"]


def test_a_query_belongs_to_the_session_of_the_reader(session: Session) -> None:
    """It is that of the scope."""
    data = dumps(session.query(Writer).join(Writer.books).filter(Book.title.like("a%")))
    scope = scoped_session(sessionmaker(session.bind))
    assert [each.name for each in loads(data, Base.metadata, scope)] == ["Ann"]
    scope.remove()


def test_they_are_pickles() -> None:
    """The documented classes derive from those of `pickle`, and the module says what that means."""
    assert issubclass(Serializer, pickle.Pickler) and issubclass(Deserializer, pickle.Unpickler)
    assert loads(dumps({"a": 1})) == {"a": 1}
