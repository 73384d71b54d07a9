"""What comparisons with a relationship mean in SQL: keys compared, EXISTS over the related table, steps of a join."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.orm.mapping.join_request import MANYTOONE
from holdfast.orm.mapping.marks import MarkedColumn
from holdfast.sql import operators
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import and_, not_, or_
from holdfast.sql.columns import literal_column
from holdfast.sql.expressions import BooleanClauseList
from holdfast.sql.from_clause import Join
from holdfast.sql.operators import Operator
from holdfast.sql.select import select
from holdfast.sql.select_clauses import JoinStep
from holdfast.sql.traversal import replace


class RelationshipExpressions:
    """The SQL side of one configured relationship, from one entity to another one.

    Args:
        relationship: the property, after `resolve`.
        source: the mapper, or an alias of its class, whose attribute it is; None: the mapper.
        target: the related entity, given by ``of_type()``; None: the related mapper.
        criteria: further conditions of joins, given by ``and_()``.
    """

    def __init__(self, relationship: Any, source: Any = None, target: Any = None, criteria: Sequence[Any] = ()) -> None:
        self.relationship = relationship
        self.source = relationship.parent if source is None else source
        self.target = relationship.entity if target is None else target
        self.criteria = tuple(criteria)
        self._join: tuple[Any, ...] | None = None

    # Joins.

    def join_steps(self, isouter: bool, full: bool, target: Any = None) -> tuple[JoinStep, ...]:
        """Return the steps of ``join(Parent.children)``.

        Raises: InvalidRequestError: the related table is the class's own and `target` gives it no other name; or
            `target` is something else than what the relationship leads to.
        """
        prop = self.relationship
        goal = self.target if target is None else target
        if goal.selectable is self.source.selectable:
            raise InvalidRequestError(
                f"Can't construct a join from {self.source} to {goal}, they are the same entity. Join an alias "
                f"of the class: boss = aliased({prop.mapper.class_.__name__}); select(...).join(boss, {prop})."
            )
        self._check_goal(goal)
        # Conditions are made by methods, which can be pickled with the statement.
        if prop.secondary is None:
            return (JoinStep(goal, self._direct(goal), isouter, full, self.source, self._direct),)
        secondary = self._secondary_alias()
        first = self._oriented(prop.marked_primaryjoin, secondary)
        second = self._beyond_secondary(goal)
        if isouter or full:
            # The two tables are joined first: a row of the secondary without its related row is no match.
            return (JoinStep(SecondaryJoin(secondary, goal, second), first, isouter, full, self.source),)
        return JoinStep(secondary, first, False, False, self.source), JoinStep(
            goal, second, False, False, secondary, self._beyond_secondary
        )

    def _direct(self, goal: Any) -> Any:
        """Return the condition that leads to an entity without a table between."""
        return self._with_criteria(self._oriented(self.relationship.marked_primaryjoin, goal.selectable), goal)

    def _beyond_secondary(self, goal: Any) -> Any:
        """Return the condition that leads from the secondary table to an entity."""
        return self._with_criteria(self._far_side(goal.selectable, self._secondary_alias()), goal)

    def _check_goal(self, goal: Any) -> None:
        mapper = getattr(goal, "mapper", None)
        if mapper is not None and not mapper.isa(self.relationship.mapper) and not self.relationship.mapper.isa(mapper):
            raise InvalidRequestError(
                f"Join target {goal.attribute_prefix} does not correspond to the right side of join condition "
                f"{self.source.attribute_prefix}.{self.relationship.key}. It leads to "
                f"{self.relationship.mapper.class_.__name__}."
            )

    def _with_criteria(self, condition: Any, goal: Any = None) -> Any:
        """Return a condition with the further ones, in which the related class means the alias that is joined."""
        adapt = getattr(self.target if goal is None else goal, "adapted", None)
        criteria = self.criteria if adapt is None else [adapt(one) for one in self.criteria]
        return and_(condition, *criteria) if criteria else condition

    def _secondary_alias(self) -> Any:
        """Return the secondary table under another name; one for all statements, so that equal ones stay equal."""
        if self._join is None:
            self._join = (self.relationship.secondary.alias(),)
        return self._join[0]

    def _oriented(self, condition: Any, far: Any, near: Any = None) -> Any:
        """Return the primary condition with the far columns taken from `far`, the near ones from the source."""
        near = self.source.selectable if near is None else near
        owns = self.relationship.parent.owns

        def substitute(node: Any) -> Any:
            if isinstance(node, MarkedColumn):
                return _column_in(far, node.column)
            return _column_in(near, node) if owns(getattr(node, "table", None)) else None

        return replace(condition, substitute)

    def _far_side(self, goal: Any, secondary: Any) -> Any:
        """Return the condition between the secondary and the related table, with their columns taken from these."""
        prop = self.relationship

        def substitute(node: Any) -> Any:
            if getattr(node, "table", None) is prop.secondary:
                return _column_in(secondary, node)
            return _column_in(goal, node) if prop.entity.owns(getattr(node, "table", None)) else None

        return replace(prop.secondaryjoin, substitute)

    def condition(self) -> Any:
        """Return the whole condition of the join: what the relationship is as an expression."""
        prop = self.relationship
        goal = self.target.selectable
        if prop.secondary is None:
            return self._with_criteria(self._oriented(prop.marked_primaryjoin, goal))
        secondary = self._secondary_alias()
        return and_(self._oriented(prop.marked_primaryjoin, secondary), self._far_side(goal, secondary), *self.criteria)

    # Comparisons.

    def operate(self, op: Operator, *others: Any, **modifiers: Any) -> Any:
        """Return ``relationship op other``.

        Raises: InvalidRequestError, ArgumentError, NotImplementedError: it has no meaning; the message names what has.
        """
        if op is operators.eq:
            return self.equals(others[0])
        if op is operators.ne:
            return self.differs(others[0])
        if op is operators.in_op or op is operators.not_in_op:
            raise NotImplementedError(
                "in_() not yet supported for relationships.  For a simple many-to-one, use in_() against the set of "
                "foreign key values."
            )
        raise NotImplementedError(
            f"{op.name} is no comparison for {self.relationship}; a relationship knows ==, !=, any(), has() and "
            "contains()."
        )

    def equals(self, other: Any) -> Any:
        """Return ``relationship == other``, `other` being an object or None."""
        prop = self.relationship
        if other is None:
            if prop.direction is MANYTOONE:
                return and_(*[self._near(key).is_(None) for _, key in prop.sync_pairs])
            return not_(self.any(None, {}) if prop.uselist else self.has(None, {}))
        if prop.uselist:
            raise _collection_compared()
        return self._matches(other)

    def differs(self, other: Any) -> Any:
        """Return ``relationship != other``."""
        prop = self.relationship
        if other is None:
            if prop.direction is MANYTOONE:
                return not_(self.equals(None))
            return self.any(None, {}) if prop.uselist else self.has(None, {})
        if prop.uselist:
            raise _collection_compared()
        if prop.direction is MANYTOONE:
            self._check_instance(other)
            pairs = [(column, self._near(key)) for column, key in prop.sync_pairs]
            return or_(*[or_(key != self._value_of(other, column), key.is_(None)) for column, key in pairs])
        return not_(self._matches(other))

    def contains(self, other: Any) -> Any:
        """Return the condition that a collection holds `other`."""
        prop = self.relationship
        if not prop.uselist:
            raise InvalidRequestError("'contains' not implemented for scalar attributes.  Use ==")
        if prop.secondary is None:
            return self._matches(other)
        self._check_instance(other)
        secondary = self._secondary_alias()
        first = self._oriented(prop.marked_primaryjoin, secondary)
        second = self._with_values(self._far_side(self.target.selectable, secondary), self.target.selectable, other)
        return ContainsCondition((first, second), lambda: not_(self.any(self._is_row_of(other), {})))

    def _is_row_of(self, other: Any) -> Any:
        """Return the condition that a row of the related table is that of an object."""
        mapper = self.relationship.mapper
        return and_(*[column == self._value_of(other, column) for column in mapper.primary_key])

    def with_parent(self, instance: Any) -> Any:
        """Return the condition that the related row belongs to `instance`: the join with its values on the near side."""
        prop = self.relationship
        far = self.target.selectable if prop.secondary is None else self._secondary_alias()
        marked = self._near_values(prop.marked_primaryjoin, instance)
        first = self._oriented(marked, far)
        if prop.secondary is None:
            return self._with_criteria(first)
        return and_(first, self._far_side(self.target.selectable, far), *self.criteria)

    def _near_values(self, condition: Any, instance: Any) -> Any:
        owns = self.relationship.parent.owns
        name_of = self.relationship.parent.name_of_column

        def substitute(node: Any) -> Any:
            if isinstance(node, MarkedColumn):
                return node
            if not owns(getattr(node, "table", None)):
                return None
            return BindParameter("param", getattr(instance, name_of(node)), node.type, unique=True)

        return replace(condition, substitute)

    def any(self, criterion: Any, named: dict[str, Any]) -> Any:
        """Return EXISTS over the members of a collection."""
        if not self.relationship.uselist:
            raise InvalidRequestError("'any()' not implemented for scalar attributes. Use has().")
        return self._exists(criterion, named)

    def has(self, criterion: Any, named: dict[str, Any]) -> Any:
        """Return EXISTS over the one related object."""
        if self.relationship.uselist:
            raise InvalidRequestError("'has()' not implemented for collections. Use any().")
        return self._exists(criterion, named)

    # How it is done.

    def _near(self, column: Any) -> Any:
        """Return a column of this side as the source has it."""
        return self.source.adapted(column)

    def _exists(self, criterion: Any, named: dict[str, Any]) -> Any:
        prop = self.relationship
        criteria = [] if criterion is None else [criterion]
        for name, value in named.items():
            criteria.append(self.target.attribute(name) == value)
        related, secondary = self.target.selectable, prop.secondary
        if related is self.source.selectable or (self.target.is_mapper and self._is_within_hierarchy()):
            related = related.alias(flat=True)
            criteria = [_moved(one, self.target.mapper, related) for one in criteria]
        if secondary is not None and self.source is not prop.parent:
            secondary = self._secondary_alias()
        froms = [related] if secondary is None else [related, secondary]
        joined = [self._oriented(prop.marked_primaryjoin, related if secondary is None else secondary)]
        if secondary is not None:
            joined.append(self._far_side(related, secondary))
        kind = self._kind_of_target(related)
        if kind is not None:
            # Twice, as SQLAlchemy has it: for the relationship, and for the class that is read.
            joined, criteria = [*joined, kind], [*criteria, self._kind_of_target(related)]
        inner = select(literal_column("1")).select_from(*froms).where(*joined, *criteria, *self.criteria)
        settled = inner._copy(_kinds_settled=True) if kind is not None else inner
        return settled.correlate_except(*froms).exists()

    def _is_within_hierarchy(self) -> bool:
        """Whether both classes have tables in common."""
        prop = self.relationship
        return prop.secondary is None and len(prop.mapper.own_tables) > 1 and prop.mapper.common_parent(prop.parent)

    def _kind_of_target(self, related: Any) -> Any:
        """Return the condition that a related row is of the right class, where its table has others too; else None."""
        target = self.target
        if target.is_mapper and related is not target.selectable:
            return target.kind_criterion_in(related)
        return target._kind_criterion()

    def _matches(self, other: Any) -> Any:
        """Return the condition that the related object is `other`: the join with the object's values in it."""
        self._check_instance(other)
        prop = self.relationship
        if prop.secondary is not None:
            return self.any(self._is_row_of(other), {}) if prop.uselist else self.has(self._is_row_of(other), {})

        def substitute(node: Any) -> Any:
            if isinstance(node, MarkedColumn):
                column = node.column if prop.entity.is_mapper else prop.entity.mapped_column(node.column)
                return BindParameter("param", self._value_of(other, column), node.type, unique=True)
            return self._near(node) if prop.parent.owns(getattr(node, "table", None)) else None

        return replace(prop.marked_primaryjoin, substitute)

    def _with_values(self, condition: Any, table: Any, other: Any) -> Any:
        """Return a condition with the columns of `table` replaced by the object's values."""
        mapper = self.relationship.mapper

        def substitute(node: Any) -> Any:
            place = getattr(node, "table", None)
            if place is not table and not (mapper.owns(place) and table is self.target.selectable):
                return None
            own = node if mapper.owns(place) else mapper.local_table.c.get(node.key)
            return BindParameter("param", self._value_of(other, own), node.type, unique=True)

        return replace(condition, substitute)

    def _value_of(self, other: Any, column: Any) -> Any:
        """Return the object's value for a column; taken when the statement is built."""
        return getattr(other, self.relationship.mapper.name_of_column(column))

    def _check_instance(self, other: Any) -> None:
        prop = self.relationship
        if getattr(type(other), "__mapper__", None) is None:
            raise ArgumentError(
                "Mapped instance expected for relationship comparison to object.   Classes, queries and other SQL "
                "elements are not accepted in this context; for comparison with a subquery, use "
                f"{prop}.has(**criteria). Got a value of type {type(other).__name__}."
            )
        if not isinstance(other, prop.mapper.class_):
            raise ArgumentError(
                f"{prop} refers to objects of {prop.mapper.class_.__name__}; it can not be compared with an object of "
                f"{type(other).__name__}."
            )


