"""The programs: what sessions do, written once, awaited; the synchronous session answers the same calls.

A program gets a `Desk`, uses its session, and commits by `desk.commit()`, so that it is known which commits were done.
It catches nothing, unless that is its point.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import holdfast as hf
from holdfast.orm import selectinload
from tests.faults.desk import Desk
from tests.faults.mapped import Author, Book, Counter

Program = Callable[[Desk], Awaitable[None]]


async def adds_a_graph(desk: Desk) -> None:
    """Parents before children, one commit."""
    desk.session.add_all([Author(id=10 + n, name=f"new {n}", books=[Book(id=10 + n, title="x")]) for n in range(3)])
    await desk.commit()


async def flushes_in_a_savepoint(desk: Desk) -> None:
    """A savepoint that is released."""
    desk.session.add(Author(id=10, name="outer"))
    async with desk.nested():
        desk.session.add(Author(id=11, name="inner"))
        await desk.session.flush()
    await desk.commit()


async def rolls_a_savepoint_back(desk: Desk) -> None:
    """A savepoint that is taken back, with work before and after it."""
    desk.session.add(Author(id=10, name="kept"))
    savepoint = await desk.session.begin_nested()
    desk.session.add(Author(id=11, name="taken back"))
    await desk.session.flush()
    await savepoint.rollback()
    desk.session.add(Author(id=12, name="kept too"))
    await desk.commit()


async def goes_on_after_a_savepoint(desk: Desk) -> None:
    """Whatever goes wrong in the savepoint is caught; what the commit then says must be true."""
    desk.session.add(Author(id=10, name="kept"))
    await desk.session.flush()
    try:
        async with desk.nested():
            desk.session.add(Author(id=11, name="ann"))  # the name is taken
    except hf.exc.IntegrityError:
        pass
    await desk.commit()


async def swallows_every_error(desk: Desk) -> None:
    """What fails in the savepoint is passed over, as import jobs do: the row is there if its block ended well."""
    for number in (11, 12):
        try:
            async with desk.nested():
                desk.session.add(Author(id=number, name=f"row {number}"))
        except hf.exc.DBAPIError:
            desk.skipped.append(number)
    await desk.commit()


async def updates_in_a_loop(desk: Desk) -> None:
    """Read, change each, commit."""
    for book in await desk.session.scalars(hf.select(Book).order_by(Book.id)):
        book.title = f"{book.title}!"
    await desk.commit()


async def deletes_by_cascade(desk: Desk) -> None:
    """The books go with their author, which are loaded for that."""
    await desk.session.delete(await desk.session.get_one(Author, 1))
    await desk.commit()


async def loads_lazily(desk: Desk) -> None:
    """A collection on touch, in the transaction of a change."""
    author = await desk.session.get_one(Author, 1)
    titles = await desk.session.run_sync(lambda session: [book.title for book in author.books])
    author.name = "".join(titles)
    await desk.commit()


async def gets(desk: Desk) -> None:
    """By key, only reading; nothing is committed but the end of reading."""
    await desk.session.get(Author, 1)
    await desk.session.get(Author, 99)
    await desk.commit()


async def refreshes(desk: Desk) -> None:
    """Change, flush, read again, change."""
    counter = await desk.session.get_one(Counter, 1)
    counter.value += 1
    await desk.session.flush()
    await desk.session.refresh(counter)
    counter.value += 1
    await desk.commit()


async def merges(desk: Desk) -> None:
    """One object that has a row and one that has none."""
    await desk.session.merge(Author(id=1, name="merged", books=[Book(id=1, title="kept")]))
    await desk.session.merge(Author(id=20, name="made"))
    await desk.commit()


async def updates_by_evaluation(desk: Desk) -> None:
    """An UPDATE by statement; the objects are changed in Python."""
    await desk.session.scalars(hf.select(Book))
    statement = hf.update(Book).where(Book.author_id == 1).values(title="same")
    await desk.session.execute(statement, execution_options={"synchronize_session": "evaluate"})
    await desk.commit()


async def deletes_by_fetching(desk: Desk) -> None:
    """A DELETE by statement; the database says which objects are gone."""
    await desk.session.scalars(hf.select(Book))
    statement = hf.delete(Book).where(Book.title > "b")
    await desk.session.execute(statement, execution_options={"synchronize_session": "fetch"})
    await desk.commit()


async def streams(desk: Desk) -> None:
    """Rows come in chunks; a change follows."""
    titles = await desk.session.run_sync(_titles_streamed)
    desk.session.add(Book(id=20, title="".join(titles), author_id=1))
    await desk.commit()


def _titles_streamed(session: Any) -> list[str]:
    return [book.title for book in session.scalars(hf.select(Book).execution_options(yield_per=2))]


async def leaves_a_stream(desk: Desk) -> None:
    """Rows are left unread; the commit ends the cursor."""
    await desk.session.run_sync(
        lambda session: next(iter(session.scalars(hf.select(Book.id).execution_options(yield_per=1))))
    )
    desk.session.add(Book(id=20, title="after", author_id=1))
    await desk.commit()


async def commits_twice(desk: Desk) -> None:
    """The second transaction stands on the first."""
    desk.session.add(Author(id=10, name="first"))
    await desk.commit()
    desk.session.add(Book(id=10, title="second", author_id=10))
    await desk.commit()


async def runs_raw_statements(desk: Desk) -> None:
    """Text and Core statements through the session."""
    await desk.session.execute(hf.text("UPDATE fault_book SET title = :title WHERE id = 1"), {"title": "raw"})
    await desk.session.execute(hf.insert(Author), [{"id": 10, "name": "x"}, {"id": 11, "name": "y"}])
    await desk.session.execute(hf.select(hf.func.count()).select_from(Author))
    await desk.commit()


async def closes_in_the_middle(desk: Desk) -> None:
    """What was flushed and not committed is gone with close()."""
    desk.session.add(Author(id=10, name="never"))
    await desk.session.flush()
    await desk.session.close()
    desk.session.add(Author(id=11, name="there"))
    await desk.commit()


async def rolls_back(desk: Desk) -> None:
    """What was flushed and rolled back is gone."""
    desk.session.add(Author(id=10, name="never"))
    await desk.session.flush()
    await desk.session.rollback()
    desk.session.add(Author(id=11, name="there"))
    await desk.commit()


async def queries_with_autoflush(desk: Desk) -> None:
    """The query flushes before it reads."""
    desk.session.add(Author(id=10, name="flushed"))
    await desk.session.scalars(hf.select(Author).where(Author.name == "flushed").options(selectinload(Author.books)))
    await desk.commit()


async def counts_versions(desk: Desk) -> None:
    """Optimistic locking: the row count of the UPDATE is checked."""
    counter = await desk.session.get_one(Counter, 1)
    counter.value = 11
    await desk.session.flush()
    counter.value = 12
    await desk.commit()


async def upserts(desk: Desk) -> None:
    """Insert or update, and read what there is."""
    await desk.session.upsert(Author, [{"id": 1, "name": "up"}, {"id": 30, "name": "new"}])
    await desk.commit()


async def gets_or_creates(desk: Desk) -> None:
    """One that is there, one that is made inside a savepoint of its own."""
    await desk.session.get_or_create(Author, name="ann")
    await desk.session.get_or_create(Author, defaults={"id": 31}, name="carl")
    await desk.commit()


async def begins_a_block(desk: Desk) -> None:
    """`with session.begin()`: the block's end commits."""
    async with desk.begun():
        author = await desk.session.get_one(Author, 2, with_for_update=True)
        author.name = "locked"


