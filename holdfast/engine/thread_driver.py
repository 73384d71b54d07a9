"""Makes a synchronous driver serve asyncio: one thread per connection, a job is a whole answer.

One job is execute and fetch together, or a whole batch, with the ROLLBACK and the BEGIN that go before it and the COMMIT
that goes behind it. How jobs are waited for: `engine/worker.py`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from holdfast.engine.bridge import in_bridge, io
from holdfast.engine.commit_outcome import note_commit_along, note_failed_begin
from holdfast.engine.driver import ConnectArguments, Fetched, Parameters
from holdfast.engine.worker import PATIENCE, Worker


class ThreadConnection:
    """A synchronous driver's connection in a thread of its own.

    Args:
        inner: the connection; has the methods ``fetch``, ``fetch_many``, ``fetch_each`` and ``interrupt``; may have a
            ``reader``, which executes short statements in the loop's own thread.
        worker: its thread.
    """

    __slots__ = (
        "_answer", "_begin", "_cancelled", "_commit", "_commit_outcome", "_inner", "_is_ending", "_is_uncertain",
        "_owes_rollback", "_paying_loop", "_reader", "_turn", "_worker", "raw", "rolls_back_soon", "takes_begin_along",
    )  # fmt: skip

    def __init__(self, inner: Any, worker: Worker) -> None:
        self._inner = inner
        self._worker = worker
        self.takes_begin_along = self.rolls_back_soon = True
        self._begin: str | None = None
        # COMMIT goes behind the next statement; what became of one that did, until it is asked for.
        self._commit = False
        self._commit_outcome: Fetched | BaseException | None = None
        # The answer to a statement that COMMIT went along with; the cancellation that is raised when the COMMIT is asked for.
        self._answer: Any = None
        self._cancelled: asyncio.CancelledError | None = None
        # A ROLLBACK is to be sent; it is to be sent or on its way; a job was left while it may have been running.
        self._owes_rollback = False
        self._is_ending = False
        self._is_uncertain = False
        # The loop whose next turn sends the ROLLBACK that is owed.
        self._paying_loop: asyncio.AbstractEventLoop | None = None
        self._reader: Any = getattr(inner, "reader", None)
        # Statements that are still executed in the loop's thread before the loop gets a turn.
        self._turn = PATIENCE
        self.raw = inner.raw

    def begin_with_next(self, sql: str) -> None:
        """Let `sql` go ahead of the next statement, in its hop."""
        self._begin = sql

    def commit_with_next(self) -> None:
        """Let COMMIT go behind the next statement, in its hop; ``run_essential("COMMIT")`` then tells what became of it."""
        self._commit = True

    def has_committed(self) -> bool:
        """Return True if COMMIT went along and was done, and nobody asked for it yet."""
        return self._commit_outcome is not None and not isinstance(self._commit_outcome, BaseException)

    def roll_back_soon(self) -> None:
        """Roll back without waiting for it: together with what is sent next, at the latest in the loop's next turn."""
        if self._begin is not None:
            self._begin = None
            return
        self._is_ending = self._owes_rollback = True
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # not in the loop's thread
            self._pay_rollback()
            return
        if self._reader is not None and self._reader.ends_here() and self._is_free():
            self._owes_rollback = False
            self._roll_back()
            return
        # Where statements are waited for without the loop, many come before its next turn.
        if self._paying_loop is not loop:
            self._paying_loop = loop
            loop.call_soon(self._pay_rollback)

    def _pay_rollback(self) -> None:
        self._paying_loop = None
        if self._owes_rollback:
            self._owes_rollback = False
            self._worker.call_soon(self._roll_back)

    def _roll_back(self) -> None:
        """Roll back what is open (in the worker's thread, where nothing else runs meanwhile)."""
        if self._inner.in_transaction():
            self._inner.fetch("ROLLBACK", ())
        self._is_ending = self._is_uncertain = False
        self._commit_outcome = self._answer = self._cancelled = None

    def run(self, sql: str, parameters: Parameters) -> Fetched | Awaitable[Fetched]:
        """Execute one statement and fetch all of its rows: at once where it is short, otherwise in one hop."""
        if in_bridge():
            return io(lambda: self._interruptible(self._inner.fetch, sql, parameters))
        reader = self._reader
        if reader is None:
            return self._interruptible(self._inner.fetch, sql, parameters)
        if reader.takes(sql, self._begin) and self._is_free():
            if self._turn == 0:
                return self._run_after_a_turn(sql, parameters)
            self._turn -= 1
            if self._begin is not None or self._owes_rollback:
                self._end_and_begin(*self._take_marks())
            fetched: Fetched | None = reader.read(self._inner.fetch, sql, parameters)
            if fetched is not None:
                return fetched
        return self._interruptible(self._look_and_fetch if reader.wants_look else self._inner.fetch, sql, parameters)

    def _is_free(self) -> bool:
        """Return True if nothing is under way or waits in the connection's thread, and no COMMIT goes along."""
        worker = self._worker
        return worker.given == worker.over and not (self._commit or self._is_uncertain)

    def _let_hear(self, sql: str) -> None:
        """Let who reads in the loop's thread know of a statement that it is not asked for."""
        if self._reader is not None:
            self._reader.hear(sql)

    def _look_and_fetch(self, sql: str, parameters: Parameters) -> Fetched:
        self._reader.look()
        return self._inner.fetch(sql, parameters)  # type: ignore[no-any-return]

    async def _run_after_a_turn(self, sql: str, parameters: Parameters) -> Fetched:
        """Let other tasks have their turn of the loop first; a caller that is cancelled meanwhile has sent nothing."""
        await asyncio.sleep(0)
        self._turn = PATIENCE
        sent = self.run(sql, parameters)
        return sent if isinstance(sent, Fetched) else await sent

    async def run_many(self, sql: str, rows: Sequence[Parameters]) -> Fetched:
        """Execute one statement for each row of parameters, in one hop."""
        return await io(lambda: self._interruptible(self._inner.fetch_many, sql, rows))

    async def run_each(self, sql: str, rows: Sequence[Parameters]) -> list[Fetched]:
        """Execute one statement for each row of parameters, in one hop, and bring each answer."""
        return await io(lambda: self._interruptible(self._inner.fetch_each, sql, rows))

    async def run_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        """Execute several statements in one hop; the first error is the last answer."""
        for sql, _ in statements:
            self._let_hear(sql)
        return await io(lambda: self._interruptible(self._fetch_group, statements))

    def _fetch_group(self, statements: Sequence[tuple[str, Parameters]]) -> list[Fetched | BaseException]:
        """Execute one after the other (in the worker's thread)."""
        answers: list[Fetched | BaseException] = []
        for sql, parameters in statements:
            try:
                answers.append(self._inner.fetch(sql, parameters))
            except Exception as error:
                answers.append(error)
                break
        return answers

    def cursor(self) -> Any:
        """Return a new cursor of the driver, for listeners."""
        return self._inner.cursor()

    async def run_on(self, cursor: Any, sql: str, parameters: Any, many: bool) -> Fetched:
        """Execute on a cursor of `cursor` and fetch all rows, in one hop."""
        self._let_hear(sql)
        return await io(lambda: self._interruptible(self._inner.run_on, cursor, sql, parameters, many))

    async def open_stream(self, sql: str, parameters: Parameters, is_query: bool) -> ThreadStream:
        """Execute one statement and leave its rows in the thread."""
        self._let_hear(sql)
        opened: list[Any] = []

        def open_in_thread() -> None:
            opened.append(self._inner.open_stream(sql, parameters, is_query))

        try:
            await io(lambda: self._interruptible(open_in_thread))
        except asyncio.CancelledError:
            # Nobody has the cursor; while it is open, no ROLLBACK comes through.
            self._worker.call_soon(lambda: [stream.close() for stream in opened])
            raise
        return ThreadStream(opened[0], self)

    async def fetch_stream(self, stream: Any, count: int | None) -> list[Any]:
        """Return rows of a stream, in one hop."""
        return await io(lambda: self._fetch(stream, count))  # type: ignore[no-any-return]

    async def _fetch(self, stream: Any, count: int | None) -> Any:
        try:
            return await self._worker.call(stream.fetch, count, interrupt=self._inner.interrupt)
        except asyncio.CancelledError:
            self._is_uncertain = True
            # As long as an interrupted statement of SQLite is open, others are interrupted too, ROLLBACK for one.
            self._worker.call_soon(stream.close)
            raise

    async def close_stream(self, stream: Any) -> None:
        """Close a stream's cursor in the thread."""
        await io(lambda: self._essential(stream.close))

    def lend(self, to_program: bool) -> None:
        """Let the driver's connection begin transactions by itself, or end that."""
        self._inner.lend(to_program)

    async def run_essential(self, sql: str) -> Fetched:
        """Execute COMMIT, ROLLBACK and the like; a cancelled caller gets its cancellation after they are done."""
        outcome = self._commit_outcome
        if outcome is not None and sql == "COMMIT":
            cancelled, self._cancelled = self._cancelled, None
            self._commit_outcome = self._answer = None
            if isinstance(outcome, BaseException):
                raise outcome
            if cancelled is not None:
                raise cancelled
            return outcome
        if sql == "ROLLBACK":
            self._begin, self._commit, self._owes_rollback = None, False, False
            return await io(lambda: self._essential(self._roll_back))
        return await io(lambda: self._essential(*self._with_marks(self._inner.fetch), sql, ()))

    async def _essential(self, function: Callable[..., Any], *arguments: Any) -> Any:
        return await self._worker.call(function, *arguments, essential=True, interrupt=self._inner.interrupt)

    async def close(self) -> None:
        """Close the connection and end its thread."""
        try:
            await io(lambda: self._essential(self._inner.terminate))
        finally:
            # Once more, for a job that was given up before its turn. The thread has nothing else to do: this waits for no I/O.
            self._worker.stop(last=self._inner.terminate)
            self._worker.join()

    def terminate(self) -> None:
        """Close without waiting: the thread closes the connection as its last job."""
        if self._worker.is_busy:
            self._inner.interrupt()
        self._worker.stop(last=self._inner.terminate)
        self._worker.join()

    def in_transaction(self) -> bool:
        """Return True if a transaction is open, may be, or will be with the next statement, or nobody knows its end yet."""
        if self._begin is not None or self._is_uncertain or self._commit_outcome is not None:
            return True
        return not self._is_ending and bool(self._inner.in_transaction())

    def fileno(self) -> int:
        """Return the number of the connection's socket; -1: there is none."""
        return self._inner.fileno()  # type: ignore[no-any-return]

    def is_closed(self) -> bool:
        """Return True if the connection was closed, or is at something that was given up."""
        return self._worker.is_stuck or bool(self._inner.is_closed())

    def _with_marks(self, function: Callable[..., Any]) -> tuple[Any, ...]:
        """Return the function to call, with ROLLBACK and BEGIN ahead of it and COMMIT behind it where they wait."""
        commit, self._commit = self._commit, False
        if not commit and self._begin is None and not self._owes_rollback:
            return (function,)
        return self._marks_and, *self._take_marks(), commit, function

    def _take_marks(self) -> tuple[bool, str | None]:
        """Return whether a ROLLBACK is owed and what BEGIN waits: they go with what is sent now."""
        begin, owes = self._begin, self._owes_rollback
        self._begin, self._owes_rollback = None, False
        if begin is not None:
            self._is_ending = False
        return owes, begin

    def _end_and_begin(self, owes: bool, begin: str | None) -> None:
        """Send the marks that go ahead of a statement (in the thread that executes it)."""
        if owes:
            self._roll_back()
        if begin is not None:
            try:
                self._inner.fetch(begin, ())
            except Exception as error:
                note_failed_begin(error)
                raise

    def _marks_and(
        self, owes: bool, begin: str | None, commit: bool, function: Callable[..., Any], *arguments: Any
    ) -> Any:
        """End and begin transactions and go on (in the worker's thread)."""
        self._end_and_begin(owes, begin)
        answer = function(*arguments)
        # A statement whose caller was cancelled meanwhile is rolled back.
        if commit and not self._is_uncertain:
            self._answer = answer
            try:
                self._commit_outcome = self._inner.fetch("COMMIT", ())
            except BaseException as error:
                self._commit_outcome = error
        return answer

    async def _interruptible(self, function: Callable[..., Any], *arguments: Any) -> Any:
        commits = self._commit
        interrupt = self._stop if commits else self._inner.interrupt
        try:
            # A statement that runs is ended with its caller, so that the ROLLBACK behind it need not wait.
            return await self._worker.call(
                *self._with_marks(function), *arguments, commits=commits, interrupt=interrupt
            )
        except asyncio.CancelledError as cancelled:
            if commits and self.has_committed():
                # The transaction is committed: the cancellation comes when the COMMIT is asked for.
                self._is_uncertain = False
                self._cancelled = cancelled
                return self._answer
            if commits and self._worker.is_stuck:
                note_commit_along(cancelled)
            self._is_uncertain = True
            raise
        except Exception as error:
            if commits and self._is_uncertain:
                # The driver's word of being interrupted: the task was cancelled, and the statement stopped for that.
                raise asyncio.CancelledError from error
            raise

    def _stop(self) -> None:
        """End the statement that runs, and let no COMMIT begin behind it."""
        self._is_uncertain = True
        self._inner.interrupt()


