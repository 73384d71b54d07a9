"""Makes one chosen I/O of an engine fail: a refusal, a lost connection, a time-out, a cancellation, Ctrl-C.

Where it can be, a fault is real: the server refuses a statement that it can not run, the socket is cut and the driver finds
out by itself, the task is cancelled. So the errors are the driver's own, and the database is in the state that belongs to
them. Only a lost COMMIT and the like are known better here than outside: `Faults.struck` says what it was.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from typing import Any

from holdfast.engine.commit_outcome import note_commit_along
from holdfast.engine.driver import ConnectArguments
from holdfast.testing.interposed import IO, Operation, core_outcome, interposed

Proceed = Callable[[], Coroutine[Any, Any, Any]]

REFUSED = "SELECT holdfast_refuses_this"
"""A statement that no database can run."""


class Fault(StrEnum):
    """What becomes of an I/O.

    ERROR: the database refuses it. LOST_BEFORE: the connection breaks before it is sent. LOST_AFTER: the database does it,
    and the connection breaks before the answer. TIMEOUT: the database gives up waiting. CANCEL: the task that waits for it
    is cancelled (asynchronous engines). INTERRUPT_BEFORE, INTERRUPT_AFTER: KeyboardInterrupt, before it is sent or with the
    answer there (synchronous engines).
    """

    ERROR = "error"
    LOST_BEFORE = "lost before"
    LOST_AFTER = "lost after"
    TIMEOUT = "timeout"
    CANCEL = "cancel"
    INTERRUPT_BEFORE = "interrupt before"
    INTERRUPT_AFTER = "interrupt after"


class Faults:
    """The layer that counts I/O, and lets one of them fail.

    Args:
        dialect: of the engine.
        fault: what happens; an exception is raised as it is, before anything is sent; None: nothing happens.
        at: the number of the I/O, from 1 on, or its kind: the first one of that kind.

    Attributes:
        operations: what was done, in order; the one that fails included.
        struck: the one that failed, or None.
        dialect: of the engine.
        task: that began the block, or None; it may wait for a bridge's thread.
    """

    def __init__(self, dialect: Any, fault: Fault | BaseException | None, at: int | IO) -> None:
        self.operations: list[Operation] = []
        self.struck: Operation | None = None
        self.dialect = dialect
        self.task = _running_task()
        self.arm(fault, at)

    def arm(self, fault: Fault | BaseException | None, at: int | IO = 1) -> None:
        """Let another I/O fail, from now on: also of a session that has its connection already.

        Args:
            at: counted from now on.

        Raises: ValueError: the fault is not one of this kind of engine.
        """
        if self.dialect.is_async and fault in (Fault.INTERRUPT_BEFORE, Fault.INTERRUPT_AFTER):
            raise ValueError("Ctrl-C cancels the task under asyncio: use Fault.CANCEL.")
        if fault is Fault.CANCEL and not self.dialect.is_async:
            raise ValueError("Nothing can be cancelled with a synchronous engine.")
        self.struck = None
        self._fault = fault
        self._at = at
        self._start = len(self.operations)

    async def core_pass(self, operation: Operation, proceed: Proceed) -> Any:
        """Do an operation, or let it fail."""
        self.operations.append(operation)
        number = len(self.operations) - self._start
        if self._fault is None or self.struck is not None or self._at not in (number, operation.kind):
            return await proceed()
        self.struck = operation
        if isinstance(self._fault, BaseException):
            raise self._fault
        return await _STRIKES[self._fault](self, operation, proceed)


@contextmanager
def faults(engine: Any, fault: Fault | BaseException | None = None, at: int | IO = 1) -> Iterator[Faults]:
    """Let one I/O of an engine fail in a block; without a fault, count and list them.

    Args:
        engine: an Engine or AsyncEngine. Connections that are out of its pool are left as they are.
        fault: what happens; an exception is raised as it is, before anything is sent.
        at: the number of the I/O, from 1 on, or its kind (`IO.COMMIT`): the first one of that kind.

    Yields: `Faults`: the I/O so far, and which one failed.

    Raises: ValueError: `CANCEL` with a synchronous engine, `INTERRUPT_...` with an asynchronous one.

    Example:
        with faults(engine) as counted:
            work()
        for number in range(1, len(counted.operations) + 1):
            with faults(engine, Fault.LOST_AFTER, at=number):
                ...
    """
    layer = Faults(getattr(engine, "sync_engine", engine).dialect, fault, at)
    with interposed(engine, layer):
        yield layer


# -- what happens ------------------------------------------------------------------------------------------------------


async def _core_error(plan: Faults, operation: Operation, proceed: Proceed) -> Any:
    """Send what the database refuses, in place of the operation."""
    if operation.kind is IO.CLOSE:
        return await proceed()  # nothing is sent that could be refused
    if operation.driver is None:
        return await _core_refused(operation)
    return await core_outcome(operation.driver.run(REFUSED, plan.dialect.text_parameters))


async def _core_timeout(plan: Faults, operation: Operation, proceed: Proceed) -> Any:
    """Let the database say that time ran out."""
    if operation.kind is IO.CLOSE or operation.driver is None:
        return await _core_error(plan, operation, proceed)
    cause = plan.dialect.timeout_fault()
    if isinstance(cause, BaseException):
        raise cause
    return await core_outcome(operation.driver.run(cause, plan.dialect.text_parameters))


async def _core_lost_before(plan: Faults, operation: Operation, proceed: Proceed) -> Any:
    """Cut the connection; the driver finds out by itself."""
    if operation.driver is None:
        return await _core_refused(operation)
    cut(operation.driver)
    return await proceed()


async def _core_lost_after(plan: Faults, operation: Operation, proceed: Proceed) -> Any:
    """Let the database do it, cut the connection, and let the driver say what it says of that."""
    if operation.driver is None:
        (await proceed()).terminate()
        return await _core_refused(operation)
    await _core_do(proceed)
    if operation.kind is IO.CLOSE:
        return None
    cut(operation.driver)
    try:
        await core_outcome(operation.driver.run("SELECT 1", plan.dialect.text_parameters))
    except Exception as error:
        if operation.commits:
            # As the driver says it of a COMMIT that went along; this error is of the question behind it.
            note_commit_along(error)
        raise
    raise RuntimeError("the driver has not noticed that its connection was cut")


async def _core_do(proceed: Proceed) -> None:
    """Do an operation whose answer is lost, whatever it is."""
    with suppress(Exception):
        await proceed()


async def _core_cancel(plan: Faults, operation: Operation, proceed: Proceed) -> Any:
    """Cancel the task that waits; what is done about it is the driver's."""
    task = _running_task()
    if task is not None:
        task.cancel()
    elif plan.task is not None:  # in a bridge's thread: who is cancelled is the task that waits for it
        plan.task.get_loop().call_soon_threadsafe(plan.task.cancel)
    return await proceed()


