"""Select-in loading: one statement for the members of many owners."""

from typing import Any

from holdfast import select
from holdfast.orm import selectinload
from tests.orm.loading.library import Author, Book, Box, Person, Shelf, loaded
from tests.support.faces import Store


def test_members_of_all_owners_come_by_one_statement(on_library: Any) -> None:
    """The owners' table is not read again: the foreign key stands at the members."""

    async def program(store: Store, session: Any) -> None:
        authors = (await session.scalars(select(Author).options(selectinload(Author.books)))).all()
        assert store.take() == [
            ("SELECT author.id, author.name FROM author", ()),
            (
                "SELECT book.author_id, book.id, book.title FROM book WHERE book.author_id IN (?, ?) ORDER BY book.id",
                (1, 2),
            ),
        ]
        assert [[book.title for book in author.books] for author in authors] == [["one", "two"], ["three"]]
        assert store.take() == []

    on_library(program)


def test_between(on_library: Any) -> None:
    """Of a many-to-many the table between is read with the related one."""

    async def program(store: Store, session: Any) -> None:
        books = (await session.scalars(select(Book).options(selectinload(Book.tags)))).all()
        assert store.take()[1:] == [
            (
                "SELECT book_tag.book_id, tag.id, tag.word FROM book_tag JOIN tag ON tag.id = book_tag.tag_id "
                "WHERE book_tag.book_id IN (?, ?, ?, ?)",
                (1, 2, 3, 4),
            )
        ]
        assert [[tag.word for tag in book.tags] for book in books] == [["old", "new"], [], ["new"], []]

    on_library(program)


def test_references_ask_for_each_target_once(on_library: Any) -> None:
    """A many-to-one reads the related table by its key; NULL asks for nothing."""

    async def program(store: Store, session: Any) -> None:
        books = (await session.scalars(select(Book).options(selectinload(Book.author)))).all()
        assert store.take()[1:] == [("SELECT author.id, author.name FROM author WHERE author.id IN (?, ?)", (1, 2))]
        assert [book.author and book.author.name for book in books] == ["ann", "ann", "bob", None]

    on_library(program)


def test_references_that_the_session_has_send_nothing(on_library: Any) -> None:
    """What is in the identity map is taken from there; only what lacks is asked for."""

    async def program(store: Store, session: Any) -> None:
        ann = await session.get(Author, 1)
        store.take()
        books = (await session.scalars(select(Book).options(selectinload(Book.author)))).all()
        assert store.take()[1:] == [("SELECT author.id, author.name FROM author WHERE author.id IN (?)", (2,))]
        assert books[0].author is ann
        session.expunge(books[0])
        again = (await session.scalars(select(Book).where(Book.id == 1).options(selectinload(Book.author)))).one()
        assert len(store.take()) == 1
        assert again.author is ann

    on_library(program)


def test_what_the_session_has_is_followed_too(on_library: Any) -> None:
    """Options below a reference hold for targets from the identity map."""

    async def program(store: Store, session: Any) -> None:
        ann = await session.get(Author, 1)
        store.take()
        option = selectinload(Book.author).selectinload(Author.books)
        await session.scalars(select(Book).where(Book.id == 2).options(option))
        assert [sql.split(" FROM ")[1] for sql, _ in store.take()] == [
            "book WHERE book.id = ?",
            "book WHERE book.author_id IN (?) ORDER BY book.id",
        ]
        assert loaded(ann) == {"id", "name", "books"}

    on_library(program)


def test_composite_keys(on_library: Any) -> None:
    """Keys of several columns are compared as rows, in both directions."""

    async def program(store: Store, session: Any) -> None:
        shelves = (await session.scalars(select(Shelf).options(selectinload(Shelf.boxes)))).all()
        assert store.take()[1:] == [
            (
                "SELECT box.room, box.number, box.id FROM box WHERE (box.room, box.number) IN (VALUES (?, ?), (?, ?))",
                (1, 1, 1, 2),
            )
        ]
        assert [[box.id for box in shelf.boxes] for shelf in shelves] == [[1, 2], []]
        session.expunge_all()
        boxes = (await session.scalars(select(Box).options(selectinload(Box.shelf)).order_by(Box.id))).all()
        assert store.take()[1:] == [
            (
                "SELECT shelf.room, shelf.number FROM shelf WHERE (shelf.room, shelf.number) IN (VALUES (?, ?))",
                (1, 1),
            )
        ]
        assert [box.shelf and box.shelf.number for box in boxes] == [1, 1, None]

    on_library(program)


