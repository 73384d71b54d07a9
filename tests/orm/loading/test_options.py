"""Options as data: paths, what objects remember, what reading is refused, columns, streams."""

import pickle
from typing import Any

import pytest

from holdfast import ForeignKey, create_engine, exc, func, select
from holdfast.orm import (
    Load,
    Mapped,
    Session,
    aliased,
    defaultload,
    defer,
    joinedload,
    load_only,
    mapped_column,
    raiseload,
    registry,
    relationship,
    selectinload,
    subqueryload,
    undefer,
    with_loader_criteria,
)
from tests.orm.loading.library import Author, Book, Person, Tag, loaded
from tests.support.faces import Store


def test_errors_name_the_path(on_library: Any) -> None:
    """An option that begins nowhere, goes on from elsewhere, or is none, says so; nothing is sent."""

    async def program(store: Store, session: Any) -> None:
        cases = [
            (lambda: selectinload(Book.tags), "does not apply to any of the root entities in this query, e.g. Author"),
            (lambda: selectinload(aliased(Author).books), r"Mapped class aliased\(Author\) referenced in option"),
            (lambda: selectinload(Author.books).joinedload(Tag.books), "does not link from relationship"),
            (lambda: Load(Author).selectinload(Book.tags), 'does not link mapped class "Author"'),
            (lambda: selectinload("books"), "Strings are not accepted for attribute names in loader options"),
            (lambda: selectinload(Author.name), 'Can\'t apply "select in loader" strategy to property "Author.name"'),
            (lambda: defer(Author.books), 'Can\'t apply "deferred column loader" strategy'),
            (lambda: selectinload(Author.books, recursion_depth=1), "not valid for non-self-referential relationship"),
            (lambda: "books", "ExecutionOption Core or ORM object expected"),
            (lambda: subqueryload(), r"subqueryload\(\) takes an attribute of a mapped class"),
        ]
        for make, message in cases:
            with pytest.raises((exc.ArgumentError, exc.InvalidRequestError), match=message):
                await session.execute(select(Author).options(make()))
        with pytest.raises(exc.ArgumentError, match="Query has only expression-based entities"):
            await session.execute(select(func.count(Author.id)).options(selectinload(Author.books)))
        with pytest.raises(exc.InvalidRequestError, match="is in conflict with existing strategy"):
            await session.execute(select(Author).options(joinedload(Author.books), selectinload(Author.books)))
        assert store.take() == []

    on_library(program)


def test_reading_is_refused(on_library: Any) -> None:
    """`raiseload` refuses on both faces with the option that would help; what needs no SQL may be allowed."""

    async def program(store: Store, session: Any) -> None:
        book = (await session.scalars(select(Book).where(Book.id == 1).options(raiseload("*")))).one()
        with pytest.raises(exc.InvalidRequestError, match=r"'Book.author' is not available due to lazy='raise'"):
            _ = book.author
        session.expunge_all()
        option = raiseload(Book.author, sql_only=True)
        book = (await session.scalars(select(Book).where(Book.id == 1).options(option))).one()
        with pytest.raises(exc.InvalidRequestError, match="lazy='raise_on_sql'"):
            _ = book.author
        ann = await session.get(Author, 1)
        assert book.author is ann

    on_library(program)


def test_a_reference_in_the_session_is_read_without_sql(on_library: Any) -> None:
    """Also on an async session, where anything that sends is refused."""

    async def program(store: Store, session: Any) -> None:
        ann = await session.get(Author, 1)
        book = await session.get(Book, 1)
        store.take()
        assert book.author is ann
        assert store.take() == []

    on_library(program)


def test_columns(on_library: Any) -> None:
    """`load_only` and `defer` choose columns; the key is always there, and a later query brings what lacks."""

    async def program(store: Store, session: Any) -> None:
        book = (await session.scalars(select(Book).where(Book.id == 1).options(load_only(Book.title)))).one()
        assert store.take() == [("SELECT book.id, book.title FROM book WHERE book.id = ?", (1,))]
        assert loaded(book) == {"id", "title"}
        await session.scalars(select(Book).where(Book.id == 1))
        assert loaded(book) == {"id", "title", "author_id"}
        store.take()
        await session.scalars(select(Author).options(defer(Author.name)))
        assert store.take() == [("SELECT author.id FROM author", ())]

    on_library(program)


def test_options_of_get_are_remembered(on_library: Any) -> None:
    """After it expired the object is loaded as it was: with what the option asked for."""

    async def program(store: Store, session: Any) -> None:
        ann = await session.get(Author, 1, options=[joinedload(Author.books)])
        assert [sql.count("JOIN") for sql, _ in store.take()] == [1]
        await session.refresh(ann)
        assert [sql.count("JOIN") for sql, _ in store.take()] == [1]
        assert [book.title for book in ann.books] == ["one", "two"]

    on_library(program)


