"""Random programs of a session, on SQLite and PostgreSQL, called and awaited."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import holdfast as hf
from holdfast import event
from holdfast.ext.asyncio import create_async_engine
from tests.stateful.machine import AwaitedMachine, SessionMachine
from tests.stateful.mapped import Base
from tests.support.soak import IS_SOAK, note_figures

STEPS = int(os.environ.get("HOLDFAST_TEST_STEPS", "20000")) // 4
"""Steps of each of the four tests; a long run is asked for by the variable."""
STEPS_PER_PROGRAM = 40

# SQLite gives a key again once its row is gone; the session says so. What nothing is left of is said too.
pytestmark = [
    pytest.mark.filterwarnings("ignore:New instance .* conflicts with persistent:holdfast.exc.SAWarning"),
    pytest.mark.filterwarnings("ignore:DELETE statement on table:holdfast.exc.SAWarning"),
    # What a collection that was never read got outside of the session stays outside, here as with SQLAlchemy.
    pytest.mark.filterwarnings("ignore:Object of type .* not in session:holdfast.exc.SAWarning"),
]


@contextmanager
def tables(engine: Any) -> Iterator[Any]:
    """Make the machine's tables anew, and drop them at the end."""
    if engine.dialect.name == "sqlite":
        # Nobody pulls the plug here: programs need not wait for the disk.
        event.listen(engine, "connect", lambda raw, entry: raw.execute("PRAGMA synchronous = OFF"))
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    try:
        yield engine
    finally:
        Base.metadata.drop_all(engine)
        engine.dispose()


def run_machine(machine: type[SessionMachine], name: str, number: int, **facts: Any) -> None:
    """Run programs of a machine.

    Args:
        name: for the figures.
        number: which programs: the same number draws the same ones, but in soak, where each run draws others.
    """
    programs = max(STEPS // STEPS_PER_PROGRAM, 1)
    made = type("Machine", (machine,), facts)
    run_state_machine_as_test(
        made if IS_SOAK else seed(number)(made),
        settings=settings(
            max_examples=programs,
            stateful_step_count=STEPS_PER_PROGRAM,
            # Programs are short as they are; making them shorter on a server takes minutes.
            phases=[Phase.generate],
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    note_figures(f"rule machine, {name}: {programs} programs of up to {STEPS_PER_PROGRAM} steps")


def test_sessions_on_sqlite(tmp_path: Path) -> None:
    """Each step leaves objects and rows as the model has them."""
    with tables(hf.create_engine(f"sqlite:///{tmp_path}/machine.db")) as engine:
        run_machine(SessionMachine, "SQLite", 1, engine=engine)


def test_sessions_on_postgresql(clean_postgresql_url: str) -> None:
    """The same on a server."""
    with tables(hf.create_engine(clean_postgresql_url)) as engine:
        run_machine(SessionMachine, "PostgreSQL", 2, engine=engine)


def test_awaited_sessions_on_sqlite(tmp_path: Path) -> None:
    """The same on the asynchronous face."""
    url = f"sqlite:///{tmp_path}/machine.db"
    awaited_on(url.replace("sqlite:", "sqlite+aiosqlite:"), hf.create_engine(url), "SQLite, awaited", 3)


def test_awaited_sessions_on_postgresql(clean_postgresql_url: str) -> None:
    """The same on both."""
    awaited_on(clean_postgresql_url, hf.create_engine(clean_postgresql_url), "PostgreSQL, awaited", 4)


def awaited_on(url: str, plain: Any, name: str, number: int) -> None:
    """Run the awaited machine on a database."""
    with asyncio.Runner() as runner, tables(plain) as engine:
        loop = runner.get_loop()
        async_engine = create_async_engine(url)
        try:
            run_machine(AwaitedMachine, name, number, engine=engine, async_engine=async_engine, loop=loop)
        finally:
            loop.run_until_complete(async_engine.dispose())
