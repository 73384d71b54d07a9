"""Objects whose key has a part that is NULL: they can be read, and no UPDATE or DELETE finds their rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.facts import MapperFacts


def refuse_null_keys(facts: MapperFacts, keys: Iterable[Any], what: str) -> None:
    """Refuse a statement that would not find all its rows.

    Args:
        keys: of the rows, as they are so far.
        what: "update" or "delete from".

    Raises: FlushError: the key of an object has a part that is NULL.
    """
    if len(facts.mapper.primary_key) == 1:
        return
    for key in keys:
        if None in key:
            column = facts.mapper.primary_key[key.index(None)]
            raise exc.FlushError(
                f"Can't {what} table {facts.table.name} using NULL for primary key value on column {column}"
            )
