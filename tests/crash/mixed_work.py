"""A round of everything that a program does with a session, for those who look at what a thousand rounds leave behind."""

from __future__ import annotations

import asyncio
import contextlib
import pickle
from typing import Any

from holdfast import delete, exc, func, insert, select, text, update
from holdfast.orm import joinedload, selectinload
from tests.crash.ledger import Entry, Line, new_entry


class Worker:
    """Works with sessions of one engine, and with one session that lives as long as the worker.

    Args:
        open_session: () -> a session whose methods are awaited.
    """

    def __init__(self, open_session: Any) -> None:
        self.open_session = open_session
        self.lasting: Any = open_session()
        self.number = 0

    async def round(self) -> None:
        """Do everything once; the tables are as empty afterwards as before."""
        self.number += 10
        async with self.open_session() as session:
            await self._write(session)
            await self._ask(session)
            await self._fail(session)
            await self._ask_anew(session)
        await self._abandon()
        await self._go_on()
        async with self.open_session() as session:
            await session.execute(delete(Line))
            await session.execute(delete(Entry))
            await session.commit()

    async def _write(self, session: Any) -> None:
        entries = [new_entry(self.number + place, place) for place in range(4)]
        session.add_all(entries)
        await session.flush()
        entries[1].lines.append(Line(text="more"))
        entries[2].lines.clear()
        await session.delete(entries[3])
        savepoint = await session.begin_nested()
        session.add(new_entry(self.number + 5, 2))
        await session.flush()
        await savepoint.rollback()
        key = entries[0].id
        await session.commit()
        await session.execute(insert(Entry), [{"number": self.number + place, "size": 0} for place in range(6, 9)])
        await session.execute(update(Entry).where(Entry.number > self.number + 6).values(size=Entry.size + 1))
        await session.merge(pickle.loads(pickle.dumps(await session.get(Entry, key))))
        await session.commit()

    async def _ask(self, session: Any) -> None:
        for option in (selectinload(Entry.lines), joinedload(Entry.lines)):
            found = (await session.scalars(select(Entry).options(option).order_by(Entry.id))).unique().all()
            assert len(found) == 6
        session.expire_all()
        for size in range(1, 6):
            await session.scalars(select(Entry.number).where(Entry.number.in_(range(size))))

        def lazily(inner: Any) -> int:
            return sum(len(entry.lines) for entry in inner.scalars(select(Entry)))

        assert await session.run_sync(lazily) == 2

    async def _ask_anew(self, session: Any) -> None:
        """Send statements that nobody has sent before."""
        name = f"name_{self.number}"
        assert (await session.execute(select(func.count().label(name)).select_from(Entry))).mappings().one()[name] == 6
        assert await session.scalar(text(f"SELECT {self.number}")) == self.number
        await session.execute(select(Entry.id, *[Entry.number.label(f"{name}_{place}") for place in range(3)]))

    async def _fail(self, session: Any) -> None:
        await session.commit()
        session.add(Entry(number=self.number, size=0))
        with contextlib.suppress(exc.IntegrityError):
            await session.commit()
        await session.rollback()
        with contextlib.suppress(exc.DBAPIError):
            await session.execute(text("SELECT nothing FROM nowhere"))
        await session.rollback()
        session.add(Line(text=None, entry_id=1))
        with contextlib.suppress(exc.DBAPIError):
            await session.scalars(select(Entry))
        with contextlib.suppress(exc.PendingRollbackError):
            await session.scalars(select(Entry))
        await session.rollback()

    async def _abandon(self) -> None:
        """Leave a session in the middle of things, and a task in the middle of a statement."""
        session = self.open_session()
        session.add(new_entry(self.number + 9, 3))
        await session.flush()
        await session.close()
        task = asyncio.ensure_future(self._cancelled())
        await asyncio.sleep(0)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    async def _cancelled(self) -> None:
        async with self.open_session() as session:
            await session.scalars(select(Entry))

    async def _go_on(self) -> None:
        """Use the session that stays: it holds what the program holds, and no more."""
        await self.lasting.scalars(select(Entry).options(selectinload(Entry.lines)))
        await self.lasting.commit()
