"""Joined loading: related objects in the rows of the same statement."""

from typing import Any

import pytest

from holdfast import exc, select
from holdfast.orm import contains_eager, joinedload, selectinload
from tests.orm.loading.library import Author, Book, Person, loaded
from tests.support.faces import Store


def sql_of(store: Store) -> str:
    """The one statement that was sent."""
    [(sql, _)] = store.take()
    return str(sql)


def test_collection(on_library: Any) -> None:
    """A LEFT OUTER JOIN to the related table under a made-up name; the rows repeat the owner, the result need not."""

    async def program(store: Store, session: Any) -> None:
        authors = (await session.scalars(select(Author).options(joinedload(Author.books)))).unique().all()
        assert sql_of(store) == (
            "SELECT author.id, author.name, book_1.id AS id_1, book_1.author_id, book_1.title FROM author LEFT OUTER JOIN "
            "book AS book_1 ON author.id = book_1.author_id ORDER BY book_1.id"
        )
        assert [[book.title for book in author.books] for author in authors] == [["one", "two"], ["three"]]
        assert store.take() == []

    on_library(program)


def test_unique_is_asked_for(on_library: Any) -> None:
    """A result whose rows repeat says so, rather than give an author twice."""

    async def program(store: Store, session: Any) -> None:
        result = await session.scalars(select(Author).options(joinedload(Author.books)))
        with pytest.raises(exc.InvalidRequestError, match=r"The unique\(\) method must be invoked on this Result"):
            result.all()
        reference = await session.scalars(select(Book).options(joinedload(Book.author)))
        assert len(reference.all()) == 4

    on_library(program)


def test_reference(on_library: Any) -> None:
    """A many-to-one repeats nothing; ``innerjoin=True`` says that nobody is without."""

    async def program(store: Store, session: Any) -> None:
        books = (await session.scalars(select(Book).options(joinedload(Book.author)))).all()
        assert sql_of(store) == (
            "SELECT book.id, book.author_id, book.title, author_1.id AS id_1, author_1.name FROM book LEFT OUTER JOIN "
            "author AS author_1 ON author_1.id = book.author_id"
        )
        assert [book.author and book.author.name for book in books] == ["ann", "ann", "bob", None]
        session.expunge_all()
        books = (await session.scalars(select(Book).options(joinedload(Book.author, innerjoin=True)))).all()
        assert sql_of(store).endswith("FROM book JOIN author AS author_1 ON author_1.id = book.author_id")
        assert len(books) == 3

    on_library(program)


def test_nested_inner_join_stands_in_parentheses(on_library: Any) -> None:
    """Below an outer join an inner one decides about both tables together."""

    async def program(store: Store, session: Any) -> None:
        option = joinedload(Author.books).joinedload(Book.tags, innerjoin=True)
        authors = (await session.scalars(select(Author).options(option))).unique().all()
        assert sql_of(store) == (
            "SELECT author.id, author.name, tag_1.id AS id_1, tag_1.word, book_1.id AS id_2, book_1.author_id, "
            "book_1.title FROM author LEFT OUTER JOIN (book AS book_1 JOIN book_tag AS book_tag_1 ON book_1.id = "
            "book_tag_1.book_id JOIN tag AS tag_1 ON tag_1.id = book_tag_1.tag_id) ON author.id = book_1.author_id "
            "ORDER BY book_1.id"
        )
        assert [[book.title for book in author.books] for author in authors] == [["one"], ["three"]]

    on_library(program)


def test_limit_counts_owners(on_library: Any) -> None:
    """With LIMIT the statement becomes a subquery: joined rows are not what it counts."""

    async def program(store: Store, session: Any) -> None:
        statement = select(Author).order_by(Author.name.desc()).limit(1).options(joinedload(Author.books))
        [bob] = (await session.scalars(statement)).unique().all()
        assert store.take() == [
            (
                "SELECT anon_1.id, anon_1.name, book_1.id AS id_1, book_1.author_id, book_1.title FROM (SELECT author.id "
                "AS id, author.name AS name FROM author ORDER BY author.name DESC LIMIT ? OFFSET ?) AS anon_1 LEFT OUTER "
                "JOIN book AS book_1 ON anon_1.id = book_1.author_id ORDER BY anon_1.name DESC, book_1.id",
                (1, 0),
            )
        ]
        assert [book.title for book in bob.books] == ["three"]

    on_library(program)


