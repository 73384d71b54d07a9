"""INSERTs of a flush: batches, generated keys, defaults, SQL expressions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import JSON, Column, ForeignKey, MetaData, String, Table, exc, func, text
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship
from tests.orm.unit_of_work.models import Base, Child, Defaults, Named, Node, Owner, Pair, Parent
from tests.orm.unit_of_work.recording import Sent, recorded


@pytest.fixture
def both(face: str) -> Iterator[tuple[Session, Sent]]:
    """A session and the record of what it sends."""
    with recorded(Base.metadata, face) as found:
        yield found


def test_one_object(both: tuple[Session, Sent]) -> None:
    """The driver tells the key; what was not set is NULL and known without a SELECT."""
    session, sent = both
    one = Parent(name="x")
    session.add(one)
    session.flush()
    assert sent.take() == ["INSERT INTO p (name, other) VALUES (?, ?) ('x', None)"]
    assert (one.id, one.name, one.other) == (1, "x", None)
    assert sent.take() == []
    assert session.get(Parent, 1) is one


def test_several_objects_without_keys(both: tuple[Session, Sent]) -> None:
    """Each row brings its own key."""
    session, sent = both
    several = [Parent(name="x"), Parent(other="y"), Parent(name="z")]
    session.add_all(several)
    session.flush()
    assert sent.take() == [
        "INSERT INTO p (name, other) VALUES (?, ?) ('x', None)",
        "INSERT INTO p (name, other) VALUES (?, ?) (None, 'y')",
        "INSERT INTO p (name, other) VALUES (?, ?) ('z', None)",
    ]
    assert [one.id for one in several] == [1, 2, 3]


def test_runs_of_given_and_generated_keys(both: tuple[Session, Sent]) -> None:
    """The order of the objects is kept; neighbours with the same columns are one batch."""
    session, sent = both
    session.add_all([Parent(name="x"), Parent(id=20, name="y"), Parent(id=19, name="z"), Parent(name="q"), Parent()])
    session.flush()
    assert sent.take() == [
        "INSERT INTO p (name, other) VALUES (?, ?) ('x', None)",
        "INSERT INTO p (id, name, other) VALUES (?, ?, ?) [(20, 'y', None), (19, 'z', None)]",
        "INSERT INTO p (name, other) VALUES (?, ?) ('q', None)",
        "INSERT INTO p (name, other) VALUES (?, ?) (None, None)",
    ]


def test_a_graph(both: tuple[Session, Sent]) -> None:
    """Parents first; children get their keys."""
    session, sent = both
    parents = [Parent(name=str(n), cs=[Child(name=f"{n}{m}") for m in range(2)]) for n in range(2)]
    session.add_all(parents)
    session.flush()
    assert sent.take() == [
        "INSERT INTO p (name, other) VALUES (?, ?) ('0', None)",
        "INSERT INTO p (name, other) VALUES (?, ?) ('1', None)",
        "INSERT INTO c (p_id, name) VALUES (?, ?) (1, '00')",
        "INSERT INTO c (p_id, name) VALUES (?, ?) (1, '01')",
        "INSERT INTO c (p_id, name) VALUES (?, ?) (2, '10')",
        "INSERT INTO c (p_id, name) VALUES (?, ?) (2, '11')",
    ]


def test_a_tree(both: tuple[Session, Sent]) -> None:
    """Level by level, however the objects came."""
    session, sent = both
    r1 = Node(name="r1")
    a = Node(name="a", parent=r1)
    b = Node(name="b", parent=a)
    r2 = Node(name="r2")
    session.add_all([b, Node(name="c", parent=r2), a, r2, r1])
    session.flush()
    assert sent.take() == [
        "INSERT INTO n (parent_id, name) VALUES (?, ?) (None, 'r1')",
        "INSERT INTO n (parent_id, name) VALUES (?, ?) (None, 'r2')",
        "INSERT INTO n (parent_id, name) VALUES (?, ?) (1, 'a')",
        "INSERT INTO n (parent_id, name) VALUES (?, ?) (2, 'c')",
        "INSERT INTO n (parent_id, name) VALUES (?, ?) (3, 'b')",
    ]


def test_a_circle_of_objects(both: tuple[Session, Sent]) -> None:
    """Nothing is sent; the error names the objects."""
    session, sent = both
    a, b = Node(name="a"), Node(name="b")
    a.parent, b.parent = b, a
    session.add(a)
    with pytest.raises(exc.CircularDependencyError, match=r"Circular dependency detected\. .*<Node at 0x"):
        session.flush()
    assert sent.take() == []


def test_defaults(both: tuple[Session, Sent]) -> None:
    """Python's defaults are in the attributes, the database's come back with the key."""
    session, sent = both
    one = Defaults()
    session.add(one)
    session.flush()
    insert = "INSERT INTO d (given, made, from_row, {}in_sql, at_update, sql_at_update) VALUES (?, ?, ?, {}3+4, ?, ?)"
    assert sent.take() == [f"{insert.format('', '')} RETURNING id, server, in_sql (5, 7, 50, None, None)"]
    assert (one.id, one.given, one.made, one.from_row, one.server, one.in_sql) == (1, 5, 7, 50, 9, 7)
    several = [Defaults(), Defaults(server=4, given=None), Defaults(id=90)]
    session.add_all(several)
    assert sent.take() == []
    session.flush()
    assert sent.take() == [
        f"{insert.format('', '')} RETURNING id, server, in_sql (5, 7, 50, None, None)",
        f"{insert.format('server, ', '?, ')} RETURNING id, in_sql (5, 7, 50, 4, None, None)",
        "INSERT INTO d (id, given, made, from_row, in_sql, at_update, sql_at_update) "
        "VALUES (?, ?, ?, ?, 3+4, ?, ?) RETURNING id, server, in_sql (90, 5, 7, 50, None, None)",
    ]


def test_expressions_as_values(both: tuple[Session, Sent]) -> None:
    """The database computes them; the attribute is read again when it is asked for."""
    session, sent = both
    one, two, three = Parent(name=func.upper("abc")), Parent(name="plain"), Parent(id=9, name=func.lower("X"))
    session.add_all([one, two, three])
    session.flush()
    assert sent.take() == [
        "INSERT INTO p (name, other) VALUES (upper(?), ?) ('abc', None)",
        "INSERT INTO p (name, other) VALUES (?, ?) ('plain', None)",
        "INSERT INTO p (id, name, other) VALUES (?, lower(?), ?) (9, 'X', None)",
    ]
    assert (one.name, three.name) == ("ABC", "x")


def test_a_composite_key(both: tuple[Session, Sent]) -> None:
    """All keys given: one batch."""
    session, sent = both
    session.add_all([Pair(a=2, b="x"), Pair(a=1, b="y", v=1), Pair(a=1, b="a")])
    session.flush()
    assert sent.take() == ["INSERT INTO k (a, b, v) VALUES (?, ?, ?) [(2, 'x', None), (1, 'y', 1), (1, 'a', None)]"]
    assert session.get(Pair, (1, "y")).v == 1


def test_a_missing_key(both: tuple[Session, Sent]) -> None:
    """The database refuses it; the error holds the object."""
    session, sent = both
    one = Named(v=1)
    session.add(one)
    with (
        pytest.warns(exc.SAWarning, match=r"Column 'named\.code' is marked as a member of the primary key for table"),
        pytest.raises(exc.IntegrityError) as raised,
    ):
        session.flush()
    assert sent.take() == ["INSERT INTO named (v) VALUES (?) (1,)"]
    assert raised.value.obj is one


def test_a_refused_row_in_a_batch(both: tuple[Session, Sent]) -> None:
    """Which row it was is not known: the error holds the candidates and does not guess."""
    session, _ = both
    both_ones = [Parent(id=1), Parent(id=1)]
    session.add_all(both_ones)
    with pytest.raises(exc.IntegrityError) as raised:
        session.flush()
    assert list(raised.value.objects) == both_ones
    assert raised.value.obj is None


def test_flush_of_thousands_of_roots_and_long_chains(both: tuple[Session, Sent]) -> None:
    """A chain may be longer than Python's stack is deep."""
    session, _ = both
    last = None
    for number in range(1500):
        last = Node(name=str(number), parent=last)
    session.add(last)
    session.flush()
    assert last is not None
    assert last.id == 1500


