"""Optimistic locking: an object that was read from an older version of its row is not written over the newer one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from holdfast import FetchedValue, create_engine, exc, select, text, update
from holdfast.orm import DeclarativeBase, Mapped, Session, StatelessSession, mapped_column
from holdfast.testing import recording
from tests.orm.locking.models import Book, Page, Reading, Report, Seat
from tests.support.faces import Store

OnFace = Callable[[Callable[[Store], Awaitable[None]]], None]


async def read_twice(store: Store, *objects: Any) -> tuple[Any, Any, list[Any], list[Any]]:
    """Save some objects; return two sessions, no transaction open, and what each of them has read."""
    kind = type(objects[0])
    async with store.session() as session:
        session.add_all(objects)
        await session.commit()
    mine, theirs = store.session(expire_on_commit=False), store.session(expire_on_commit=False)
    found = []
    for session in (mine, theirs):
        found.append((await session.scalars(select(kind).order_by(*kind.__table__.primary_key))).all())
        await session.commit()
    store.take()
    return mine, theirs, *found


def test_the_second_writer_is_told(on_face: OnFace) -> None:
    """UPDATE names the version; the one who comes second gets the error and the object, and nothing is written."""

    async def program(store: Store) -> None:
        mine, theirs, [page], [same] = await read_twice(store, Page(id=1, title="draft"))
        same.title = "theirs"
        await theirs.commit()
        assert store.take() == [
            ("UPDATE pages SET title=?, version=? WHERE pages.id = ? AND pages.version = ?", ("theirs", 2, 1, 1))
        ]
        page.title = "mine"
        with pytest.raises(exc.StaleDataError, match=r"expected to update 1 row\(s\); 0 were matched") as caught:
            await mine.commit()
        assert (caught.value.obj, caught.value.objects) == (page, (page,))
        await mine.rollback()
        await mine.refresh(page)
        assert (page.title, page.version) == ("theirs", 2)
        page.title = "mine, over theirs"
        await mine.commit()
        assert page.version == 3
        await mine.close()
        await theirs.close()

    on_face(program)


def test_a_batch_tells_that_one_is_out_of_date(on_face: OnFace) -> None:
    """Rows with the same columns go out as one batch, and the count of its rows tells."""

    async def program(store: Store) -> None:
        pages = [Page(id=number, title="draft") for number in (1, 2, 3)]
        mine, theirs, ours, others = await read_twice(store, *pages)
        for page in ours:
            page.title = "mine"
        await mine.commit()
        sql = "UPDATE pages SET title=?, version=? WHERE pages.id = ? AND pages.version = ?"
        assert store.take() == [(sql, [("mine", 2, 1, 1), ("mine", 2, 2, 1), ("mine", 2, 3, 1)])]
        for page in others[1:]:
            page.title = "theirs"
        with pytest.raises(exc.StaleDataError, match=r"expected to update 2 row\(s\); 0 were matched") as caught:
            await theirs.flush()
        assert caught.value.objects == tuple(others[1:])
        assert caught.value.obj is None
        await theirs.rollback()
        assert (await theirs.get(Page, 2)).title == "mine"
        await mine.close()
        await theirs.close()

    on_face(program)


def test_classes_in_two_tables(on_face: OnFace) -> None:
    """A change in any table of a class counts in the table that has the version, and is checked there, in one batch."""

    async def program(store: Store) -> None:
        reports = [Report(id=number, title="draft", result="none") for number in (1, 2, 3)]
        mine, theirs, ours, others = await read_twice(store, *reports)
        for report in ours[1:]:
            report.result = "mine"
        await mine.commit()
        assert store.take() == [
            (
                "UPDATE papers SET version=? WHERE papers.id = ? AND papers.version = ?",
                [(2, 2, 1), (2, 3, 1)],
            ),
            ("UPDATE reports SET result=? WHERE reports.id = ?", [("mine", 2), ("mine", 3)]),
        ]
        assert [report.version for report in ours] == [1, 2, 2]
        for report in others:
            report.title = "theirs"
        with pytest.raises(exc.StaleDataError, match=r"table 'papers' expected to update 3 row\(s\); 1 were") as caught:
            await theirs.flush()
        assert caught.value.objects == tuple(others)
        await theirs.rollback()
        await theirs.delete(others[1])
        await theirs.flush()
        assert [sql for sql, _ in store.take() if sql.startswith("DELETE")] == [
            "DELETE FROM reports WHERE reports.id = ?",
            "DELETE FROM papers WHERE papers.id = ? AND papers.version = ?",
        ]
        await theirs.commit()
        assert [report.id for report in await theirs.scalars(select(Report).order_by(Report.id))] == [1, 3]
        await mine.close()
        await theirs.close()

    on_face(program)


def test_deleting_what_has_changed(on_face: OnFace) -> None:
    """DELETE names the version too, and does not take away what nobody has seen."""

    async def program(store: Store) -> None:
        mine, theirs, ours, others = await read_twice(store, *[Page(id=number, title="draft") for number in (1, 2)])
        others[1].title = "theirs"
        await theirs.commit()
        for page in ours:
            await mine.delete(page)
        with pytest.raises(exc.StaleDataError, match=r"expected to delete 2 row\(s\); 1 were matched") as caught:
            await mine.commit()
        assert caught.value.objects == tuple(ours)
        await mine.rollback()
        assert len((await mine.scalars(select(Page))).all()) == 2
        await mine.close()
        await theirs.close()

    on_face(program)


def test_a_key_of_two_columns(on_face: OnFace) -> None:
    """The version stands behind all parts of the key."""

    async def program(store: Store) -> None:
        mine, theirs, [seat], [same] = await read_twice(store, Seat(row=1, place=2))
        seat.guest = "Ann"
        await mine.commit()
        assert store.take() == [
            (
                "UPDATE seats SET guest=?, version=? WHERE seats.line = ? AND seats.place = ? AND seats.version = ?",
                ("Ann", 2, 1, 2, 1),
            )
        ]
        await theirs.delete(same)
        with pytest.raises(exc.StaleDataError):
            await theirs.commit()
        await mine.close()
        await theirs.close()

    on_face(program)


def test_versions_of_words_and_children(on_face: OnFace) -> None:
    """A function makes the version; a child that gets a parent is a changed row, its parent is not."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            book = Book(id=1, name="b")
            session.add(book)
            session.add(page := Page(id=1, title="p"))
            await session.flush()
            first = book.revision
            assert len(first) == 32
            await session.refresh(book, ["pages"])
            book.pages.append(page)
            await session.flush()
            assert (book.revision, page.version) == (first, 2)
            book.name = "c"
            await session.flush()
            assert book.revision != first
            await session.commit()

    on_face(program)