def test_limit_with_references_alone_needs_no_subquery(on_library: Any) -> None:
    """A reference adds no rows."""

    async def program(store: Store, session: Any) -> None:
        await session.scalars(select(Book).limit(2).options(joinedload(Book.author)))
        assert "anon" not in sql_of(store)

    on_library(program)


def test_two_collections(on_library: Any) -> None:
    """Rows of two joined collections multiply; each member is there once all the same."""

    async def program(store: Store, session: Any) -> None:
        statement = select(Book).where(Book.id == 1).options(joinedload(Book.tags), joinedload(Book.notes))
        [book] = (await session.scalars(statement)).unique().all()
        assert [len(book.tags), len(book.notes)] == [2, 2]

    on_library(program)


def test_of_its_own_class(on_library: Any) -> None:
    """Each level has a name of its own; the names count in the order of the columns."""

    async def program(store: Store, session: Any) -> None:
        option = joinedload(Person.staff).joinedload(Person.staff)
        people = (await session.scalars(select(Person).where(Person.id == 1).options(option))).unique().all()
        assert sql_of(store) == (
            "SELECT person.id, person.boss_id, person_1.id AS id_1, person_1.boss_id AS boss_id_1, person_2.id AS id_2, "
            "person_2.boss_id AS boss_id_2 FROM person LEFT OUTER JOIN person AS person_2 ON person.id = "
            "person_2.boss_id LEFT OUTER JOIN person AS person_1 ON person_2.id = person_1.boss_id WHERE person.id = ?"
        )
        assert [[deep.id for deep in one.staff] for one in people[0].staff] == [[4], []]

    on_library(program)


def test_contains_eager_reads_what_the_statement_joins(on_library: Any) -> None:
    """Columns of the statement's own join become the collection: as many members as it has rows."""

    async def program(store: Store, session: Any) -> None:
        statement = select(Author).join(Author.books).where(Book.title == "two").options(contains_eager(Author.books))
        [ann] = (await session.scalars(statement)).unique().all()
        assert sql_of(store) == (
            "SELECT book.id, book.author_id, book.title, author.id AS id_1, author.name FROM author JOIN book ON "
            "author.id = book.author_id WHERE book.title = ?"
        )
        assert [book.title for book in ann.books] == ["two"]

    on_library(program)


def test_select_in_below_a_join(on_library: Any) -> None:
    """Strategies mix along a path."""

    async def program(store: Store, session: Any) -> None:
        option = joinedload(Author.books).selectinload(Book.tags)
        authors = (await session.scalars(select(Author).options(option))).unique().all()
        assert [parameters for _, parameters in store.take()] == [(), (1, 2, 3)]
        assert loaded(authors[0].books[0]) == {"id", "author_id", "title", "tags"}

    on_library(program)


def test_what_is_loaded_stays(on_library: Any) -> None:
    """A collection in memory is kept, changes and all, unless `populate_existing` is asked for."""

    async def program(store: Store, session: Any) -> None:
        ann = (await session.scalars(select(Author).where(Author.id == 1).options(selectinload(Author.books)))).one()
        books = ann.books
        books.pop()
        with session.no_autoflush:
            statement = select(Author).options(joinedload(Author.books))
            (await session.scalars(statement)).unique().all()
            assert ann.books is books
            assert len(books) == 1
            statement = statement.execution_options(populate_existing=True)
            (await session.scalars(statement)).unique().all()
        assert [book.title for book in ann.books] == ["one", "two"]

    on_library(program)
