"""What is recorded, and what can be made to fail: marks of transactions, batches, both faces, exceptions of one's own."""

import asyncio
from pathlib import Path

import pytest

from holdfast import Column, Integer, MetaData, Table, create_engine, insert, select
from holdfast.ext.asyncio import create_async_engine
from holdfast.testing import IO, Fault, faults, recording

metadata = MetaData()
numbers = Table("numbers", metadata, Column("value", Integer))


def test_marks_and_batches() -> None:
    """Several rows are one entry; marks are recorded when asked for; nothing is recorded behind the block."""
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with recording(engine, transactions=True) as sent:
        with engine.begin() as connection:
            connection.execute(insert(numbers), [{"value": 1}, {"value": 2}])
            connection.begin_nested().commit()
        with engine.connect() as connection:
            assert connection.scalars(select(numbers.c.value)).all() == [1, 2]
    with engine.connect() as connection:
        connection.execute(select(numbers))
    assert sent == [
        ("BEGIN IMMEDIATE", ()),
        ("INSERT INTO numbers (value) VALUES (?)", [(1,), (2,)]),
        ("COMMIT", ()),
        ("BEGIN", ()),
        ("SELECT numbers.value \nFROM numbers", ()),
        ("ROLLBACK", ()),
    ]
    engine.dispose()


def test_an_asynchronous_engine(tmp_path: Path) -> None:
    """BEGIN that travels with a statement stands before it."""

    async def body() -> None:
        engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/numbers.db")
        with recording(engine, transactions=True) as sent:
            async with engine.begin() as connection:
                await connection.exec_driver_sql("CREATE TABLE numbers (value INTEGER)")
        assert [sql for sql, _ in sent] == ["BEGIN IMMEDIATE", "CREATE TABLE numbers (value INTEGER)", "COMMIT"]
        with pytest.raises(ValueError, match="CANCEL"), faults(engine, Fault.INTERRUPT_AFTER):
            pass
        await engine.dispose()

    asyncio.run(body())


def test_an_exception_of_ones_own() -> None:
    """It is raised before anything is sent, once; a later I/O is chosen by `arm`."""
    engine = create_engine("sqlite://")
    with faults(engine, OSError("no luck"), at=IO.STATEMENT) as plan:
        with engine.connect() as connection, pytest.raises(OSError, match="no luck"):
            connection.execute(select(1))
        with engine.connect() as connection:
            assert connection.scalar(select(1)) == 1
            assert str(plan.struck) == "SELECT 1"
            plan.arm(Fault.ERROR, at=2)
            assert connection.scalar(select(2)) == 2
            with pytest.raises(Exception, match="holdfast_refuses_this"):
                connection.execute(select(3))
    with pytest.raises(ValueError, match="synchronous"), faults(engine, Fault.CANCEL):
        pass
    engine.dispose()
