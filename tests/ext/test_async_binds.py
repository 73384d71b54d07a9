"""Which engine an asynchronous session asks: an overridden `get_bind` decides for statements, flushes and connections."""

from __future__ import annotations

import asyncio
from typing import Any

from holdfast import ForeignKey, insert, select, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    """Base of the classes."""


class Tune(Base):
    """What all may read."""

    __tablename__ = "tune"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Note(Base):
    """What is kept elsewhere."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    tune_id: Mapped[int] = mapped_column(ForeignKey("tune.id"))


def test_an_overridden_get_bind_chooses_each_connection() -> None:
    """The session's own engine is the default one, and is asked for nothing that `get_bind` sends elsewhere."""

    async def program() -> None:
        plain, other = (create_async_engine("sqlite+aiosqlite://") for _ in range(2))
        asked: list[Any] = []

        class Routing(Session):
            def get_bind(self, mapper: Any = None, **facts: Any) -> Any:
                asked.append(mapper.class_ if mapper is not None else facts.get("clause"))
                return other.sync_engine if facts.get("place") == "other" or mapper is None else plain.sync_engine

        for engine in (plain, other):
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(plain, sync_session_class=Routing) as session:
            assert (await session.connection()).engine.sync_engine is other.sync_engine
            found_for = await session.connection(bind_arguments={"mapper": Tune.__mapper__})
            assert found_for.engine.sync_engine is plain.sync_engine
            session.add(Tune(name="jig"))
            await session.flush()
            statement = text("INSERT INTO tune (name) VALUES ('reel')")
            await session.execute(statement)
            assert asked[-1] is statement
            assert (await session.scalars(select(Tune.name))).all() == ["jig"]
            await session.execute(insert(Tune).values(name="air"), bind_arguments={"place": "other"})
            found = await session.execute(select(Tune.name).order_by(Tune.id), bind_arguments={"place": "other"})
            assert found.scalars().all() == ["reel", "air"]
            gathered = await session.gather(text("SELECT name FROM tune"), select(Tune.name))
            assert [[row[0] for row in result] for result in gathered] == [["reel", "air"], ["jig"]]
            await session.commit()
        await plain.dispose()
        await other.dispose()

    asyncio.run(program())
