"""Attributes that stand for something else than one column of the table: expressions, other attributes, values made of
several columns.
"""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.orm.attributes import (
    ColumnAttribute,
    InstrumentedAttribute,
    RelationshipAttribute,
    UnheldAttribute,
    set_attribute,
)
from holdfast.orm.comparator import compare_by
from holdfast.orm.history import NO_VALUE
from holdfast.orm.missing_values import load_missing
from holdfast.sql import operators
from holdfast.sql.boolean import and_
from holdfast.sql.element import ColumnElement
from holdfast.sql.expressions import ClauseList
from holdfast.sql.labels import Label
from holdfast.sql.operations import SQLCoreOperations
from holdfast.sql.operators import Operator

T = TypeVar("T")


class ComparedAttribute(ColumnAttribute[T]):
    """A column's attribute whose comparisons a program defines: ``column_property(..., comparator_factory=...)``."""

    @property
    def comparator(self) -> Any:
        """The comparisons, as the program's class defines them."""
        return self.property.comparator_factory(self.property, self.parent, ColumnAttribute(self.parent, self.property))

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        return compare_by(self.comparator, op, other, modifiers)

    def reverse_operate(self, op: Operator, other: Any, **modifiers: Any) -> Any:
        return self.comparator.reverse_operate(op, other, **modifiers)

    def _delegate(self, name: str) -> Any:
        found = getattr(self.comparator, name, None)
        return super()._delegate(name) if found is None else found


