"""Every driver of every server does the same: values, keys, batches, errors, streams, transactions, lost connections."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from holdfast import bindparam, exc, func, insert, make_url, select, text, update
from holdfast.exc import StaleDataError
from holdfast.testing import Proxy
from tests.dialects.drivers.available import tried
from tests.dialects.drivers.matrix import VALUES, Base, Box, Thing
from tests.support.faces import Store, run

CASES = [
    pytest.param(driver, face, id=f"{driver.name}-{face}", marks=getattr(pytest.mark, driver.server))
    for driver in tried()
    for face in driver.faces
]
Run = Callable[[Callable[[Store], Awaitable[None]]], None]


def on(driver: Any, face: str, request: pytest.FixtureRequest) -> Run:
    """Return the function that runs an awaited program over a clean database by a driver and a face."""
    address = make_url(request.getfixturevalue(f"clean_{driver.server}_url"))
    address = address.set(drivername=f"{driver.server}+{driver.name}")
    return lambda program: run(Base.metadata, face, program, address.render_as_string(hide_password=False))


matrix = pytest.mark.parametrize(("driver", "face"), CASES)


@matrix
def test_values_come_back(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """Of every common type, by a flush, by a query and as criteria; NULL too."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            for place in range(3):
                session.add(Box(**{name: values[place] for name, values in VALUES.items()}))
            session.add(Box(name="nothing"))
            await session.commit()
            session.expunge_all()
            boxes = (await session.scalars(select(Box).order_by(Box.id))).all()
            for name, values in VALUES.items():
                found = [getattr(box, name) for box in boxes[:3]]
                assert values == found
                assert [type(value) for value in values] == [type(value) for value in found]
            assert [getattr(boxes[3], name) for name in VALUES] == ["nothing", *[None] * (len(VALUES) - 1)]
            for name in ("name", "whole", "exact", "flag", "day", "moment", "hour", "raw", "key", "colour"):
                column, value = getattr(Box, name), VALUES[name][1]
                assert await session.scalar(select(Box.id).where(column == value)) == 2
                assert boxes[1] in (await session.scalars(select(Box).where(column.in_([value])))).all()

    on(driver, face, request)(program)


