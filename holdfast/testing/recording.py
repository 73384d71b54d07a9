"""Records what an engine sends, in order, so that a test can say which SQL there must be."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from holdfast.testing.interposed import IO, Operation, interposed


class Sent(NamedTuple):
    """One statement that was sent; equal to the tuple of both.

    Attributes:
        sql: the text, as the driver got it.
        parameters: one row of them, or a list of rows where the driver got several at once.
    """

    sql: str
    parameters: Any


class _Recorder:
    """The layer that writes down.

    Args:
        transactions: BEGIN, COMMIT, ROLLBACK and those of savepoints too.
    """

    def __init__(self, transactions: bool) -> None:
        self.sent: list[Sent] = []
        self._transactions = transactions

    async def core_pass(self, operation: Operation, proceed: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Write an operation down and do it."""
        if self._transactions and operation.begin is not None:
            self.sent.append(Sent(operation.begin, ()))
        if operation.kind in _STATEMENTS or (self._transactions and operation.sql):
            self.sent.append(Sent(operation.sql, operation.parameters))
        if self._transactions and operation.commits:
            self.sent.append(Sent("COMMIT", ()))
        return await proceed()


_STATEMENTS = frozenset((IO.STATEMENT, IO.BATCH, IO.STREAM, IO.COPY))


@contextmanager
def recording(engine: Any, transactions: bool = False) -> Iterator[list[Sent]]:
    """Record what an engine sends in a block; also a statement that fails is recorded.

    Args:
        engine: an Engine or AsyncEngine.
        transactions: BEGIN, COMMIT, ROLLBACK and those of savepoints too, where they are sent.

    Yields: the statements with their parameters, in the order of sending; the list grows during the block.

    Example:
        with recording(engine) as sent:
            session.commit()
        assert sent == [("INSERT INTO users (name) VALUES (?)", ("ada",))]
    """
    recorder = _Recorder(transactions)
    with interposed(engine, recorder):
        yield recorder.sent
