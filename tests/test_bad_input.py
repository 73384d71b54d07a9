"""What people get wrong, and what they are told: the error's class and its words."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from holdfast import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    create_engine,
    exc,
    func,
    insert,
    select,
    text,
    update,
)
from holdfast.orm import Session, column_property, registry
from tests.orm.session.models import Base, Book, Writer

_WRITER, _BOOK = Writer.__table__, Book.__table__
_BOTH = _WRITER.join(_BOOK)


class Joined:
    """Mapped to a join."""


registry().map_imperatively(
    Joined, _BOTH, properties={"id": column_property(_WRITER.c.id, _BOOK.c.writer_id), "book_id": _BOOK.c.id}
)

CASES: dict[str, tuple[Callable[[Any], Any], type[BaseException], str]] = {
    "unknown keyword": (lambda s: Writer(nme="x"), TypeError, "'nme' is an invalid keyword argument for Writer"),
    "unknown attribute": (lambda s: Writer.nme, AttributeError, "has no attribute 'nme'"),
    "unknown filter": (
        lambda s: select(Writer).filter_by(nope=1),
        exc.InvalidRequestError,
        'None of the FROM clause entities have a property "nope". Searched entities: Writer',
    ),
    "unknown column in INSERT": (
        lambda s: s.execute(insert(Writer).values(nope=1)),
        exc.CompileError,
        "Unconsumed column names: nope. The table 'writer' has the columns id, name",
    ),
    "unknown column in UPDATE": (
        lambda s: s.execute(update(Writer).values(nope=1)),
        exc.CompileError,
        "Unconsumed column names: nope",
    ),
    "UPDATE of a class that is mapped to a join": (
        lambda s: s.execute(update(Joined).values(name="x")),
        exc.CompileError,
        "UPDATE concerns one table; Joined is mapped to a join of book, writer. Write a statement for each "
        "table, as update\\(book\\), or give a session's execute\\(\\) the values as a list of dictionaries",
    ),
    "UPDATE of a join": (
        lambda s: update(_BOTH).values(nope="x"),
        exc.CompileError,
        "UPDATE concerns one table; this is a join of book, writer. Write a statement for each table",
    ),
    "a class where a value belongs": (
        lambda s: s.scalars(select(Writer).where(Writer.id == Writer)),
        exc.ArgumentError,
        "SQL expression element or literal value expected, got <class",
    ),
    "unmapped object": (lambda s: s.add(object()), exc.UnmappedInstanceError, "Class 'builtins.object' is not mapped"),
    "delete of what was never stored": (
        lambda s: s.delete(Writer()),
        exc.InvalidRequestError,
        "is not persisted",
    ),
    "refresh of what was never stored": (
        lambda s: s.refresh(Writer()),
        exc.InvalidRequestError,
        "is not persistent within this Session",
    ),
    "missing parameter": (
        lambda s: s.execute(text("select :given, :missing"), {"given": 1}),
        exc.StatementError,
        "A value is required for bind parameter 'missing'",
    ),
    "missing table": (lambda s: s.execute(text("select * from nope")), exc.OperationalError, "no such table: nope"),
    "an object in the place of its class": (
        lambda s: s.get(Writer(), 1),
        exc.NoInspectionAvailable,
        "pass the mapped class itself, not an instance",
    ),
    "an attribute behind a reference": (
        lambda s: select(Book).where(Book.writer.name == "a"),
        AttributeError,
        "Writer has it: join, .*Writer.name == .*, or ask whether there is one, Book.writer.has.Writer.name == ",
    ),
    "no such row": (
        lambda s: s.get_one(Writer, 99),
        exc.NoResultFound,
        "required: Writer has none of this primary key",
    ),
    "a member in the place of a list": (
        lambda s: Writer(books=Book()),
        TypeError,
        "Book is not list-like; assign .member, ",
    ),
    "second begin": (
        lambda s: s.begin(),
        exc.InvalidRequestError,
        "A transaction is already begun on this Session",
    ),
    "no mapped class": (lambda s: s.scalars(select(int)), exc.ArgumentError, "Column expression, FROM clause"),
    "no bind": (lambda s: Session().scalars(select(Writer)), exc.UnboundExecutionError, "Give the session an engine"),
    "bind of text": (lambda s: Session("sqlite://"), exc.ArgumentError, "takes an Engine or a Connection, not str"),
    "unknown database": (
        lambda s: create_engine("sqlit://"),
        exc.NoSuchModuleError,
        "Holdfast knows mariadb, mysql, postgresql, sqlite",
    ),
    "no address": (lambda s: create_engine("x:secret"), exc.ArgumentError, "^(?!.*secret)Could not parse .* URL"),
    "unknown option": (lambda s: create_engine("sqlite://", foo=1), TypeError, "Invalid argument.* 'foo'"),
    "text as statement": (lambda s: s.execute("select 1"), exc.ArgumentError, "explicitly declared as text"),
    "class in place of object": (lambda s: s.add(Writer), exc.UnmappedInstanceError, "was a class .* supplied"),
    "wrong key": (lambda s: s.get(Writer, (1, 2)), exc.InvalidRequestError, "Incorrect number of values in identifier"),
    "hostile order": (
        lambda s: s.scalars(select(Writer).order_by("x; drop")),
        exc.CompileError,
        "Can't resolve label reference",
    ),
    "hostile limit": (lambda s: select(Writer).limit("1; drop"), ValueError, "LIMIT and OFFSET take a whole number"),
    "NUL in a name": (
        lambda s: Table("a\0b", MetaData(), Column("x", Integer)).create(s.get_bind()),
        exc.IdentifierError,
        "can not be empty or hold a NUL",
    ),
    "commit's value on a statement": (
        lambda s: s.execute(update(Writer).values(name="x"), execution_options={"synchronize_session": True}),
        exc.ArgumentError,
        "it is a value of Session.commit",
    ),
    "what Python can not evaluate": (
        lambda s: s.execute(
            update(Writer).where(func.lower(Writer.name) == "x").values(name="y"),
            execution_options={"synchronize_session": "evaluate"},
        ),
        exc.InvalidRequestError,
        "Could not evaluate current criteria in Python",
    ),
}


@pytest.fixture
def session() -> Iterator[Session]:
    """A session with one object present."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Writer(name="present"))
        session.flush()
        session.info["kept"] = session.scalars(select(Writer)).all()
        yield session


