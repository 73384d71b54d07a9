"""Sends the rows of secondary tables, and hands generated keys over to the objects that need them."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.extractors import transfer_function
from holdfast.orm.unit_of_work.facts import RelationshipFacts, facts_of
from holdfast.orm.unit_of_work.flush_plan import SecondaryRows, TransferKeys
from holdfast.orm.unit_of_work.relations import known_value
from holdfast.orm.unit_of_work.statements import prepared_pairs


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
        rows = prepared.rows(work.pairs)
    except KeyError:
        _bring_keys(facts, work.pairs)
        rows = prepared.rows(work.pairs)
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


def _bring_keys(facts: RelationshipFacts, pairs: list[tuple[Any, Any]]) -> None:
    """Put the keys of expired objects back into place: they are known without their rows."""
    for pair in pairs:
        for instance, transfers in zip(pair, (facts.transfers, facts.target_transfers), strict=True):
            for name, _ in transfers:
                instance.__dict__[name] = known_value(instance._sa_instance_state, instance, name)
