"""Clauses of SELECT that are more than a list of expressions: one JOIN, a lock, FETCH."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from holdfast.sql.node import Key, Values


class JoinStep(NamedTuple):
    """One ``JOIN``.

    Attributes:
        target: FROM element or entity.
        onclause: the condition; None: along the one foreign key.
        isouter: LEFT OUTER JOIN.
        full: FULL OUTER JOIN.
        left: the FROM element or entity to join from; None: the one that fits.
        along: makes the condition anew for another target; None: the program gave the condition.
    """

    target: Any
    onclause: Any
    isouter: bool
    full: bool
    left: Any = None
    along: Callable[[Any], Any] | None = None

    @property
    def _key(self) -> Key:
        onclause = None if self.onclause is None else self.onclause._key
        left = None if self.left is None else self.left._key
        return (self.target._key, onclause, self.isouter, self.full, left)

    @property
    def _values(self) -> Values:
        values: Values = self.target._values
        return values if self.onclause is None else values + self.onclause._values  # type: ignore[no-any-return]


class ForUpdate(NamedTuple):
    """``FOR UPDATE`` and its kinds."""

    read: bool
    nowait: bool
    skip_locked: bool
    key_share: bool
    of: tuple[Any, ...]

    @property
    def _key(self) -> Key:
        return (self.read, self.nowait, self.skip_locked, self.key_share, tuple(item._key for item in self.of))

    @property
    def _values(self) -> Values:
        return ()


class FetchClause(NamedTuple):
    """``FETCH FIRST n ROWS``.

    Attributes:
        count: the number.
        with_ties: also the rows that are equal to the last one.
        percent: the number is a percentage.
    """

    count: Any
    with_ties: bool
    percent: bool

    @property
    def _key(self) -> Key:
        return (self.count._key, self.with_ties, self.percent)

    @property
    def _values(self) -> Values:
        return self.count._values  # type: ignore[no-any-return]
