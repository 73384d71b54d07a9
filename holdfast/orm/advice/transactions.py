"""Advice on transactions: commits in a loop (H002), flush storms (H003), open or idle for long (H004), errors that
were swallowed (H006), and one row in two sessions (H005)."""

from __future__ import annotations

import sys
import threading
from typing import Any
from weakref import WeakValueDictionary

from holdfast import event, exc
from holdfast.orm.advice.notes import advise, notes, once, place_of_call, settings
from holdfast.orm.session.core import SessionCore
from holdfast.orm.session.face import Session
from holdfast.orm.session.transaction import FAILED

_holders: WeakValueDictionary[Any, Any] = WeakValueDictionary()


def after_commit(session: Any) -> None:
    """H002, and what H007 counts from."""
    noted = notes(session)
    noted["commits_seen"], noted["refreshes"] = True, 0
    place = place_of_call()
    counts = noted.setdefault("commits", {})
    counts[place] = counts.get(place, 0) + 1
    if "H002" in settings.active and counts[place] == settings.commits and once(session, ("H002", place)):
        advise(
            "H002",
            f"{settings.commits} commits of one session at {place}: each waits for the disk, and what is done halfway "
            "stays when the loop fails. Commit once, after the loop, or every thousand rows.",
        )


def after_flush(session: Any, context: Any) -> None:
    """H003."""
    noted = notes(session)
    noted["flushes"] = noted.get("flushes", 0) + 1
    if "H003" in settings.active and noted["flushes"] == settings.flushes and once(session, "H003"):
        advise(
            "H003",
            f"{settings.flushes} flushes in one transaction: objects are changed and queried by turns, and each query "
            "flushes first. Query before you change, or put 'with session.no_autoflush:' around the loop.",
        )


def after_begin(session: Any, transaction: Any, connection: Any) -> None:
    """H004: the clock starts."""
    now = settings.clock()
    notes(session).update(begun=now, active=now, flushes=0, place=place_of_call())


def active(state: Any) -> None:
    """H004: a statement after a long pause."""
    _look_at_clock(state.session)


def after_transaction_end(session: Any, transaction: Any) -> None:
    """H004: the end of a long transaction."""
    if transaction.parent is None:
        _look_at_clock(session, ends=True)


def _look_at_clock(session: Any, ends: bool = False) -> None:
    noted = notes(session)
    begun = noted.get("begun")
    if "H004" not in settings.active or begun is None:
        return
    now = settings.clock()
    idle, whole = now - noted["active"], now - begun
    noted["active"] = now
    if ends:
        noted["begun"] = None
    if idle > settings.seconds and once(session, ("H004", begun)):
        what = f"was idle in its transaction for {idle:.0f} seconds"
    elif ends and whole > settings.seconds and once(session, ("H004", begun)):
        what = f"was in one transaction for {whole:.0f} seconds"
    else:
        return
    advise(
        "H004",
        f"A session {what}, which began at {noted['place']}: it holds a connection, and locks that others wait for. Commit "
        "before slow work, and begin again after it.",
    )


def loaded_as_persistent(session: Any, instance: Any) -> None:
    """H005: the row is in another open session of the same thread."""
    state = instance._sa_instance_state
    key = (threading.get_ident(), id(session.bind), state.mapper.base_mapper, state.row_key)
    other = _holders.get(key)
    holds = other is not None and other.holder.find(state.mapper.base_mapper, state.row_key) is not None
    if holds and other is not session and once(session, ("H005", state.mapper)):
        advise(
            "H005",
            f"{type(instance).__name__} {state.row_key} is in two open sessions of this thread: what one of them changes, the "
            "other one does not see, and writes over. Pass one session along, or close the first before the second.",
        )
    _holders[key] = session


_original_close = SessionCore.core_close


async def _watched_close(self: Any, invalidate: bool = False) -> None:
    """H006: closed after a failed flush, without a rollback and without the error."""
    level = self.transaction
    cause = None if level is None or level.status != FAILED else level.cause
    if isinstance(cause, exc.IntegrityError) and sys.exc_info()[1] is None:
        advise(
            "H006",
            f"A flush had failed ({type(cause).__name__}), the error was caught and nothing was done about it: all changes of "
            "the transaction are lost. Call session.rollback() where the error is caught, and try again or tell somebody; "
            "put what may fail into 'with session.begin_nested():'.",
        )
    await _original_close(self, invalidate)


LISTENERS: dict[str, tuple[tuple[str, Any], ...]] = {
    "H002": (("after_commit", after_commit),),
    "H003": (("after_begin", after_begin), ("after_flush", after_flush)),
    "H004": (
        ("after_begin", after_begin), ("do_orm_execute", active), ("after_transaction_end", after_transaction_end),
    ),
    "H005": (("loaded_as_persistent", loaded_as_persistent),),
    "H007": (("after_commit", after_commit),),
}  # fmt: skip


def listen(codes: set[str]) -> None:
    """Listen to what these codes need, and to nothing else."""
    wanted = {pair for code in codes for pair in LISTENERS.get(code, ())}
    for name, listener in {pair for pairs in LISTENERS.values() for pair in pairs}:
        is_there = event.contains(Session, name, listener)
        if (name, listener) in wanted and not is_there:
            event.listen(Session, name, listener)
        elif (name, listener) not in wanted and is_there:
            event.remove(Session, name, listener)
    SessionCore.core_close = _watched_close if "H006" in codes else _original_close  # type: ignore[method-assign]