class SecondaryJoin(Join):
    """A secondary table joined with the related one, as the right side of an outer join.

    Attributes:
        class_: the related class: what `filter_by` is about.
    """

    def __init__(self, secondary: Any, goal: Any, onclause: Any) -> None:
        super().__init__(secondary, goal, onclause)
        self.class_ = getattr(goal, "class_", None)


class ContainsCondition(BooleanClauseList):
    """The condition that a collection through a secondary table holds an object; its negation is another statement.

    Args:
        conditions: joined by AND.
        negation: makes the condition that it does not.
    """

    __slots__ = ("_negate",)

    def __init__(self, conditions: Sequence[Any], negation: Callable[[], Any]) -> None:
        joined: Any = and_(*conditions)
        super().__init__(joined.operator, joined.clauses, joined.type)
        self._negate = negation

    def _negation(self) -> Any:
        return self._negate()

    def _with_parts(self, parts: tuple[Any, ...]) -> Any:
        return and_(*parts)


def _column_in(selectable: Any, column: Any) -> Any:
    """Return the column of a FROM element that stands for a column of the mapped table."""
    if getattr(column, "table", None) is selectable:
        return column
    found = selectable.corresponding_column(column)
    return column if found is None else found


def _moved(node: Any, mapper: Any, alias: Any) -> Any:
    """Return an expression with the columns of a class's tables, and attributes for them, replaced by an alias's."""

    def substitute(part: Any) -> Any:
        column = getattr(part, "column", part)
        return alias.corresponding_column(column) if mapper.owns(getattr(column, "table", None)) else None

    return replace(node, substitute)


def _collection_compared() -> InvalidRequestError:
    return InvalidRequestError(
        "Can't compare a collection to an object or collection; use contains() to test for membership."
    )
