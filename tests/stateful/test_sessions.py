"""Random programs of a session, on SQLite and PostgreSQL, called and awaited; the states and operations that they reach."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

import holdfast as hf
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from tests.stateful.machine import SessionMachine, reached
from tests.stateful.mapped import Base
from tests.support.soak import IS_SOAK

STEPS = int(os.environ.get("HOLDFAST_TEST_STEPS", "20000")) // 3
"""Steps of each of the three tests; a long run is asked for by the variable."""
STEPS_PER_PROGRAM = 25

# SQLite gives a key again once its row is gone; the session says so.
pytestmark = pytest.mark.filterwarnings("ignore:New instance .* conflicts with persistent:holdfast.exc.SAWarning")


@contextmanager
def tables(engine: Any) -> Iterator[Any]:
    """Make the machine's tables anew, and drop them at the end."""
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    try:
        yield engine
    finally:
        Base.metadata.drop_all(engine)
        engine.dispose()


def run_machine(machine: type[SessionMachine], number: int, **facts: Any) -> None:
    """Run programs of a machine.

    Args:
        number: which ones: the same number draws the same programs, but in soak, where each run draws others.
    """
    programs = max(STEPS // STEPS_PER_PROGRAM, 1)
    made = type("Machine", (machine,), facts)
    run_state_machine_as_test(
        made if IS_SOAK else seed(number)(made),
        # Programs are short as they are; making them shorter on a server takes minutes.
        settings=settings(max_examples=programs, stateful_step_count=STEPS_PER_PROGRAM, phases=[Phase.generate]),
    )


class AwaitedMachine(SessionMachine):
    """The same programs on an AsyncSession: each step runs in its bridge."""

    loop: Any
    async_engine: Any

    def open_session(self) -> Any:
        """Open an AsyncSession; the machine sees the session inside."""
        self.awaited = AsyncSession(self.async_engine)
        return self.awaited.sync_session

    def do(self, act: Callable[[Any], Any]) -> Any:
        """Carry out what a rule does inside `run_sync`."""
        return self.loop.run_until_complete(self.awaited.run_sync(act))


def test_sessions_on_sqlite(tmp_path: Path) -> None:
    """Each step leaves objects and rows as the model has them."""
    with tables(hf.create_engine(f"sqlite:///{tmp_path}/machine.db")) as engine:
        run_machine(SessionMachine, 1, engine=engine)


def test_sessions_on_postgresql(clean_postgresql_url: str) -> None:
    """The same on a server."""
    with tables(hf.create_engine(clean_postgresql_url)) as engine:
        run_machine(SessionMachine, 2, engine=engine)


def test_awaited_sessions_on_sqlite(tmp_path: Path) -> None:
    """The same on the asynchronous face."""
    with asyncio.Runner() as runner:
        loop = runner.get_loop()
        async_engine = create_async_engine(f"sqlite+aiosqlite:///{tmp_path}/machine.db")
        with tables(hf.create_engine(f"sqlite:///{tmp_path}/machine.db")) as engine:
            try:
                run_machine(AwaitedMachine, 3, engine=engine, async_engine=async_engine, loop=loop)
            finally:
                loop.run_until_complete(async_engine.dispose())


OPERATIONS_ON_PERSISTENT = (
    "add to", "be put on", "be written by another", "commit False", "commit None", "commit True", "commit evaluate", "delete", "expire", "expunge", "give a child to", "merge", "move", "refresh",
    "remove from parent", "set", "tag", "take a child", "update by statement",
)  # fmt: skip


def test_every_operation_is_reached(tmp_path: Path) -> None:
    """The programs do all that they can to persistent objects; what is not in the list applies to others."""
    wanted = {("persistent", operation) for operation in OPERATIONS_ON_PERSISTENT}
    wanted |= {("transient", "add"), ("detached", "add"), ("detached", "set"), ("unknown", "read")}
    with tables(hf.create_engine(f"sqlite:///{tmp_path}/reach.db")) as engine:
        for number in range(4, 14):
            if wanted - reached.keys():
                run_machine(SessionMachine, number, engine=engine)
    assert not wanted - reached.keys()