def test_pending_orphans_are_left_out(both: tuple[Session, Sent]) -> None:
    """What its owner let go before it had a row never gets one."""
    session, sent = both
    from tests.orm.unit_of_work.models import Part

    part = Part()
    owner = Owner(parts=[part])
    session.add(owner)
    owner.parts.remove(part)
    session.flush()
    assert sent.take() == ["INSERT INTO o DEFAULT VALUES ()"]
    assert part not in session


def test_rows_that_give_nothing(both: tuple[Session, Sent]) -> None:
    """Several of them name their counted key, so that one statement serves them all."""
    session, sent = both
    session.add_all([Owner(), Owner()])
    session.flush()
    assert sent.take() == ["INSERT INTO o (id) VALUES (NULL) ()"] * 2


def test_a_reference_that_is_none(both: tuple[Session, Sent]) -> None:
    """It was set, so it counts more than the foreign key beside it."""
    session, sent = both
    session.add(Parent(id=1))
    session.flush()
    sent.clear()
    child = Child(p_id=1, p=None)
    session.add(child)
    session.flush()
    assert sent.take() == ["INSERT INTO c (p_id, name) VALUES (?, ?) (None, None)"]
    assert child.p_id is None


class Told(DeclarativeBase):
    """Base of classes whose defaults look around."""

    metadata = MetaData()


def told(context: Any) -> str:
    """A default that says which statement it is made for."""
    return f"{context.isinsert} {context.isupdate} {context.current_column.name}"


told_pairs = Table(
    "told_pairs",
    Told.metadata,
    Column("a_id", ForeignKey("told.id"), primary_key=True),
    Column("b_id", ForeignKey("told.id"), primary_key=True),
    Column("plain", String, default="p"),
    Column("made", String, default=lambda context: context.current_column.name),
)