def test_what_is_not_loaded_is_read_first(on_face: OnFace) -> None:
    """An expired object has no version to name: it is the one that the row has now."""

    async def program(store: Store) -> None:
        mine, theirs, [page], _ = await read_twice(store, Page(id=1, title="draft"))
        mine.expire(page, ["version"])
        page.title = "mine"
        await mine.commit()
        assert [sql.split(" ")[0] for sql, _ in store.take()] == ["SELECT", "UPDATE"]
        await mine.close()
        await theirs.close()

    on_face(program)


TRIGGERS = {
    "sqlite": [
        "CREATE TRIGGER count_versions AFTER UPDATE OF value ON readings BEGIN "
        "UPDATE readings SET version = version + 1 WHERE id = new.id; END"
    ],
    "mysql": ["CREATE TRIGGER count_versions BEFORE UPDATE ON readings FOR EACH ROW SET new.version = old.version + 1"],
    "postgresql": [
        "CREATE FUNCTION count_version() RETURNS trigger LANGUAGE plpgsql AS "
        "'BEGIN new.version = old.version + 1; RETURN new; END'",
        "CREATE TRIGGER count_versions BEFORE UPDATE ON readings FOR EACH ROW EXECUTE FUNCTION count_version()",
    ],
}


def test_versions_that_the_database_makes(on_face: OnFace) -> None:
    """They come back by RETURNING, or by a SELECT where an UPDATE has none, before anybody else can change the row."""

    async def program(store: Store) -> None:
        name = store.engine.dialect.name
        async with store.session() as session:
            for statement in TRIGGERS.get(name, TRIGGERS["mysql"]):
                await session.execute(text(statement))
            await session.commit()
            reading = Reading(id=1, value=1)
            session.add(reading)
            await session.flush()
            assert vars(reading)["version"] == 1
            reading.value = 2
            store.take()
            await session.flush()
            sent = [sql.split(" ")[0] for sql, _ in store.take()]
            if name == "sqlite":
                # Its RETURNING tells of the row before the trigger.
                await session.refresh(reading)
            else:
                assert sent == (["UPDATE"] if name == "postgresql" else ["UPDATE", "SELECT"])
            assert vars(reading)["version"] == 2
            await session.execute(update(Reading).values(value=3), execution_options={"synchronize_session": False})
            reading.value = 4
            with pytest.raises(exc.StaleDataError) as caught:
                await session.flush()
            assert caught.value.obj is reading
            await session.rollback()
            await session.execute(
                text("DROP TRIGGER count_versions" + (" ON readings" if name == "postgresql" else ""))
            )
            if name == "postgresql":
                await session.execute(text("DROP FUNCTION count_version"))
            await session.commit()

    on_face(program)


