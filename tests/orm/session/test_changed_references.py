"""A reference means what its key says now, what is deleted stays deleted, and listeners hear of a load before its autoflush."""

from typing import Any

import pytest

from holdfast import event, inspect, select
from holdfast.orm import load_only
from tests.orm.session.models import Book, Writer
from tests.support.faces import Store


def read(session: Any, instance: object, name: str) -> Any:
    """Read an attribute where that may load it."""
    return getattr(instance, name)


async def stored(store: Store) -> None:
    """Two writers with a book each."""
    async with store.session() as session:
        session.add_all([Writer(id=1, name="Ann", born=1900), Writer(id=2, name="Bob")])
        await session.flush()
        session.add_all([Book(id=1, title="One", writer_id=1), Book(id=2, title="Two", writer_id=2)])
        await session.commit()


def test_a_key_that_was_changed(on_face: Any) -> None:
    """Peers or not, present or not, flushed or not: the writer is that of `writer_id`, also after the flush."""

    async def program(store: Store) -> None:
        await stored(store)
        async with store.session() as session:
            ann = await session.get(Writer, 1)
            books = (await session.scalars(select(Book).order_by(Book.id))).all()
            with session.no_autoflush:
                books[0].writer_id, books[1].writer_id = 2, 1
                names = [(await session.run_sync(read, book, "writer")).name for book in books]
                assert names == ["Bob", "Ann"]
            await session.commit()
            names = [(await session.run_sync(read, book, "writer")).name for book in books]
            assert names == ["Bob", "Ann"]
            del ann

    on_face(program)


def test_a_deleted_reference_is_null_in_the_row(on_face: Any) -> None:
    async def program(store: Store) -> None:
        await stored(store)
        async with store.session() as session:
            book, other = await session.get(Book, 1), await session.get(Book, 2)
            assert (await session.run_sync(read, book, "writer")).name == "Ann"
            del book.writer
            del other.writer  # was never read
            assert (book.writer, other.writer) == (None, None)
            await session.commit()
            found = await session.execute(select(Book.id, Book.writer_id).order_by(Book.id))
            assert found.all() == [(1, None), (2, None)]

    on_face(program)


@pytest.mark.parametrize("way", ["expired beside it", "expired", "options"])
def test_what_was_deleted_is_not_filled_in_again(on_face: Any, way: str) -> None:
    """A row that is met between `del` and the flush brings the other columns, not the one that is gone."""

    async def program(store: Store) -> None:
        await stored(store)
        async with store.session(autoflush=False) as session:
            statement = select(Writer).where(Writer.id == 1)
            if way == "options":
                statement = statement.options(load_only(Writer.born))
            ann = (await session.scalars(statement)).one()
            if way == "expired":
                session.expire(ann)
            del ann.born
            if way == "expired beside it":
                session.expire(ann, ["name"])
            await session.scalars(select(Writer))
            assert (ann.name, ann.born) == ("Ann", None)
            assert not inspect(ann).expired_attributes
            await session.commit()
            assert await session.scalar(select(Writer.born).where(Writer.id == 1)) is None

    on_face(program)


def test_listeners_before_the_autoflush_of_a_lazy_load(on_face: Any) -> None:
    """A changed key comes first to the database all the same: what is looked for must be found."""

    async def program(store: Store) -> None:
        await stored(store)
        async with store.session() as session:
            ann = await session.get(Writer, 1)
            seen: list[int] = []
            event.listen(session.sync_session, "do_orm_execute", lambda state: seen.append(len(session.new)))
            session.add(Book(id=3, title="Three", writer=ann))
            assert sorted(book.title for book in await session.run_sync(read, ann, "books")) == ["One", "Three"]
            assert seen == [1]
            assert not session.new

    on_face(program)
