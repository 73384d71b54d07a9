"""Cuts rows to insert or update into runs of which each is one statement: no run has a row twice.

PostgreSQL refuses a statement that would change a row which it has just written, and no database says in what order the
rows come back: both are seen to by the values that find a row, where these come back as they were given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from holdfast.orm.set_based.exact_types import kind_of


class Run(NamedTuple):
    """Rows of one statement.

    Attributes:
        rows: parameters by column key.
        keys: what finds each of them; None: Python can not tell, and each row is a statement of its own.
    """

    rows: list[Mapping[str, Any]]
    keys: list[tuple[Any, ...]] | None


def keys_of(rows: Sequence[Mapping[str, Any]], names: Sequence[str], facts: Any, dialect: Any) -> Any:
    """Return the values that find each row.

    Args:
        names: attributes that find a row.

    Returns: None where one of them might come back as another value, or is not given.
    """
    kinds = [kind_of(facts.by_name[name].column.type, dialect) for name in names]
    keys = [tuple([row.get(name) for name in names]) for row in rows]
    for kind, values in zip(kinds, zip(*keys, strict=True), strict=True):
        if kind is None or kind.value_class is None or set(map(type, values)) != {kind.value_class}:
            return None
    return keys


def runs_of(sent: list[Mapping[str, Any]], keys: list[tuple[Any, ...]] | None) -> Iterator[Run]:
    """Yield the runs, in the order of the rows."""
    if keys is None or len(set(keys)) == len(keys):
        yield Run(sent, keys)
        return
    start, seen = 0, set()
    for place, key in enumerate(keys):
        if key in seen:
            yield Run(sent[start:place], keys[start:place])
            start, seen = place, set()
        seen.add(key)
    yield Run(sent[start:], keys[start:])


def in_order(objects: Sequence[Any], names: Sequence[str], keys: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return objects in the order of the keys; rows that did not come back are left out."""
    found = {tuple([one.__dict__[name] for name in names]): one for one in objects}
    return [found[key] for key in keys if key in found]
