"""Document C: three ways to add 1 to a column of every row, and what each of them does to the session's objects."""

from itertools import permutations
from typing import Any

import pytest

from holdfast import Column, Engine, Integer, func, select, text, update
from holdfast.orm import Session, sessionmaker

ROWS = 20

with pytest.warns(DeprecationWarning, match="declarative_base"):
    from holdfast.ext.declarative import declarative_base

    Base: Any = declarative_base()


class Stuff(Base):
    __tablename__ = "stuff"

    id = Column(Integer, primary_key=True)
    foo = Column(Integer, default=0)


stuff = Stuff.__table__


def loop_over_objects(session: Session) -> None:
    for one in session.query(Stuff):
        one.foo += 1


def loop_over_objects_and_flush(session: Session) -> None:
    loop_over_objects(session)
    session.flush()


def statement_with_values_method(session: Session) -> None:
    session.execute(update(stuff).values({stuff.c.foo: stuff.c.foo + 1}))


def statement_with_values_argument(session: Session) -> None:
    with pytest.warns(DeprecationWarning, match=r"\.values\("):
        session.execute(update(stuff, values={stuff.c.foo: stuff.c.foo + 1}))


def query_update(session: Session) -> None:
    session.query(Stuff).update({Stuff.foo: Stuff.foo + 1})


def query_update_unsynchronised(session: Session) -> None:
    session.query(Stuff).update({Stuff.foo: Stuff.foo + 1}, synchronize_session=False)


WAYS = [loop_over_objects, statement_with_values_method, query_update, query_update_unsynchronised]
ORDERS = list(permutations([loop_over_objects_and_flush, statement_with_values_method, query_update]))


@pytest.fixture
def make_session(file_engine: Engine) -> sessionmaker[Session]:
    """Sessions over a file with ROWS rows of which each has foo = 0."""
    Base.metadata.create_all(file_engine)
    make = sessionmaker(bind=file_engine)
    with make() as session:
        session.add_all(Stuff() for _ in range(ROWS))
        session.commit()
    return make


def total(session: Session) -> int:
    """The sum of the column, asked from the database."""
    return session.execute(select(func.sum(stuff.c.foo))).scalar_one()


class TestThreeWays:
    """C1."""

    @pytest.mark.parametrize("way", WAYS)
    def test_each_way_alone_adds_one_to_every_row(self, make_session: sessionmaker[Session], way) -> None:
        """C1: every one of the three ways ends in the same rows."""
        with make_session() as session:
            way(session)
            session.commit()
            assert total(session) == ROWS

    @pytest.mark.holdfast_only
    def test_the_values_argument_of_old_works_and_warns(self, make_session: sessionmaker[Session]) -> None:
        """C1: `update(table, values={...})`, the form of the document, does what `.values()` does."""
        with make_session() as session:
            statement_with_values_argument(session)
            session.commit()
            assert total(session) == ROWS

    def test_all_of_them_before_one_commit(self, make_session: sessionmaker[Session]) -> None:
        """C1: in the order of the document, in one session and one transaction, each of them counts."""
        with make_session() as session:
            loop_over_objects(session)
            session.query(Stuff).update({Stuff.foo: Stuff.foo + 1})
            statement_with_values_method(session)
            session.commit()
            assert total(session) == 3 * ROWS

    @pytest.mark.parametrize("order", ORDERS)
    def test_any_order_counts_when_changed_objects_are_flushed_and_read_anew(
        self, make_session: sessionmaker[Session], order
    ) -> None:
        """C1, C4: with a flush after the loop and `expire_all()` between the ways, the order does not matter."""
        with make_session() as session:
            for way in order:
                way(session)
                session.expire_all()
            session.commit()
            assert total(session) == 3 * ROWS

    def test_unflushed_objects_are_written_before_a_statement_on_their_table(
        self, make_session: sessionmaker[Session]
    ) -> None:
        """C1: a statement of the SQL layer through the session finds what the loop changed: it is flushed first."""
        with make_session() as session:
            loop_over_objects(session)
            statement_with_values_method(session)
            session.commit()
            assert total(session) == 2 * ROWS


