"""Parameters of statements as programs give them, keyed by attribute, as the statement takes them: keyed by column."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def by_column(mapper: Any, parameters: Any) -> Any:
    """Return parameters keyed by column where the caller keyed them by attribute, composites taken apart."""
    if not parameters or not (mapper.renamed_columns or mapper.composite_names):
        return parameters
    if isinstance(parameters, Mapping):
        return row_by_column(mapper, parameters)
    return [row_by_column(mapper, row) for row in parameters]


def row_by_column(mapper: Any, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return one row of parameters; see `by_column`."""
    renamed: Mapping[str, str] = mapper.renamed_columns
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name in mapper.composite_names:
            found.update((column.key, part) for column, part in mapper.find_property(name).set_pairs(value))
        else:
            found[renamed.get(name, name)] = value
    return found
