"""The async faces as users write them; mypy and pyright (both strict) must know the type of every step, and it runs."""

import asyncio
from collections.abc import Sequence
from typing import assert_type

from holdfast import select
from holdfast.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from holdfast.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All classes of this program."""


class User(Base):
    """One table."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


async def results(session: AsyncSession) -> None:
    """What is awaited gives what the synchronous session gives at once."""
    assert_type(await session.get(User, 1), User | None)
    assert_type((await session.scalars(select(User))).all(), Sequence[User])
    assert_type((await session.execute(select(User))).scalars().all(), Sequence[User])
    assert_type(await session.scalar(select(User.name)), str | None)


async def main() -> list[str]:
    """Run it on SQLite in memory.

    Returns: the users' names.
    """
    engine = create_async_engine("sqlite+aiosqlite://")
    assert_type(engine, AsyncEngine)
    maker = async_sessionmaker(engine, expire_on_commit=False)
    assert_type(maker, async_sessionmaker[AsyncSession])
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with maker() as session:
        assert_type(session, AsyncSession)
        session.add(User(name="Ada"))
        await session.commit()
        await results(session)
        names = (await session.scalars(select(User.name))).all()
    await engine.dispose()
    return list(names)


def run() -> list[str]:
    """Run `main` on a loop of its own."""
    return asyncio.run(main())
