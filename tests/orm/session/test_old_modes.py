"""Forms of the 1.x series: `autocommit=True`, and subtransactions; they work and say what to write today."""

import pytest

from holdfast import exc, select
from holdfast.exc import SADeprecationWarning
from holdfast.orm import Session, sessionmaker
from tests.orm.session.models import Book, Writer


@pytest.fixture
def session(plain_engine):
    """A session of the old mode."""
    make = sessionmaker(plain_engine, autocommit=True)
    with pytest.warns(SADeprecationWarning, match="the mode of the 1.x series"):
        made = make()
    yield made
    made.close()
    assert plain_engine.pool.checkedout() == 0


def stored(engine):
    """What another session sees."""
    with Session(engine) as other:
        return other.scalars(select(Writer.name).order_by(Writer.id)).all()


def test_a_flush_is_a_transaction_of_its_own(session, plain_engine):
    """It is committed at once; objects expire as after a commit, and read their row in a transaction of its own."""
    writer = Writer(name="a")
    session.add(writer)
    assert not session.in_transaction()
    session.flush()
    assert stored(plain_engine) == ["a"] and not session.in_transaction()
    assert "name" not in vars(writer) and writer.name == "a" and not session.in_transaction()
    assert plain_engine.pool.checkedout() == 0


def test_queries_leave_no_transaction(session, plain_engine):
    """Autoflush included; objects keep what they have."""
    session.add(Writer(name="a", books=[Book(title="one")]))
    writer = session.scalars(select(Writer)).one()
    assert stored(plain_engine) == ["a"] and not session.in_transaction()
    assert [book.title for book in writer.books] == ["one"] and writer.name == "a"
    assert session.get(Writer, 99) is None and session.query(Writer).count() == 1
    assert not session.in_transaction() and plain_engine.pool.checkedout() == 0


def test_commit_wants_a_begin(session):
    """Without it there is nothing to commit; rollback does nothing."""
    with pytest.raises(exc.InvalidRequestError, match="No transaction is begun"):
        session.commit()
    session.rollback()


def test_with_begin_it_is_a_transaction_like_any(session, plain_engine):
    """Several calls, one end."""
    session.begin()
    session.add(Writer(name="a"))
    session.flush()
    assert session.in_transaction()
    session.rollback()
    assert stored(plain_engine) == []
    with session.begin():
        session.add(Writer(name="b"))
    assert stored(plain_engine) == ["b"] and not session.in_transaction()


def test_a_failed_flush_needs_no_rollback(session, plain_engine):
    """Its transaction is over; the session goes on."""
    session.add(Writer(name="a"))
    session.flush()
    session.add(Writer(name="a"))
    with pytest.raises(exc.UniqueViolation):
        session.flush()
    assert session.is_active and not session.in_transaction()
    session.add(Writer(name="b"))
    session.flush()
    assert stored(plain_engine) == ["a", "b"]


def test_subtransactions(plain_engine):
    """An inner commit sends and ends only itself; the outer one makes it permanent."""
    with Session(plain_engine) as session:
        session.begin()
        with pytest.warns(SADeprecationWarning, match="use begin_nested"):
            inner = session.begin(subtransactions=True)
        session.add(Writer(name="a"))
        session.commit()
        assert not inner.is_active and session.in_transaction() and stored(plain_engine) == []
        session.commit()
        assert stored(plain_engine) == ["a"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_an_inner_rollback_demands_the_outer_one(plain_engine):
    """The work is undone at once, and the outer level refuses everything but its own rollback."""
    with Session(plain_engine) as session:
        session.begin()
        lost = Writer(name="a")
        session.add(lost)
        session.flush()
        session.begin(subtransactions=True)
        session.add(Writer(name="b"))
        session.flush()
        session.rollback()
        assert lost not in session and not session.is_active
        with pytest.raises(exc.InvalidRequestError, match="This session is in 'inactive' state"):
            session.scalars(select(Writer))
        with pytest.raises(exc.InvalidRequestError, match="inactive"):
            session.commit()
        session.rollback()
        assert session.is_active and session.scalars(select(Writer)).all() == []


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_failed_flush_inside(plain_engine):
    """Both levels want their rollback."""
    with Session(plain_engine) as session:
        session.begin()
        session.begin(subtransactions=True)
        session.add_all([Writer(name="a"), Writer(name="a")])
        with pytest.raises(exc.UniqueViolation):
            session.flush()
        with pytest.raises(exc.PendingRollbackError):
            session.commit()
        session.rollback()
        with pytest.raises(exc.PendingRollbackError):
            session.commit()
        session.rollback()
        assert session.is_active


def test_flags_that_mean_nothing_any_more(plain_engine):
    """They are taken as documented, by sessions and by makers; what says the opposite of what is true is refused."""
    for made in (
        Session(plain_engine, future=True, enable_baked_queries=False),
        sessionmaker(plain_engine, future=True, enable_baked_queries=True)(),
    ):
        with made as session:
            assert session.scalars(select(Writer)).all() == []
    with pytest.raises(exc.ArgumentError, match="future"):
        Session(plain_engine, future=False)
