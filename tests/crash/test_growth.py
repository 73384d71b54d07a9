"""Mixed work for a long time: memory, objects, files, threads, caches and identity maps stay as they are."""

from __future__ import annotations

import asyncio
import gc
import linecache
import logging
import os
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from holdfast import create_engine, event
from holdfast._util import codegen
from holdfast.dialects.postgresql.drivers import texts
from holdfast.dialects.sqlite.drivers import brief
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session
from holdfast.orm.loading import load_plan
from tests.crash.ledger import Base
from tests.crash.mixed_work import Worker
from tests.support.faces import AwaitableSession
from tests.support.soak import IS_SOAK, note_figures
from tests.support.waiting import PATIENCE

WARM, ROUNDS = 25, 30
"""Rounds before the first look, and between two looks."""
MINUTES = float(os.environ.get("HOLDFAST_TEST_SOAK_MINUTES", "60")) if IS_SOAK else 0.0
"""How long all of this runs in soak; in CI there are two looks."""
KEPT = 30
"""Statements, plans and sources that are kept: so few that these memories are full long before the first look."""
MOST_BLOCKS, MOST_OBJECTS = 800, 150
"""What may have grown from the first look to any later one: Python's own memories, of which none grows with the rounds."""


class Look(NamedTuple):
    """What is there.

    Attributes:
        blocks: of memory that Python has allocated. (`tracemalloc` would tell bytes, but keeps the names of generated files.)
        objects: that the collector knows, but for weak references: a connection of `sqlite3` drops those to old cursors two
            hundred at a time.
        files: open descriptors.
        held: objects in the identity map of the session that stays.
    """

    blocks: int
    objects: int
    files: int
    threads: int
    held: int


def look(worker: Worker, engine: Any) -> Look:
    """Look at everything, after a collection; memories that are full in turn are emptied before."""
    assert len(engine._cache) <= KEPT
    assert len(engine.memo["load_plans"]) <= KEPT
    engine.clear_compiled_cache()
    engine.memo["load_plans"].clear()
    if engine.dialect.name == "postgresql":
        texts.forget()
    while codegen._shown:
        linecache.cache.pop(codegen._shown.popleft(), None)
    for _ in range(3):
        gc.collect()
    return Look(
        sys.getallocatedblocks(),
        sum(type(known) is not weakref.ref for known in gc.get_objects()),
        len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0,
        threading.active_count(),
        len(worker.lasting.identity_map),
    )


async def core_look(worker: Worker, engine: Any, first: Look) -> Look:
    """Look again; connections that were given up are closed by their threads, and are waited for."""
    end = time.monotonic() + PATIENCE
    while not is_within(found := look(worker, engine), first) and time.monotonic() < end:
        await asyncio.sleep(0.02)
    return found


def is_within(found: Look, first: Look) -> bool:
    """Return True if there are no more files, threads and held objects than there were (one may have been closing then)."""
    return all(now <= before for now, before in zip(found[2:], first[2:], strict=True))


async def run_and_look(worker: Worker, engine: Any, minutes: float, name: str) -> None:
    """Work and look, at least twice after the warm-up; each look is compared with the first."""
    end = time.monotonic() + minutes * 60
    for _ in range(WARM):
        await worker.round()
    first, rounds = look(worker, engine), WARM
    while rounds < WARM + 2 * ROUNDS or time.monotonic() < end:
        for _ in range(ROUNDS):
            await worker.round()
        rounds += ROUNDS
        last = await core_look(worker, engine, first)
        assert is_within(last, first), (first, last, rounds)
        assert last.objects - first.objects < MOST_OBJECTS, (first, last, rounds)
        # One for each round is less than anything that is left behind would take.
        assert last.blocks - first.blocks < MOST_BLOCKS + rounds, (first, last, rounds)
    note_figures(f"growth, {name}: {rounds} rounds; {first} at round {WARM}, {last} at the end")


@pytest.mark.parametrize("name", ["sqlite", "sqlite+aiosqlite", "postgresql+psycopg"])
def test_nothing_grows(
    name: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many rounds there are."""
    monkeypatch.setattr(load_plan, "PLAN_LIMIT", KEPT)
    monkeypatch.setattr(codegen, "SOURCES_KEPT", KEPT)
    monkeypatch.setattr(brief, "MOST_TEXTS", KEPT)
    url = f"{name}:///{tmp_path}/growth.db"
    if name.startswith("postgresql"):
        url = request.getfixturevalue("clean_postgresql_url")
        # The driver's warning of each pipeline that fails would be kept by pytest.
        monkeypatch.setattr(logging.getLogger("psycopg"), "disabled", True)

    async def main() -> None:
        is_async = name != "sqlite"
        make = create_async_engine if is_async else create_engine
        # The driver's own memory of statements would fill for hundreds of rounds.
        arguments = {"prepare_threshold": None} if name.startswith("postgresql") else {}
        engine: Any = make(url, query_cache_size=KEPT, pool_size=3, connect_args=arguments)
        plain = engine.sync_engine if is_async else engine
        if "sqlite" in name:
            # Nobody pulls the plug here: rounds need not wait for the disk.
            event.listen(plain, "connect", lambda raw, entry: raw.execute("PRAGMA synchronous = OFF"))
        worker = Worker(lambda: AsyncSession(engine) if is_async else AwaitableSession(Session(engine)))
        tables = create_engine(url.replace("+aiosqlite", ""))
        Base.metadata.create_all(tables)
        tables.dispose()
        try:
            await run_and_look(worker, plain, MINUTES / 3, name)
        finally:
            await worker.lasting.close()
            if is_async:
                await engine.dispose()
            else:
                engine.dispose()

    asyncio.run(main())
