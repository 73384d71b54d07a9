"""Rows of a secondary table that both sides of a many-to-many relationship have noted: each is written once."""

from __future__ import annotations

from typing import Any

from holdfast.orm.unit_of_work.changes import Changes, LinkChanges


def drop_mirrored(changes: Changes) -> None:
    """Both sides of a many-to-many relationship note the same row: let the one that sorts first do it."""
    for link in sorted(changes.links.values(), key=lambda link: link.facts.sort_key):
        mirror = changes.links.get(link.facts.mirrors) if link.facts.mirrors is not None else None
        if mirror is None or (mirror.facts.sort_key > link.facts.sort_key):
            continue
        link.added = _without(link.added, mirror.added)
        link.removed = _without(link.removed, mirror.removed)
        link.dropped = _without(link.dropped, mirror.dropped)
    for link in changes.links.values():
        link.removed = _without_same(link.removed, _all_dropped(changes, link))


def _without(pairs: list[tuple[Any, Any]], mirrored: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the pairs (parent, target) that do not stand as (target, parent) in `mirrored`."""
    if not pairs or not mirrored:
        return pairs
    known = {(id(target), id(parent)) for parent, target in mirrored}
    return [pair for pair in pairs if (id(pair[0]), id(pair[1])) not in known]


def _without_same(pairs: list[tuple[Any, Any]], known: set[tuple[int, int]]) -> list[tuple[Any, Any]]:
    return [pair for pair in pairs if (id(pair[0]), id(pair[1])) not in known] if known else pairs


def _all_dropped(changes: Changes, link: LinkChanges) -> set[tuple[int, int]]:
    """Return what `link` and its mirror drop with the row of a parent or target, as pairs of `link`."""
    dropped = {(id(parent), id(target)) for parent, target in link.dropped}
    mirror = changes.links.get(link.facts.mirrors) if link.facts.mirrors is not None else None
    if mirror is not None:
        dropped.update((id(target), id(parent)) for parent, target in mirror.dropped)
    return dropped
