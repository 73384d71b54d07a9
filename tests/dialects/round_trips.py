"""Random rows that are written and read back: one check for each server, by its drivers on both faces."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from holdfast import create_engine, make_url, select
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from tests.dialects.drivers.available import tried

InSession = Callable[[Callable[[Session], None]], None]


def drivers_of(server: str) -> Any:
    """Return the decorator that runs a test with the argument `driver`, a pair of name and face."""
    cases = [(driver.name, face) for driver in tried() if driver.server == server for face in driver.faces]
    return pytest.mark.parametrize("driver", cases, ids="-".join)


@contextmanager
def sessions(url: str, driver: tuple[str, str], metadata: Any) -> Iterator[InSession]:
    """Yield what runs a program in a new session, by a driver on one face, over the tables of `metadata`."""
    name, face = driver
    address = make_url(url)
    address = address.set(drivername=f"{address.get_backend_name()}+{name}")
    with asyncio.Runner() as runner:
        if face == "sync":
            engine = create_engine(address)
            metadata.create_all(engine)

            def in_session(program: Callable[[Session], None]) -> None:
                with Session(engine) as session:
                    program(session)

            yield in_session
            engine.dispose()
            return
        asynchronous = create_async_engine(address)

        async def create() -> None:
            async with asynchronous.begin() as connection:
                await connection.run_sync(metadata.create_all)

        async def go(program: Callable[[Session], None]) -> None:
            async with AsyncSession(asynchronous) as session:
                await session.run_sync(program)

        runner.run(create())
        yield lambda program: runner.run(go(program))
        runner.run(asynchronous.dispose())


def check_round_trips(in_session: InSession, class_: Any, values: Mapping[str, st.SearchStrategy[Any]]) -> None:
    """Write random rows by the unit of work, and read them by it and by the SQL layer.

    Args:
        values: attribute of `class_` -> its values; each may be NULL or not given too.
    """

    @settings(max_examples=60)
    @given(st.lists(st.fixed_dictionaries({}, optional={n: st.none() | s for n, s in values.items()}), max_size=5))
    def check(rows: list[dict[str, Any]]) -> None:
        in_session(lambda session: _come_back(session, class_, list(values), rows))

    check()


def _come_back(session: Session, class_: Any, names: list[str], rows: list[dict[str, Any]]) -> None:
    stored = [class_(**row) for row in rows]
    session.add_all(stored)
    session.flush()
    keys = [each.id for each in stored]
    session.expire_all()
    for row, each in zip(rows, stored, strict=True):
        assert {name: getattr(each, name) for name in names} == {name: row.get(name) for name in names}
    for name in names:
        column = getattr(class_, name)
        got = session.scalars(select(column).where(class_.id.in_(keys)).order_by(class_.id)).all()
        assert got == [row.get(name) for row in rows]
