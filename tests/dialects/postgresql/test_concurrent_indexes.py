"""`CREATE INDEX CONCURRENTLY` and its DROP: outside of any transaction, by each driver, whatever the way they are sent."""

from collections.abc import Callable
from typing import Any

import pytest

from holdfast import Column, Engine, Index, Integer, MetaData, String, Table, exc, inspect
from holdfast.schema import CreateIndex, DropIndex

Act = Callable[[Index, Any], None]

WAYS: dict[str, tuple[Act, Act]] = {
    "by itself": (lambda index, bind: index.create(bind), lambda index, bind: index.drop(bind)),
    "after a look": (
        lambda index, bind: [index.create(bind, checkfirst=True) for _ in range(2)] and None,
        lambda index, bind: [index.drop(bind, checkfirst=True) for _ in range(2)] and None,
    ),
    "as statements": (
        lambda index, bind: [bind.execute(CreateIndex(index, if_not_exists=True)) for _ in range(2)] and None,
        lambda index, bind: [bind.execute(DropIndex(index, if_exists=True)) for _ in range(2)] and None,
    ),
}


@pytest.fixture
def index(driver_engine: Engine) -> Index:
    """Of a table that is there; it is not."""
    metadata = MetaData()
    table = Table("t", metadata, Column("id", Integer, primary_key=True), Column("name", String))
    metadata.create_all(driver_engine)
    return Index("by_name", table.c.name, unique=True, postgresql_concurrently=True)


def there(engine: Engine) -> list[Any]:
    """Return the names of the table's indexes."""
    return [one["name"] for one in inspect(engine).get_indexes("t")]


@pytest.mark.parametrize("way", WAYS)
def test_on_a_connection_in_autocommit(driver_engine: Engine, index: Index, way: str) -> None:
    """The level is said for the connection; it goes back to the pool with the usual one."""
    create, drop = WAYS[way]
    with driver_engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        create(index, connection)
        assert there(driver_engine) == ["by_name"]
        drop(index, connection)
    assert there(driver_engine) == []
    with driver_engine.connect() as connection:
        with pytest.raises(exc.InternalError, match="cannot run inside a transaction block"):
            index.create(connection)


def test_with_all_tables(driver_engine: Engine, index: Index) -> None:
    """`create_all` and `drop_all` of an engine in autocommit; in a transaction the server refuses, and nothing is left."""
    assert index.table is not None
    metadata = index.table.metadata
    metadata.drop_all(driver_engine)
    with pytest.raises(exc.InternalError, match="cannot run inside a transaction block"):
        metadata.create_all(driver_engine)
    assert not inspect(driver_engine).has_table("t")
    plain = driver_engine.execution_options(isolation_level="AUTOCOMMIT")
    metadata.create_all(plain)
    assert there(driver_engine) == ["by_name"]
    metadata.drop_all(plain)
    assert not inspect(driver_engine).has_table("t")