class Listening(Told):
    """Has defaults of every kind, and a secondary table with some of its own."""

    __tablename__ = "told"

    id: Mapped[int] = mapped_column(primary_key=True)
    said: Mapped[str] = mapped_column(default=told, onupdate=told)
    kept: Mapped[Any | None] = mapped_column(JSON().evaluates_none(), default={"n": 1})
    others: Mapped[list[Listening]] = relationship(
        secondary=told_pairs,
        primaryjoin=lambda: Listening.id == told_pairs.c.a_id,
        secondaryjoin=lambda: Listening.id == told_pairs.c.b_id,
    )


def test_what_defaults_are_told(face: str) -> None:
    """A function learns which statement and which column it serves; None is a value where the type says so."""
    with recorded(Told.metadata, face) as (session, _):
        one, other = Listening(), Listening(kept=None)
        one.others.append(other)
        session.add_all([one, other])
        session.flush()
        assert [one.said, other.said] == ["True False said"] * 2
        assert [one.kept, other.kept] == [{"n": 1}, None]
        assert [tuple(row) for row in session.execute(told_pairs.select())] == [(1, 2, "p", "made")]
        one.kept = [2]
        session.flush()
        assert one.said == "False True said"


def test_what_default_functions_raise(face: str) -> None:
    """The error names the column and the object, `orig` is what was raised; nothing is left in the objects."""

    class Base(DeclarativeBase):
        pass

    codes = iter(["a", ValueError("no code"), "b", "c"])

    def make() -> Any:
        code = next(codes)
        if isinstance(code, Exception):
            raise code
        return code

    class Coded(Base):
        __tablename__ = "coded"
        id: Mapped[int] = mapped_column(primary_key=True)
        plain: Mapped[int] = mapped_column(default=7)
        code: Mapped[str] = mapped_column(default=make)

    with recorded(Base.metadata, face) as (session, _):
        several = [Coded(), Coded()]
        session.add_all(several)
        with pytest.raises(exc.StatementError) as refused:
            session.flush()
        assert (
            "(builtins.ValueError) no code\n"
            f"It was raised by the default of column coded.code, for <Coded at {id(several[1]):#x}>; this INSERT was not sent."
        ) == str(refused.value)
        assert isinstance(refused.value.orig, ValueError) and refused.value.__cause__ is refused.value.orig
        assert not any(vars(one).keys() - {"_sa_instance_state"} for one in several)
        session.rollback()
        session.add_all(several)
        session.flush()
        assert [(one.plain, one.code) for one in several] == [(7, "b"), (7, "c")]


def test_defaults_of_refused_rows_are_made_again(face: str) -> None:
    """A token that was taken is not tried again: after the rollback the objects have no value, as they were added."""

    class Base(DeclarativeBase):
        pass

    tokens = iter(["taken", "taken", "free"])

    class Ticket(Base):
        __tablename__ = "tickets"
        id: Mapped[int] = mapped_column(primary_key=True)
        token: Mapped[str] = mapped_column(default=lambda: next(tokens), unique=True)

    with recorded(Base.metadata, face) as (session, _):
        session.add(Ticket())
        session.commit()
        ticket = Ticket()
        session.add(ticket)
        with pytest.raises(exc.UniqueViolation):
            session.commit()
        session.rollback()
        assert "token" not in vars(ticket)
        session.add(ticket)
        session.commit()
        assert ticket.token == "free"


def test_what_the_functions_of_defaults_say_themselves(face: str) -> None:
    """A statement of theirs that failed stays what it is, with the place as a note; so does what is not to be wrapped."""

    class Base(DeclarativeBase):
        pass

    class Own(exc.DontWrapMixin, Exception):
        pass

    errors: list[Exception] = [exc.OperationalError("SELECT 1", None, Exception("gone")), Own("mine")]

    def fail() -> Any:
        raise errors[0]

    class Failing(Base):
        __tablename__ = "failing"
        id: Mapped[int] = mapped_column(primary_key=True)
        code: Mapped[str] = mapped_column(default=fail)

    with recorded(Base.metadata, face) as (session, _):
        while errors:
            session.add(Failing())
            with pytest.raises(type(errors[0])) as refused:
                session.flush()
            assert refused.value is errors.pop(0)
            [note] = refused.value.__notes__
            assert note.startswith("It was raised by the default of column failing.code, for <Failing at")
            session.rollback()


def test_a_row_that_a_trigger_passes_over(both: tuple[Session, Sent]) -> None:
    """The driver still tells the number of the row before: no object gets it, and the flush says that there is no key."""
    session, _ = both
    session.execute(text("CREATE TRIGGER not_y BEFORE INSERT ON p WHEN NEW.name = 'y' BEGIN SELECT RAISE(IGNORE); END"))
    session.commit()
    for names in (("x", "y", "z"), ("y",)):
        session.add_all([Parent(name=name) for name in names])
        with pytest.raises(exc.FlushError, match="NULL identity key"):
            session.flush()
        session.rollback()
