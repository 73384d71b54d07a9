"""The suite as a class of tests: derive from it, name an address, let pytest collect it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, ClassVar

from holdfast.engine_factory import create_engine
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from holdfast.testing.suite import checks
from holdfast.testing.suite.models import Base


class DialectSuite:
    """Tests of one dialect by one driver, on one face; tables begin with ``suite_`` and are dropped again.

    Attributes:
        url: of a database that may be written to.
        is_async: create an asynchronous engine; the checks then run inside ``run_sync``.
        options: of ``create_engine``.

    Example:
        class TestMyDriver(DialectSuite):
            url = "mydatabase+mydriver://localhost/test"
    """

    url: ClassVar[Any]
    is_async: ClassVar[bool] = False
    options: ClassVar[dict[str, Any]] = {}

    def run(self, check: Callable[[Session], None]) -> None:
        """Run one check with a session on fresh tables; no connection may be out afterwards."""
        if self.is_async:
            asyncio.run(self._run_async(check))
            return
        engine = create_engine(self.url, **self.options)
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
        try:
            with Session(engine) as session:
                check(session)
            assert engine.pool.checkedout() == 0
        finally:
            Base.metadata.drop_all(engine)
            engine.dispose()

    async def _run_async(self, check: Callable[[Session], None]) -> None:
        engine = create_async_engine(self.url, **self.options)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        try:
            async with AsyncSession(engine) as session:
                await session.run_sync(check)
            assert engine.pool.checkedout() == 0
        finally:
            async with engine.begin() as connection:
                await connection.run_sync(Base.metadata.drop_all)
            await engine.dispose()

    def test_values(self) -> None:
        """Values of every common type come back."""
        self.run(checks.values_come_back)

    def test_units_of_work(self) -> None:
        """Graphs, changes, deletes, savepoints, rows that are gone."""
        self.run(checks.units_of_work)

    def test_lists(self) -> None:
        """Many rows by one statement."""
        self.run(checks.lists)

    def test_violations(self) -> None:
        """Constraint errors have their class and their facts, and show no values."""
        self.run(checks.violations)

    def test_streams(self) -> None:
        """Rows in chunks."""
        self.run(checks.streams)

    def test_texts(self) -> None:
        """Marks that drivers stumble over."""
        self.run(checks.texts)

    def test_queries(self) -> None:
        """Joins, groups, subqueries, limits, set operations, expressions."""
        self.run(checks.queries)

    def test_loading(self) -> None:
        """Related objects by each way of loading."""
        self.run(checks.loading)

    def test_set_based(self) -> None:
        """UPDATE and DELETE by statement leave no stale object."""
        self.run(checks.set_based)

    def test_reflection(self) -> None:
        """The Inspector tells of tables, columns and keys."""
        self.run(checks.reflection)
