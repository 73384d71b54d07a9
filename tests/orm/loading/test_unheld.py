"""Dynamic and write-only collections: annotated, and in memory for new objects alone."""

import asyncio
from typing import Any

import pytest

from holdfast import ForeignKey, create_engine, exc, select
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import (
    AppenderQuery,
    DeclarativeBase,
    DynamicMapped,
    Mapped,
    Query,
    Session,
    WriteOnlyCollection,
    WriteOnlyMapped,
    mapped_column,
    relationship,
)


class Base(DeclarativeBase):
    pass


class Loud(Query[Any]):
    """A program's own query."""

    def loudly(self) -> list[str]:
        """The words, loud."""
        return [each.word.upper() for each in self]


class Diary(Base):
    __tablename__ = "diary"
    id: Mapped[int] = mapped_column(primary_key=True)
    pages: DynamicMapped["Page"] = relationship(query_class=Loud)
    entries: WriteOnlyMapped["Entry"] = relationship(passive_deletes=True)


class Page(Base):
    __tablename__ = "page"
    id: Mapped[int] = mapped_column(primary_key=True)
    diary_id: Mapped[int | None] = mapped_column(ForeignKey("diary.id"))
    word: Mapped[str]


class Entry(Base):
    __tablename__ = "entry"
    id: Mapped[int] = mapped_column(primary_key=True)
    diary_id: Mapped[int | None] = mapped_column(ForeignKey("diary.id", ondelete="CASCADE"))


def test_annotations_choose_the_way_of_loading() -> None:
    """`DynamicMapped` and `WriteOnlyMapped` say it without ``lazy=``; reading gives a handle."""
    assert [Diary.pages.property.lazy, Diary.entries.property.lazy] == ["dynamic", "write_only"]
    diary = Diary(id=1)
    assert isinstance(diary.pages, Query)
    assert isinstance(diary.entries, WriteOnlyCollection)
    assert issubclass(AppenderQuery, Query)


def test_the_programs_own_query_class() -> None:
    """`query_class` gives the collection methods of its own."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Diary(id=1, pages=[Page(id=1, word="calm")]))
        session.flush()
        diary = session.get_one(Diary, 1)
        assert diary.pages.loudly() == ["CALM"]  # type: ignore[attr-defined]
        assert set(vars(diary)) - {"_sa_instance_state"} == {"id"}


def test_replacing_a_write_only_collection_is_refused() -> None:
    """What is there is not known, so it can not be replaced."""
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        diary = Diary(id=1)
        session.add(diary)
        session.commit()
        with pytest.raises(exc.InvalidRequestError, match="does not support implicit iteration"):
            diary.entries = [Entry(id=1)]  # type: ignore[assignment]


def test_write_only_under_asyncio() -> None:
    """A write-only collection sends nothing by itself, and so serves an async session."""

    async def program() -> None:
        engine = create_async_engine("sqlite+aiosqlite://")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            diary = Diary(id=1)
            session.add(diary)
            diary.entries.add(Entry(id=1))  # type: ignore[attr-defined]
            await session.commit()
            await session.refresh(diary)
            diary.entries.add_all([Entry(id=2), Entry(id=3)])  # type: ignore[attr-defined]
            await session.commit()
            await session.refresh(diary)
            found = await session.scalars(diary.entries.select().where(Entry.id > 1))  # type: ignore[attr-defined]
            assert [entry.id for entry in found] == [2, 3]
            assert (await session.scalars(select(Entry.id))).all() == [1, 2, 3]
        await engine.dispose()

    asyncio.run(program())
