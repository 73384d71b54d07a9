"""What a successful flush or bulk statement did to objects is taken over here: identity map and transaction record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm import unit_of_work
from holdfast.orm.peers import Peers
from holdfast.orm.session.lifecycle import tell
from holdfast.orm.session.record import make_transient, move_key
from holdfast.orm.session.transaction import SessionTransaction
from holdfast.orm.state import GONE, InstanceState


def accept_flush(session: Any, transaction: SessionTransaction, outcome: Any) -> None:
    """Take over the outcome of a flush (`unit_of_work.flush`): all of it, after its last statement.

    Args:
        session: owner of the identity map.
        transaction: the level that would have to undo it.
        outcome: inserted, updated, switched, removed and expunged objects.
    """
    holder = session.holder
    if outcome.updated:
        # The states alone: an object that the program has let go of may be collected before the commit.
        transaction.flushed.update(dict.fromkeys(outcome.updated))
    for state, key in outcome.switched:
        transaction.switched.setdefault(state, state.row_key)
        move_key(holder, state, key)
    for state, instance in outcome.removed.items():
        accept_removed(session, transaction, state, instance)
    if outcome.removed:
        _note_cleared(transaction, outcome.removed)
    if session.dispatch.watched:
        _accept_watched(session, transaction, outcome)
    else:
        _accept_inserted(holder, transaction, outcome.inserted)
    for state in outcome.expunged:
        holder.new.pop(state, None)
        make_transient(holder, state)


def _note_cleared(transaction: SessionTransaction, removed: Mapping[InstanceState, Any]) -> None:
    """A foreign key that is written by an UPDATE of its own was cleared before the row went: a rollback reads it again."""
    for mapper in {state.mapper for state in removed}:
        late = [
            name
            for facts in unit_of_work.facts.facts_of(mapper).to_one
            if facts.post_update
            for _, name in facts.transfers
        ]
        if late:
            for state, instance in removed.items():
                if state.mapper is mapper and instance is not None and not instance.__dict__.keys().isdisjoint(late):
                    transaction.flushed[state] = None


def _accept_watched(session: Any, transaction: SessionTransaction, outcome: Any) -> None:
    """Take over what was inserted or let go, and tell who listens."""
    let_go = [(state, state()) for state in outcome.expunged]
    _accept_inserted(session.holder, transaction, outcome.inserted)
    for _, instance, _ in outcome.inserted:
        tell(session, "pending_to_persistent", instance)
    for state, instance in let_go:
        session.holder.new.pop(state, None)
        make_transient(session.holder, state)
        tell(session, "pending_to_transient", instance)


def _accept_inserted(
    holder: Any, transaction: SessionTransaction, inserted: list[tuple[InstanceState, Any, Any]]
) -> None:
    """The objects have rows: they are persistent."""
    record, new = transaction.inserted, holder.new
    mapper = states = peers = None
    for state, instance, key in inserted:
        if state.mapper is not mapper:
            mapper = state.mapper
            states = holder.by_key(mapper.base_mapper)
            peers = Peers() if len(inserted) > 1 else None
        state.peers = peers
        present = states.get(key)
        if present is not None and present is not state:
            _give_way(holder.session, transaction, present, instance)
        state.row_key = key
        states[key] = state
        new.pop(state, None)
        # The state alone: an object that the program has let go of may be collected before the commit.
        record[state] = None


def _give_way(session: Any, transaction: SessionTransaction, present: InstanceState, instance: object) -> None:
    """A new object has the key of one that the session holds: the database took the row, so the other's is gone.

    A rollback brings the other one back.
    """
    other = present()
    if other is not None and other is not instance and not present.flags & GONE:
        exc.warn(
            f"New instance {shown_object(instance)} with identity key {present.identity_key} conflicts with persistent "
            f"instance {shown_object(other)}"
        )
        accept_removed(session, transaction, present, other)


def accept_removed(session: Any, transaction: SessionTransaction, state: InstanceState, instance: object) -> None:
    """The object's row was deleted."""
    holder = session.holder
    state.flags |= GONE
    by_key = holder.beside(state)
    if by_key.get(state.row_key) is state:
        del by_key[state.row_key]
    holder.deleted.pop(state, None)
    holder.dirty.pop(state, None)
    state.old = None
    transaction.removed[state] = instance
    if session.dispatch.watched:
        tell(session, "persistent_to_deleted", instance)


def accept_moved(holder: Any, transaction: SessionTransaction, moved: list[tuple[InstanceState, Any]]) -> None:
    """The primary keys of rows were changed, perhaps each to that of another one: all leave their places first."""
    for state, _ in moved:
        by_key = holder.beside(state)
        if by_key.get(state.row_key) is state:
            del by_key[state.row_key]
    for state, key in moved:
        transaction.switched.setdefault(state, state.row_key)
        state.row_key = key
        holder.beside(state)[key] = state