class ThreadStream:
    """The rows of one statement, left in the connection's thread.

    Args:
        inner: the synchronous driver's stream.
        connection: whose thread it is.
    """

    __slots__ = ("_connection", "_inner", "description", "lastrowid", "raw", "rowcount")

    def __init__(self, inner: Any, connection: ThreadConnection) -> None:
        self._inner = inner
        self._connection = connection
        self.raw = inner.raw
        self.description = inner.description
        self.rowcount = inner.rowcount
        self.lastrowid = inner.lastrowid

    def fetch(self, count: int | None) -> Any:
        """Return what gives the next rows when it is awaited."""
        return self._connection.fetch_stream(self._inner, count)

    def close(self) -> Any:
        """Return what closes the cursor when it is awaited."""
        return self._connection.close_stream(self._inner)


class ThreadDriver:
    """An asynchronous driver made of a synchronous one.

    Args:
        inner: the synchronous driver; has the method ``open``.
        name: the name that the address calls it by.
    """

    is_async = True

    def __init__(self, inner: Any, name: str = "") -> None:
        self._inner = inner
        self.module = inner.module
        self.name = name or inner.name
        if hasattr(inner, "version_of"):
            self.version_of = inner.version_of

    def arguments(self, url: Any, given: Mapping[str, Any]) -> ConnectArguments:
        """Return how the synchronous driver opens a connection."""
        found: ConnectArguments = self._inner.arguments(url, given)
        return found

    def adopt(self, raw: Any) -> ThreadConnection:
        """Take over a connection that the program made."""
        return ThreadConnection(self._inner.adopt(raw), Worker("holdfast-driver"))

    async def connect(self, arguments: ConnectArguments) -> ThreadConnection:
        """Open a connection in a new thread."""
        return await io(lambda: self._open(arguments))

    async def _open(self, arguments: ConnectArguments) -> ThreadConnection:
        worker = Worker("holdfast-driver")
        opened: list[Any] = []
        try:
            # What was opened must be closed, also if the caller is cancelled meanwhile.
            await worker.call(lambda: opened.append(self._inner.open(arguments)), essential=True)
        except BaseException:
            worker.stop(last=lambda: [inner.terminate() for inner in opened])
            worker.join()
            raise
        return ThreadConnection(opened[0], worker)
