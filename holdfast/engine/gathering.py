"""Several statements on one connection at once: each is a coroutine, and what they send meanwhile goes out together.

A connection serves one statement at a time, so tasks may not share it. Here nothing runs side by side: the coroutines
are run one after the other up to the point where each waits for its answer; then all that they asked for goes to the
driver in one call (one hop to a thread, one pipeline to a server), and each goes on with its own answer.
"""

from __future__ import annotations

import types
from collections.abc import Coroutine, Generator, Sequence
from typing import Any, NamedTuple

from holdfast.engine.driver import Fetched, Parameters


class Request:
    """One statement that a coroutine waits for; awaiting it hands it to `core_together`."""

    __slots__ = ("parameters", "sql")

    def __init__(self, sql: str, parameters: Parameters) -> None:
        self.sql = sql
        self.parameters = parameters

    def __await__(self) -> Generator[Request, Fetched, Fetched]:
        return (yield self)


class _Collecting:
    """The driver's connection as the coroutines see it: single statements wait to be sent together."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def run(self, sql: str, parameters: Parameters) -> Request:
        """Return what waits for the statement's answer."""
        return Request(sql, parameters)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Step(NamedTuple):
    """How a coroutine goes on: with an answer or with an error."""

    index: int
    answer: Any = None
    error: BaseException | None = None


def can_gather(connection: Any) -> bool:
    """Return True if the connection's driver sends statements together, and nobody wants to be told of each."""
    driver = connection.driver
    # Within what is sent together already, statements join that.
    is_free = driver.__class__ is not _Collecting and hasattr(driver, "run_group")
    # Each trip is a turn of the loop; without one it pays where a driver sends several statements in one trip.
    pays = connection.engine.is_async or driver.takes_begin_along
    return is_free and pays and not connection.dispatch.watched and connection._now is None


async def core_together(connection: Any, coroutines: Sequence[Coroutine[Any, Any, Any]], writes: bool) -> list[Any]:
    """Run coroutines that use one connection, and return what they return, in their order.

    Args:
        connection: the connection; `can_gather` holds.
        coroutines: each sends its statements by this connection.
        writes: a statement among them may write: the transaction begins as one that does.

    Raises: what the first of them raises; the others are closed then.
    """
    inner = connection.driver
    try:
        if connection._waiting or connection._transaction is None:
            # Once for all of them: BEGIN goes out ahead.
            await connection._begin_what_waits(writes)
        connection.driver = _Collecting(inner)
        return await _rounds(inner, coroutines)
    finally:
        connection.driver = inner
        for coroutine in coroutines:
            coroutine.close()


@types.coroutine
def _rounds(inner: Any, coroutines: Sequence[Coroutine[Any, Any, Any]]) -> Generator[Any, Any, list[Any]]:
    """Run all coroutines to their next statement, send these together, and so on to the end."""
    results: list[Any] = [None] * len(coroutines)
    steps = [_Step(index) for index in range(len(coroutines))]
    while steps:
        requests: dict[int, Request] = {}
        for step in steps:
            try:
                requests[step.index] = yield from _to_request(coroutines[step.index], step)
            except _Finished as done:
                results[step.index] = done.value
        steps = []
        if requests:
            sent = [(request.sql, request.parameters) for request in requests.values()]
            answers = yield from inner.run_group(sent).__await__()
            for index, answer in zip(requests, answers, strict=False):
                failed = isinstance(answer, BaseException)
                steps.append(_Step(index, None, answer) if failed else _Step(index, answer))
    return results


def _to_request(coroutine: Coroutine[Any, Any, Any], step: _Step) -> Generator[Any, Any, Request]:
    """Run a coroutine until it asks for a statement; what else it waits for is waited for."""
    try:
        waits_for = coroutine.send(step.answer) if step.error is None else coroutine.throw(step.error)
        while not isinstance(waits_for, Request):
            try:
                answer = yield waits_for
            except BaseException as error:
                waits_for = coroutine.throw(error)
            else:
                waits_for = coroutine.send(answer)
    except StopIteration as done:
        # A generator may not raise it by itself.
        raise _Finished(done.value) from None
    return waits_for


class _Finished(Exception):
    """A coroutine has come to its end.

    Args:
        value: what it returns.
    """

    def __init__(self, value: Any) -> None:
        super().__init__()
        self.value = value
