"""A process whose children write by Holdfast until they are killed; it is told what to do on its standard input.

Everything is imported once, and each child is forked. A child tells before each COMMIT and after it, by a pipe: what it has
written there stays, whatever happens to the child.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
from typing import Any

from holdfast import create_engine, event, select
from holdfast.ext.asyncio import AsyncSession, create_async_engine
from holdfast.orm import Session, selectinload
from tests.crash.ledger import Entry, Line
from tests.crash.script import Entries, Step, after, draw, text_of
from tests.support.faces import AwaitableSession


def say(words: str) -> None:
    """Tell the parent."""
    os.write(1, f"{words}\n".encode())


async def load(session: Any) -> dict[int, Entry]:
    """Return all entries with their lines."""
    found = await session.scalars(select(Entry).options(selectinload(Entry.lines)).order_by(Entry.number))
    return {entry.number: entry for entry in found}


async def carry_out(session: Any, entries: dict[int, Entry], steps: list[Step]) -> None:
    """Do the steps of one transaction."""
    for kind, number, *rest in steps:
        if kind in ("add", "savepoint"):
            lines = [Line(text=text_of(number, place)) for place in range(rest[0])]
            savepoint = await session.begin_nested() if kind == "savepoint" else None
            session.add(Entry(number=number, size=len(lines), lines=lines))
            if savepoint is not None:
                await session.flush()
                await savepoint.rollback()
            continue
        entry = entries[number]
        if kind == "delete":
            await session.delete(entry)
        elif kind == "pop":
            entry.lines.pop()
        else:
            entry.lines.append(Line(text=text_of(number, 100 + len(entry.lines))))
        entry.size = len(entry.lines)


async def write(session: Any, seed: str) -> None:
    """Write one transaction after the other, for ever."""
    chance = random.Random(seed)
    entries = await load(session)
    stored: Entries = {number: tuple(line.text for line in entry.lines) for number, entry in entries.items()}
    await session.rollback()
    number = 0
    while True:
        number += 1
        steps, is_undone = draw(chance, stored)
        await carry_out(session, await load(session), steps)
        if is_undone:
            await session.flush()
            await session.rollback()
        else:
            say(f"begin {number}")
            await session.commit()
        say(f"done {number}")
        stored = after(stored, steps, is_undone)
        session.expire_all()


def die_after(raw: Any, steps: int) -> None:
    """Let SQLite's machine kill this process after some thousand of its steps: in the middle of a statement."""
    left = [steps]

    def count() -> int:
        left[0] -= 1
        if not left[0]:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0

    raw.set_progress_handler(count, 50)


def live(order: dict[str, Any]) -> None:
    """What a child does."""
    is_async = order["face"] == "async"
    engine: Any = (create_async_engine if is_async else create_engine)(order["url"], connect_args={"timeout": 30})

    @event.listens_for(engine.sync_engine if is_async else engine, "connect")
    def prepare(connection: Any, entry: Any) -> None:
        connection.execute(f"PRAGMA cache_size = {order['cache']}")
        if order["steps"]:
            die_after(connection, order["steps"])

    async def main() -> None:
        session: Any = AsyncSession(engine) if is_async else AwaitableSession(Session(engine))
        await write(session, order["seed"])

    asyncio.run(main())


def main() -> None:
    """For each order: fork a child, and kill it when told so, unless it does that itself."""
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if not child:
            try:
                live(order)
            except BaseException as error:
                say(f"failed {type(error).__name__} {' '.join(str(error).split())}")
            finally:
                os._exit(1)
        if not order["steps"]:
            sys.stdin.readline()
            # Its number is its own until it is waited for.
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        say(f"ended {os.waitstatus_to_exitcode(status)}")


if __name__ == "__main__":
    main()
