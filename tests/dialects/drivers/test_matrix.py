"""Every driver of every server passes the suite of `holdfast.testing`, on each face it has; so does SQLite's."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from holdfast import exc, func, select, update
from holdfast.testing import Proxy
from holdfast.testing.suite import CHECKS, Base, Box, DialectSuite
from tests.dialects.drivers.available import tried
from tests.support.databases import by_driver
from tests.support.faces import Store, run
from tests.support.waiting import PATIENCE

CASES = [
    pytest.param(driver, face, id=f"{driver.name}-{face}", marks=getattr(pytest.mark, driver.server))
    for driver in tried()
    for face in driver.faces
]
matrix = pytest.mark.parametrize(("driver", "face"), CASES)


def address_of(driver: Any, request: pytest.FixtureRequest) -> Any:
    """Return the address of a clean database by a driver."""
    return by_driver(request.getfixturevalue(f"clean_{driver.server}_url"), driver.name)


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


@pytest.mark.parametrize(("driver", "face"), [case for case in CASES if case.values[1] == "async"])
def test_a_deadlock_of_tasks(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """One of the two goes through; the other is told that it may try again, and does, on the same connection."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add_all([Box(id=1, name="one", whole=0), Box(id=2, name="two", whole=0)])
            await session.commit()
        both_have_one = asyncio.Barrier(2)
        failed: list[Any] = []

        async def work(first: int, second: int) -> None:
            async with store.async_engine.connect() as connection:
                await connection.execute(change(first))
                await both_have_one.wait()
                try:
                    await connection.execute(change(second))
                except exc.DBAPIError as error:
                    failed.append(error)
                    await connection.rollback()
                    await connection.execute(change(second))
                await connection.commit()

        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as tasks:
            tasks.create_task(work(1, 2))
            tasks.create_task(work(2, 1))
        [error] = failed
        assert isinstance(error, exc.Deadlock)
        assert error.retryable
        async with store.session() as session:
            changes = (await session.scalars(select(Box.whole).order_by(Box.id))).all()
            assert sorted(changes) == [1, 2]

    run(Base.metadata, face, program, address_of(driver, request).render_as_string(hide_password=False))


def change(key: int) -> Any:
    """Return a statement that locks a row."""
    return update(Box).where(Box.id == key).values(whole=Box.whole + 1)