@pytest.mark.parametrize(
    ("default", "onupdate", "generator", "counts"),
    [
        ("1", None, False, "the database"),
        (None, FetchedValue(), False, "the database"),
        (None, None, False, "the program"),
        ("1", FetchedValue(), lambda version: (version or 0) + 10, "Holdfast"),
        ("1", None, None, "Holdfast"),
    ],
)
def test_who_counts(default: Any, onupdate: Any, generator: Any, counts: str) -> None:
    """A default or onupdate of the server is enough, a function is stronger, False leaves it to the program."""

    class Own(DeclarativeBase):
        pass

    class Note(Own):
        __tablename__ = "note"
        id: Mapped[int] = mapped_column(primary_key=True)
        word: Mapped[str | None]
        version: Mapped[int] = mapped_column(server_default=default, server_onupdate=onupdate)
        __mapper_args__ = {"version_id_col": version, "version_id_generator": generator}

    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as session, recording(engine) as sent:
        note = Note(id=1) if counts != "the program" and default else Note(id=1, version=1)
        session.add(note)
        session.flush()
        note.word = "a"
        if counts == "the program":
            note.version = 2
        sent.clear()
        session.flush()
        where = "WHERE note.id = ? AND note.version = ?"
        expected = {
            "the database": f"UPDATE note SET word=? {where} RETURNING version",
            "the program": f"UPDATE note SET word=?, version=? {where}",
            "Holdfast": f"UPDATE note SET word=?, version=? {where}",
        }
        assert [expected[counts]] == [each.sql for each in sent]
        assert vars(note)["version"] == {"the database": 1, "the program": 2}.get(counts, 20 if generator else 2)
    engine.dispose()


def test_lists_of_rows_are_checked(on_face: OnFace) -> None:
    """A row of an UPDATE by key says the version that it was made from; objects present come along."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add_all([Page(id=1, title="a"), Page(id=2, title="b")])
            await session.commit()
            page = await session.get(Page, 1)
            await session.execute(
                update(Page), [{"id": 1, "title": "x", "version": 1}, {"id": 2, "title": "y", "version": 1}]
            )
            await session.refresh(page)
            assert (page.title, page.version) == ("x", 2)
            with pytest.raises(exc.StaleDataError):
                await session.execute(update(Page), [{"id": 1, "title": "z", "version": 1}])
            await session.rollback()
            with pytest.raises(exc.InvalidRequestError, match="Rows to update Page by primary key need 'version'"):
                await session.execute(update(Page), [{"id": 1, "title": "z"}])

    on_face(program)


def test_versions_without_a_session_that_keeps_objects(clean_postgresql_url: str) -> None:
    """A StatelessSession checks versions as well; and PostgreSQL's own xmin may be the version."""
    from holdfast import String

    class Own(DeclarativeBase):
        pass

    class Entry(Own):
        __tablename__ = "entries"
        id: Mapped[int] = mapped_column(primary_key=True)
        name: Mapped[str]
        xmin: Mapped[str] = mapped_column("xmin", String, system=True, server_default=FetchedValue())
        __mapper_args__ = {"version_id_col": xmin, "version_id_generator": False}

    engine = create_engine(clean_postgresql_url)
    Own.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        session.add(entry := Entry(id=1, name="a"))
        session.commit()
        before = entry.xmin
        entry.name = "b"
        session.flush()
        assert vars(entry)["xmin"] != before
        session.commit()
        entry.name = "c"
        with Session(engine) as other:
            other.get_one(Entry, 1).name = "d"
            other.commit()
        with pytest.raises(exc.StaleDataError):
            session.flush()
    with StatelessSession(engine) as stateless:
        entry = stateless.get(Entry, 1)
        assert entry is not None
        with Session(engine) as other:
            other.get_one(Entry, 1).name = "e"
            other.commit()
        entry.name = "f"
        with pytest.raises(exc.StaleDataError) as caught:
            stateless.update(entry)
        assert caught.value.obj is entry
    engine.dispose()


def test_bad_configuration() -> None:
    """What can not be a version is refused when the class is used, with its place."""

    class Own(DeclarativeBase):
        pass

    with pytest.raises(exc.ArgumentError, match="version_id_col of Wrong is a column of its table wrong; it has no"):

        class Wrong(Own):
            __tablename__ = "wrong"
            id: Mapped[int] = mapped_column(primary_key=True)
            __mapper_args__ = {"version_id_col": "missing"}


def test_the_column_of_a_mixin() -> None:
    """A mixin may bring the column and the configuration; the table has a copy of the column."""
    from holdfast import create_engine

    class Own(DeclarativeBase):
        pass

    class Versioned:
        version: Mapped[int] = mapped_column()
        __mapper_args__ = {"version_id_col": "version"}

    class Note(Versioned, Own):
        __tablename__ = "notes"
        id: Mapped[int] = mapped_column(primary_key=True)
        text: Mapped[str]

    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(note := Note(id=1, text="a"))
        session.flush()
        note.text = "b"
        session.flush()
        assert note.version == 2
