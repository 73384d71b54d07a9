"""Every driver of every server passes the suite of `holdfast.testing`, on each face it has; so does SQLite's."""

from __future__ import annotations

from typing import Any

import pytest

from holdfast import exc, func, make_url, select
from holdfast.testing import Proxy
from holdfast.testing.suite import CHECKS, Base, Box, DialectSuite
from tests.dialects.drivers.available import tried
from tests.support.faces import Store, run

CASES = [
    pytest.param(driver, face, id=f"{driver.name}-{face}", marks=getattr(pytest.mark, driver.server))
    for driver in tried()
    for face in driver.faces
]
matrix = pytest.mark.parametrize(("driver", "face"), CASES)


def address_of(driver: Any, request: pytest.FixtureRequest) -> Any:
    """Return the address of a clean database by a driver."""
    url = make_url(request.getfixturevalue(f"clean_{driver.server}_url"))
    return url.set(drivername=f"{driver.server}+{driver.name}")


def suite_for(url: Any, face: str) -> DialectSuite:
    """Return the suite on one database and face."""
    return type("Suite", (DialectSuite,), {"url": url, "is_async": face == "async"})()


@matrix
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_suite(driver: Any, face: str, check: Any, request: pytest.FixtureRequest) -> None:
    """Values, units of work, lists, errors, streams, texts, queries, loading, writing by statement, reflection."""
    suite_for(address_of(driver, request), face).run(check)


class TestSQLite(DialectSuite):
    """The way in which others use the suite: a class with an address."""

    url = "sqlite://"


class TestSQLiteOnAsyncio(DialectSuite):
    """The same, awaited."""

    url = "sqlite+aiosqlite://"
    is_async = True


def test_the_class_has_a_test_for_each_check() -> None:
    """None is forgotten."""
    assert len([name for name in vars(DialectSuite) if name.startswith("test_")]) == len(CHECKS)


@matrix
def test_a_connection_is_lost(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """The error says so, and the next transaction has a new one."""
    address = address_of(driver, request)
    with Proxy(address.host, address.port) as proxy:

        async def program(store: Store) -> None:
            async with store.session() as session:
                query = select(func.count(Box.id))
                assert await session.scalar(query) == 0
                proxy.cut()
                with pytest.raises(exc.ConnectionLost):
                    await session.scalar(query)
                await session.rollback()
                assert await session.scalar(query) == 0
                await session.rollback()
                proxy.refuse()
                for _ in range(2):
                    with pytest.raises(exc.ConnectionLost):
                        await session.scalar(query)
                    await session.rollback()
                proxy.accept()
                assert await session.scalar(query) == 0

        run(Base.metadata, face, program, proxy.address(address).render_as_string(hide_password=False))
