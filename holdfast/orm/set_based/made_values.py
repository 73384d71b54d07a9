"""Inserts rows given as mappings, and brings back what the database made: keys and defaults."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any

from holdfast.orm.set_based.bulk_insert import core_insert_group, with_defaults
from holdfast.orm.set_based.returning import core_run_returning
from holdfast.orm.set_based.row_groups import RowGroup
from holdfast.orm.unit_of_work.statements import insert_statement


async def core_insert_and_bring(session: Any, connection: Any, facts: Any, group: RowGroup, targets: Any) -> None:
    """Insert one group; `targets` take what the database made: mappings in the order of the rows; None: nothing does."""
    names, rows = with_defaults(connection, facts, group)
    made = facts.missing_from(names) if targets is not None else ((), None)
    fetched, generated = made
    wanted = fetched if generated is None or generated in fetched else (generated, *fetched)
    if targets is not None:
        _take_over(targets, names, rows)
    if not wanted or group.has_expressions:
        await core_insert_group(connection, facts, group._replace(names=names, rows=rows))
        return
    by_column = [{facts.by_name[name].column.key: row[name] for name in names} for row in rows]
    capabilities = connection.dialect.capabilities
    if not capabilities.insert_returning or (len(rows) == 1 and wanted == (generated,) and capabilities.lastrowid):
        await _core_insert_by_last_key(connection, facts, by_column, generated, targets)
        return
    statement = insert_statement(facts, wanted)
    returned = await core_run_returning(connection, statement, facts.mapper, by_column)
    for target, row in zip(targets, returned.result(connection, session.holder, False).all(), strict=False):
        target.update(zip(wanted, row, strict=True))


def _take_over(targets: list[MutableMapping[str, Any]], names: tuple[str, ...], rows: list[Any]) -> None:
    """Give mappings what Python's defaults made."""
    for target, row in zip(targets, rows, strict=False):
        if target is not row:
            for name in names:
                target.setdefault(name, row[name])


async def _core_insert_by_last_key(
    connection: Any, facts: Any, rows: list[Any], generated: str | None, targets: Any
) -> None:
    """Insert row by row, where the driver alone tells the key."""
    for row, target in zip(rows, targets, strict=False):
        result = await connection.core_execute(insert_statement(facts, ()), row)
        if generated is not None:
            target[generated] = result.lastrowid
