"""Objects, rows, options and tables survive pickling, in this process and in another one."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from holdfast import (
    Column,
    Engine,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    bindparam,
    case,
    cast,
    create_engine,
    delete,
    exists,
    func,
    insert,
    inspect,
    select,
    text,
    tuple_,
    union,
    update,
)
from holdfast.exc import InvalidRequestError, SAWarning
from holdfast.ext import serializer
from holdfast.orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    Query,
    Session,
    UserDefinedOption,
    aliased,
    defer,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    raiseload,
    relationship,
    scoped_session,
    selectinload,
    sessionmaker,
    with_loader_criteria,
)
from holdfast.orm.loading.load import directions_of
from holdfast.sql.visitors import iterate


class Base(DeclarativeBase):
    """Base of the test's classes."""

    # MariaDB wants a length.
    type_annotation_map = {str: String(50)}


class Album(Base):
    """Has tracks."""

    __tablename__ = "albums"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    tracks: Mapped[list[Track]] = relationship()


class Track(Base):
    """Belongs to an album."""

    __tablename__ = "tracks"
    id: Mapped[int] = mapped_column(primary_key=True)
    length: Mapped[int | None]
    album_id: Mapped[int | None] = mapped_column(ForeignKey("albums.id"))


def again(value: Any) -> Any:
    """Return what unpickling makes of a value."""
    return pickle.loads(pickle.dumps(value))


def test_what_programs_keep_in_caches(engine: Engine) -> None:
    """Objects with what is loaded, rows, frozen results, states, loader options, attributes, mappers."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Album(id=1, name="a", tracks=[Track(id=1), Track(id=2)]))
        session.commit()
        album = session.scalars(select(Album).options(selectinload(Album.tracks))).one()
        copied = again(album)
        assert inspect(copied).detached
        assert ([track.id for track in copied.tracks], copied.name) == ([1, 2], "a")
        assert again(inspect(album)).identity == (1,)
        assert [track.id for track in again(album.tracks)] == [1, 2]
        assert [tuple(row) for row in again(session.execute(select(Album.id, Album.name)).all())] == [(1, "a")]
        assert again(session.execute(select(Album)).freeze())().scalars().one().name == "a"
        for option in (
            joinedload(Album.tracks), selectinload(Album.tracks).load_only(Track.length), lazyload(Album.tracks),
            load_only(Album.name),
        ):  # fmt: skip
            expected = str(select(Album).options(option))
            assert str(select(Album).options(again(option))) == expected
            assert session.scalars(select(Album).options(again(option))).unique().one() is album
        assert again(Album.name) is Album.name
        assert again(Album.tracks) is Album.tracks
        assert again(inspect(Album)) is inspect(Album)
        assert again(Bundle("b", Album.id)).name == "b"


class OwnOption(UserDefinedOption):
    """Says something to listeners, also for what objects load later."""

    propagate_to_loaders = True


def test_options_come_along_with_an_object(engine: Engine) -> None:
    """What an unpickled object loads once it is in a session again goes by the options that it was loaded with."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Album(id=1, name="a", tracks=[Track(id=1, length=1), Track(id=2, length=2)]))
        session.commit()

    def kept(*options: Any) -> tuple[list[int], set[str]]:
        with Session(engine) as session:
            album = session.scalars(select(Album).options(*options)).one()
        copies = again(album), again(album)
        # Plans are kept by what the options say: what says the same is the same.
        assert directions_of(inspect(copies[0])) is directions_of(inspect(copies[1]))
        with Session(engine) as session:
            session.add(copies[0])
            return [track.id for track in copies[0].tracks], inspect(copies[0].tracks[0]).unloaded

    assert kept() == ([1, 2], set())
    assert kept(lazyload(Album.tracks).load_only(Track.id)) == ([1, 2], {"length", "album_id"})
    assert kept(lazyload(Album.tracks.and_(Track.length > 1))) == ([2], set())
    assert kept(with_loader_criteria(Track, Track.length > 1), defer(Album.name)) == ([2], set())
    assert kept(with_loader_criteria(Track, by_length), OwnOption("own")) == ([2], set())
    with pytest.raises(InvalidRequestError, match="'Album.tracks' is not available due to lazy='raise'"):
        kept(raiseload("*"))
    with pytest.warns(SAWarning, match="with_loader_criteria.Track, <function.*cannot be pickled with the objects"):
        assert kept(with_loader_criteria(Track, lambda cls: cls.length > 1), lazyload(Album.tracks)) == ([1, 2], set())


