"""A thread that does jobs for tasks: a lone job is waited for without the loop, many wake the loop once.

Finished jobs are handed to the loop together: however many they are, the loop is woken once. The figures stand in
docs/decisions/0005-waiting-for-a-thread.md.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from _thread import allocate_lock
from collections import deque
from collections.abc import Callable
from typing import Any

from holdfast.engine.uninterrupted import to_the_end

QUICK = 0.0001
"""Seconds that the event loop's thread waits for a job itself, before it goes on with other tasks."""

LONGEST_END = 1.0
"""Seconds that the event loop's thread waits at most for the end of another."""

PATIENCE = 16
"""Jobs that may be waited for in a row; after so many the loop gets one."""

FIRST_PENALTY, LARGEST_PENALTY = 2, 64
"""Jobs that the loop gets after a slow one: twice as many each time that one was slow again, half as many after a quick one."""


class Patience:
    """Whether the loop's thread waits for a job of one kind itself.

    Attributes:
        left: jobs that it may still wait for; below 0: that the loop still gets.
        penalty: jobs that the loop gets when one is slow next time.
    """

    __slots__ = ("left", "penalty")

    def __init__(self) -> None:
        self.left = PATIENCE
        self.penalty = FIRST_PENALTY

    def takes(self) -> bool:
        """Return True if the next job may be waited for, and count it."""
        left = self.left
        self.left = left - 1 if left > 0 else left + 1 if left < 0 else PATIENCE
        return left > 0

    def note(self, was_quick: bool) -> None:
        """Note what became of waiting."""
        if not was_quick:
            self.left = -self.penalty
            self.penalty = min(self.penalty * 2, LARGEST_PENALTY)
        elif self.penalty > FIRST_PENALTY:
            self.penalty //= 2


class Job:
    """One call for a worker.

    Attributes:
        done: it is over; `result` or `error` is set.
        finished: a lock, released at its end, for who waits without the loop.
        future: for who waits on the loop; made only where waiting took too long.
    """

    __slots__ = ("arguments", "done", "error", "finished", "function", "future", "loop", "result")

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self.function = function
        self.arguments = arguments
        self.result: Any = None
        self.error: BaseException | None = None
        self.done = False
        self.finished = allocate_lock()
        self.finished.acquire()
        self.future: asyncio.Future[Any] | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    def run(self) -> None:
        """Do it (in the worker's thread)."""
        try:
            self.result = self.function(*self.arguments)
        except BaseException as raised:
            self.error = raised

    def end(self) -> None:
        """Say that it is over."""
        # Before the future is looked at: whoever sets the future looks at this afterwards, so one of both sees the other.
        self.done = True
        self.finished.release()

    def outcome(self) -> Any:
        """Return the result, or raise."""
        if self.error is not None:
            raise self.error
        return self.result


class Worker:
    """A thread that does one job after the other.

    A program that sends one statement after the other waits for each: its loop has nothing else to do, and being woken
    through the loop costs twice as much (60 microseconds against 27). So the loop's thread waits for a job itself, for
    `QUICK` at most; only then it makes a future. It does not where the last job of this kind was slow, where another
    worker has got a job since (then several tasks are at work, and results come cheaper in batches), and every now and
    then, so that other tasks get their turn.

    Attributes:
        is_stuck: a job was given up that had not come to its end.
        is_busy: it is at a job.
        given, over: jobs that it got, and those that it has behind it; equal: it is idle.
    """

    _latest: Worker | None = None

    def __init__(self, name: str) -> None:
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._finished: deque[Job] = deque()
        self._is_waking = False
        # By whether a job writes to a disk, which may be slow every time.
        self._patience = {False: Patience(), True: Patience()}
        self._last: Callable[[], None] | None = None
        self.is_stuck = False
        self.is_busy = False
        # Each is counted by one thread alone.
        self.given = self.over = 0
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    async def call(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        essential: bool = False,
        commits: bool = False,
        interrupt: Callable[[], None] | None = None,
    ) -> Any:
        """Return what ``function(*arguments)`` returns in the thread.

        Args:
            essential: a cancelled caller gets its cancellation only after the job, or at the deadline of `to_the_end`;
                otherwise it gets it at once.
            commits: COMMIT goes along: a cancelled caller's job is interrupted, and its end waited for as if it were
                essential. Whether such jobs are quick is counted with those.
            interrupt: ends the job, which nobody waits for any more. It is not called for a job that is over: what it
                says to the driver would be heard by the next one.
        """
        job = Job(function, arguments)
        self.given += 1
        self._jobs.put(job)
        is_alone = Worker._latest is self
        Worker._latest = self
        patience = self._patience[essential or commits]
        if patience.takes() and is_alone:
            was_quick = job.finished.acquire(True, QUICK)
            patience.note(was_quick)
            if was_quick:
                return job.outcome()
        job.loop = asyncio.get_running_loop()
        job.future = future = job.loop.create_future()
        if job.done:
            # Nobody waits for the future any more: an error in it would be called one that was never retrieved.
            job.future = None
            return job.outcome()
        if essential:
            return await to_the_end(future, lambda: self._give_up(interrupt))
        if commits:

            async def hurry() -> None:
                if interrupt is not None and not job.done:
                    interrupt()

            return await to_the_end(future, lambda: self._give_up(interrupt), hurry)
        try:
            return await future
        except asyncio.CancelledError:
            if interrupt is not None and not job.done:
                interrupt()
            raise

    def _give_up(self, interrupt: Callable[[], None] | None) -> None:
        """Wait no longer for the job that the thread is at."""
        self.is_stuck = True
        if interrupt is not None:
            interrupt()

    def call_soon(self, function: Callable[..., Any], *arguments: Any) -> None:
        """Let the thread call ``function(*arguments)`` in its turn; nobody waits for it."""
        self.given += 1
        self._jobs.put(Job(function, arguments))

    def stop(self, last: Callable[[], None] | None = None) -> None:
        """Let the thread end after the jobs it has, with a `last` one that nobody waits for; does not wait."""
        self._last = last
        self._jobs.put(None)

    def join(self) -> None:
        """Wait for the thread's end; not for a job that is at something that does not end: the thread ends with it."""
        if not self.is_stuck:
            self._thread.join(LONGEST_END)

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            # A job whose caller was cancelled before its turn is not begun.
            if job.future is None or not job.future.cancelled():
                self.is_busy = True
                job.run()
                # Before its end is told: whoever hears of it may find the thread idle.
                self.over += 1
                job.end()
                self.is_busy = False
            else:
                self.over += 1
            if job.future is not None:
                self._announce(job)
            del job
        if self._last is not None:
            self._last()

    def _announce(self, job: Job) -> None:
        """Let the loop know; however many jobs are finished, it is woken once."""
        self._finished.append(job)
        # Looked at after the job is there: a delivery that is under way finds it, or says before that that it has begun.
        if not self._is_waking and job.loop is not None:
            self._is_waking = True
            try:
                job.loop.call_soon_threadsafe(self._deliver)
            except RuntimeError:
                # The loop was closed with the job under way: nobody waits for the result any more.
                self._finished.clear()
                self._is_waking = False

    def _deliver(self) -> None:
        """Give all finished jobs to those who wait (on the loop)."""
        self._is_waking = False
        while self._finished:
            job = self._finished.popleft()
            future = job.future
            if future is None or future.done():
                continue
            if job.error is None:
                future.set_result(job.result)
            else:
                future.set_exception(job.error)