class TestBulkForm:
    """C2."""

    @pytest.mark.parametrize("way", [statement_with_values_method, query_update_unsynchronised])
    def test_it_is_one_statement_with_the_arithmetic_in_sql(
        self, make_session: sessionmaker[Session], file_engine: Engine, record, way
    ) -> None:
        """C2: the database adds; no row travels."""
        sent = record(file_engine)
        with make_session() as session:
            way(session)
            session.commit()
        assert [tuple(statement) for statement in sent] == [("UPDATE stuff SET foo=(stuff.foo + ?)", 1)]

    def test_objects_in_the_session_are_synchronised(self, make_session: sessionmaker[Session]) -> None:
        """C2: if nothing else is said, objects that the session holds show the new value at once."""
        with make_session() as session:
            objects = session.query(Stuff).order_by(Stuff.id).all()
            count = session.query(Stuff).filter(Stuff.id <= 5).update({Stuff.foo: Stuff.foo + 1})
            assert count == 5
            assert [one.foo for one in objects] == [1] * 5 + [0] * (ROWS - 5)

    def test_they_are_not_with_synchronize_session_false(self, make_session: sessionmaker[Session]) -> None:
        """C1, C2: False spares the synchronisation; the commit expires the objects in any case."""
        with make_session() as session:
            one = session.query(Stuff).first()
            assert one.foo == 0
            query_update_unsynchronised(session)
            assert one.foo == 0
            session.commit()
            assert one.foo == 1

    def test_changed_objects_are_flushed_before(self, make_session: sessionmaker[Session]) -> None:
        """C2: the statement adds to what the objects were changed to."""
        with make_session() as session:
            one = session.query(Stuff).order_by(Stuff.id).first()
            one.foo = 10
            query_update(session)
            assert one.foo == 11
            session.commit()
            assert total(session) == ROWS + 10


class TestLoop:
    """C3."""

    def test_it_loads_every_object_and_sends_one_batch(
        self, make_session: sessionmaker[Session], file_engine: Engine, record
    ) -> None:
        """C3: one SELECT of all rows, then one UPDATE whose parameters are ROWS rows."""
        sent = record(file_engine)
        with make_session() as session:
            loop_over_objects(session)
            session.commit()
        assert [tuple(statement) for statement in sent] == [
            ("SELECT stuff.id AS stuff_id, stuff.foo AS stuff_foo \nFROM stuff", 1),
            ("UPDATE stuff SET foo=? WHERE stuff.id = ?", ROWS),
        ]

    def test_nothing_is_sent_for_objects_that_end_as_they_began(
        self, make_session: sessionmaker[Session], file_engine: Engine, record
    ) -> None:
        """C3: only net changes are written."""
        with make_session() as session:
            objects = session.query(Stuff).all()
            sent = record(file_engine)
            for one in objects:
                one.foo += 1
            for one in objects[1:]:
                one.foo -= 1
            session.commit()
        assert [tuple(statement) for statement in sent] == [("UPDATE stuff SET foo=? WHERE stuff.id = ?", 1)]


class TestExpiry:
    """C4."""

    def test_commit_expires_everything_by_default(
        self, make_session: sessionmaker[Session], file_engine: Engine, record
    ) -> None:
        """C4: the first touch after the commit reads the row again."""
        with make_session() as session:
            one = session.query(Stuff).order_by(Stuff.id).first()
            session.commit()
            sent = record(file_engine)
            assert one.foo == 0
            assert [statement.sql for statement in sent] == [
                "SELECT stuff.id, stuff.foo \nFROM stuff \nWHERE stuff.id = ?"
            ]

    @pytest.mark.parametrize("by_hand", ["expire", "refresh", "expire_all"])
    def test_after_raw_sql_objects_are_stale_until_expired_by_hand(
        self, make_session: sessionmaker[Session], by_hand: str
    ) -> None:
        """C4: what `text()` changed is not seen by objects until they are expired or refreshed."""
        with make_session() as session:
            one = session.query(Stuff).order_by(Stuff.id).first()
            assert one.foo == 0
            session.execute(text("UPDATE stuff SET foo = foo + 1"))
            assert one.foo == 0
            if by_hand == "expire_all":
                session.expire_all()
            else:
                getattr(session, by_hand)(one)
            assert one.foo == 1