async def _core_interrupt_before(plan: Faults, operation: Operation, proceed: Proceed) -> Any:
    raise KeyboardInterrupt


async def _core_interrupt_after(plan: Faults, operation: Operation, proceed: Proceed) -> Any:
    if operation.driver is None:
        (await proceed()).terminate()  # nobody has it yet
    else:
        await _core_do(proceed)
    pressed = KeyboardInterrupt()
    if operation.commits:
        note_commit_along(pressed)
    raise pressed


_STRIKES = {
    Fault.ERROR: _core_error,
    Fault.LOST_BEFORE: _core_lost_before,
    Fault.LOST_AFTER: _core_lost_after,
    Fault.TIMEOUT: _core_timeout,
    Fault.CANCEL: _core_cancel,
    Fault.INTERRUPT_BEFORE: _core_interrupt_before,
    Fault.INTERRUPT_AFTER: _core_interrupt_after,
}


def _running_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        return None


def cut(driver: Any) -> None:
    """Break a driver's connection as the network does; a database without a network is closed under the driver."""
    number = driver.fileno()
    if number < 0:
        driver.raw.close()
        return
    with socket.socket(fileno=os.dup(number)) as line:
        line.shutdown(socket.SHUT_RDWR)


async def _core_refused(operation: Operation) -> Any:
    """Connect to where nobody answers.

    Raises: the driver's error for that.
    """
    arguments = operation.arguments
    assert arguments is not None
    if arguments.args:
        path = os.path.join(os.devnull, "holdfast")
        elsewhere = ConnectArguments([path, *arguments.args[1:]], arguments.keywords, arguments.settings)
    else:
        keywords = {
            name: value for name, value in arguments.keywords.items() if name not in ("unix_socket", "hostaddr")
        }
        elsewhere = ConnectArguments([], {**keywords, "host": "127.0.0.1", "port": NOBODYS_PORT}, arguments.settings)
    opened = await operation.link.connect(elsewhere)
    opened.terminate()
    raise RuntimeError(f"somebody answers at {elsewhere.args or NOBODYS_PORT}")


NOBODYS_PORT = 1
"""Of TCP: a service that nobody runs."""
