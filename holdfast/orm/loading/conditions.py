"""The conditions of a relationship's join, aimed at the names that the tables have in one statement."""

from __future__ import annotations

from typing import Any, NamedTuple

from holdfast.orm.mapping.marks import MarkedColumn
from holdfast.sql.boolean import and_
from holdfast.sql.traversal import replace


class JoinSides(NamedTuple):
    """Where the tables of a relationship stand in a statement.

    Attributes:
        relationship: which one.
        owner: the FROM element of the class that has the relationship.
        target: that of the related class.
        secondary: that of the table between, or None.
    """

    relationship: Any
    owner: Any
    target: Any
    secondary: Any = None

    def primary(self) -> Any:
        """Return the condition between the owner and the target, or the secondary table."""
        relationship = self.relationship
        return self._aimed(relationship.primaryjoin, relationship.secondary is not None)

    def second(self) -> Any:
        """Return the condition between the secondary table and the target."""
        relationship = self.relationship
        target_table = relationship.mapper.local_table
        return replace(
            relationship.secondaryjoin,
            lambda node: self._from(node, ((relationship.secondary, self.secondary), (target_table, self.target))),
        )

    def primary_with(self, criteria: Any) -> Any:
        """Return the condition between owner and target, with a further one of the target (None: without)."""
        return self.primary() if criteria is None else and_(self.primary(), self.of_target(criteria))

    def second_with(self, criteria: Any) -> Any:
        """Return the condition between secondary table and target, with a further one of the target (None: without)."""
        return self.second() if criteria is None else and_(self.second(), self.of_target(criteria))

    def of_target(self, expression: Any) -> Any:
        """Return an expression over the related class (a further condition, an order) aimed at its place here."""
        relationship = self.relationship
        places = ((relationship.secondary, self.secondary), (relationship.mapper.local_table, self.target))
        return replace(expression, lambda node: self._from(node, places))

    def _aimed(self, condition: Any, through_secondary: bool) -> Any:
        relationship = self.relationship
        own, related = relationship.parent.local_table, relationship.mapper.local_table
        if through_secondary:
            places = ((relationship.secondary, self.secondary), (own, self.owner))
            return replace(condition, lambda node: self._from(node, places))
        if own is not related:
            places = ((own, self.owner), (related, self.target))
            return replace(condition, lambda node: self._from(node, places))
        return replace(relationship.marked_primaryjoin, self._placed)

    def _placed(self, node: Any) -> Any:
        """Return the column for one in a condition between a table and itself, where marks say which is the far one."""
        own = self.relationship.parent.local_table
        if isinstance(node, MarkedColumn):
            return _or(self._from(node, ((own, self.target),)), node.column)
        return self._from(node, ((own, self.owner),))

    def _from(self, node: Any, places: tuple[tuple[Any, Any], ...]) -> Any:
        column = getattr(node, "column", node)
        table = getattr(column, "table", None)
        if table is None:
            return None
        for original, here in places:
            if original is not None and here is not None and table is original and here is not original:
                return here.corresponding_column(column)
        return None


def _or(found: Any, other: Any) -> Any:
    """Return the first one, unless it is None; a column has no truth value."""
    return other if found is None else found
