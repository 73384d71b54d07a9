"""Engine and sessions of the service, and the dependencies that give a request its session.

One session per request. Three kinds, so that a router says by the one it asks for who commits:

- `Writing`: the endpoint commits, where it says so;
- `Committing`: commits when the endpoint has returned, rolls back when it raised;
- `Reading`: never commits; what an endpoint reads by it is not mixed with what it writes.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from examples.fastapi_service.models import Base
from holdfast.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

DEFAULT_URL = "sqlite+aiosqlite:///store.db"


class Database:
    """One engine, and the makers of its sessions.

    Args:
        url: where the database is; None: the variable ``STORE_URL``, or a SQLite file.
    """

    def __init__(self, url: str | None = None) -> None:
        address = url or os.environ.get("STORE_URL", DEFAULT_URL)
        self.engine: AsyncEngine = create_async_engine(address)
        self.reading_engine = self.engine
        if self.engine.name == "sqlite":
            # SQLite has one writer at a time, and lets those who wait race for their turn. One connection for writing lets
            # them stand in the pool's queue, where the first to come is the first to be served; readers never wait.
            self.engine = create_async_engine(address, pool_size=1, max_overflow=0)
        # What an endpoint returns is read after the commit: it must not have to be loaded again.
        self.sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        self.readers = async_sessionmaker(self.reading_engine, expire_on_commit=False, autoflush=False)

    async def create_tables(self) -> None:
        """Create the tables that are not there."""
        async with self.engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
        await self.reading_engine.dispose()

    def connections_out(self) -> int:
        """Return how many connections are in use."""
        pools = {self.engine.pool, self.reading_engine.pool}
        return sum(pool.checkedout() for pool in pools)


def database(request: Request) -> Database:
    """Return the database of the application that serves a request."""
    found: Database = request.app.state.database
    return found


async def writing(db: Annotated[Database, Depends(database)]) -> AsyncIterator[AsyncSession]:
    """Give a session that the endpoint commits."""
    async with db.sessions() as session:
        yield session


async def committing(db: Annotated[Database, Depends(database)]) -> AsyncIterator[AsyncSession]:
    """Give a session that is committed when the endpoint has returned, and rolled back when it raised."""
    async with db.sessions.begin() as session:
        yield session


async def reading(db: Annotated[Database, Depends(database)]) -> AsyncIterator[AsyncSession]:
    """Give a session for reading."""
    async with db.readers() as session:
        yield session


# scope="function": the end of the dependency comes before the response is sent. Otherwise the client would be told that
# all is well before the COMMIT, and a connection would be held while the response travels.
Writing = Annotated[AsyncSession, Depends(writing, scope="function")]
Committing = Annotated[AsyncSession, Depends(committing, scope="function")]
Reading = Annotated[AsyncSession, Depends(reading, scope="function")]
TheDatabase = Annotated[Database, Depends(database)]
