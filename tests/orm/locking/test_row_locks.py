"""Row locks, seen by a second connection: what is locked, by what, and what the others get."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from holdfast import Engine, create_engine, exc, select
from holdfast.orm import Session, joinedload, selectinload
from tests.orm.locking.models import Base, Book, Page
from tests.support.awaited import engine_on


@pytest.fixture(
    params=[
        pytest.param((name, face), id=f"{name}-{face}", marks=getattr(pytest.mark, name))
        for name in ("postgresql", "mariadb")
        for face in ("sync", "async")
    ]
)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """An engine on a clean server database with two books and three pages, on either face."""
    name, face = request.param
    with engine_on(request.getfixturevalue(f"clean_{name}_url"), face) as engine:
        _fill(engine)
        yield engine


def _fill(engine: Engine) -> None:
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        pages = [Page(id=1, title="a"), Page(id=2, title="b")]
        session.add_all([Book(id=1, name="one", pages=pages), Book(id=2, name="two", pages=[Page(id=3, title="c")])])
        session.commit()


def free(engine: Engine, kind: Any) -> list[int]:
    """Return the keys of the rows that another connection can lock now."""
    with Session(engine) as other:
        return list(other.scalars(select(kind.id).order_by(kind.id).with_for_update(skip_locked=True)))


WAYS: dict[str, Callable[[Session], Any]] = {
    "select": lambda session: session.scalars(select(Book).where(Book.id == 1).with_for_update()).all(),
    "columns": lambda session: session.execute(select(Book.name).where(Book.id == 1).with_for_update()).all(),
    "get": lambda session: session.get(Book, 1, with_for_update=True),
    "get of a present one": lambda session: (session.get(Book, 1), session.get(Book, 1, with_for_update={"nowait": True})),
    "get with options": lambda session: session.get(Book, 1, options=[selectinload(Book.pages)], with_for_update=True),
    "refresh": lambda session: session.refresh(session.get_one(Book, 1), with_for_update=True),
    "refresh of names": lambda session: session.refresh(session.get_one(Book, 1), ["name"], with_for_update={"nowait": True}),
    "Query": lambda session: session.query(Book).filter_by(id=1).with_for_update().one(),
    "Query.populate_existing": lambda session: session.query(Book).filter_by(id=1).populate_existing().with_for_update().all(),
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_every_way_locks(engine: Engine, way: str) -> None:
    """Whoever locks the row first, others find it locked until the transaction ends."""
    with Session(engine) as session:
        WAYS[way](session)
        assert free(engine, Book) == [2]
        with Session(engine) as other, pytest.raises(exc.OperationalError) as caught:
            other.get(Book, 1, with_for_update={"nowait": True})
        assert isinstance(caught.value, exc.LockTimeout)
        session.commit()
        assert free(engine, Book) == [1, 2]


def test_shared_locks_let_readers_in(engine: Engine) -> None:
    """Two may hold a shared lock, nobody a lock of its own meanwhile."""
    with Session(engine) as one, Session(engine) as two:
        one.get(Book, 1, with_for_update={"read": True})
        assert two.get(Book, 1, with_for_update={"read": True, "nowait": True}) is not None
        assert free(engine, Book) == [2]


def test_a_locked_object_has_the_values_of_now(engine: Engine) -> None:
    """Locking reads the row again: what somebody else committed meanwhile is there, so that it can be counted on."""
    with Session(engine, expire_on_commit=False) as session:
        page = session.get_one(Page, 1)
        session.commit()
        with Session(engine) as other:
            other.get_one(Page, 1).title = "changed"
            other.commit()
        assert page.title == "a"
        assert session.get(Page, 1, with_for_update=True) is page
        assert (page.title, page.version) == ("changed", 2)


def test_of_locks_some_of_the_tables(clean_postgresql_url: str) -> None:
    """`of` names classes, attributes or tables of a join; an eager outer join would otherwise be refused."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all([Book(id=1, name="one", pages=[Page(id=1, title="a")]), Book(id=2, name="two")])
        session.commit()
        statement = select(Book).join(Book.pages).where(Page.id == 1)
        for of, books, pages in (
            (Page, [1, 2], []),
            (Book, [2], [1]),
            (Book.id, [2], [1]),
            (Book.__table__, [2], [1]),
            ([Book, Page], [2], []),
        ):
            session.scalars(statement.with_for_update(of=of)).all()
            assert (free(engine, Book), free(engine, Page)) == (books, pages), of
            session.rollback()
        eager = select(Book).options(joinedload(Book.pages)).where(Book.id == 1)
        found = session.scalars(eager.with_for_update(of=Book)).unique().one()
        assert [page.id for page in found.pages] == [1]
        assert (free(engine, Book), free(engine, Page)) == ([2], [1])
    engine.dispose()


def test_key_share_leaves_keys_to_others(clean_postgresql_url: str) -> None:
    """FOR NO KEY UPDATE lets rows be inserted that refer to the locked one; FOR UPDATE does not."""
    engine = create_engine(clean_postgresql_url)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Book(id=1, name="one"))
        session.commit()
        session.get(Book, 1, with_for_update={"key_share": True})
        with Session(engine) as other:
            other.add(Page(id=9, title="refers", book_id=1))
            other.commit()
            assert other.get(Book, 1, with_for_update={"key_share": True, "read": True, "nowait": True}) is not None
        session.rollback()
        session.get(Book, 1, with_for_update=True)
        with Session(engine) as other, pytest.raises(exc.LockTimeout):
            other.get(Book, 1, with_for_update={"key_share": True, "read": True, "nowait": True})
    engine.dispose()


def test_sqlite_locks_the_database(tmp_path: Any) -> None:
    """SQLite has no row locks: it takes its one write lock before it reads, so that counting on a value is safe."""
    engine = create_engine(f"sqlite:///{tmp_path}/locks.db", connect_args={"timeout": 0})
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Book(id=1, name="one"))
        session.commit()
        session.get(Book, 1, with_for_update=True)
        with Session(engine) as other, pytest.raises(exc.OperationalError) as caught:
            other.get(Book, 1, with_for_update=True)
        assert caught.value.retryable
    engine.dispose()
