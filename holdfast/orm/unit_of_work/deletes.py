"""Sends the DELETEs of a flush."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.batches import DeleteRows
from holdfast.orm.unit_of_work.null_keys import refuse_null_keys
from holdfast.orm.unit_of_work.ports import FlushOutcome
from holdfast.orm.unit_of_work.statements import prepared_delete
from holdfast.orm.unit_of_work.suspects import name_objects
from holdfast.orm.unit_of_work.versions import with_versions


async def core_delete_rows(connection: Any, work: DeleteRows, outcome: FlushOutcome) -> None:
    """Delete one batch.

    Warns: SAWarning: a row was not there any more; what was wanted is so all the same.
    Raises:
        StaleDataError: a row with a version has changed or gone meanwhile.
        IntegrityError: other rows refer to one of these; `objects` holds the batch.
    """
    facts = work.facts
    keys = [state.row_key for state in work.states]
    refuse_null_keys(facts, keys, "delete from")
    prepared = prepared_delete(connection.engine, facts)
    if work.versions is not None:
        keys = with_versions(facts, keys, work.versions)
    rows, _ = prepared.extractor.rows(work.objects, keys)
    try:
        if len(rows) == 1:
            answer = await connection.core_run(prepared.compiled, prepared.sql, rows[0])
        else:
            answer = await connection.core_run(prepared.compiled, prepared.sql, rows, True)
    except exc.IntegrityError as error:
        name_objects(error, facts, work.objects)
        raise
    if answer.rowcount != len(rows) and answer.rowcount >= 0 and facts.mapper.confirm_deleted_rows:
        message = (
            f"DELETE statement on table '{facts.table.name}' expected to delete {len(rows)} row(s); {answer.rowcount} "
            "were matched.  Please set confirm_deleted_rows=False within the mapper configuration to prevent this "
            "warning."
        )
        if work.versions is not None:
            raise exc.StaleDataError.of_objects(message, work.objects)
        exc.warn(message)
    outcome.removed.update(zip(work.states, work.objects, strict=True))
