"""Which operations go on from an object to the objects of a relationship."""

from __future__ import annotations

from typing import Any

from holdfast.exc import ArgumentError, warn

ALL = ("save-update", "merge", "refresh-expire", "expunge", "delete")
KNOWN = (*ALL, "delete-orphan")
DEFAULT = "save-update, merge"


class CascadeOptions(frozenset[str]):
    """The cascades of one relationship, as a set of their names and as flags.

    Args:
        value: names separated by commas, or a list of them; "all" stands for all but delete-orphan, "none" for nothing.

    Attributes:
        save_update, delete, delete_orphan, merge, expunge, refresh_expire: whether the name is in the set.

    Raises: ArgumentError: an unknown name.
    """

    save_update: bool
    delete: bool
    delete_orphan: bool
    merge: bool
    expunge: bool
    refresh_expire: bool

    def __new__(cls, value: Any = DEFAULT) -> CascadeOptions:
        names = {part.strip() for part in value.split(",")} if isinstance(value, str) else set(value or ())
        names.discard("")
        unknown = sorted(names - {*KNOWN, "all", "none"})
        if unknown:
            listed = ", ".join(repr(name) for name in unknown)
            raise ArgumentError(f"Invalid cascade option(s): {listed}. Known are: {', '.join(KNOWN)}, all, none.")
        if "all" in names:
            names.update(ALL)
        if "none" in names:
            names.clear()
        names.discard("all")
        self = super().__new__(cls, names)
        if "delete-orphan" in names and "delete" not in names:
            warn("The 'delete-orphan' cascade option requires 'delete'.")
        for name in KNOWN:
            setattr(self, name.replace("-", "_"), name in names)
        return self

    def __repr__(self) -> str:
        return f"CascadeOptions({','.join(sorted(self))!r})"
