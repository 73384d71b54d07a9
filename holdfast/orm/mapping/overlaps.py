"""Warns of relationships that write the same column and do not know of each other: at a flush one would undo the other."""

from __future__ import annotations

import weakref
from typing import Any

from holdfast.exc import warn

_writers: dict[int, list[weakref.ref[Any]]] = {}
"""Column's number -> the relationships that write it."""


def warn_of_overlaps(prop: Any) -> None:
    """Enter what a configured relationship writes; warn if another one, that is not its other side, writes it too."""
    if prop.viewonly:
        return
    silenced = set(_listed(prop))
    for source, column in (*prop.sync_pairs, *prop.secondary_pairs):
        serial = getattr(column, "serial", None)
        if serial is None:
            continue
        known = [found for found in (one() for one in _writers.get(serial, ())) if found is not None]
        if any(one is prop for one in known):
            continue
        others = [
            (other, other_source)
            for other in known
            if other is not prop and not _belong_together(prop, other, silenced)
            for other_source, other_column in (*other.sync_pairs, *other.secondary_pairs)
            if other_column is column
        ]
        if others:
            warn(_text(prop, source, column, others))
        _writers[serial] = [weakref.ref(one) for one in (*known, prop)]
    if prop.given.get("backref") is not None and prop.reverse is not None:
        # It was made by this one, before relationships that the other class declares.
        warn_of_overlaps(prop.reverse)


def _listed(prop: Any) -> list[str]:
    given = prop.given.get("overlaps")
    return [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given or ())


def _belong_together(prop: Any, other: Any, silenced: set[str]) -> bool:
    if other.key in silenced or prop.key in _listed(other):
        return True
    if other.parent.find_property(other.key) is not other or not other.parent.configured:
        return True  # of a class that was forgotten
    return prop.reverse is other or other.reverse is prop


def _text(prop: Any, source: Any, column: Any, others: list[tuple[Any, Any]]) -> str:
    others = sorted(others, key=lambda pair: str(pair[0]))
    told = ", ".join(f"'{other}' (copies {_name(its)} to {_name(column)})" for other, its in others)
    names = ",".join(sorted({other.key for other, _ in others}))
    return (
        f"relationship '{prop}' will copy column {_name(source)} to column {_name(column)}, which conflicts with "
        f"relationship(s): {told}. If this is not the intention, consider if these relationships should be linked with "
        "back_populates, or if viewonly=True should be applied to one or more if they are read-only. For the less common "
        "case that foreign key constraints are partially overlapping, the orm.foreign() annotation can be used to isolate "
        "the columns that should be written towards.   To silence this warning, add the parameter "
        f"'overlaps=\"{names}\"' to the '{prop}' relationship."
    )


def _name(column: Any) -> str:
    return f"{column.table.name}.{column.name}"