async def uses_two_sessions(desk: Desk) -> None:
    """Two sessions with one pool: one reads while the other has a transaction open."""
    other = desk.another()
    await other.get(Author, 1)
    await other.rollback()
    desk.session.add(Author(id=10, name="by the first"))
    await desk.commit()
    await other.scalars(hf.select(Author))
    await other.close()


async def commits_with_synchronised_values(desk: Desk) -> None:
    """Objects have their rows' values after the commit."""
    author = await desk.session.get_one(Author, 1)
    author.name = "synchronised"
    await desk.commit(synchronize_session=True)


async def inserts_in_bulk(desk: Desk) -> None:
    """Several rows in batches, keys given by the database too."""
    await desk.session.bulk_insert_mappings(Author, [{"id": 40 + n, "name": f"bulk {n}"} for n in range(3)])
    await desk.session.bulk_update_mappings(Book, [{"id": 1, "title": "b1"}, {"id": 2, "title": "b2"}])
    await desk.commit()


PROGRAMS: tuple[Program, ...] = (
    adds_a_graph, flushes_in_a_savepoint, rolls_a_savepoint_back, goes_on_after_a_savepoint, swallows_every_error,
    updates_in_a_loop, deletes_by_cascade, loads_lazily, gets, refreshes, merges, updates_by_evaluation,
    deletes_by_fetching, streams, leaves_a_stream, commits_twice, runs_raw_statements, closes_in_the_middle, rolls_back,
    queries_with_autoflush, counts_versions, upserts, gets_or_creates, begins_a_block, uses_two_sessions,
    commits_with_synchronised_values, inserts_in_bulk,
)  # fmt: skip