def test_500_owners_a_statement(on_library: Any) -> None:
    """Many owners are asked for in parts; the part's size may be said."""

    async def program(store: Store, session: Any) -> None:
        for number in range(10, 1212):
            session.add(Author(id=number, name="many"))
        await session.commit()
        session.expunge_all()
        store.take()
        many = select(Author).where(Author.name == "many")
        await session.scalars(many.options(selectinload(Author.books)))
        assert [len(parameters) for _, parameters in store.take()] == [1, 500, 500, 202]
        await session.scalars(many.options(selectinload(Author.books, chunksize=700)))
        assert [len(parameters) for _, parameters in store.take()] == [1, 700, 502]

    on_library(program)


def test_nested_levels_are_one_statement_each(on_library: Any) -> None:
    """Level by level: first all that hangs at the authors, then all that hangs at their books."""

    async def program(store: Store, session: Any) -> None:
        option = selectinload(Author.books).options(selectinload(Book.tags), selectinload(Book.notes))
        await session.scalars(select(Author).options(option))
        assert [sql.split(" FROM ")[1].split(" WHERE ")[0] for sql, _ in store.take()] == [
            "author",
            "book",
            "book_tag JOIN tag ON tag.id = book_tag.tag_id",
            "note",
        ]

    on_library(program)


def test_recursion(on_library: Any) -> None:
    """`recursion_depth` goes on where the relationship leads to its own class: -1 until nobody is left."""

    async def program(store: Store, session: Any) -> None:
        top = select(Person).where(Person.boss_id.is_(None))
        option = selectinload(Person.staff, recursion_depth=-1)
        [boss] = (await session.scalars(top.options(option))).all()
        assert [parameters for _, parameters in store.take()] == [(), (1,), (2, 3), (4,)]
        assert [[deep.id for deep in one.staff] for one in boss.staff] == [[4], []]
        assert boss.staff[0].staff[0].staff == []
        assert store.take() == []
        session.expunge_all()
        await session.scalars(top.options(selectinload(Person.staff, recursion_depth=1)))
        assert [parameters for _, parameters in store.take()] == [(), (1,), (2, 3)]

    on_library(program)


def test_without_the_foreign_key_the_owners_are_joined(on_library: Any) -> None:
    """Owners that do not know what they refer to are asked by their own key."""

    async def program(store: Store, session: Any) -> None:
        from holdfast.orm import load_only

        option = selectinload(Book.author)
        books = (await session.scalars(select(Book).options(load_only(Book.title), option))).all()
        assert store.take()[1:] == [
            (
                "SELECT book_1.id, author.id, author.name FROM book AS book_1 JOIN author ON author.id = "
                "book_1.author_id WHERE book_1.id IN (?, ?, ?, ?)",
                (1, 2, 3, 4),
            )
        ]
        assert books[0].author.name == "ann"

    on_library(program)


def test_further_conditions(on_library: Any) -> None:
    """`and_()` limits the members; its value is that of each execution."""

    async def program(store: Store, session: Any) -> None:
        for title, expected in (("one", [["one"], []]), ("three", [[], ["three"]])):
            option = selectinload(Author.books.and_(Book.title == title))
            authors = (await session.scalars(select(Author).options(option))).all()
            assert store.take()[1] == (
                "SELECT book.author_id, book.id, book.title FROM book WHERE book.author_id IN (?, ?) AND "
                "book.title = ? ORDER BY book.id",
                (1, 2, title),
            )
            assert [[book.title for book in author.books] for author in authors] == expected
            session.expunge_all()

    on_library(program)


def test_plans_are_kept(on_library: Any) -> None:
    """The same query again plans nothing: the plans of both statements are found."""

    async def program(store: Store, session: Any) -> None:
        async def ask() -> None:
            await session.scalars(select(Author).options(selectinload(Author.books)))
            session.expunge_all()

        await ask()
        memo = store.engine.memo
        sizes = [len(memo[name]) for name in ("load_plans", "selectin_plans")]
        await ask()
        assert [len(memo[name]) for name in ("load_plans", "selectin_plans")] == sizes

    on_library(program)
