"""The thread that does jobs for tasks: no finished job waits for another one, however the threads are switched."""

import asyncio
import gc
import threading
from collections import deque
from typing import Any

import pytest

from holdfast.engine import worker as module
from holdfast.engine.worker import Job, Worker
from tests.support.waiting import PATIENCE, wait_until


def test_a_job_that_is_finished_while_another_is_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    """The loop delivers the job of a cancelled caller while the thread lays down the next one: that one is told of too."""
    monkeypatch.setattr(module, "QUICK", 0)
    has_begun, may_end, is_laying_down = threading.Event(), threading.Event(), threading.Event()

    class Finished(deque[Job]):
        """Lets the loop take what is there before the second job comes to it."""

        count = 0

        def append(self, job: Job) -> None:
            self.count += 1
            if self.count == 2:
                is_laying_down.set()
                wait_until(lambda: not self, "the first one is taken")
            super().append(job)

    def first() -> None:
        has_begun.set()
        may_end.wait(PATIENCE)

    async def program() -> None:
        worker = Worker("holdfast-test")
        worker._finished = Finished()
        cancelled = asyncio.create_task(worker.call(first))
        await asyncio.to_thread(has_begun.wait, PATIENCE)
        cancelled.cancel()
        await asyncio.gather(cancelled, return_exceptions=True)
        next_one = asyncio.create_task(worker.call(lambda: 5))
        await asyncio.sleep(0)
        may_end.set()
        # The loop stands still meanwhile, so that the first job has not been taken yet.
        assert is_laying_down.wait(PATIENCE)
        assert await asyncio.wait_for(next_one, PATIENCE) == 5
        worker.stop()
        worker.join()

    asyncio.run(program())


def test_an_error_that_is_there_before_it_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is raised once, and the loop is not told of an error that nobody has fetched."""
    monkeypatch.setattr(module, "QUICK", 0)
    is_done, may_go_on = threading.Event(), threading.Event()
    end = Job.end

    def slow_to_announce(job: Job) -> None:
        end(job)
        is_done.set()
        may_go_on.wait(PATIENCE)

    def fail() -> None:
        raise ValueError("refused")

    async def program() -> None:
        told: list[Any] = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, context: told.append(context))
        worker = Worker("holdfast-test")
        create_future = loop.create_future

        def late() -> Any:
            is_done.wait(PATIENCE)
            return create_future()

        monkeypatch.setattr(Job, "end", slow_to_announce)
        monkeypatch.setattr(loop, "create_future", late)
        with pytest.raises(ValueError, match="refused"):
            await worker.call(fail)
        monkeypatch.setattr(loop, "create_future", create_future)
        may_go_on.set()
        assert await worker.call(lambda: 5) == 5
        worker.stop()
        worker.join()
        gc.collect()
        assert told == []

    asyncio.run(program())
