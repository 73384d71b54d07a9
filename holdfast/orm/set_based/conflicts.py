"""Runs an INSERT that may update rows which are there; objects present whose rows it changed read them again.

Where the database does not bring back the keys of what it changed, all objects present of the class read again what
the statement may have set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from holdfast.orm import expiry
from holdfast.orm.set_based.apply import drop
from holdfast.orm.set_based.evaluation import Found
from holdfast.orm.set_based.ports import WritingSession
from holdfast.orm.set_based.returning import Returned, core_run_returning
from holdfast.orm.set_based.synchronize import doubtful_names


class Unseen(NamedTuple):
    """What is known of a statement whose rows the database does not bring back; see `Returned`."""

    answer: Any
    rows: tuple[Any, ...] = ()

    def result(self, connection: Any, holder: Any, overwrite: bool) -> Any:
        """Return the engine's result."""
        return self.answer


def may_change_objects(session: WritingSession, statement: Any, mapper: Any) -> bool:
    """Return True if an INSERT may change rows of objects that are present."""
    changes = getattr(statement, "_conflict", None) in ("update", "duplicate key")
    return changes and bool(session.holder.states.get(mapper.base_mapper))


async def core_run_conflict(
    session: WritingSession,
    connection: Any,
    statement: Any,
    mapper: Any,
    rows: Sequence[Mapping[str, Any]],
    in_batches: bool = False,
) -> Returned | Unseen:
    """Run the statement for each row, with the keys of what it inserted or changed.

    Args:
        rows: parameters by column key.
        in_batches: many rows are one statement, and come back in any order.
    """
    returned: Returned | Unseen
    if connection.dialect.capabilities.insert_returning:
        returned = await core_run_returning(connection, statement, mapper, rows, True, in_batches)
        found = present(session, mapper, returned.keys())
    else:
        returned = Unseen(await connection.core_execute(statement, list(rows)))
        found = present(session, mapper, list(session.holder.by_key(mapper.base_mapper)))
    names = {mapper._name_of[column] for column, _ in statement._updates if column in mapper._name_of}
    if not names.isdisjoint(mapper.primary_key_names):
        # The keys that came back are the new ones: which object's row had another before, nobody tells.
        found = present(session, mapper, list(session.holder.by_key(mapper.base_mapper)))
        for state, instance in found:
            expiry.expire_state(state, instance)
    drop(found, (*names, *doubtful_names(mapper, names)))
    session.register_written([state for state, _ in found])
    return returned


def present(session: WritingSession, mapper: Any, keys: Sequence[Any]) -> Found:
    """Return the objects present of these keys, each once."""
    by_key = session.holder.by_key(mapper.base_mapper)
    found = []
    for key in dict.fromkeys(keys):
        state = by_key.get(key)
        if state is not None and (instance := state()) is not None:
            found.append((state, instance))
    return found
