"""A change of the schema ends a transaction on the server: what goes on after it is ended like any other, by each driver."""

from collections.abc import Iterator
from typing import Any

import pytest

from holdfast import Column, Engine, Integer, MetaData, Table, create_engine, exc, func, select, text
from tests.dialects.drivers.available import tried
from tests.support.awaited import engine_on
from tests.support.databases import by_driver

DRIVERS = [
    pytest.param((driver.name, face), id=f"{driver.name}-{face}")
    for driver in tried()
    if driver.server == "mariadb"
    for face in driver.faces
]
CHANGE = text("ALTER TABLE changed COMMENT 'changed'")

table = Table("after_ddl", MetaData(), Column("id", Integer, primary_key=True))
Table("changed", table.metadata, Column("id", Integer))


@pytest.fixture(params=DRIVERS)
def engine(request: pytest.FixtureRequest, clean_mariadb_url: str) -> Iterator[Engine]:
    """An engine with one connection, which each user gets after the one before."""
    name, face = request.param
    with engine_on(by_driver(clean_mariadb_url, name), face, pool_size=1, max_overflow=0) as engine:
        table.metadata.create_all(engine)
        yield engine
        assert engine.pool.checkedout() == 0


def stored(engine: Engine) -> Any:
    """Return how many rows another program sees."""
    other = create_engine(by_driver(engine.url, "pymysql"))
    with other.connect() as connection:
        count = connection.scalar(select(func.count(table.c.id)))
    other.dispose()
    return count


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_next_user_is_in_autocommit(engine: Engine, end: str) -> None:
    """What it stores is stored: no BEGIN of the user before comes in between."""
    with engine.connect() as connection:
        connection.execute(CHANGE)
        getattr(connection, end)()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(table.insert())
    assert stored(engine) == 1


@pytest.mark.parametrize("end", ["commit", "rollback", "close"])
def test_the_next_user_prepares_its_transaction(engine: Engine, end: str) -> None:
    """XA begins outside of any other transaction."""
    with engine.connect() as connection:
        connection.execute(CHANGE)
        getattr(connection, end)()
    for commits in (False, True):
        with engine.connect() as connection:
            transaction = connection.begin_twophase()
            connection.execute(table.insert())
            transaction.prepare()
            (transaction.commit if commits else transaction.rollback)()
        assert stored(engine) == int(commits)


def test_what_comes_after_the_change_is_a_transaction(engine: Engine) -> None:
    """It can be rolled back, and committed; a change that is refused ends it, as it ended what was before."""
    with engine.connect() as connection:
        connection.execute(table.insert())
        connection.execute(CHANGE)
        assert stored(engine) == 1
        connection.execute(table.insert())
        assert stored(engine) == 1
        connection.rollback()
        connection.execute(CHANGE)
        connection.execute(table.insert())
        connection.commit()
        assert stored(engine) == 2
        with pytest.raises(exc.DBAPIError):
            connection.execute(text("CREATE TABLE after_ddl (id INTEGER)"))
        connection.rollback()
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(table.insert())
    assert stored(engine) == 3
