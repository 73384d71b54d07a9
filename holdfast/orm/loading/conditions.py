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
        kind_in_on: the condition on the class of the target's rows stands in ON in any case; else only where the target
            has another name, and the statement's WHERE has it where it has its own.
    """

    relationship: Any
    owner: Any
    target: Any
    secondary: Any = None
    kind_in_on: bool = False

    def primary(self) -> Any:
        """Return the condition between the owner and the target, or the secondary table."""
        relationship = self.relationship
        if relationship.secondary is None:
            return self._with_kind(replace(relationship.marked_primaryjoin, self._placed))
        return replace(relationship.primaryjoin, self._near)

    def second(self) -> Any:
        """Return the condition between the secondary table and the target."""
        return self._with_kind(replace(self.relationship.secondaryjoin, self._far))

    def primary_with(self, criteria: Any) -> Any:
        """Return the condition between owner and target, with a further one of the target (None: without)."""
        return self.primary() if criteria is None else and_(self.primary(), self.of_target(criteria))

    def second_with(self, criteria: Any) -> Any:
        """Return the condition between secondary table and target, with a further one of the target (None: without)."""
        return self.second() if criteria is None else and_(self.second(), self.of_target(criteria))

    def of_target(self, expression: Any) -> Any:
        """Return an expression over the related class (a further condition, an order) aimed at its place here."""
        return replace(expression, self._far)

    def _with_kind(self, condition: Any) -> Any:
        """Return a condition with the one that the row is of the target's class, where the table has others too."""
        mapper = self.relationship.mapper
        if not mapper.single or self.target is None:
            return condition
        if self.target is mapper.selectable and not self.kind_in_on:
            return condition
        return and_(condition, mapper.kind_criterion_in(self.target))

    def _placed(self, node: Any) -> Any:
        """Return the column for one in a condition in which marks say which is the far one."""
        relationship = self.relationship
        if isinstance(node, MarkedColumn):
            return _or(self._from(node.column, relationship.entity, self.target), node.column)
        if relationship.parent.owns(getattr(getattr(node, "column", node), "table", None)):
            return self._from(node, relationship.parent, self.owner)
        return self._from(node, relationship.entity, self.target)

    def _near(self, node: Any) -> Any:
        """Return the column for one in the condition between the owner and the secondary table."""
        found = self._between(node)
        return found if found is not None else self._from(node, self.relationship.parent, self.owner)

    def _far(self, node: Any) -> Any:
        """Return the column for one in the condition between the secondary table and the target."""
        found = self._between(node)
        return found if found is not None else self._from(node, self.relationship.entity, self.target)

    def _between(self, node: Any) -> Any:
        column = getattr(node, "column", node)
        table, secondary = getattr(column, "table", None), self.relationship.secondary
        if table is None or table is not secondary or self.secondary is None or self.secondary is secondary:
            return None
        return self.secondary.corresponding_column(column)

    def _from(self, node: Any, entity: Any, here: Any) -> Any:
        column = getattr(node, "column", node)
        table = getattr(column, "table", None)
        if table is None or here is None or table is here or not entity.owns(table):
            return None
        return here.corresponding_column(column)


def _or(found: Any, other: Any) -> Any:
    """Return the first one, unless it is None; a column has no truth value."""
    return other if found is None else found
