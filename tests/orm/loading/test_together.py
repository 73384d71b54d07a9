"""Select-in loads of one level leave together, where the driver sends several statements at once."""

import asyncio
from typing import Any

import pytest

from holdfast import create_engine, event, exc, make_url, select, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session, selectinload
from tests.orm.loading.library import Author, Base, Book, Note, Tag


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest, tmp_path: Any) -> Any:
    """An empty database whose asynchronous driver can do so."""
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'books.db'}"
    return request.getfixturevalue("clean_postgresql_url")


def _note_groups(monkeypatch: pytest.MonkeyPatch, driver: Any, sent: list[list[str]]) -> None:
    """Note the tables that each group of statements reads."""
    send = type(driver).run_group

    async def run_group(self: Any, statements: Any) -> Any:
        sent.append([sql.split("FROM ")[1].split()[0] for sql, _ in statements])
        return await send(self, statements)

    monkeypatch.setattr(type(driver), "run_group", run_group)


def _books() -> list[Any]:
    def book(title: str, author: Author) -> Book:
        return Book(title=title, author=author, tags=[Tag(word=f"of {title}")], notes=[Note()])

    first, second = Author(name="first"), Author(name="second")
    return [book("a", first), book("b", second), book("c", second)]


def _seen(books: Any) -> Any:
    return [(one.title, one.author.name, [tag.word for tag in one.tags], len(one.notes)) for one in books]


WANTED = [
    ("a", "first", ["of a"], 1), ("b", "second", ["of b"], 1), ("c", "second", ["of c"], 1),
]  # fmt: skip


def test_one_level_leaves_together(url: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three relationships of the books are one trip, what lies below is another; chunks follow round by round.

    Two relationships to one class wait for each other: what the first one brings, the second one finds in the session.
    Where somebody hears of each statement, they go one by one.
    """

    async def body() -> None:
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            session.add_all(_books())
            await session.commit()
            sent: list[list[str]] = []
            _note_groups(monkeypatch, (await session.connection()).sync_connection.driver, sent)
        every = [selectinload(Book.author), selectinload(Book.tags), selectinload(Book.notes)]
        cases: list[tuple[list[Any], list[list[str]]]] = [
            (every, [["author", "book_tag", "note"]]),
            ([selectinload(Book.tags, chunksize=2), *every[::2]], [["author", "book_tag", "note"], ["book_tag"]]),
            ([selectinload(Book.tags)], []),
        ]
        for options, wanted in cases:
            async with AsyncSession(engine) as session:
                sent.clear()
                books = (await session.scalars(select(Book).order_by(Book.id).options(*options))).all()
                assert wanted == sent
                if len(options) == 3:
                    assert _seen(books) == WANTED
        heard: list[str] = []
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *given: heard.append(given[2]))
        async with AsyncSession(engine) as session:
            books = (await session.scalars(select(Book).order_by(Book.id).options(*every))).all()
            assert _seen(books) == WANTED
        assert len([sql for sql in heard if sql.startswith("SELECT")]) == 4
        await engine.dispose()

    asyncio.run(body())


EVERY = (selectinload(Book.author), selectinload(Book.tags), selectinload(Book.notes))


@pytest.mark.postgresql
@pytest.mark.parametrize("pipeline", ["always", "never"])
def test_without_a_loop_where_trips_are_long(
    clean_postgresql_url: str, monkeypatch: pytest.MonkeyPatch, pipeline: str
) -> None:
    """A synchronous connection sends a level together where its pipeline is wished for, with BEGIN ahead of what began it."""
    engine = create_engine(make_url(clean_postgresql_url).update_query_dict({"pipeline": pipeline}))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(_books())
        session.commit()
        sent: list[list[str]] = []
        _note_groups(monkeypatch, session.connection().driver, sent)
    with Session(engine) as session:
        books = session.scalars(select(Book).order_by(Book.id).options(*EVERY)).all()
        assert _seen(books) == WANTED
        assert sent == ([["author", "book_tag", "note"]] if pipeline == "always" else [])
    engine.dispose()


@pytest.mark.postgresql
def test_one_of_them_fails(clean_postgresql_url: str) -> None:
    """The error is that of the statement which failed, and the session goes on after a rollback."""
    engine = create_engine(make_url(clean_postgresql_url).update_query_dict({"pipeline": "always"}))
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add_all(_books())
        session.commit()
        session.execute(text("ALTER TABLE note RENAME TO remark"))
        with pytest.raises(exc.ProgrammingError, match='relation "note" does not exist') as raised:
            session.scalars(select(Book).order_by(Book.id).options(*EVERY)).all()
        assert raised.value.statement is not None and "FROM note" in raised.value.statement
        session.rollback()
        assert _seen(session.scalars(select(Book).order_by(Book.id).options(*EVERY)).all()) == WANTED
    engine.dispose()
