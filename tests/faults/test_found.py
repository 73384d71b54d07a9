"""What failure at every I/O has found: one small program each, which went wrong before."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import holdfast as hf
from holdfast.ext.asyncio import create_async_engine
from holdfast.orm import Session
from holdfast.testing import IO, Fault, Faults, faults
from tests.faults.mapped import Author, Base, Note


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Any]:
    """An engine on a file with two authors."""
    made = hf.create_engine(f"sqlite:///{tmp_path}/found.db")
    Base.metadata.create_all(made)
    with Session(made) as session:
        session.add_all([Author(id=1, name="ann"), Author(id=2, name="bob")])
        session.commit()
    yield made
    made.dispose()


@pytest.fixture
def plan(engine: Any) -> Iterator[Faults]:
    """Lets I/O of the engine fail."""
    with faults(engine) as made:
        yield made


def names(engine: Any) -> list[str]:
    """Return the names that are committed."""
    with engine.connect() as connection:
        return list(connection.scalars(hf.select(Author.name).order_by(Author.id)))


def test_an_invalidated_session_leaves_no_transaction_in_the_pool(engine: Any) -> None:
    """The next user of the pool does not commit what the session had not."""
    session = Session(engine)
    session.add(Author(id=3, name="never"))
    session.flush()
    session.invalidate()
    with Session(engine) as other:
        other.add(Author(id=4, name="dan"))
        other.commit()
    assert names(engine) == ["ann", "bob", "dan"]


def test_ctrl_c_at_a_rollback_leaves_no_transaction_in_the_pool(engine: Any, plan: Faults) -> None:
    """A ROLLBACK that may not have been sent: the connection is closed, which is a rollback too."""
    session = Session(engine)
    session.add(Author(id=3, name="never"))
    session.flush()
    assert [operation.kind for operation in plan.operations] == [IO.BEGIN, IO.STATEMENT]
    plan.arm(Fault.INTERRUPT_BEFORE, at=IO.ROLLBACK)
    with pytest.raises(KeyboardInterrupt):
        session.rollback()
    with Session(engine) as other:
        other.add(Author(id=4, name="dan"))
        other.commit()
    assert names(engine) == ["ann", "bob", "dan"]


def test_a_transaction_that_was_lost_in_a_savepoint_is_lost(engine: Any, plan: Faults) -> None:
    """Who passes over the error goes on in a transaction of which the first half is gone: that is refused until rollback()."""
    with Session(engine) as session:
        session.add(Author(id=3, name="before"))
        session.flush()
        plan.arm(Fault.LOST_AFTER, at=IO.STATEMENT)
        with pytest.raises(hf.exc.ConnectionLost):
            with session.begin_nested():
                session.add(Author(id=4, name="inside"))
        session.add(Author(id=5, name="after"))
        with pytest.raises(
            hf.exc.PendingRollbackError, match="Can't reconnect until invalid transaction is rolled back"
        ):
            session.commit()
        session.rollback()
        session.add(Author(id=6, name="anew"))
        session.commit()
    assert names(engine) == ["ann", "bob", "anew"]


def test_a_lost_transaction_is_not_committed(engine: Any, plan: Faults) -> None:
    """COMMIT is not sent, so nobody needs to ask what became of it."""
    with engine.connect() as connection:
        connection.execute(hf.insert(Author).values(id=3, name="lost"))
        connection.invalidate()
        done = len(plan.operations)
        with pytest.raises(hf.exc.PendingRollbackError):
            connection.commit()
        assert len(plan.operations) == done
    with engine.connect() as connection:
        savepoint = connection.begin_nested()
        connection.invalidate()
        with pytest.raises(hf.exc.PendingRollbackError, match="invalid savepoint transaction"):
            savepoint.commit()


@pytest.mark.parametrize(("fault", "at"), [(Fault.INTERRUPT_BEFORE, IO.SAVEPOINT), (Fault.INTERRUPT_AFTER, IO.RELEASE)])
def test_ctrl_c_at_a_savepoint_goes_on_as_itself(engine: Any, fault: Fault, at: IO) -> None:
    """ROLLBACK TO fails then, since there is no such savepoint: who pressed Ctrl-C is not told of that."""
    with Session(engine) as session, faults(engine, fault, at=at):
        session.add(Author(id=3, name="before"))
        session.flush()
        with pytest.raises(KeyboardInterrupt), session.begin_nested():
            session.add(Author(id=4, name="inside"))
        with pytest.raises(hf.exc.PendingRollbackError):
            session.commit()
    assert names(engine) == ["ann", "bob"]


def test_a_savepoint_that_can_not_be_rolled_back_takes_the_transaction_along(engine: Any, plan: Faults) -> None:
    """What should be undone is not committed with what comes later."""
    with Session(engine) as session:
        session.add(Author(id=3, name="before"))
        savepoint = session.begin_nested()
        session.add(Author(id=4, name="inside"))
        session.flush()
        plan.arm(Fault.ERROR, at=IO.ROLLBACK_TO)
        with pytest.raises(hf.exc.OperationalError):
            savepoint.rollback()
        with pytest.raises(hf.exc.PendingRollbackError):
            session.commit()
    assert names(engine) == ["ann", "bob"]


def test_a_commit_that_was_done_does_not_raise(engine: Any, plan: Faults) -> None:
    """A cursor that can not be closed behind the COMMIT costs the connection, and no more."""
    with Session(engine) as session:
        rows = iter(session.scalars(hf.select(Author.id).execution_options(yield_per=1)))
        next(rows)
        session.add(Author(id=3, name="there"))
        session.flush()
        plan.arm(Fault.ERROR, at=IO.CLOSE_STREAM)
        session.commit()
        assert plan.struck is not None
    assert names(engine) == ["ann", "bob", "there"]
    assert engine.pool.checkedout() == 0


@pytest.mark.parametrize("fault", [Fault.ERROR, Fault.LOST_BEFORE])
@pytest.mark.parametrize("at", [IO.FETCH, IO.CLOSE_STREAM])
def test_errors_of_a_stream_are_the_documented_ones(engine: Any, fault: Fault, at: IO) -> None:
    """Not the driver's own: of fetching, of closing the cursor after the last row."""
    with Session(engine) as session, faults(engine, fault, at=at), pytest.raises(hf.exc.DBAPIError) as raised:
        session.scalars(hf.select(Author.id).execution_options(yield_per=1)).all()
    assert isinstance(raised.value, hf.exc.ConnectionLost) is (fault is Fault.LOST_BEFORE)


