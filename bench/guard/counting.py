"""Counts what one run of a work costs: calls, instructions, blocks and bytes. The same program gives the same counts.

Calls are those of Python functions and of built-in ones; instructions are the interpreter's, so that a loop that calls
nothing is seen too; blocks are the pieces of memory that the result holds; the peak is the most bytes in between. Under
asyncio only Holdfast's own code, and what it calls itself, is counted: how often the loop turns is the clock's business.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import get_ident
from types import CodeType, FrameType
from typing import Any

import holdfast
from bench.work import Work
from holdfast.dialects.sqlite.drivers import brief
from holdfast.engine import worker

WARMING = 2
RUNS = 20
PATIENCE = 60.0
"""Seconds in which another thread's answer comes on any machine."""
PACKAGE = str(Path(holdfast.__file__).parent)
GENERATED = "<holdfast "
TOOL = 4
"""A number of `sys.monitoring` that no known tool has."""


def is_own(code: CodeType) -> bool:
    """Say whether code is Holdfast's, written or generated."""
    return code.co_filename.startswith((PACKAGE, GENERATED))


def counted(work: Work, only_own: bool = False) -> dict[str, int]:
    """Count one run of a work whose caches are warm.

    Args:
        only_own: count Holdfast's code alone, and leave out what other threads have a part in.
    Returns:
        `calls` and `instructions`; `blocks` and `peak` too, unless `only_own`.
    """
    for _ in range(WARMING):
        work.prepare()
        work.run()
    if only_own:
        return {"calls": _least(calls_of, work), "instructions": _least(_instructions, work)}
    calls, instructions = calls_of(work, False), _instructions(work, False)
    return {"calls": calls, "instructions": instructions, "blocks": _blocks(work), "peak": _peak(work)}


def _least(count: Callable[[Work, bool], int], work: Work) -> int:
    """Count several runs of Holdfast's own code and take the least.

    Answers of threads are waited for without the loop, however long they take. But every so many the loop gets a turn, and
    whether the answer is there before it is the other thread's business: a run of few statements is cheap to count again.
    """
    kept, worker.QUICK, brief.LONG = (worker.QUICK, brief.LONG), PATIENCE, PATIENCE
    try:
        return min(count(work, True) for _ in range(RUNS))
    finally:
        worker.QUICK, brief.LONG = kept


def calls_of(work: Work, only_own: bool = False) -> int:
    """Count the calls of one run."""
    count = 0

    def note(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        if event == "call":
            back = frame.f_back
            if not only_own or is_own(frame.f_code) or (back is not None and is_own(back.f_code)):
                count += 1
        elif event == "c_call" and (not only_own or is_own(frame.f_code)):
            count += 1

    work.prepare()
    with _without_collector():
        sys.setprofile(note)
        try:
            work.run()
        finally:
            sys.setprofile(None)
    return count


def _instructions(work: Work, only_own: bool) -> int:
    return instructions_by_code(work, only_own).total()


def instructions_by_code(work: Work, only_own: bool = False) -> Counter[CodeType]:
    """Count the interpreter's instructions of one run, by the code that they are of."""
    count = _monitored if sys.version_info >= (3, 12) else _traced
    work.prepare()
    with _without_collector():
        return count(work, only_own)


def _traced(work: Work, only_own: bool) -> Counter[CodeType]:
    found: Counter[CodeType] = Counter()

    def step(frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        if event == "opcode":
            found[frame.f_code] += 1
        return step

    def enter(frame: FrameType, _event: str, _argument: Any) -> Callable[..., Any] | None:
        if only_own and not is_own(frame.f_code):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return step

    before = sys.gettrace()
    sys.settrace(enter)
    try:
        work.run()
    finally:
        sys.settrace(before)
    return found


def _monitored(work: Work, only_own: bool) -> Counter[CodeType]:
    """Count by `sys.monitoring`: since Python 3.12 a trace function sees instructions in some runs and none in others."""
    found: Counter[CodeType] = Counter()
    monitoring: Any = sys.monitoring  # type: ignore[attr-defined]
    instruction = monitoring.events.INSTRUCTION

    counted_thread = get_ident()

    def note(code: CodeType, _offset: int) -> Any:
        if only_own and not is_own(code):
            return monitoring.DISABLE
        # Instructions of all threads come here, the test runner's own too.
        if get_ident() == counted_thread:
            found[code] += 1
        return None

    monitoring.use_tool_id(TOOL, "holdfast guard")
    try:
        monitoring.register_callback(TOOL, instruction, note)
        monitoring.set_events(TOOL, instruction)
        try:
            work.run()
        finally:
            monitoring.set_events(TOOL, 0)
            monitoring.register_callback(TOOL, instruction, None)
    finally:
        monitoring.free_tool_id(TOOL)
        monitoring.restart_events()
    return found


def _blocks(work: Work) -> int:
    work.prepare()
    gc.collect()
    with _without_collector():
        before = sys.getallocatedblocks()
        held = work.run()
        found = sys.getallocatedblocks() - before
        del held
    return found


def _peak(work: Work) -> int:
    work.prepare()
    gc.collect()
    with _without_collector():
        tracemalloc.start()
        try:
            work.run()
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the collector from starting by itself; it stays switched on, as the code that asks for it expects."""
    kept = gc.get_threshold()
    gc.set_threshold(0)
    try:
        yield
    finally:
        gc.set_threshold(*kept)
