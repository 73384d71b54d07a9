"""Versions of rows that are given as mappings: checked and counted on as those of objects are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast import exc
from holdfast.orm.set_based.row_groups import Row
from holdfast.orm.unit_of_work.statements import key_parameter


def with_next_versions(
    facts: Any, names: tuple[str, ...], rows: Sequence[Row]
) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Return rows with their next version; the one so far, which the row must have, stands under its parameter's name.

    Raises: InvalidRequestError: rows that do not say which version they were made from.
    """
    version = facts.version
    if version.name not in names or any(row[version.name] is None for row in rows):
        raise exc.InvalidRequestError(
            f"Rows to update {facts.mapper.class_name} by primary key need {version.name!r}, the version that they were read "
            "in: it is checked, and counted on. To change rows without looking at their version, use update() with criteria."
        )
    parameter = key_parameter(facts, version.name)
    made = [{**row, parameter: row[version.name]} for row in rows]
    if version.make is None:
        return tuple(name for name in names if name != version.name), made
    for row in made:
        row[version.name] = version.make(row[version.name])
    return names, made


def found_by(facts: Any, row: Row) -> dict[str, Any]:
    """Return the parameters that find one row."""
    found = {key_parameter(facts, name): row[name] for name in facts.key_names}
    if facts.version is not None:
        parameter = key_parameter(facts, facts.version.name)
        found[parameter] = row[parameter]
    return found


def with_first_versions(
    facts: Any, names: tuple[str, ...], rows: Sequence[Row]
) -> tuple[tuple[str, ...], list[dict[str, Any]]]:
    """Return new rows with their first version."""
    version = facts.version
    made = [{**row, version.name: version.make(None)} for row in rows]
    return tuple(sorted({*names, version.name}, key=facts.order.__getitem__)), made
