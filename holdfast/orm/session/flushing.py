"""A session's flush: when it runs, what a failure leaves, and what it tells the identity map."""

from __future__ import annotations

from collections.abc import Awaitable, Iterable
from typing import Any

from holdfast import exc
from holdfast._util.undoing import core_undo_after
from holdfast.engine.bridge import in_bridge
from holdfast.orm import loading, unit_of_work
from holdfast.orm.session.accept import accept_flush, accept_moved, accept_removed
from holdfast.orm.session.driving import in_new_bridge
from holdfast.orm.session.levels import SessionLevels
from holdfast.orm.session.transaction import CLOSED, SUBTRANSACTION, SessionTransaction
from holdfast.orm.state import InstanceState


class SessionFlushing(SessionLevels):
    """The flush of a session, and what statements tell it of rows they wrote."""

    def has_changes(self) -> bool:
        """Return True if a flush would have something to look at."""
        holder = self.holder
        return bool(holder.new or holder.dirty or holder.deleted)

    def flush(self, objects: Any = None) -> None:
        """Send all pending changes to the database, inside the transaction.

        Args:
            objects: ignored but for None and empty; flushing a part was withdrawn from the documented interface.

        Raises:
            InvalidRequestError: the session is already flushing.
            IntegrityError, StaleDataError ...: the transaction has been rolled back; the session wants `rollback()`.
        """
        if self.has_changes() or self.flushing:
            self.run(self.core_flush)

    def core_flush_through_face(self, commits: bool = False) -> Awaitable[None]:
        """Return what flushes by the session's own `flush` method, which a subclass may have overridden.

        Args:
            commits: the root's COMMIT follows.
        """
        return self.core_flush(commits) if type(self).flush is SessionFlushing.flush else self._core_flush_by_own()

    async def _core_flush_by_own(self) -> None:
        if self.is_async and not in_bridge():
            await in_new_bridge(self.flush)
        else:
            self.flush()

    async def core_flush(self, commits: bool = False) -> None:
        """Flush; a failure rolls the innermost level back and leaves it refusing everything until `rollback()`."""
        if self.flushing:
            raise exc.InvalidRequestError("Session is already flushing")
        if not self.has_changes():
            return
        transaction = self.transaction or self.begin_if_needed()
        transaction.check_usable()
        if self.holder.dirty:
            self._drop_changes_of_deleted(transaction)
        self.flushing, self.committing, self.flush_begun = True, commits, False
        sent = self._writes_sent() if self.holder.stashes else None
        try:
            await unit_of_work.flush.core_flush(self)
            if sent is not None:
                self.own_writes += self._writes_sent() - sent
        except BaseException as cause:
            # An error of a listener before the flush is the listener's own: nothing has been sent.
            if self.flush_begun and transaction.is_uncertain():
                self.flush_ends()
                await transaction.core_end_unknown()
            elif self.flush_begun:
                await core_undo_after(cause, transaction.core_fail(cause))
                self.flush_ends(failed=True)
            raise
        finally:
            self.flushing = self.committing = False

    def _drop_changes_of_deleted(self, transaction: SessionTransaction) -> None:
        """What was set on objects whose rows are gone has nowhere to go; whoever brings such a row back reads it again."""
        dirty = self.holder.dirty
        level: SessionTransaction | None = transaction
        while level is not None:
            for state in level.removed:
                if dirty.pop(state, None) is not None:
                    level.flushed[state] = None
            level = level.parent

    def flush_begins(self) -> None:
        """The flush's own work begins (called by the flush): who listens to levels hears of one inside the current."""
        self.flush_begun = True
        if self.dispatch.after_transaction_create or self.dispatch.after_transaction_end:
            parent = self.begin_if_needed()
            self.flush_level = self.begin_level(parent, SUBTRANSACTION)
            self.transaction = parent

    def flush_ends(self, failed: bool = False) -> None:
        """The flush's own work has ended (called by the flush, and here after a failure)."""
        level, self.flush_level = self.flush_level, None
        if level is not None:
            level.status = CLOSED
            self.end_level(level)
        if failed:
            for listener in self.dispatch.after_soft_rollback:
                listener(self, level or self.transaction)

    async def core_autoflush(self) -> None:
        """Flush before a read, unless switched off."""
        holder = self.holder
        if self.autoflush and not self.flushing and (holder.new or holder.dirty or holder.deleted):
            try:
                await self.core_flush_through_face()
            except exc.StatementError as error:
                error.add_detail(
                    "raised as a result of Query-invoked autoflush; consider using a session.no_autoflush block if this "
                    "flush is occurring prematurely"
                )
                raise

    def commits_next(self, connection: Any) -> bool:
        """Return True if the flush under way belongs to a commit that concerns this connection alone (asked by the flush)."""
        if not self.committing or self.transaction is None or len(self.transaction.links) != 1:
            return False
        [link] = self.transaction.links.values()
        return link.owned and link.connection is connection

    def accept_flush(self, outcome: Any) -> None:
        """Take over what a successful flush did (called by the flush, after its last statement)."""
        accept_flush(self, self.transaction or self.begin_if_needed(), outcome)
        if self.holder.stashes:
            inserted = [state for state, _, _ in outcome.inserted]
            loading.peer_groups.forget_flushed(self.holder, (*outcome.updated, *outcome.removed, *inserted))

    def _writes_sent(self) -> int:
        """Return how many statements that may have changed rows were sent in the root transaction."""
        level = self.transaction
        while level is not None and level.parent is not None:
            level = level.parent
        return 0 if level is None else sum(link.connection.writes for link in level.links.values())

    def peer_mark(self) -> tuple[int, int]:
        """Return what changes whenever rows may have been changed by something else than a flush of this session."""
        return self.holder.epoch, self._writes_sent() - self.own_writes

    def register_gone(self, state: InstanceState) -> None:
        """A DELETE by statement removed the object's row."""
        accept_removed(self, self.begin_if_needed(), state, state())

    def register_written(self, states: Iterable[InstanceState]) -> None:
        """A statement has changed, or may have changed, the rows of these objects."""
        self.begin_if_needed().flushed.update(dict.fromkeys(states))

    def register_moved(self, moved: Iterable[tuple[InstanceState, Any]]) -> None:
        """A statement has changed the primary keys of these objects' rows."""
        accept_moved(self.holder, self.begin_if_needed(), list(moved))
