"""How an asynchronous connection of psycopg waits for answers: in the loop's thread where they are quick, else by the loop."""

from __future__ import annotations

import asyncio
import contextlib
import select
from collections.abc import Coroutine, Sequence
from selectors import EVENT_READ
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus

from holdfast.dialects.postgresql.drivers.exchange import Statement, Steps, resumed
from holdfast.dialects.postgresql.drivers.given_up import Ending
from holdfast.dialects.postgresql.drivers.psycopg import is_lost
from holdfast.dialects.postgresql.drivers.speaking import NO_PIPELINE, Speaking
from holdfast.engine import uninterrupted
from holdfast.engine.commit_outcome import note_commit_along
from holdfast.engine.worker import Patience

T = TypeVar("T")

QUICK = 0.0002
"""Seconds that the loop's thread waits for an answer itself: a server on the same machine gives short ones in less."""
MOST_READS = 4
"""Reads of the socket that one answer gets there; more of it comes by the loop."""
_MOST_SELECTED = 1024
"""Numbers of sockets that `select` takes."""


class AsyncSpeaking(Speaking):
    """A connection of psycopg that sends and is answered on a loop.

    A program that sends one statement after the other waits for each: its loop has nothing else to do, and to be woken by it
    costs as much as a short statement. So the loop's thread waits for an answer itself, for `QUICK` at most, where no other
    connection has been used since, and where answers were quick (`Patience`).
    """

    __slots__ = ("_ending", "_patience")

    _latest = 0

    def __init__(self, raw: psycopg.AsyncConnection[Any], pipeline: str, is_pooled: bool) -> None:
        super().__init__(raw, pipeline, is_pooled)
        self._ending = Ending(raw)
        # By whether COMMIT goes along: a disk may be slow every time.
        self._patience = {False: Patience(), True: Patience()}

    async def _exchange(self, statements: Sequence[Statement], essential: bool = False, partly: bool = False) -> Any:
        """Send statements between the marks that wait; returns the answers, `partly` also those up to an error, and it.

        Args:
            essential: a cancelled caller gets its cancellation only afterwards.
        """
        is_answered, found, commit = self._ask(statements, partly)
        return found if is_answered else await self._wait(found, commit, essential)

    def _ask(self, statements: Sequence[Statement], partly: bool = False) -> tuple[bool, Any, bool]:
        """Send statements; returns True and the answers, or False and what still waits for them, and whether COMMIT went along."""
        exchanges = self._exchanges
        spoken = self._spoken(statements)
        begin, commit = self.take_marks()
        patience = self._patience[commit]
        is_alone = AsyncSpeaking._latest == id(self)
        AsyncSpeaking._latest = id(self)
        try:
            exchanges.send(spoken, begin, commit)
            steps = exchanges.answers_and_error() if partly else exchanges.answers(statements)
            if not (patience.takes() and is_alone):
                return False, steps, commit
            is_answered, found = self._wait_shortly(steps)
        except BaseException as error:
            self._close_if_unread()
            if commit:
                note_commit_along(error)
            raise
        patience.note(is_answered)
        if is_answered and commit:
            self.committed_along()
        return is_answered, found, commit

    def _wait_shortly(self, steps: Steps) -> tuple[bool, Any]:
        """Wait for answers in this thread; returns True and them, or False and the steps that are left."""
        socket = self._raw.pgconn.socket
        if socket >= _MOST_SELECTED:
            return False, steps
        try:
            wanted = next(steps)
            for _ in range(MOST_READS):
                if not select.select((socket,), (), (), QUICK)[0]:
                    break
                wanted = steps.send(EVENT_READ)
        except StopIteration as stop:
            return True, stop.value
        return False, resumed(steps, wanted)

    async def _wait(self, steps: Steps, commit: bool, essential: bool = False) -> Any:
        """Wait for answers by the loop."""
        if commit:
            return await self._wait_for_commit(steps)
        if essential:
            return await self._ending.after(self._settled(self._raw.wait(steps)))
        return await self._settled(self._raw.wait(steps))

    async def _wait_for_commit(self, steps: Steps) -> Any:
        """Wait for answers with COMMIT's behind them: a cancelled caller's statement is cancelled at the server.

        Its answer is waited for, so that it is known whether the COMMIT was done; if it was, the cancellation is raised when it
        is asked for.
        """
        work = asyncio.ensure_future(self._settled(self._raw.wait(steps)))
        was_cancelled = False

        async def hurry() -> None:
            nonlocal was_cancelled
            was_cancelled = True
            with contextlib.suppress(psycopg.Error):  # the server may be gone, or done
                await self._raw.cancel_safe(timeout=uninterrupted.DEADLINE)

        try:
            answers = await self._ending.after(work, hurry)
        except psycopg.Error as error:
            if was_cancelled and not is_lost(error):
                raise asyncio.CancelledError from error
            note_commit_along(error)
            raise
        except asyncio.CancelledError as cancelled:
            if not work.done() or work.cancelled():
                note_commit_along(cancelled)
                raise
            self.committed_along(cancelled)
            return work.result()
        self.committed_along()
        return answers

    async def _settled(self, work: Coroutine[Any, Any, T]) -> T:
        """Await work; a connection on which an answer is still under way afterwards is closed.

        A cancelled caller's statement is cancelled by the driver, which waits for the answer to that; but not for ever, and not
        for a caller that is cancelled once more meanwhile. The next statement would get what is left for its own answer.
        """
        try:
            return await work
        except BaseException:
            self._close_if_unread()
            raise

    def _close_if_unread(self) -> None:
        connection = self._raw.pgconn
        if connection.pipeline_status != NO_PIPELINE or connection.transaction_status == TransactionStatus.ACTIVE:
            connection.finish()

    def _settle(self) -> None:
        # A program takes the driver's connection between two transactions: the ROLLBACK's answer is there, or near.
        if self._exchanges.owed and not self._raw.closed:
            steps = self._exchanges.settle()
            try:
                next(steps)
                while select.select((self._raw.pgconn.socket,), (), (), uninterrupted.DEADLINE)[0]:
                    steps.send(EVENT_READ)
            except (StopIteration, psycopg.Error):
                pass  # who uses a connection that is lost is told so then
            self._close_if_unread()

    async def _let_driver_send(self) -> None:
        """Let the driver itself send what comes next: BEGIN goes ahead of it, since nothing goes along."""
        await self._settle_by_loop()
        begin, _ = self.take_marks()
        if begin is not None:
            await self._raw.execute(begin)

    async def _settle_by_loop(self) -> None:
        """Leave the connection as the driver knows it."""
        if self._exchanges.owed:
            await self._raw.wait(self._exchanges.settle())

    async def _let_driver_alter(self) -> None:
        """Let the driver itself send what may be a change of the schema."""
        await self._let_driver_send()
        self.note_altered()
