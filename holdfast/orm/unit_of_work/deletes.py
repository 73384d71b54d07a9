"""Sends the DELETEs of a flush."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.flush_plan import DeleteRows
from holdfast.orm.unit_of_work.ports import FlushOutcome
from holdfast.orm.unit_of_work.statements import prepared_delete
from holdfast.orm.unit_of_work.suspects import name_objects


async def core_delete_rows(connection: Any, work: DeleteRows, outcome: FlushOutcome) -> None:
    """Delete one batch.

    Warns: SAWarning: a row was not there any more; what was wanted is so all the same.
    Raises: IntegrityError: other rows refer to one of these; `objects` holds the batch.
    """
    facts = work.facts
    prepared = prepared_delete(connection.engine, facts)
    rows, _ = prepared.extractor.rows(work.objects, [state.key for state in work.states])
    try:
        if len(rows) == 1:
            answer = await connection.core_run(prepared.compiled, prepared.sql, rows[0])
        else:
            answer = await connection.core_run(prepared.compiled, prepared.sql, rows, True)
    except exc.IntegrityError as error:
        name_objects(error, facts, work.objects)
        raise
    if answer.rowcount != len(rows) and answer.rowcount >= 0 and facts.mapper.confirm_deleted_rows:
        exc.warn(
            f"DELETE statement on table '{facts.table.name}' expected to delete {len(rows)} row(s); {answer.rowcount} "
            "were matched.  Please set confirm_deleted_rows=False within the mapper configuration to prevent this "
            "warning."
        )
    outcome.removed.update(zip(work.states, work.objects, strict=True))