def by_length(cls: Any) -> Any:
    """Return the condition of an option, as a function that a pickle can name."""
    return cls.length > 1


ALBUMS, TRACKS = Base.metadata.tables["albums"], Base.metadata.tables["tracks"]


@pytest.mark.parametrize(
    "statement",
    [
        select(ALBUMS).where(ALBUMS.c.id == 1, ALBUMS.c.name.in_(["a", "b"]) | ~ALBUMS.c.id.between(3, 4)),
        select(ALBUMS.c.id, case((ALBUMS.c.id == 1, "x"), else_="y"))
        .order_by(ALBUMS.c.name.collate("nocase"))
        .limit(3),
        select(cast(func.count(ALBUMS.c.id), String)).group_by(ALBUMS.c.name).having(func.count() > 1),
        select(func.row_number().over(order_by=ALBUMS.c.id), tuple_(ALBUMS.c.id, ALBUMS.c.name).in_([(1, "a")])),
        select(select(ALBUMS).where(ALBUMS.c.id == bindparam("number", 1)).cte("found")),
        select(ALBUMS.c.id).where(exists().where(TRACKS.c.length > ALBUMS.c.id)),
        union(select(ALBUMS.c.id), select(TRACKS.c.id).where(TRACKS.c.length > 10**12)),
        text("SELECT :moment AS moment").bindparams(moment=datetime(2024, 1, 2, tzinfo=UTC)),
        insert(ALBUMS).values([{"id": 8, "name": "h"}, {"id": 9, "name": "i"}]),
        update(ALBUMS).where(ALBUMS.c.id == 1).values(name=ALBUMS.c.name + "x"),
        delete(TRACKS).where(TRACKS.c.length.is_(None)).returning(TRACKS.c.id),
    ],
    ids=lambda statement: " ".join(str(statement).split())[:40],
)
def test_statements(statement: Any) -> None:
    """A statement of tables is the same after it was pickled: text, values, result."""
    copied = again(statement)
    expected, actual = statement.compile(), copied.compile()
    assert (expected.string, expected.params) == (actual.string, actual.params)
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        Base.metadata.create_all(connection)
        connection.execute(insert(ALBUMS), [{"id": 1, "name": "a"}, {"id": 2, "name": "b"}])
        outcomes = []
        for each in (statement, copied):
            with connection.begin_nested() as savepoint:
                result = connection.execute(each)
                outcomes.append(result.all() if result.returns_rows else result.rowcount)
                savepoint.rollback()
        assert outcomes[0] == outcomes[1]
    engine.dispose()


def _mapped_statements() -> dict[str, Any]:
    """Statements and queries about classes, by name."""
    alias = aliased(Album)
    return {
        "criteria": select(Album).where(Album.name == "a", Album.tracks.any(Track.length > 1)),
        "join": select(Album.id, func.count(Track.id)).join(Album.tracks).group_by(Album.id),
        "alias": select(alias).join(alias.tracks).where(alias.id.in_([1, 2])),
        "options": select(Album).options(selectinload(Album.tracks.and_(Track.length > 1)).load_only(Track.length)),
        "criteria of options": select(Album).options(with_loader_criteria(Track, Track.length > 1)),
        "from_statement": select(Album).from_statement(text("SELECT * FROM albums WHERE id = :id").bindparams(id=1)),
        "update": update(Album).where(Album.id == 1).values(name=Album.name + "x"),
        "delete": delete(Track).where(Track.length > 1),
        "insert": insert(Album).values(id=7, name="x"),
        "query": Query([Album]).filter(Album.name == "a").join(Album.tracks).options(joinedload(Album.tracks)),
        "query of an alias": Query([alias]).join(alias.tracks).order_by(alias.id),
        "union": Query([Album]).filter_by(id=1).union(Query([Album]).filter_by(id=2)),
    }


def test_statements_of_classes(engine: Engine) -> None:
    """A statement or a query of classes is the same after it was pickled, and is about the same classes and tables."""
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Album(id=1, name="a", tracks=[Track(id=1, length=2)]))
        session.commit()
    for name, value in _mapped_statements().items():
        _check_copy(engine, name, value)


