"""The ways by which COMMIT reaches a server: drivers, faces, alone or along with the last statement; a proxy stands between."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, NamedTuple

import pytest

from holdfast import create_engine, make_url, text
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from holdfast.testing import Proxy
from tests.crash.ledger import Base, Mark
from tests.dialects.drivers.available import tried
from tests.support.databases import by_driver
from tests.support.faces import AwaitableSession

OTHERS = {
    "postgresql": "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    "mariadb": "SELECT count(*) FROM information_schema.processlist WHERE db = database() AND id <> connection_id()",
}
"""How many other sessions are in the database."""


class Route(NamedTuple):
    """One way.

    Attributes:
        server, driver, face: as in the matrix of drivers.
        pipeline: of psycopg: "always" lets COMMIT go along with the last statement.
    """

    server: str
    driver: str
    face: str
    pipeline: str | None = None

    @property
    def name(self) -> str:
        """Its name as a test's parameter."""
        return "-".join(part for part in (self.driver, self.face, self.pipeline) if part)

    def address(self, url: Any) -> Any:
        """Return the address of a database by this way, in words that a proxy understands."""
        found = by_driver(url, self.driver)
        if self.server == "postgresql":
            found = found.update_query_dict({"sslmode": "disable"})
            if self.driver != "asyncpg":
                found = found.update_query_dict({"gssencmode": "disable"})
        if self.driver == "pymysql":
            # It reads the machine's certificates for each connection, which takes longer than all of a transaction.
            found = found.update_query_dict({"ssl_disabled": "1"})
        return found if self.pipeline is None else found.update_query_dict({"pipeline": self.pipeline})

    @property
    def connect_args(self) -> dict[str, Any]:
        """Arguments for the driver: each statement is to go over the wire as its text."""
        return {"prepare_threshold": None} if self.driver == "psycopg" else {}


ROUTES = [
    Route(driver.server, driver.name, face, pipeline)
    for driver in tried()
    for face in driver.faces
    for pipeline in (("never", "always") if driver.name == "psycopg" else (None,))
]


def routes(*faces: str, server: str | None = None) -> pytest.MarkDecorator:
    """Run a test on all ways, or those of some faces, or to one server."""
    wanted = [route for route in ROUTES if (not faces or route.face in faces) and server in (None, route.server)]
    return pytest.mark.parametrize(
        "route", [pytest.param(route, id=route.name, marks=getattr(pytest.mark, route.server)) for route in wanted]
    )


class Place:
    """A clean database with the tables, behind a proxy.

    Attributes:
        proxy: stands before it.
        direct: an engine that goes past the proxy.
    """

    def __init__(self, route: Route, url: Any, proxy: Proxy) -> None:
        self.route = route
        self.proxy = proxy
        self.url = proxy.address(route.address(url))
        self.direct = create_engine(url)

    def engine(self, **keywords: Any) -> Any:
        """Return an engine of the route's face through the proxy."""
        create = create_async_engine if self.route.face == "async" else create_engine
        arguments = {**self.route.connect_args, **keywords.pop("connect_args", {})}
        return create(self.url, connect_args=arguments, **keywords)

    @asynccontextmanager
    async def session(self, expire_on_commit: bool = True, **keywords: Any) -> AsyncIterator[Any]:
        """Give a session on an engine of its own, its methods awaited on both faces."""
        engine = self.engine(**keywords)
        session: Any
        if self.route.face == "async":
            session = AsyncSession(engine, expire_on_commit=expire_on_commit)
        else:
            session = AwaitableSession(Session(engine, expire_on_commit=expire_on_commit))
        try:
            async with session:
                yield session
            assert engine.pool.checkedout() == 0
        finally:
            if self.route.face == "async":
                await engine.dispose()
            else:
                engine.dispose()

    def is_alone(self) -> bool:
        """Return True if the server has no other session in the database: what was sent is done or given up."""
        with self.direct.connect() as connection:
            return connection.scalar(text(OTHERS[self.route.server])) == 0

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """Return rows as they are stored."""
        with self.direct.connect() as connection:
            return [tuple(row) for row in connection.execute(text(sql))]


@contextmanager
def place_of(route: Route, request: pytest.FixtureRequest) -> Iterator[Place]:
    """Give a clean database behind a proxy, with the tables and the mark's row."""
    url = make_url(request.getfixturevalue(f"clean_{route.server}_url"))
    assert url.host is not None and url.port is not None
    with Proxy(url.host, url.port) as proxy:
        place = Place(route, url, proxy)
        Base.metadata.create_all(place.direct)
        with Session(place.direct) as session:
            session.add(Mark(id=1, number=0))
            session.commit()
        try:
            yield place
        finally:
            proxy.cut()
            place.direct.dispose()