@matrix
def test_units_of_work(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """A graph gets its keys, changes are counted, deletes find their rows, savepoints go back."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            boxes = [Box(name=str(n), things=[Thing(size=size) for size in range(3)]) for n in range(20)]
            session.add_all(boxes)
            await session.commit()
            assert await session.scalar(select(func.count(Thing.id)).where(Thing.box_id.is_not(None))) == 60
            things = (await session.scalars(select(Thing).order_by(Thing.id))).all()
            for thing in things:
                thing.size += 10
            await session.commit()
            assert await session.scalar(select(func.sum(Thing.size))) == 20 * 3 + 600
            nested = await session.begin_nested()
            await session.execute(update(Thing).values(size=0))
            await nested.rollback()
            await session.refresh(things[0])
            assert things[0].size == 10
            await session.execute(text("DELETE FROM driver_thing WHERE size = 10"))
            things[0].size = 99
            with pytest.raises(StaleDataError):
                await session.flush()
            await session.rollback()
            for thing in (await session.scalars(select(Thing))).all():
                await session.delete(thing)
            await session.commit()
            assert await session.scalar(select(func.count(Thing.id))) == 0

    on(driver, face, request)(program)


@matrix
def test_lists(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """Many rows by one statement, with and without RETURNING; counts of rows that were matched."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            rows = [{"name": f"%{number}", "whole": number} for number in range(100)]
            await session.execute(insert(Box), rows)
            assert await session.scalar(select(func.count(Box.id))) == 100
            table = Box.__table__
            statement = table.update().where(table.c.whole == bindparam("w")).values(whole=table.c.whole)
            options = {"synchronize_session": None}
            result = await session.execute(statement, [{"w": 1}, {"w": 2}, {"w": 999}], execution_options=options)
            assert result.rowcount == 2
            if store.engine.dialect.capabilities.insert_returning:
                made = await session.scalars(insert(Box).returning(Box), [{"name": "x"}, {"name": "y"}])
                assert [box.name for box in made] == ["x", "y"]
            await session.commit()

    on(driver, face, request)(program)


@matrix
def test_errors(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """The same classes with the same facts, whatever the driver calls them; no value is shown."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            session.add(Box(name="secret"))
            await session.commit()
            for class_, values in (
                (exc.UniqueViolation, {"name": "secret"}),
                (exc.NotNullViolation, {"name": None}),
                (exc.CheckViolation, {"name": "secret too", "whole": -1}),
            ):
                session.add(culprit := Box(**values))
                with pytest.raises(class_) as refused:
                    await session.commit()
                assert refused.value.obj is culprit
                assert refused.value.table == "driver_box"
                assert "secret" not in str(refused.value)
                await session.rollback()
            session.add(Thing(size=1, box_id=99))
            with pytest.raises(exc.ForeignKeyViolation):
                await session.commit()
            await session.rollback()
            with pytest.raises(exc.ProgrammingError):
                await session.execute(text("SELECT 1 FROM nothing_there"))
            await session.rollback()
            assert await session.scalar(select(func.count(Box.id))) == 1

    on(driver, face, request)(program)


@matrix
def test_streams(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """Rows come chunk by chunk; another statement in between does no harm."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            await session.execute(insert(Thing), [{"size": size} for size in range(10)])
            await session.commit()

            def read(inner: Any) -> None:
                query = select(Thing.size).order_by(Thing.size)
                result = inner.execute(query, execution_options={"yield_per": 3})
                assert result.fetchmany(2) == [(0,), (1,)]
                assert inner.scalar(select(func.count(Thing.id))) == 10
                assert [row.size for row in result] == list(range(2, 10))
                result = inner.execute(query.where(Thing.size > 100), execution_options={"yield_per": 3})
                assert result.all() == []

            await session.run_sync(read)

    on(driver, face, request)(program)


@matrix
def test_texts(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """Percent signs, colons and several statements' worth of parameters arrive as they are."""

    async def program(store: Store) -> None:
        async with store.session() as session:
            assert await session.scalar(text("SELECT '50%'")) == "50%"
            assert await session.scalar(select(func.concat("x%s", ":y", "%"))) == "x%s:y%"
            assert (await session.execute(text("SELECT 1 AS one, 2 AS two"))).mappings().one() == {"one": 1, "two": 2}
            result = await session.execute(text("DELETE FROM driver_box WHERE id = :id"), {"id": 1})
            assert (result.rowcount, result.returns_rows) == (0, False)

    on(driver, face, request)(program)


@matrix
def test_a_connection_is_lost(driver: Any, face: str, request: pytest.FixtureRequest) -> None:
    """The error says so, and the next transaction has a new one."""
    address = make_url(request.getfixturevalue(f"clean_{driver.server}_url"))
    assert address.host is not None and address.port is not None
    with Proxy(address.host, address.port) as proxy:
        through = proxy.address(address).set(drivername=f"{driver.server}+{driver.name}")

        async def program(store: Store) -> None:
            async with store.session() as session:
                assert await session.scalar(select(func.count(Box.id))) == 0
                proxy.cut()
                with pytest.raises(exc.ConnectionLost):
                    await session.scalar(select(func.count(Box.id)))
                await session.rollback()
                assert await session.scalar(select(func.count(Box.id))) == 0
                await session.rollback()
                proxy.refuse()
                with pytest.raises(exc.ConnectionLost):
                    await session.scalar(select(func.count(Box.id)))
                await session.rollback()
                with pytest.raises(exc.ConnectionLost):
                    await session.scalar(select(func.count(Box.id)))
                await session.rollback()
                proxy.accept()
                assert await session.scalar(select(func.count(Box.id))) == 0

        run(Base.metadata, face, program, through.render_as_string(hide_password=False))
