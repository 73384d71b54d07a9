"""Objects, rows, options and tables survive pickling, in this process and in another one."""

from __future__ import annotations

import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

from holdfast import ForeignKey, create_engine, inspect, select
from holdfast.orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    Session,
    joinedload,
    lazyload,
    load_only,
    mapped_column,
    relationship,
    selectinload,
)


class Base(DeclarativeBase):
    """Base of the test's classes."""


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


def test_what_programs_keep_in_caches() -> None:
    """Objects with what is loaded, rows, frozen results, states, loader options, attributes, mappers."""
    engine = create_engine("sqlite://")
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
    engine.dispose()


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
