"""Merge carries the state of objects from elsewhere over to the session's own, along the cascade, with or without SQL."""

import pickle

import pytest

from holdfast import exc, inspect, text
from holdfast.orm import make_transient_to_detached
from tests.orm.session.models import Book, Chapter, Tag, Writer

SELECT_WRITER = "SELECT writer.id, writer.name, writer.born FROM writer WHERE writer.id = ?"


async def stored(store):
    """One writer with two books and a tag; returns the detached writer, its books loaded."""
    async with store.session() as session:
        tag = Tag(word="sea")
        session.add(Writer(name="a", born=1900, books=[Book(title="one", tags=[tag]), Book(title="two")]))
        await session.commit()
    async with store.session() as session:
        writer = await session.get(Writer, 1)
        await session.refresh(writer, ["books"])
    store.take()
    return writer


def test_a_detached_object(on_face):
    """Its changes arrive on the session's own object, which is another one; the given one is left alone."""

    async def program(store):
        given = await stored(store)
        given.name = "changed"
        async with store.session() as session:
            merged = await session.merge(given)
            assert merged is not given and merged in session and given not in session
            assert next(sql for sql, _ in store.take()) == SELECT_WRITER
            await session.flush()
            assert store.take() == [("UPDATE writer SET name=? WHERE writer.id = ?", ("changed", 1))]
            assert (await session.merge(given)) is merged
            await session.rollback()

    on_face(program)


def test_an_object_made_by_hand(on_face):
    """A known key means the row; what is not set stays; an unknown or missing key means a new object."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            merged = await session.merge(Writer(id=1, name="by hand"))
            assert (merged.name, merged.born) == ("by hand", 1900)
            unknown = await session.merge(Writer(id=7, name="seven"))
            assert inspect(unknown).pending
            new = await session.merge(Writer(name="new"))
            assert inspect(new).pending and inspect(unknown).persistent
            await session.commit()
            assert (await session.get(Writer, 7)).name == "seven"

    on_face(program)


def test_collections(on_face):
    """The merged collection is the given one: who is missing goes, who is new comes, each merged itself."""

    async def program(store):
        given = await stored(store)
        given.books.pop(0)
        given.books.append(Book(title="three"))
        async with store.session() as session:
            merged = await session.merge(given)
            assert [book.title for book in merged.books] == ["two", "three"]
            assert all(book in session for book in merged.books)
            await session.commit()
            await session.refresh(merged, ["books"])
            assert sorted(book.title for book in merged.books) == ["three", "two"]
            assert (await session.get(Book, 1)).writer_id is None

    on_face(program)


def test_without_load(on_face):
    """From a cache: nothing is sent, the object counts as loaded, and its collections too."""

    async def program(store):
        given = await stored(store)
        async with store.session() as session:
            merged = await session.merge(given, load=False)
            assert store.take() == [] and inspect(merged).persistent and not session.dirty
            assert [book.title for book in merged.books] == ["one", "two"]
            assert all(inspect(book).persistent for book in merged.books)
            assert merged is await session.get(Writer, 1) and store.take() == []

    on_face(program)


def test_without_load_refuses_what_must_be_written(on_face):
    """Changed and new objects are no rows."""

    async def program(store):
        given = await stored(store)
        async with store.session() as session:
            with pytest.raises(exc.InvalidRequestError, match="load=False option does not support objects transient"):
                await session.merge(Writer(name="new"), load=False)
            given.name = "changed"
            with pytest.raises(exc.InvalidRequestError, match="does not support objects marked as 'dirty'"):
                await session.merge(given, load=False)

    on_face(program)


def test_unpickled(on_face):
    """What comes out of a pickle is merged like any detached object."""

    async def program(store):
        given = pickle.loads(pickle.dumps(await stored(store)))
        given.born = 1901
        async with store.session() as session:
            merged = await session.merge(given)
            await session.commit()
            await session.refresh(merged)
            assert merged.born == 1901 and inspect(given).detached

    on_face(program)


def test_composite_keys(on_face):
    """All parts of the key count."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            session.add(Chapter(book_id=1, number=2, text="first"))
            await session.commit()
        async with store.session() as session:
            merged = await session.merge(Chapter(book_id=1, number=2, text="second"))
            other = await session.merge(Chapter(book_id=1, number=3, text="other"))
            assert inspect(merged).persistent and inspect(other).pending
            await session.commit()
            assert (await session.get(Chapter, (1, 2))).text == "second"

    on_face(program)