def _check_copy(engine: Engine, name: str, value: Any) -> None:
    copied = again(value)
    statement, other = (each.statement if name.startswith(("query", "union")) else each for each in (value, copied))
    expected, actual = statement.compile(), other.compile()
    assert (expected.string, expected.params) == (actual.string, actual.params), name
    assert {table.metadata for table in _tables_of(other)} <= {Base.metadata}, name
    with Session(engine) as session:
        assert len(_outcome(session, value)) == len(_outcome(session, copied)), name


def _tables_of(statement: Any) -> list[Table]:
    return [each for each in iterate(statement) if isinstance(each, Table)]


def _outcome(session: Session, value: Any) -> list[Any]:
    if isinstance(value, Query):
        return value.with_session(session).all()
    with session.begin_nested() as savepoint:
        result = session.execute(value)
        found = [None] * result.rowcount if value.is_dml else list(result.unique().all())  # type: ignore[attr-defined]
        savepoint.rollback()
    return found


def test_copies_of_statements() -> None:
    """Statements are never changed: a copy is another one with the same clauses; a query's copy keeps the session."""
    statement = select(Album).where(Album.id == 1)
    assert str(copy.copy(statement)) == str(statement) == str(copy.deepcopy(statement))
    with Session() as session:
        assert copy.copy(session.query(Album)).session is session


def test_names_in_the_place_of_tables() -> None:
    """The serializer writes tables, sessions and engines as names, which the reader gives."""
    engine = create_engine("sqlite://")
    Current = scoped_session(sessionmaker(engine))
    Base.metadata.create_all(engine)
    Current.add(Album(id=1, name="a"))
    Current.commit()
    written = serializer.dumps(Current.query(Album).filter(Album.name == "a"))
    assert serializer.loads(written, Base.metadata, Current).one() is Current.get(Album, 1)
    assert serializer.loads(written, Base.metadata).session is None
    other = MetaData()
    loose = Table("loose", other, Column("id", Integer, primary_key=True))
    written = serializer.dumps(select(loose).where(loose.c.id == 1))
    copied = serializer.loads(written, other)
    assert _tables_of(copied) == [loose]
    assert serializer.loads(serializer.dumps(loose.c.id), other) is loose.c.id
    assert serializer.loads(serializer.dumps(engine), engine=engine) is engine
    with pytest.raises(InvalidRequestError, match="No table 'loose' to read with: pass its MetaData"):
        serializer.loads(written)
    Current.remove()
    engine.dispose()


STATEMENT_READER = """
import pickle, sys
from holdfast import create_engine
from holdfast.orm import Session
from tests.orm.test_pickling import Album, Base, Track
engine = create_engine("sqlite://")
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Album(id=1, name="a", tracks=[Track(id=1, length=2)]))
    session.commit()
    for name, value in pickle.loads(sys.stdin.buffer.read()).items():
        if hasattr(value, "with_session"):
            print(name, len(value.with_session(session).all()))
        else:
            result = session.execute(value)
            print(name, result.rowcount if value.is_dml else len(result.unique().all()))
            session.rollback()
"""


def test_statements_in_another_process() -> None:
    """Statements of classes that were pickled in another process find the classes of this one."""
    done = subprocess.run(
        [sys.executable, "-c", STATEMENT_READER],
        input=pickle.dumps(_mapped_statements()), capture_output=True, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().splitlines() == [f"{name} 1" for name in _mapped_statements()]


READER = """
import pickle, sys
from holdfast import Column, Integer, MetaData, String, Table, create_engine, select
mine = MetaData()
tables = [Table(f"own{n}", mine, Column("id", Integer, primary_key=True), Column("own", String)) for n in range(50)]
theirs = pickle.loads(sys.stdin.buffer.read())
engine = create_engine("sqlite://")
with engine.connect() as connection:
    for metadata in (mine, theirs):
        metadata.create_all(connection)
    for table in tables:
        connection.execute(select(table.c.own))
    for table in theirs.tables.values():
        for column in table.columns:
            assert list(connection.execute(select(column)).keys()) == [column.name]
print("ok")
"""


def test_tables_in_another_process() -> None:
    """A pickled table is none of the tables of the process that reads it: cached statements do not mix them up."""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", READER], input=pickle.dumps(Base.metadata), capture_output=True, cwd=root, check=False
    )
    assert (done.stdout.decode().strip(), done.returncode) == ("ok", 0), done.stderr.decode()
