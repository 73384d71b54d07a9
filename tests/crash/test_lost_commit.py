"""Connections that are cut around COMMIT: what the program is told of its transactions is what is stored."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest

from holdfast import exc
from tests.crash.ledger import Entry, Line, Mark, new_entry
from tests.crash.routes import ROUTES, Place, Route, place_of, routes
from tests.support.soak import note_figures, sized
from tests.support.waiting import wait_until

TRANSACTIONS = sized(1000, 10_000)
"""Of each database, over all of its routes."""
COMMITTED, REFUSED, UNKNOWN = "committed", "refused", "unknown"
DISTURBANCES = (
    None, None, None, "cut before COMMIT", "cut before COMMIT", "cut after COMMIT", "cut after COMMIT", "cut before INSERT",
    "a row is refused",
)  # fmt: skip


async def write(session: Any, number: int, kind: str, is_refused: bool) -> None:
    """Do one transaction, of a kind that sends COMMIT in another company."""
    if kind == "one row":
        session.add(Entry(number=number, size=0))
    elif kind == "a graph":
        session.add(new_entry(number, 3))
    elif kind == "flushed":
        entry = new_entry(number, 2)
        session.add(entry)
        await session.flush()
        entry.lines.pop()
        entry.size = 1
        await session.flush()
    elif kind == "changed":
        session.add(Entry(number=number, size=0))
        await session.flush()
        (await session.get(Mark, 1)).number = number
    if is_refused:
        session.add(Line(entry_id=-1, text="of nobody"))
    await session.commit()


KINDS = ("one row", "a graph", "flushed", "changed")


async def outcome_of(place: Place, session: Any, number: int, chance: random.Random) -> str:
    """Run one transaction, disturbed or not, and return what the program is told of it."""
    disturbance, proxy = chance.choice(DISTURBANCES), place.proxy
    watch = None
    if disturbance is not None and disturbance.startswith("cut"):
        _, when, what = disturbance.split()
        watch = proxy.cut_when(sent=what.encode(), before=when == "before")
    try:
        await write(session, number, chance.choice(KINDS), disturbance == "a row is refused")
        return COMMITTED
    except exc.DBAPIError as raised:
        error = raised
    finally:
        if watch is not None:
            proxy.forget(watch)
    if not isinstance(error, exc.CommitUnknown):
        assert isinstance(error, (exc.ConnectionLost, exc.ForeignKeyViolation))
        await session.rollback()
        return REFUSED
    assert not error.retryable and error.connection_invalidated
    # The transaction has ended; nothing waits to be sent, nothing is claimed to be stored.
    assert not session.in_transaction()
    assert not session.new and not session.dirty and not session.deleted
    assert all("number" not in vars(known) for known in session.sync_session)
    if chance.random() < 0.5:
        await session.rollback()
    return UNKNOWN


@routes()
def test_what_is_told_is_what_is_stored(route: Route, request: pytest.FixtureRequest) -> None:
    """Committed: the rows are there; refused: they are not; unknown: either; never a part of a transaction."""
    count = TRANSACTIONS // sum(other.server == route.server for other in ROUTES) + 1
    chance = random.Random(f"{route.name} 11")
    told: dict[int, str] = {}

    async def program(place: Place) -> None:
        async with place.session(pool_size=1, max_overflow=0) as session:
            for number in range(1, count + 1):
                told[number] = await outcome_of(place, session, number, chance)

    with place_of(route, request) as place:
        asyncio.run(program(place))
        wait_until(place.is_alone, "the server has noticed that the connections are gone")
        sizes = dict(place.rows("SELECT number, size FROM entry"))
        lines = Counter(number for (number,) in place.rows("SELECT number FROM line JOIN entry ON entry.id = entry_id"))
        [(marked,)] = place.rows("SELECT number FROM mark")
    assert {number for number, outcome in told.items() if outcome == COMMITTED} <= sizes.keys()
    assert not {number for number, outcome in told.items() if outcome == REFUSED} & sizes.keys()
    assert {number: size for number, size in sizes.items() if size} == lines
    assert marked == 0 or marked in sizes
    seen = Counter((outcome, number in sizes) for number, outcome in told.items())
    note_figures(f"lost COMMIT, {route.server}, {route.name}: {dict(sorted(seen.items()))}")
    assert seen.keys() == {(COMMITTED, True), (REFUSED, False), (UNKNOWN, True), (UNKNOWN, False)}
