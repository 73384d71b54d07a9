"""How transactions end in unusual ways: by a listener that fails, by an outer level, by a connection that was given."""

import threading
from typing import Any

import pytest

from holdfast import Engine, event, exc, func, select
from holdfast.orm import Session
from holdfast.orm.exc import StaleDataError
from tests.orm.locking.models import Base as Versioned
from tests.orm.locking.models import Page
from tests.orm.session.models import Writer


@pytest.fixture
def engine(file_engine: Engine) -> Engine:
    """An engine on an empty database."""
    Versioned.metadata.create_all(file_engine)
    return file_engine


def test_a_listener_before_commit_that_fails(engine: Engine) -> None:
    """The transaction goes on: the next commit is one."""
    with Session(engine) as session:
        session.add(Writer(name="a"))

        def fail(session: Any) -> None:
            raise ValueError("not yet")

        event.listen(session, "before_commit", fail, once=True)
        with pytest.raises(ValueError, match="not yet"):
            session.commit()
        session.commit()
        assert session.scalars(select(Writer.name)).all() == ["a"]


def test_a_listener_before_commit_that_commits(engine: Engine) -> None:
    """It is inside of a commit; each commit says so, the first and the next."""
    with Session(engine) as session:
        event.listen(session, "before_commit", lambda session: session.commit(), io=True)
        for _ in range(2):
            session.add(Writer(name="a"))
            with pytest.raises(exc.IllegalStateChangeError, match="inside of a commit"):
                session.commit()
            session.rollback()


def test_an_outer_level_ends_the_inner_ones(engine: Engine) -> None:
    """Rolled back from outside, each savepoint in between is rolled back, and what was written before it stays."""
    with Session(engine) as session:
        session.add(Writer(name="kept"))
        outer = session.begin_nested()
        session.add(Writer(name="outer"))
        session.flush()
        inner = session.begin_nested()
        inside = Writer(name="inner")
        session.add(inside)
        session.flush()
        outer.rollback()
        assert not inner.is_active
        assert inside not in session
        assert session.scalars(select(Writer.name)).all() == ["kept"]
        session.commit()
        assert session.scalar(select(func.count(Writer.id))) == 1


MODES = {
    "conditional_savepoint": (["a"], []),
    "rollback_only": (["a"], []),
    "create_savepoint": (["a"], ["before"]),
    "control_fully": ([], []),
}


@pytest.mark.parametrize("mode", MODES)
def test_a_connection_that_was_given(engine: Engine, mode: str) -> None:
    """In its transaction: what the session's commit and rollback mean to it, as `join_transaction_mode` says."""
    after_commit, after_rollback = MODES[mode]
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, join_transaction_mode=mode) as session:  # type: ignore[arg-type]
            session.add(Writer(name="a"))
            session.commit()
        assert transaction.is_active is (mode != "control_fully")
        if mode == "control_fully":
            assert connection.scalars(select(Writer.name)).all() == ["a"]
            return
        assert connection.scalars(select(Writer.name)).all() == after_commit
        transaction.rollback()
    with engine.connect() as connection:
        transaction = connection.begin()
        connection.execute(Writer.__table__.insert(), {"name": "before"})
        with Session(connection, join_transaction_mode=mode) as session:  # type: ignore[arg-type]
            session.add(Writer(name="a"))
            session.flush()
            session.rollback()
        assert transaction.is_active is (mode == "create_savepoint")
        if transaction.is_active:
            assert connection.scalars(select(Writer.name)).all() == after_rollback


@pytest.mark.parametrize("mode", ["conditional_savepoint", "create_savepoint", "rollback_only", "control_fully"])
def test_a_connection_in_a_savepoint(engine: Engine, mode: str) -> None:
    """The session's rollback concerns a savepoint of its own, or the one that the connection is in; the root goes on."""
    with engine.connect() as connection:
        root = connection.begin()
        connection.execute(Writer.__table__.insert(), {"name": "root"})
        savepoint = connection.begin_nested()
        connection.execute(Writer.__table__.insert(), {"name": "savepoint"})
        with Session(connection, join_transaction_mode=mode) as session:  # type: ignore[arg-type]
            session.add(Writer(name="a"))
            session.flush()
            session.rollback()
        kept = mode in ("conditional_savepoint", "create_savepoint")
        assert (root.is_active, savepoint.is_active) == (True, kept)
        names = connection.scalars(select(Writer.name).order_by(Writer.id)).all()
        assert names == (["root", "savepoint"] if kept else ["root"])
        root.rollback()


def test_merge_of_an_older_version(engine: Engine) -> None:
    """What was read before the row was changed is refused; the version of now, or none, is not."""
    with Session(engine, expire_on_commit=False) as session:
        page = Page(id=1, title="a")
        session.add(page)
        session.commit()
        session.expunge(page)
        newer = session.get_one(Page, 1)
        newer.title = "b"
        session.commit()
        with pytest.raises(StaleDataError, match="Version id '1' on merged state"):
            session.merge(page)
        assert session.merge(Page(id=1, title="c", version=newer.version)).title == "c"
        assert session.merge(Page(id=1, title="d")).title == "d"


def test_an_overridden_execute_runs_where_it_is_called(plain_engine: Engine) -> None:
    """`get` goes through it, in the thread of the caller."""
    threads: list[int] = []

    class Own(Session):
        def execute(self, *arguments: Any, **keywords: Any) -> Any:
            threads.append(threading.get_ident())
            return super().execute(*arguments, **keywords)

    with Own(plain_engine) as session:
        assert session.get(Writer, 1) is None
    assert threads == [threading.get_ident()]
