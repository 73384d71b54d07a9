"""Sends an INSERT of many rows that brings rows back, in as few statements as the database takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from holdfast import exc
from holdfast.engine.driver import Fetched


async def core_insert_many(
    connection: Any, compiled: Any, values: Sequence[Any], rows: Sequence[Mapping[str, Any]]
) -> Fetched:
    """Insert rows and return those that come back, in the order of the parameters where the statement says so.

    Raises: InvalidRequestError: a row came back that none of the parameters stands for.
    """
    batch = compiled.batch
    sentinel = batch.sentinel
    if sentinel is not None and sentinel.added is not None:
        rows = [{**row, sentinel.added.key: number} for number, row in enumerate(rows)]
    _, bound = compiled.bind_many(values, rows)
    size = min(page_size(connection), batch.longest(len(compiled.slots), connection.dialect.capabilities.max_binds))
    found: list[Any] = []
    count, last = 0, None
    for start in range(0, len(rows), size):
        part = bound[start : start + size]
        last = await connection.core_run(compiled, batch.text(len(part)), batch.parameters(part))
        count += max(last.rowcount, 0)
        found += last.rows if sentinel is None else _in_order(compiled, rows[start : start + size], last.rows)
    description = last.description  # type: ignore[union-attr]
    if sentinel is not None and description is not None:
        description = description[: -len(sentinel.columns)]
    return Fetched(found, description, count, None)


def page_size(connection: Any) -> int:
    """Return how many rows one statement has at most, as the program says."""
    size = connection.options_now.get("insertmanyvalues_page_size") if connection.options_now else None
    return int(connection.dialect.insertmanyvalues_page_size if size is None else size)


def _in_order(compiled: Any, given: Sequence[Mapping[str, Any]], rows: list[Any]) -> list[Any]:
    """Return the rows that came back in the order of those given, without the sentinel."""
    sentinel = compiled.batch.sentinel
    width = len(sentinel.columns)
    if sentinel.counted:
        return [row[:-width] for row in sorted(rows, key=lambda row: row[-width:])]
    readers = [compiled.dialect.codec(column.type).result for column in sentinel.columns]
    by_value = {
        tuple(
            value if read is None or value is None else read(value)
            for read, value in zip(readers, row[-width:], strict=True)
        ): row
        for row in rows
    }
    keys = [column.key for column in sentinel.columns]
    try:
        return [by_value[tuple(row[key] for key in keys)][:-width] for row in given]
    except (KeyError, TypeError):
        raise exc.InvalidRequestError(
            "Can't match sentinel values in result set to parameter sets; the column(s) "
            f"{', '.join(map(repr, keys))} came back with other values than they were given, or more than once. Leave "
            "sort_by_parameter_order away, or take values that the database keeps as they are."
        ) from None
