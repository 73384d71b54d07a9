"""What a relationship says about its join, and the directions that one may have."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, NamedTuple, TypeAlias

from holdfast.orm.mapping.marks import MarkedColumn

Pair: TypeAlias = tuple[Any, Any]
"""A referred column and the foreign key column that holds its value."""


class RelationshipDirection(Enum):
    """Where the foreign key stands: at the other class, at this one, or in a table between."""

    ONETOMANY = 1
    MANYTOONE = 2
    MANYTOMANY = 3


ONETOMANY = RelationshipDirection.ONETOMANY
MANYTOONE = RelationshipDirection.MANYTOONE
MANYTOMANY = RelationshipDirection.MANYTOMANY


class JoinRequest(NamedTuple):
    """What a relationship says about its join.

    Attributes:
        name: ``Parent.children``, for messages.
        parent, target: the tables.
        secondary: the table between, or None.
        primaryjoin, secondaryjoin: the conditions, or None.
        foreign_keys: the columns that are to count as foreign keys; empty: those that are declared so.
        remote_side: the columns on the far side; empty: found out.
        viewonly: nothing is written along it, so that any comparison will do.
        parents, targets: all tables of either class: those of a subclass, its parents' first; empty: the one table.
    """

    name: str
    parent: Any
    target: Any
    secondary: Any = None
    primaryjoin: Any = None
    secondaryjoin: Any = None
    foreign_keys: Sequence[Any] = ()
    remote_side: Sequence[Any] = ()
    viewonly: bool = False
    parents: Sequence[Any] = ()
    targets: Sequence[Any] = ()

    def is_far(self, column: Any) -> bool:
        """Whether a column can only be one of the far side."""
        table = column.table
        if table is self.secondary:
            return table is not None
        if not is_among(table, self.targets or (self.target,)):
            return False
        if is_among(table, self.parents or (self.parent,)):
            return table is self.target and table is not self.parent
        return True


def is_among(table: Any, tables: Iterable[Any]) -> bool:
    """Whether a table is one of some: by identity, since tables make expressions when they are compared."""
    return any(table is one for one in tables)


def unmarked(column: Any) -> Any:
    """Return a column without the mark that says on which side it stands."""
    return column.column if isinstance(column, MarkedColumn) else column
