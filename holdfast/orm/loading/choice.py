"""What an option, or the mapping, says about one attribute: the strategy and its arguments."""

from __future__ import annotations

from typing import Any, NamedTuple

RELATIONSHIP_STRATEGIES = {
    "select": "lazy loader", "joined": "joined loader", "selectin": "select in loader",
    "subquery": "subquery loader", "immediate": "immediate loader", "raise": "lazy loader",
    "raise_on_sql": "lazy loader", "noload": "no loader", "default": "default", "contains": "joined loader",
}  # fmt: skip
"""Strategies of relationships, with the name that messages give them."""

COLUMN_STRATEGIES = {
    "deferred": "deferred column loader", "undeferred": "column loader", "expression": "query expression loader",
}  # fmt: skip
"""Strategies of columns, with the name that messages give them."""

EAGER = frozenset(("joined", "selectin", "subquery", "immediate", "contains"))
"""Strategies that do something while the owners are loaded."""

WHEN_READ = frozenset(("select", "raise", "raise_on_sql", "noload"))
"""Strategies that say what reading an unloaded attribute does."""

OPTION_NAMES = {
    "select": "lazyload", "joined": "joinedload", "selectin": "selectinload", "subquery": "subqueryload",
    "immediate": "immediateload", "raise": "raiseload", "raise_on_sql": "raiseload", "noload": "noload",
    "default": "defaultload", "contains": "contains_eager", "deferred": "defer", "undeferred": "undefer",
    "expression": "with_expression",
}  # fmt: skip
"""Strategy -> the function that asks for it."""


class Choice(NamedTuple):
    """How one attribute is loaded.

    Attributes:
        strategy: one of the names above.
        innerjoin: of "joined": True, "unnested" or False.
        recursion_depth: how many further levels of a self-referential relationship; -1: all; None: none.
        chunksize: of "selectin": keys per statement.
        alias: of "contains": the FROM element or entity whose columns stand in the statement; None: the target's own.
        target: the entity given by ``of_type()``; None for columns and for the mapping's own choice.
        criteria: further conditions, or None.
        raiseload: of "deferred": reading raises.
        expression: of "expression": what is loaded.
        general: said for many attributes at once, by the mapping or by a wildcard: stops where a cycle begins.
    """

    strategy: str
    innerjoin: Any = None
    recursion_depth: int | None = None
    chunksize: int | None = None
    alias: Any = None
    target: Any = None
    criteria: Any = None
    raiseload: bool = False
    expression: Any = None
    general: bool = False

    @property
    def structure(self) -> Any:
        """What makes two choices the same, without values."""
        return (
            self.strategy, self.innerjoin, self.recursion_depth, self.chunksize, _key(self.alias), _key(self.target),
            _key(self.criteria), self.raiseload, _key(self.expression), self.general,
        )  # fmt: skip

    @property
    def values(self) -> tuple[Any, ...]:
        """The value holders of the conditions and expressions."""
        found: tuple[Any, ...] = ()
        for part in (self.alias, self.target, self.criteria, self.expression):
            if part is not None:
                found += tuple(part._values)
        return found

    @property
    def fits_relationships(self) -> bool:
        """Whether this is about relationships, not columns."""
        return self.strategy in RELATIONSHIP_STRATEGIES


def _key(node: Any) -> Any:
    return None if node is None else node._key


SELECT = Choice("select", general=True)
KINDS = Choice("kinds")
"""Of a subclass in the place of a relationship: further statements load its columns."""


def choice_of_mapping(relationship: Any) -> Choice:
    """Return what a relationship says about its own loading."""
    lazy = relationship.lazy
    if lazy == "select":
        return SELECT
    return Choice(lazy, innerjoin=relationship.given.get("innerjoin", False), general=True)