def test_several_at_once(on_face):
    """`merge_all` is one merge: what two of them lead to is one object."""

    async def program(store):
        await stored(store)
        shared = Writer(id=1, name="shared")
        async with store.session() as session:
            one, two = await session.merge_all([Book(id=1, title="x", writer=shared), Book(title="y", writer=shared)])
            assert one.writer is two.writer and inspect(one.writer).persistent

    on_face(program)


def test_several_are_read_by_one_statement_per_class(on_face):
    """`merge_all` asks for all objects of a class that are not present at once, and for the collections that it compares."""

    async def program(store):
        async with store.session() as session:
            session.add_all([Writer(id=n, name=f"old {n}", books=[Book(id=n, title="old")]) for n in range(1, 6)])
            await session.flush()
            session.add(Chapter(book_id=1, number=1, text="old"))
            await session.commit()
        async with store.session() as session:
            present, expired = await session.get(Writer, 1), await session.get(Writer, 2)
            await session.refresh(present, ["books"])
            session.expire(expired)
            store.take()
            given = [
                Writer(id=n, name=f"w{n}", books=[Book(id=n, title=f"b{n}"), Book(id=n + 10, title="new")])
                for n in range(1, 7)
            ]
            merged = await session.merge_all(
                [*given, Chapter(book_id=1, number=1, text="c"), Chapter(book_id=1, number=2, text="d")]
            )
            assert [sql.split(" WHERE ")[1].replace("VALUES ", "") for sql, _ in store.take()] == [
                "writer.id IN (?, ?, ?, ?, ?)",
                "book.writer_id IN (?, ?, ?, ?)",
                "(chapter.book_id, chapter.number) IN ((?, ?), (?, ?))",
                "book.id IN (?, ?, ?, ?, ?, ?, ?)",
            ]
            assert merged[0] is present and merged[1] is expired and expired.name == "w2"
            assert [inspect(one).pending for one in merged] == [False] * 5 + [True, False, True]
            await session.commit()
            await session.refresh(present, ["books"])
            assert sorted(book.title for book in present.books) == ["b1", "new"]
            assert (await session.get(Chapter, (1, 1))).text == "c"

    on_face(program)


def test_several_are_read_in_batches_and_by_keys_of_another_type(on_face):
    """No statement has more keys than a database takes; a key that is a text finds its row as it does alone."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            merged = await session.merge_all([Writer(id=number, name=str(number)) for number in range(1, 602)])
            assert [len(parameters) for _, parameters in store.take()] == [500, 101]
            assert inspect(merged[0]).persistent and all(inspect(one).pending for one in merged[1:])
        if store.engine.dialect.name == "sqlite":
            async with store.session() as session:
                first, _ = await session.merge_all([Writer(id="1", name="x"), Writer(name="y")])
                assert inspect(first).persistent and inspect(first).identity == (1,)

    on_face(program)


def test_what_is_on_its_way_is_flushed_first_and_nothing_in_between(on_face):
    """Autoflush runs before the merge; half of a merged graph is never written."""

    async def program(store):
        given = await stored(store)
        given.books[0].title = "changed"
        async with store.session() as session:
            session.add(Writer(name="waiting"))
            await session.merge(given)
            sent = [sql.split()[0] for sql, _ in store.take()]
            assert sent[0] == "INSERT" and set(sent[1:]) == {"SELECT"}
            assert session.autoflush

    on_face(program)


def test_a_detached_object_by_its_key_alone(on_face):
    """`make_transient_to_detached` gives an object that reads its row once it is in a session."""

    async def program(store):
        await stored(store)
        async with store.session() as session:
            handle = Writer(id=1)
            make_transient_to_detached(handle)
            assert inspect(handle).detached
            session.add(handle)
            await session.refresh(handle, ["name"])
            assert handle.name == "a"
            await session.delete(handle)
            await session.execute(text("UPDATE book SET writer_id = NULL"))

    on_face(program)


def test_no_row_by_its_key_alone(on_face):
    """An object without a key, or one that has a row, is refused."""

    async def program(store):
        given = await stored(store)
        with pytest.raises(exc.InvalidRequestError, match="Given object must be transient"):
            make_transient_to_detached(given)
        with pytest.raises(exc.InvalidRequestError, match="Given object has no primary key"):
            make_transient_to_detached(Writer(name="x"))

    on_face(program)