@pytest.mark.parametrize("case", CASES)
def test_bad_input_is_told(case: str, session: Session) -> None:
    """The class that programs catch, and words that say what to do."""
    call, error, words = CASES[case]
    with pytest.raises(error, match=words):
        call(session)


def test_a_value_of_the_wrong_kind_is_refused_before_anything_is_kept(session: Session) -> None:
    """The driver's error is wrapped; the value is in no message; the session goes on after rollback."""
    session.commit()
    session.add(Writer(name=object()))  # type: ignore[arg-type]
    with pytest.raises(exc.DBAPIError) as refused:
        session.flush()
    assert "object at 0x" not in str(refused.value)
    session.rollback()
    assert session.scalar(select(func.count(Writer.id))) == 1


VALUES: dict[str, tuple[Any, Any]] = {
    "text for a date": (Date(), "2020-01-01"),
    "text for a date with time": (DateTime(), "yesterday"),
    "text for a number": (Numeric(10, 2), "many"),
    "text for a truth value": (Boolean(), "maybe"),
    "text for bytes": (LargeBinary(), "secret"),
}


@pytest.mark.parametrize("case", VALUES)
def test_a_value_of_the_wrong_type_names_its_column(case: str) -> None:
    """Nothing is sent; the message names table, column and the value's type, and keeps the value to itself."""
    type_, value = VALUES[case]
    engine = create_engine("sqlite://")
    table = Table("shelf", MetaData(), Column("x", type_))
    with engine.connect() as connection, pytest.raises(exc.StatementError) as refused:
        table.create(connection)
        connection.execute(insert(table).values(x=value))
    assert "shelf.x was given a str; nothing was sent" in str(refused.value)
    assert value not in str(refused.value)


def test_hostile_values_and_names_stay_what_they_are(session: Session) -> None:
    """Quotes, percent signs, Unicode and NUL in values; quotes and dots in names."""
    for name in ("'; drop table writer; --", "100% \u00e9\u4e2d\U0001f600", "a\0b", '"'):
        session.add(Writer(name=name))
        session.flush()
        assert session.scalars(select(Writer.name).where(Writer.name == name)).one() == name
    metadata = MetaData()
    table = Table('we"ird.na%me', metadata, Column('co"l; drop', Integer))
    metadata.create_all(session.connection())
    session.execute(table.insert().values({table.c[0]: 5}))
    assert session.execute(select(table)).all() == [(5,)]
