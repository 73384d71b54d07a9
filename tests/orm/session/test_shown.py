"""`session.plan()`, `repr(session)` and `session.debug`: what a session tells of itself without sending anything."""

import re

from holdfast import inspect
from tests.orm.session.models import Book, Writer


async def busy(session):
    """A session with an object in each state; returns them."""
    session.add_all([Writer(name=name) for name in "abcd"])
    await session.commit()
    kept = [await session.get(Writer, number) for number in (1, 2, 3, 4)]
    kept[0].name = "changed"
    await session.delete(kept[1])
    await session.flush()
    kept[0].born = 1900
    await session.delete(kept[2])
    new = Writer(name="new", books=[Book(title="one")])
    session.add(new)
    return [*kept, new]


def test_a_plan_is_what_the_flush_sends(on_face):
    """One line per batch, in order; the flush after it sends just that, and the plan left no trace."""

    async def program(store):
        async with store.session() as session:
            objects = await busy(session)
            store.take()
            plan = await session.plan()
            # What the deletion must look at is read, nothing else.
            assert [sql.split(" FROM ")[0] for sql, _ in store.take()] == ["SELECT book.id, book.title, book.writer_id"]
            assert str(plan).splitlines() == [
                "1. UPDATE writer SET born: 1 row",
                "2. INSERT INTO writer (name, born): 1 row",
                "3. (keys) Book.writer_id = Writer.id: 1 object",
                "4. INSERT INTO book (title, writer_id): 1 row",
                "5. DELETE FROM writer: 1 row",
            ]
            await session.flush()
            sent = [" ".join(sql.split()[:3]) for sql, _ in store.take()]
            assert sent == ["UPDATE writer SET", "INSERT INTO writer", "INSERT INTO book", "DELETE FROM writer"]
            assert inspect(objects[4]).persistent

    on_face(program)


def test_repr(on_face):
    """A number for messages, and counts."""

    async def program(store):
        async with store.session() as session:
            objects = await busy(session)
            shown = repr(session.sync_session)
            assert re.fullmatch(r"<Session \d+: 2 new, 1 dirty, 1 deleted, 3 persistent>", shown), (shown, objects)

    on_face(program)


def test_debug_short(on_face):
    """One line for each state that has objects, and the transaction."""

    async def program(store):
        async with store.session() as session:
            objects = await busy(session)
            lines = str(session.debug).splitlines()
            assert lines[0].endswith("; transaction (active), 1 connection"), objects
            assert lines[1:] == [
                "  new: 1 Book, 1 Writer",
                "  dirty: 1 Writer",
                "  deleted: 1 Writer",
                "  gone: 1 Writer",
                "  clean: 1 Writer",
            ]

    on_face(program)


def test_debug_long(on_face):
    """Every object with what has changed in it, old -> new; related objects by class and key."""

    async def program(store):
        async with store.session() as session:
            objects = await busy(session)
            lines = session.debug.long().splitlines()
            assert "opened at " in lines[1]
            assert lines[2:] == [
                "  new:",
                "    Writer new (books: [Book new], name: 'new')",
                "    Book new (writer: Writer new, title: 'one')",
                "  dirty:",
                "    Writer 1 (born: None -> 1900)",
                "  deleted:",
                "    Writer 3",
                "  gone:",
                "    Writer 2",
                "  clean:",
                "    Writer 4",
            ], objects
            store.take()
            str(session.debug)
            assert store.take() == []

    on_face(program)


def test_debug_in_a_notebook(on_face):
    """A table; what comes from users is escaped."""

    async def program(store):
        async with store.session() as session:
            session.add(Writer(name="<b>"))
            html = session.debug._repr_html_()
            assert "<td>new</td><td>Writer new</td><td>name: &#x27;&lt;b&gt;&#x27;</td>" in html and "<b>" not in html

    on_face(program)


def test_debug_of_transactions(on_face):
    """None, savepoints, failures."""

    async def program(store):
        async with store.session() as session:
            assert session.debug.transaction == "no transaction"
            await session.get(Writer, 1)
            await session.begin_nested()
            assert session.debug.transaction == "savepoint in transaction (active), 1 connection"
            session.add_all([Writer(id=1, name="a"), Writer(id=1, name="a")])
            try:
                await session.flush()
            except Exception:
                assert session.debug.transaction == "a flush failed: call rollback()"
            await session.rollback()

    on_face(program)


def test_long_values_are_cut(on_face):
    """At sixty characters, three of which say so; the longest that fits is whole."""

    async def program(store):
        async with store.session() as session:
            session.add_all([Writer(name="x" * 58), Writer(name="y" * 59)])
            shown = session.sync_session.debug.long()
            assert f"'{'x' * 58}'" in shown
            assert f"'{'y' * 56}..." in shown
            assert f"'{'y' * 57}" not in shown

    on_face(program)