def test_a_session_whose_close_failed_may_be_used_again(engine: Any, plan: Faults, tmp_path: Path) -> None:
    """The error of the one ROLLBACK is told; the session is new, and both engines have their connections back."""
    second = hf.create_engine(f"sqlite:///{tmp_path}/second.db")
    Base.metadata.create_all(second)
    session = Session(binds={Author: engine, Note: second})
    session.add_all([Author(id=3, name="never"), Note(id=1, text="never")])
    session.flush()
    plan.arm(Fault.ERROR, at=IO.ROLLBACK)
    with pytest.raises(hf.exc.OperationalError):
        session.close()
    assert (engine.pool.checkedout(), second.pool.checkedout()) == (0, 0)
    assert not session.in_transaction()
    session.add(Author(id=4, name="dan"))
    session.commit()
    session.close()
    assert names(engine) == ["ann", "bob", "dan"]
    second.dispose()


def test_a_closed_connection_of_sqlite_is_a_lost_one(engine: Any) -> None:
    """The pool opens another."""
    with engine.connect() as connection:
        connection.connection.dbapi_connection.close()
        with pytest.raises(hf.exc.ConnectionLost):
            connection.execute(hf.select(1))
        connection.rollback()
        assert connection.scalar(hf.select(1)) == 1


def test_a_connection_that_is_given_up_holds_no_lock(engine: Any) -> None:
    """Not even while the error is looked at, whose traceback holds the cursor of the statement that failed."""
    session = Session(engine)
    session.add(Author(id=3, name="ann"))
    with pytest.raises(hf.exc.UniqueViolation) as held:
        session.connection().execute(hf.insert(Author).values(id=3, name="ann"))
    session.invalidate()
    with Session(engine) as other:
        other.add(Author(id=4, name="dan"))
        other.commit()
    assert held.value.columns == ("name",)
    assert names(engine) == ["ann", "bob", "dan"]


def test_values_read_before_a_commit_from_a_lost_connection(engine: Any, plan: Faults) -> None:
    """`commit(synchronize_session=True)` tells the loss itself, and that the transaction may be repeated."""
    with Session(engine) as session:
        author = session.get_one(Author, 1)
        author.name = "never"
        session.flush()
        plan.arm(Fault.LOST_BEFORE, at=IO.STATEMENT)
        with pytest.raises(hf.exc.ConnectionLost) as raised:
            session.commit(synchronize_session=True)
        assert raised.value.retryable
    assert names(engine) == ["ann", "bob"]


@pytest.mark.parametrize("driver", ["psycopg", "psycopg2"])
def test_a_transaction_that_failed_is_not_committed(driver: str, clean_postgresql_url: str) -> None:
    """PostgreSQL answers such a COMMIT by a ROLLBACK, and calls that no error: who passed over the error is told by Holdfast."""
    made = hf.create_engine(hf.make_url(clean_postgresql_url).set(drivername=f"postgresql+{driver}"))
    Base.metadata.create_all(made)
    with Session(made) as session:
        session.add(Author(id=1, name="ann"))
        session.flush()
        with pytest.raises(hf.exc.ProgrammingError):
            session.execute(hf.text("SELECT nothing_like_this"))
        with pytest.raises(hf.exc.InternalError, match="current transaction is aborted"):
            session.commit()
        session.rollback()
        session.add(Author(id=2, name="bob"))
        session.commit()
    assert names(made) == ["bob"]
    made.dispose()


@pytest.mark.parametrize("driver", ["psycopg", "asyncpg"])
def test_an_awaited_transaction_that_failed_is_not_committed(driver: str, clean_postgresql_url: str) -> None:
    """The same by the drivers for asyncio."""

    async def body() -> None:
        made = create_async_engine(hf.make_url(clean_postgresql_url).set(drivername=f"postgresql+{driver}"))
        async with made.connect() as connection:
            with pytest.raises(hf.exc.ProgrammingError):
                await connection.execute(hf.text("SELECT nothing_like_this"))
            with pytest.raises(hf.exc.InternalError, match="current transaction is aborted"):
                await connection.commit()
            await connection.rollback()
            assert await connection.scalar(hf.select(1)) == 1
        await made.dispose()

    asyncio.run(body())
