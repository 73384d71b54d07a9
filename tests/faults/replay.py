"""Runs a program once to count its I/O, then once more for each I/O and each kind of fault, and checks what must hold.

After each run: the error is the documented one; the session's second use is the documented one, and after `rollback()` it
works; the committed rows are those of before or after each commit, as the program was told; the pool is whole; no socket,
file or thread is left.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
import time
from collections import Counter
from typing import Any

import holdfast as hf
from holdfast._util.drive import drive
from holdfast.ext.asyncio import create_async_engine
from holdfast.testing import IO, Fault, Faults, faults
from tests.faults.databases import Database
from tests.faults.desk import Desk
from tests.faults.mapped import Note
from tests.faults.programs import Program
from tests.support.waiting import PATIENCE

LOST = (Fault.LOST_BEFORE, Fault.LOST_AFTER)
SYNC_FAULTS = tuple(fault for fault in Fault if fault is not Fault.CANCEL)
ASYNC_FAULTS = tuple(fault for fault in Fault if not fault.startswith("interrupt"))
UNFELT = (IO.CLOSE, IO.CLOSE_STREAM)
"""What has no answer that the program waits for."""


class Replay:
    """One program on one database by one driver.

    Args:
        database: where.
        program: what.
        is_async: by an asynchronous driver.

    Attributes:
        runs: how many there were, by fault.
    """

    def __init__(self, database: Database, program: Program, is_async: bool) -> None:
        self.database = database
        self.program = program
        self.is_async = is_async
        self.runs: Counter[str] = Counter()
        make: Any = create_async_engine if is_async else hf.create_engine
        self.engine = make(database.url)
        self.pool = getattr(self.engine, "sync_engine", self.engine).pool
        self.snapshots: list[Any] = []

    def run(self, stride: int = 1, offset: int = 0) -> None:
        """Run the program for every `stride`-th pair of an I/O and a fault, beginning at the pair `offset`."""
        work = self._core_run(stride, offset)
        asyncio.run(work) if self.is_async else drive(work)

    async def _core_run(self, stride: int, offset: int) -> None:
        # Whatever is opened once for all, is open now.
        await self._core_undisturbed()
        self.database.rest()
        self.open_files, self.threads = _open_files(), set(threading.enumerate())
        count = await self._core_undisturbed()
        pairs = [(number, fault) for number in range(1, count + 1) for fault in self._faults()]
        for number, fault in pairs[offset % stride :: stride]:
            await self._core_disturbed(number, fault)
            self.runs[fault] += 1

    def _faults(self) -> tuple[Fault, ...]:
        return ASYNC_FAULTS if self.is_async else SYNC_FAULTS

    async def _core_undisturbed(self) -> int:
        """Run without a fault; returns the number of I/Os, and notes the rows after each commit."""
        self.database.reset()
        desk = _WatchedDesk(self.engine, self.is_async, self.database)
        with faults(self.engine) as counted:
            await self.program(desk)
        await desk.close()
        await self._core_dispose()
        self.snapshots = desk.snapshots
        assert self.snapshots[0] != self.snapshots[-1] or self.program.__name__ == "gets"
        return len(counted.operations)

    async def _core_disturbed(self, number: int, fault: Fault) -> None:
        await self._core_attempt(number, fault)
        self.database.rest()
        where = f"{self.program.__name__}: {fault} at {number}"
        if _open_files() > self.open_files:
            gc.collect()  # what an error still held, which is forgotten now
        await self._core_until_ended()
        assert _open_files() <= self.open_files, f"a file or socket is left by {where}"
        assert set(threading.enumerate()) <= self.threads, f"a thread is left by {where}"

    async def _core_until_ended(self) -> None:
        """Wait for what ends by itself.

        A driver whose connecting was cancelled closes the socket in its own time; a thread that sends a KILL ends behind it.
        """
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            if _open_files() <= self.open_files and set(threading.enumerate()) <= self.threads:
                return
            await asyncio.sleep(0.01) if self.is_async else time.sleep(0.01)
            gc.collect()

    async def _core_attempt(self, number: int, fault: Fault) -> None:
        self.database.reset()
        desk = Desk(self.engine, self.is_async)
        plan, error = await self._core_try(desk, number, fault)
        try:
            self._check_error(plan, fault, error, desk)
            await self._core_check_second_use(desk, plan, fault, error)
            await self._core_check_recovery(desk, plan)
            await desk.close()
            assert self.pool.checkedout() == 0, "a connection is out"
            await self._core_dispose()
            self._check_rows(desk, plan, fault, error)
        except BaseException as failure:
            failure.add_note(f"{self.program.__name__}: {fault} at {number}: {plan.struck}; the program got {error!r}")
            raise

    async def _core_try(self, desk: Desk, number: int, fault: Fault) -> tuple[Faults, BaseException | None]:
        """Run the program with a fault; returns what was done, and what the program raised."""

        async def core_attempt() -> tuple[Faults, BaseException | None]:
            with faults(self.engine, fault, at=number) as plan:
                try:
                    await self.program(desk)
                    if self.is_async:
                        await asyncio.sleep(0)  # a cancellation that came while nothing was waited for
                except (Exception, KeyboardInterrupt, asyncio.CancelledError) as raised:
                    return plan, raised
            return plan, None

        # A task of its own, since tasks are cancelled.
        return await (asyncio.ensure_future(core_attempt()) if self.is_async else core_attempt())

    # -- what must hold ------------------------------------------------------------------------------------------------

    def _check_error(self, plan: Faults, fault: Fault, error: BaseException | None, desk: Desk) -> None:
        assert plan.struck is not None
        if error is None:
            assert self._may_pass(plan, desk) or fault is Fault.CANCEL, "the fault was not felt"
            return
        if fault is Fault.CANCEL:
            assert type(error) in (asyncio.CancelledError, hf.exc.CommitUnknown)
        elif fault.startswith("interrupt"):
            assert type(error) is KeyboardInterrupt
        elif desk.skipped:
            assert isinstance(error, hf.exc.DBAPIError | hf.exc.PendingRollbackError)
        else:
            assert isinstance(error, hf.exc.DBAPIError), type(error)
            assert error.orig is not None and error.__cause__ is error.orig
            if plan.struck.kind is IO.CONNECT:
                assert isinstance(error, hf.exc.OperationalError)
            elif fault is Fault.TIMEOUT:
                is_aborted = "aborted" in str(error)  # PostgreSQL says nothing else by then
                assert isinstance(error, hf.exc.StatementTimeout | hf.exc.LockTimeout) or is_aborted
            elif fault in LOST:
                assert isinstance(error, hf.exc.ConnectionLost) and error.connection_invalidated
                # What was lost before it went out with its COMMIT: some drivers know, for others it may have gone.
                if not (plan.struck.commits and fault is Fault.LOST_BEFORE):
                    assert isinstance(error, hf.exc.CommitUnknown) is self._is_unknown(plan)
                assert error.retryable is not isinstance(error, hf.exc.CommitUnknown), "retryable"
            else:
                assert not isinstance(error, hf.exc.ConnectionLost)

    @staticmethod
    def _may_pass(plan: Faults, desk: Desk) -> bool:
        """Return True for an I/O that nobody waits for, and where the program or a documented rule passes over its error."""
        assert plan.struck is not None
        if plan.struck.kind in UNFELT or desk.skipped:
            return True
        # `commit(synchronize_session=True)` reads values before COMMIT, then tries again behind it, then warns.
        reads_values = " IN (" in plan.struck.sql
        return reads_values or Replay._comes_after_commit(plan, desk.commits - 1)

    @staticmethod
    def _is_unknown(plan: Faults) -> bool:
        """Return True if a COMMIT was under way."""
        return plan.struck is not None and (plan.struck.kind is IO.COMMIT or plan.struck.commits)

    @staticmethod
    def _comes_after_commit(plan: Faults, commits: int) -> bool:
        """Return True if more COMMITs than so many were sent before the I/O that failed."""
        assert plan.struck is not None
        place = next(place for place, each in enumerate(plan.operations) if each is plan.struck)
        before = plan.operations[:place]
        return sum(each.kind is IO.COMMIT or each.commits for each in before) > commits

    async def _core_check_second_use(self, desk: Desk, plan: Faults, fault: Fault, error: BaseException | None) -> None:
        """The session says that it wants `rollback()`, or goes on; on PostgreSQL the server may say it."""
        if error is None or not desk.session.in_transaction():
            return
        assert plan.struck is not None
        is_active = desk.session.is_active
        refusal = await _core_refusal(desk.session)
        if refusal is None:
            assert is_active and (fault not in LOST or desk.skipped or plan.struck.kind is IO.CONNECT), "it goes on"
        elif isinstance(refusal, hf.exc.PendingRollbackError):
            assert is_active or refusal.__cause__ is error or fault is Fault.CANCEL, "the first error is told"
        elif isinstance(refusal, hf.exc.ConnectionLost):
            assert fault is Fault.CANCEL, "only a driver that is cancelled closes its connection"
        else:
            assert is_active and self.database.name == "postgresql" and "aborted" in str(refusal), refusal

    async def _core_check_recovery(self, desk: Desk, plan: Faults) -> None:
        """After `rollback()` the session is as new, and a good program works."""
        session = desk.session
        await self._core_clean(session)
        try:
            await _core_write_note(session)
        except hf.exc.ConnectionLost:
            # The loss was not felt where it happened; the pool gives the connection out once more. On PostgreSQL the ROLLBACK of
            # what has only read is not waited for either.
            assert plan.struck is not None and plan.struck.kind in (*UNFELT, IO.ROLLBACK)
            await self._core_clean(session)
            await _core_write_note(session)
        assert self.database.ask("SELECT id, text FROM fault_note") == ((1, "afterwards"),)

    @staticmethod
    async def _core_clean(session: Any) -> None:
        await session.rollback()
        assert session.is_active and not session.in_transaction()
        assert not session.new and not session.dirty and not session.deleted

    def _check_rows(self, desk: Desk, plan: Faults, fault: Fault, error: BaseException | None) -> None:
        """The committed rows are those that the program was told of."""
        found = self.database.facts()
        before = self.snapshots[desk.commits]
        if error is None:
            assert found == self._without(before, desk.skipped), "what was committed is there"
            return
        if not desk.is_committing:
            assert found == before, "nothing is there but what was committed"
            return
        after = self._without(self.snapshots[desk.commits + 1], desk.skipped)
        if self._comes_after_commit(plan, desk.commits):
            assert fault is Fault.CANCEL or fault.startswith("interrupt"), "a commit that was done raises nothing"
            assert found == after, "a commit that was done is done"
        elif fault is Fault.CANCEL:
            # It comes where the task waits next, which is not always there.
            assert found in (before, after), "all or nothing"
        elif not self._is_unknown(plan) or fault in (Fault.LOST_BEFORE, Fault.INTERRUPT_BEFORE):
            assert found == before, "a commit that failed is no commit"
        elif fault in (Fault.LOST_AFTER, Fault.INTERRUPT_AFTER):
            assert found == after, "a commit that was done is whole"
        else:
            assert found == before, "the database refused"

    @staticmethod
    def _without(facts: Any, skipped: list[int]) -> Any:
        authors, *others = facts
        return (tuple(row for row in authors if row[0] not in skipped), *others)

    async def _core_dispose(self) -> None:
        disposed = self.engine.dispose()
        if self.is_async:
            await disposed


async def _core_refusal(session: Any) -> Exception | None:
    """Return what a session says to another statement; None: it carries it out."""
    try:
        await session.execute(hf.select(1))
    except (hf.exc.PendingRollbackError, hf.exc.DBAPIError) as refused:
        return refused
    return None


async def _core_write_note(session: Any) -> None:
    session.add(Note(id=1, text="afterwards"))
    await session.commit()


class _WatchedDesk(Desk):
    """Notes the rows after each commit."""

    def __init__(self, engine: Any, is_async: bool, database: Database) -> None:
        super().__init__(engine, is_async)
        self._database = database
        self.snapshots = [database.facts()]

    def _note_commit(self) -> None:
        super()._note_commit()
        self.snapshots.append(self._database.facts())


def _open_files() -> int:
    return len(os.listdir("/proc/self/fd"))
