"""How one level of a session's transaction ends: commit, rollback, failure, close.

What a rollback has to undo among the objects is noted per level: record.py.
"""

from __future__ import annotations

from typing import Any, Self

from holdfast import exc
from holdfast._util.undoing import core_undo_after
from holdfast.orm.session import record
from holdfast.orm.session.commit_values import NOT_GIVEN, CommitValues
from holdfast.orm.session.transaction_level import (
    BLOCKED,
    CLOSED,
    COMMITTED,
    FAILED,
    INACTIVE,
    PREPARED,
    SUBTRANSACTION,
)
from holdfast.orm.session.transaction_links import LinkedLevel


class EndingLevel(LinkedLevel):
    """A level and its ends; see `transaction.SessionTransaction`."""

    __slots__ = ()

    async def core_prepare(self) -> None:
        """Flush, and send PREPARE TRANSACTION on all connections: COMMIT cannot fail any more."""
        self._check_prepares()
        await self._core_flush_all()
        await self._core_prepare_links()

    def _check_prepares(self) -> None:
        if self.parent is not None or not self.session.twophase:
            raise exc.InvalidRequestError("'twophase' mode not enabled, or not root transaction; can't prepare.")
        self.check_usable()

    async def _core_prepare_links(self) -> None:
        try:
            for link in self.links.values():
                if link.transaction is not None:
                    await link.transaction.core_prepare()
        except BaseException as cause:
            await core_undo_after(cause, self.core_rollback())
            raise
        self.status = PREPARED

    async def core_commit(self, to_root: bool = False, synchronize: Any = NOT_GIVEN) -> None:
        """Flush and commit this level; with `to_root`, the levels above it too.

        Args:
            synchronize: what objects get when the root commits; see `commit_values`.
        """
        session = self.session
        if self.status != PREPARED:
            if self.status != BLOCKED:
                self.check_usable()
            if session.transaction is not self:
                await self._core_commit_inner()
            await self._core_flush_all()
            if self.parent is None and session.twophase:
                await self._core_prepare_links()
        parent = self.parent
        values = None
        if parent is None and (synchronize is True or synchronize == "evaluate"):
            values = CommitValues(session, self, synchronize)
            await values.core_before()
        held: BaseException | None = None
        for link in self.links.values():
            if link.transaction is not None:
                try:
                    await link.transaction.core_commit()
                except BaseException as error:
                    held = await self._core_hold(error, link.transaction)
        if held is not None and self._is_unknown():
            await self.core_end_unknown()
            raise held
        self.status = COMMITTED
        try:
            is_sub = self.origin is SUBTRANSACTION
            for listener in () if is_sub else session.dispatch.after_commit:
                listener(session)
        finally:
            expires = synchronize is NOT_GIVEN and session.expire_on_commit
            record.keep(self, expires or (values is not None and held is not None))
            await self._core_end()
        if held is not None:
            raise held
        if values is not None:
            await values.core_after()
        if parent is not None and to_root:
            await parent.core_commit(True, synchronize)

    async def _core_hold(self, error: BaseException, transaction: Any) -> BaseException:
        """Return the error by which the commit of one connection came out, where the others are to be committed too.

        That is so after a cancellation that came with a COMMIT that was done; and in two phases, where all databases have
        promised to commit, if nobody knows of one.

        Raises: `error`: otherwise.
        """
        if transaction.is_committed or (self.status == PREPARED and transaction.is_committed is None):
            return error
        if transaction.is_committed is None:
            await self.core_end_unknown()
        raise error

    def _is_unknown(self) -> bool:
        """Return True if nobody knows whether the transaction was committed on one of its connections."""
        return any(
            link.transaction is not None and link.transaction.is_committed is None for link in self.links.values()
        )

    def is_uncertain(self) -> bool:
        """Return True after a failed flush that COMMIT went along with, if that may have been done."""
        return self._is_unknown() or self._was_committed_along()

    def _was_committed_along(self) -> bool:
        """Return True if COMMIT went along with the last statement and was done: what failed came after it."""
        for link in self.links.values():
            driver = link.connection.driver
            if link.owned and driver.takes_begin_along and not link.connection.invalidated and driver.has_committed():
                return True
        return False

    async def core_end_unknown(self) -> None:
        """End the root: nobody knows whether it was committed.

        Objects are as after a rollback, since nothing claims then that a row is there; who wants to know reads. Neither a
        commit nor a rollback is told to listeners, but for ``after_soft_rollback``, which is about the objects.
        """
        try:
            record.undo(self)
        finally:
            await self._core_end()
        for listener in self.session.dispatch.after_soft_rollback:
            listener(self.session, self)

    async def _core_commit_inner(self) -> None:
        """Commit the savepoints inside this level."""
        session = self.session
        while session.transaction is not self:
            inner = session.transaction
            if inner is None:
                raise exc.ResourceClosedError("This transaction is closed")
            await inner.core_commit()

    async def _core_flush_all(self) -> None:
        """Send everything that is waiting; listeners may add to it, so flush until nothing is left."""
        session = self.session
        if session.dispatch.before_commit and self.origin is not SUBTRANSACTION:
            await self._core_tell_before_commit()
        for _ in range(100):
            if not session.has_changes():
                return
            await session.core_flush_through_face(self.parent is None)
        raise exc.FlushError(
            "Over 100 subsequent flushes have occurred within session.commit() - is an after_flush() hook creating new "
            "objects?"
        )

    async def _core_tell_before_commit(self) -> None:
        """Call who listens before the commit.

        Raises: IllegalStateChangeError: one of them commits.
        """
        if self.tells:
            raise exc.IllegalStateChangeError(
                "commit() is called inside of a commit, by a listener of 'before_commit'. What the listener adds or changes "
                "is part of this commit: leave its own commit() out."
            )
        self.tells = True
        try:
            for listener in self.session.dispatch.before_commit:
                await self.session.core_call_listener(listener, self.session)
        finally:
            self.tells = False

    async def core_rollback(self, to_root: bool = False, discards: bool = True) -> None:
        """Roll back this level and all inside it; with `to_root`, the whole transaction.

        Args: discards: after a failed flush, what was changed since is undone as well, with a warning.
        """
        session = self.session
        if self.status == CLOSED:
            raise exc.ResourceClosedError("This transaction is closed")
        while session.transaction is not None and session.transaction is not self:
            if not self._encloses(session.transaction):
                return
            await session.transaction.core_close_level()
        parent = self.parent
        try:
            if self.status not in (FAILED, INACTIVE):
                await self._core_undo()
            elif discards and session.has_changes():
                exc.warn("Session's state has been changed on a non-active transaction - this state will be discarded.")
                record.undo(self)
        finally:
            await self._core_end()
        for listener in session.dispatch.after_soft_rollback:
            listener(session, self)
        if parent is not None and to_root:
            await parent.core_rollback(True)

    async def _core_undo(self) -> None:
        """Roll the connections back, then the objects; of a subtransaction, those of the level around it."""
        if self.origin is SUBTRANSACTION:
            self.status = INACTIVE
            record.undo(self)
            await self.parent._core_undo()  # type: ignore[union-attr]
            return
        try:
            await self._core_roll_back_links()
        finally:
            self.status = INACTIVE
            try:
                for listener in self.session.dispatch.after_rollback:
                    listener(self.session)
            finally:
                record.undo(self)

    def _encloses(self, level: Self | None) -> bool:
        """Return True if `level` is this level or stands inside it."""
        while level is not None:
            if level is self:
                return True
            level = level.parent
        return False

    async def core_fail(self, cause: BaseException) -> None:
        """Roll back after a failed flush; the level then refuses everything until `rollback()`."""
        try:
            await self._core_undo()
        finally:
            level: Self | None = self
            while level is not None:
                level.status, level.cause = FAILED, cause
                level = level.parent if level.origin is SUBTRANSACTION else None

    async def core_close_level(self) -> None:
        """End a savepoint that an outer level, which is being rolled back, contains."""
        try:
            if self.status != FAILED:
                await self._core_roll_back_links()
                record.undo(self)
        finally:
            await self._core_end()

    async def core_close(self, invalidate: bool = False) -> None:
        """End this level and those above without a word about objects: `Session.close()` has let go of them.

        Args:
            invalidate: the connections are not to be used again.
        """
        level: Self | None = self
        while level is not None:
            parent = level.parent
            try:
                if level.status != CLOSED and not (parent is not None and invalidate):
                    await level.core_release_links(invalidate)
            except BaseException as failure:
                # The levels above end all the same, and all connections go back.
                await level.core_close_others()
                level.status = CLOSED
                self.session.end_level(level)
                if parent is not None:
                    await core_undo_after(failure, parent.core_close(invalidate))
                raise
            level.status = CLOSED
            self.session.end_level(level)
            level = parent
