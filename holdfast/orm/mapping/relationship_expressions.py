"""What comparisons with a relationship mean in SQL: keys compared, EXISTS over the related table, steps of a join."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast.exc import ArgumentError, InvalidRequestError
from holdfast.orm.mapping.join_condition import MANYTOMANY, MANYTOONE
from holdfast.sql import operators
from holdfast.sql.binds import BindParameter
from holdfast.sql.boolean import and_, not_, or_
from holdfast.sql.columns import literal_column
from holdfast.sql.operators import Operator
from holdfast.sql.select import JoinStep, select
from holdfast.sql.selectable import Join
from holdfast.sql.traversal import replace


class RelationshipExpressions:
    """The SQL side of one configured relationship.

    Args:
        relationship: the property, after `resolve`.
    """

    def __init__(self, relationship: Any) -> None:
        self.relationship = relationship
        self._join: tuple[Any, ...] | None = None

    # Joins.

    def join_steps(self, isouter: bool, full: bool, target: Any = None) -> tuple[JoinStep, ...]:
        """Return the steps of ``join(Parent.children)``.

        Raises: InvalidRequestError: the related table is the class's own and `target` gives it no other name.
        """
        prop = self.relationship
        goal = prop.mapper if target is None else target
        if goal.selectable is prop.parent.local_table:
            raise InvalidRequestError(
                f"Can't construct a join from {prop.parent} to {prop.mapper}, they are the same entity. Join an alias "
                f"of the class: boss = aliased({prop.mapper.class_.__name__}); select(...).join(boss, {prop})."
            )
        if prop.secondary is None:
            condition = self._aimed_at(prop.primaryjoin, prop.mapper.local_table, goal.selectable)
            return (JoinStep(goal, condition, isouter, full, prop.parent),)
        secondary = self._secondary_alias()
        first = self._aimed_at(prop.primaryjoin, prop.secondary, secondary)
        second = self._aimed_at(prop.secondaryjoin, prop.secondary, secondary)
        second = self._aimed_at(second, prop.mapper.local_table, goal.selectable)
        if isouter or full:
            # The two tables are joined first: a row of the secondary without its related row is no match.
            return (JoinStep(SecondaryJoin(secondary, goal, second), first, isouter, full, prop.parent),)
        return JoinStep(secondary, first, False, False, prop.parent), JoinStep(goal, second, False, False, secondary)

    def _secondary_alias(self) -> Any:
        """Return the secondary table under another name; one for all statements, so that equal ones stay equal."""
        if self._join is None:
            self._join = (self.relationship.secondary.alias(),)
        return self._join[0]

    def _aimed_at(self, condition: Any, table: Any, other: Any) -> Any:
        """Return a condition with the columns of `table` replaced by those of `other`, which is an alias of it."""
        if other is table:
            return condition
        remote = {id(column) for column in self.relationship.remote_columns}
        is_self_join = self.relationship.parent.local_table is table

        def substitute(node: Any) -> Any:
            if getattr(node, "table", None) is not table or (is_self_join and id(node) not in remote):
                return None
            return other.corresponding_column(node)

        return replace(condition, substitute)

    def condition(self) -> Any:
        """Return the whole condition of the join: what the relationship is as an expression."""
        prop = self.relationship
        if prop.secondary is None:
            return prop.primaryjoin
        secondary = self._secondary_alias()
        both = and_(prop.primaryjoin, prop.secondaryjoin)
        return self._aimed_at(both, prop.secondary, secondary)

    def with_criteria(self, criteria: Sequence[Any]) -> JoinTarget:
        """Return the relationship as a join target with further conditions."""
        return JoinTarget(self, and_(*criteria))

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
                return and_(*[key.is_(None) for _, key in prop.sync_pairs])
            return not_(self.any(None, {}) if prop.uselist else self.has(None, {}))
        if prop.uselist:
            raise _collection_compared()
        return self._matches(other)

    def differs(self, other: Any) -> Any:
        """Return ``relationship != other``."""
        prop = self.relationship
        if other is None:
            if prop.direction is MANYTOONE:
                return or_(*[key.is_not(None) for _, key in prop.sync_pairs])
            return self.any(None, {}) if prop.uselist else self.has(None, {})
        if prop.uselist:
            raise _collection_compared()
        if prop.direction is MANYTOONE:
            self._check_instance(other)
            return or_(*[or_(key != self._value_of(other, column), key.is_(None)) for column, key in prop.sync_pairs])
        return not_(self._matches(other))

    def contains(self, other: Any) -> Any:
        """Return the condition that a collection holds `other`."""
        prop = self.relationship
        if not prop.uselist:
            raise InvalidRequestError("'contains' not implemented for scalar attributes.  Use ==")
        if prop.direction is not MANYTOMANY:
            return self._matches(other)
        secondary = self._secondary_alias()
        first = self._aimed_at(prop.primaryjoin, prop.secondary, secondary)
        second = self._aimed_at(prop.secondaryjoin, prop.secondary, secondary)
        return and_(first, self._with_values_of(second, other, prop.mapper))

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

    def _exists(self, criterion: Any, named: dict[str, Any]) -> Any:
        prop = self.relationship
        table = prop.mapper.local_table
        criteria = [] if criterion is None else [criterion]
        for name, value in named.items():
            criteria.append(getattr(prop.mapper.class_, name) == value)
        primary, secondary = prop.primaryjoin, prop.secondaryjoin
        related = table
        if prop.parent.local_table is table:
            related = table.alias()
            primary = primary if prop.secondary is not None else self._aimed_at(primary, table, related)
            secondary = None if secondary is None else _moved(secondary, table, related)
            criteria = [_moved(one, table, related) for one in criteria]
        froms = [related] if prop.secondary is None else [related, prop.secondary]
        joined = [primary] if secondary is None else [primary, secondary]
        inner = (
            select(literal_column("1")).select_from(*froms).where(*joined, *criteria).correlate(prop.parent.local_table)
        )
        return inner.exists()

    def _matches(self, other: Any) -> Any:
        """Return the condition that the related object is `other`: the join with the object's values in it."""
        return self._with_values_of(self.relationship.primaryjoin, other, self.relationship.mapper)

    def _with_values_of(self, condition: Any, other: Any, mapper: Any) -> Any:
        self._check_instance(other)
        remote = {id(column) for column in self.relationship.remote_columns}
        is_self_join = (
            self.relationship.parent.local_table is mapper.local_table and self.relationship.secondary is None
        )

        def substitute(node: Any) -> Any:
            if getattr(node, "table", None) is not mapper.local_table or (is_self_join and id(node) not in remote):
                return None
            return BindParameter("param", self._value_of(other, node), node.type, unique=True)

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


class JoinTarget:
    """A relationship with further conditions: ``select(User).join(User.orders.and_(Order.open))``."""

    def __init__(self, expressions: RelationshipExpressions, criteria: Any) -> None:
        self._expressions = expressions
        self.criteria = criteria

    @property
    def attribute(self) -> Any:
        """The relationship's attribute."""
        return self._expressions.relationship.class_attribute

    def __join_step__(self, isouter: bool = False, full: bool = False, left_hint: Any = None) -> tuple[JoinStep, ...]:
        """Return the steps of the join; the last one has the further conditions."""
        *steps, last = self._expressions.join_steps(isouter, full, left_hint)
        return (*steps, last._replace(onclause=and_(last.onclause, self.criteria)))


def _moved(node: Any, table: Any, alias: Any) -> Any:
    """Return an expression with the columns of a table, and attributes for them, replaced by an alias's."""

    def substitute(part: Any) -> Any:
        column = getattr(part, "column", part)
        return alias.corresponding_column(column) if getattr(column, "table", None) is table else None

    return replace(node, substitute)


def _collection_compared() -> InvalidRequestError:
    return InvalidRequestError(
        "Can't compare a collection to an object or collection; use contains() to test for membership."
    )
