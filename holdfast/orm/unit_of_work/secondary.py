"""Sends the rows of secondary tables, and hands generated keys over to the objects that need them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.batches import SecondaryKeys, SecondaryRows, TransferKeys
from holdfast.orm.unit_of_work.extractors import transfer_function
from holdfast.orm.unit_of_work.facts import RelationshipFacts, facts_of
from holdfast.orm.unit_of_work.handed_keys import known_value, stored_values
from holdfast.orm.unit_of_work.statements import before, prepared_pairs


def transfer_keys(work: TransferKeys) -> None:
    """Set foreign keys from objects that have been inserted. Nothing is sent."""
    facts = work.facts
    if facts.transfer is None:
        facts.transfer = transfer_function(facts.transfers, facts.name)
    facts.transfer(work.transfers)


async def core_secondary(connection: Any, work: SecondaryRows) -> None:
    """Insert or delete rows of a secondary table.

    Raises: StaleDataError: a row to delete is not there any more.
    """
    facts = work.facts
    verb = "insert" if work.insert else "delete"
    prepared = prepared_pairs(connection.engine, facts, facts_of(facts.parent), verb)
    try:
        rows = prepared.rows(work.pairs, connection)
    except KeyError:
        _bring_keys(facts, work.pairs)
        rows = prepared.rows(work.pairs, connection)
    try:
        if len(rows) == 1:
            answer = await connection.core_run(prepared.compiled, prepared.sql, rows[0])
        else:
            answer = await connection.core_run(prepared.compiled, prepared.sql, rows, True)
    except exc.IntegrityError as error:
        error.objects = tuple({id(each): each for pair in work.pairs for each in pair}.values())
        raise
    if not work.insert and answer.rowcount != len(rows) and answer.rowcount >= 0:
        raise exc.StaleDataError(
            f"DELETE statement on table '{facts.relationship.secondary.name}' expected to delete {len(rows)} row(s); "
            f"Only {answer.rowcount} were matched."
        )


async def core_secondary_keys(connection: Any, work: SecondaryKeys) -> None:
    """Update the keys in rows of a secondary table.

    Raises: StaleDataError: a row is not there any more.
    """
    facts = work.facts
    prepared = prepared_pairs(connection.engine, facts, facts_of(facts.parent), "update")
    pairs = [
        (_old_and_new(parent, facts.transfers), _old_and_new(target, facts.target_transfers))
        for parent, target in work.pairs
    ]
    rows = prepared.rows(pairs)
    if len(rows) == 1:
        answer = await connection.core_run(prepared.compiled, prepared.sql, rows[0])
    else:
        answer = await connection.core_run(prepared.compiled, prepared.sql, rows, True)
    if answer.rowcount != len(rows) and answer.rowcount >= 0:
        raise exc.StaleDataError(
            f"UPDATE statement on table '{facts.relationship.secondary.name}' expected to update {len(rows)} row(s); "
            f"Only {answer.rowcount} were matched."
        )


def _old_and_new(instance: Any, transfers: tuple[tuple[str, Any], ...]) -> Any:
    """Return what `pair_rows` reads of an object: its keys of now by name, those that the row has by `before`."""
    state = instance._sa_instance_state
    names = [name for name, _ in transfers]
    stored = stored_values(state, instance, names) or (None,) * len(names)
    found = SimpleNamespace()
    found.__dict__.update((name, known_value(state, instance, name)) for name in names)
    found.__dict__.update(zip(map(before, names), stored, strict=True))
    return found


def _bring_keys(facts: RelationshipFacts, pairs: list[tuple[Any, Any]]) -> None:
    """Put the keys of expired objects back into place: they are known without their rows."""
    for pair in pairs:
        for instance, transfers in zip(pair, (facts.transfers, facts.target_transfers), strict=True):
            for name, _ in transfers:
                instance.__dict__[name] = known_value(instance._sa_instance_state, instance, name)