class _ComparedRelationship:
    """Comparisons of a relationship that a program defines: ``relationship(..., comparator_factory=...)``."""

    _prop: Any
    parent: Any
    _target: Any
    _criteria: tuple[Any, ...]

    @property
    def comparator(self) -> Any:
        """The comparisons, as the program's class defines them."""
        plain: Any = RelationshipAttribute(self.parent, self._prop, self._target, self._criteria)
        return self._prop.comparator_factory(self._prop, self.parent, plain)

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        return compare_by(self.comparator, op, other, modifiers)

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        return self.comparator.any(criterion, **kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        return self.comparator.has(criterion, **kwargs)

    def contains(self, other: Any, **modifiers: Any) -> Any:
        return self.comparator.contains(other, **modifiers)

    def _delegate(self, name: str) -> Any:
        found = getattr(self.comparator, name, None)
        return super()._delegate(name) if found is None else found  # type: ignore[misc]


class ComparedRelationshipAttribute(_ComparedRelationship, RelationshipAttribute[T]):  # type: ignore[misc]
    """A relationship's attribute whose comparisons a program defines."""


class ComparedUnheldAttribute(_ComparedRelationship, UnheldAttribute[T]):  # type: ignore[misc]
    """The same for a collection that is never in memory."""


class ExpressionAttribute(InstrumentedAttribute[T], Label[T]):
    """An attribute that stands for a SQL expression; selected under a made-up name, loaded with the object.

    Attributes:
        column: the expression.
        entity: the mapper or alias, for results that hold this expression.
    """

    key: str = ""  # type: ignore[assignment]

    def __init__(self, entity: Any, prop: Any) -> None:
        self.key = prop.key
        self.class_ = entity.class_
        self.parent = self.entity = entity
        self.property = prop
        given = prop.columns[0]
        self.column = entity.adapted(given.element if isinstance(given, Label) else given)
        Label.__init__(self, given.name if isinstance(given, Label) else None, self.column)

    @property
    def expression(self) -> ColumnElement[T]:
        """The expression."""
        return self.column  # type: ignore[no-any-return]

    def _delegate(self, name: str) -> Any:
        try:
            return getattr(self.column, name)
        except AttributeError:
            raise self._no_attribute(name) from None

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        if self.property.comparator_factory is None:
            return super().operate(op, *other, **modifiers)
        comparator = self.property.comparator_factory(self.property, self.parent, self.column)
        return compare_by(comparator, op, other, modifiers)

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = instance._sa_instance_state
        if state.row_key is None or (state.old is not None and self.key in state.old):
            return None
        return load_missing(state, instance, self.key)


class QueryExpressionAttribute(ExpressionAttribute[T]):
    """An attribute whose expression a statement gives; None where no statement did."""

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None or not self.property.deferred:
            return super().__get__(instance, owner)
        return None


class _Proxy:
    """What attributes share that set others: they are data descriptors, so that setting reaches them."""

    key: str

    def __set__(self, instance: Any, value: Any) -> None:
        raise NotImplementedError

    def __delete__(self, instance: Any) -> None:
        self.__set__(instance, None)


class SynonymAttribute(_Proxy, ColumnAttribute[T]):
    """Another name of an attribute that stands for a column."""

    def __init__(self, entity: Any, synonym: Any, target: Any) -> None:
        super().__init__(entity, target, synonym.key)
        self.synonym = synonym
        if synonym.comparator_factory is not None:
            self.operate = self._compare  # type: ignore[method-assign]

    def _compare(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        plain = ColumnAttribute(self.parent, self.property)
        return compare_by(self.synonym.comparator_factory(self.property, self.parent, plain), op, other, modifiers)

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        own = self.synonym.descriptor
        return getattr(instance, self.property.key) if own is None else own.__get__(instance, owner)

    def __set__(self, instance: Any, value: Any) -> None:
        if self.synonym.descriptor is not None:
            self.synonym.descriptor.__set__(instance, value)
        else:
            setattr(instance, self.property.key, value)

    def __delete__(self, instance: Any) -> None:
        delattr(instance, self.property.key)


class SynonymProxy:
    """Another name of an attribute that stands for no column: on the class that attribute itself."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Any, owner: Any) -> Any:
        return getattr(owner if instance is None else instance, self.name)

    def __set__(self, instance: Any, value: Any) -> None:
        setattr(instance, self.name, value)

    def __delete__(self, instance: Any) -> None:
        delattr(instance, self.name)


class CompositeAttribute(_Proxy, InstrumentedAttribute[T], SQLCoreOperations[T]):
    """An attribute whose value is made of several columns; compared with ``==``, it compares each of them.

    The value of an object is made when it is first read, and again when one of the columns has another value.

    Attributes:
        entity: the mapper or alias.
    """

    visit_name = "composite"

    def __init__(self, entity: Any, prop: Any) -> None:
        self.key = prop.key
        self.class_ = entity.class_
        self.parent = self.entity = entity
        self.property = prop

    @property
    def clauses(self) -> tuple[Any, ...]:
        """The attributes of the columns."""
        return tuple(self.parent.attribute(one.key) for one in self.property.props)

    def __clause_element__(self) -> Any:
        return CompositeColumns(self)

    @property
    def expression(self) -> Any:
        """The columns."""
        return self.__clause_element__()

    @property
    def comparator(self) -> Any:
        """The comparisons, as the program's class defines them."""
        return self.property.comparator_factory(self.property, self.parent, self)

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        factory = self.property.comparator_factory
        if factory is not None:
            return compare_by(self.comparator, op, other, modifiers)
        return self.compare(op, other)

    def compare(self, op: Operator, others: tuple[Any, ...]) -> Any:
        """Return the comparison of each column with that of the other value.

        Raises: NotImplementedError: another operator than a comparison.
        """
        if op.kind == "order":
            return ClauseList(*[op(one) for one in self.clauses])
        if op not in _COMPARISONS:
            raise NotImplementedError(
                f"{op.name} is no comparison for {self}; a composite knows ==, !=, <, <=, > and >=."
            )
        values = self._values_of(others[0])
        return and_(*[op(one, value) for one, value in zip(self.clauses, values, strict=True)])

    def _values_of(self, other: Any) -> Any:
        if isinstance(other, CompositeAttribute):
            return other.clauses
        return self.property.values_of(other)

    def _delegate(self, name: str) -> Any:
        if self.property.comparator_factory is not None and hasattr(self.comparator, name):
            return getattr(self.comparator, name)
        raise self._no_attribute(name)

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} {self}>"

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        values = instance.__dict__
        names = self.property.names
        state = instance._sa_instance_state
        present = values.get(self.key, NO_VALUE)
        made_of = [values[name] if name in values else getattr(instance, name) for name in names]
        known = None if state.extra is None else state.extra.get("composites", {}).get(self.key)
        if present is not NO_VALUE and (known is None or known == made_of):
            return present
        made = self.property.make(made_of)
        values[self.key] = made
        self._remember(state, made_of)
        return made

    def _remember(self, state: Any, made_of: list[Any]) -> None:
        if state.extra is None:
            state.extra = {}
        state.extra.setdefault("composites", {})[self.key] = made_of

    def __set__(self, instance: Any, value: Any) -> None:
        parts = list(self.property.values_of(value))
        for name, part in zip(self.property.names, parts, strict=True):
            setattr(instance, name, part)
        instance.__dict__[self.key] = value
        self._remember(instance._sa_instance_state, parts)

    def __delete__(self, instance: Any) -> None:
        for name in self.property.names:
            set_attribute(instance, name, None)
        instance.__dict__.pop(self.key, None)


_COMPARISONS = frozenset((operators.eq, operators.ne, operators.lt, operators.le, operators.gt, operators.ge))


class CompositeColumns(ClauseList):
    """The columns of a composite, where SQL takes several: in ORDER BY, and as a part of a row.

    Attributes:
        attribute: the composite.
    """

    is_row_part = True

    def __init__(self, attribute: Any) -> None:
        super().__init__(*attribute.clauses)
        self.attribute = attribute
        self.key = attribute.key
        self.entity = attribute.parent

    def _entity_columns(self) -> tuple[Any, ...]:
        return self.attribute.clauses

    def row_part(self, names: Any) -> Any:
        """Return what makes the part of a row: the values -> an object of the composite's class."""
        return self.attribute.property.make