def test_what_is_remembered_is_not_pickled(on_library: Any) -> None:
    """Options belong to the session's work; a pickled object goes without them."""

    async def program(store: Store, session: Any) -> None:
        option = defaultload(Author.books).raiseload(Book.tags)
        ann = (await session.scalars(select(Author).where(Author.id == 1).options(option))).one()
        again = pickle.loads(pickle.dumps(ann))
        assert loaded(again) == {"id", "name"}

    on_library(program)


def test_subquery(on_library: Any) -> None:
    """The owners' statement stands in the members', limits and all."""

    async def program(store: Store, session: Any) -> None:
        statement = select(Author).order_by(Author.name).limit(1).options(subqueryload(Author.books))
        [ann] = (await session.scalars(statement)).all()
        assert store.take()[1] == (
            "SELECT book.id AS book_id, book.author_id AS book_author_id, book.title AS book_title, anon_1.author_id AS "
            "anon_1_author_id FROM (SELECT author.id AS author_id FROM author ORDER BY author.name LIMIT ? OFFSET ?) AS "
            "anon_1 JOIN book ON anon_1.author_id = book.author_id ORDER BY book.id",
            (1, 0),
        )
        assert [book.title for book in ann.books] == ["one", "two"]

    on_library(program)


def test_aliases(on_library: Any) -> None:
    """An alias's attributes begin paths of their own; joined tables count on."""

    async def program(store: Store, session: Any) -> None:
        other = aliased(Person)
        statement = select(other).where(other.id == 2).options(joinedload(other.boss))
        [person] = (await session.scalars(statement)).all()
        assert store.take()[0][0] == (
            "SELECT person_1.id, person_1.boss_id, person_2.id AS id_1, person_2.boss_id AS boss_id_1 FROM person AS "
            "person_1 LEFT OUTER JOIN person AS person_2 ON person_2.id = person_1.boss_id WHERE person_1.id = ?"
        )
        assert person.boss.id == 1

    on_library(program)


def test_streams_load_each_chunk(on_library: Any) -> None:
    """`yield_per` sends the select-in of each chunk; joined collections would be torn apart, and are refused."""

    async def program(store: Store, session: Any) -> None:
        statement = select(Author).options(selectinload(Author.books)).execution_options(yield_per=1)
        if store.is_async:
            counts = [len(author.books) async for author in await session.stream_scalars(statement)]
        else:
            counts = [len(author.books) for author in await session.scalars(statement)]
        assert counts == [2, 1]
        assert [parameters for _, parameters in store.take()] == [(), (1,), (2,)]
        joined = select(Author).options(joinedload(Author.books)).execution_options(yield_per=1)
        with pytest.raises(exc.InvalidRequestError, match="Can't use yield_per with eager loaders"):
            await (session.stream_scalars(joined) if store.is_async else session.scalars(joined))

    on_library(program)


def test_conditions_of_a_class(on_library: Any) -> None:
    """`with_loader_criteria` holds in the statement and in what is loaded after it."""

    async def program(store: Store, session: Any) -> None:
        condition = with_loader_criteria(Book, lambda cls: cls.id > 1)
        authors = (await session.scalars(select(Author).options(condition, selectinload(Author.books)))).all()
        assert [[book.id for book in author.books] for author in authors] == [[2], [3]]
        assert store.take()[1] == (
            "SELECT book.author_id, book.id, book.title FROM book WHERE book.author_id IN (?, ?) AND book.id > ? "
            "ORDER BY book.id",
            (1, 2, 1),
        )

    on_library(program)


def test_options_in_the_first_statement() -> None:
    """A statement with options finds out the relationships of its class, also where it names none of them."""
    mapped = registry()

    @mapped.mapped
    class Town:
        __tablename__ = "town"
        id: Mapped[int] = mapped_column(primary_key=True)

    @mapped.mapped
    class House:
        __tablename__ = "house"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str | None]
        town_id: Mapped[int | None] = mapped_column(ForeignKey("town.id"))
        town: Mapped[Town | None] = relationship(Town, lazy="joined")

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE town (id INTEGER PRIMARY KEY)")
        connection.exec_driver_sql("CREATE TABLE house (id INTEGER PRIMARY KEY, name TEXT, town_id INTEGER)")
        connection.exec_driver_sql("INSERT INTO town VALUES (1)")
        connection.exec_driver_sql("INSERT INTO house VALUES (7, 'x', 1)")
    with Session(engine) as session:
        house = session.scalars(select(House).options(undefer("*"))).one()
        assert house.town is not None and house.town.id == 1
    engine.dispose()
