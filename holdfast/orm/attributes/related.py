"""Attributes that stand for related objects."""

from __future__ import annotations

from typing import Any, TypeVar

from holdfast.inspection import inspect
from holdfast.orm.attributes.instrumented import InstrumentedAttribute
from holdfast.orm.links import Link
from holdfast.orm.missing_values import load_missing
from holdfast.orm.state import EXPIRED, InstanceState
from holdfast.sql.operations import SQLCoreOperations
from holdfast.sql.operators import Operator

T = TypeVar("T")


class RelationshipAttribute(InstrumentedAttribute[T], SQLCoreOperations[T]):
    """An attribute that stands for related objects; comparisons become joins of keys or EXISTS.

    Attributes:
        link: what happens when it is set.
    """

    visit_name = "relationship"

    def __init__(self, entity: Any, prop: Any, target: Any = None, criteria: tuple[Any, ...] = ()) -> None:
        self.key = prop.key
        self.class_ = entity.class_
        self.parent = self.entity_parent = entity
        self._prop = prop
        self._target = target
        self._criteria = criteria
        self._base: Any = None

    @property
    def link(self) -> Link:
        """The relationship at run time."""
        return self._prop.link  # type: ignore[no-any-return]

    @property
    def entity(self) -> Any:
        """The mapper of the related class, or the entity given by `of_type`."""
        return self._expressions.target

    @property
    def mapper(self) -> Any:
        """The mapper of the related class."""
        return self._expressions.relationship.mapper

    @property
    def comparator(self) -> Any:
        """What comparisons mean: this attribute itself."""
        return self

    @property
    def _expressions(self) -> Any:
        found = self.__dict__.get("_own_expressions")
        if found is None or found.relationship.expressions is not self._base:
            self.parent.configure()
            self._base = base = self._prop.expressions
            is_plain = self.parent is self._prop.parent and self._target is None and not self._criteria
            found = base if is_plain else type(base)(self._prop, self.parent, self._target, self._criteria)
            self._own_expressions = found
        return found

    def __clause_element__(self) -> Any:
        return self._expressions.condition().label(self.key)

    def __join_step__(self, isouter: bool = False, full: bool = False, left_hint: Any = None) -> Any:
        """Return the steps of a join to the related class: two where a secondary table stands between."""
        return self._expressions.join_steps(isouter, full, left_hint)

    def of_type(self, entity: Any) -> Any:
        """Return this relationship as one to another entity: an alias of the related class."""
        found = getattr(entity, "__mapper__", None) if isinstance(entity, type) else inspect(entity)
        return RelationshipAttribute(self.parent, self._prop, found, self._criteria)

    def adapt_to_entity(self, adapt_to_entity: Any) -> Any:
        """Return this relationship as that of an alias of its class.

        Args: adapt_to_entity: what `inspect` tells of the alias.
        """
        return type(self)(adapt_to_entity, self._prop, self._target, self._criteria)

    def operate(self, op: Operator, *other: Any, **modifiers: Any) -> Any:
        return self._expressions.operate(op, *other, **modifiers)

    def any(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Return EXISTS: a member of the collection fulfils the criteria."""
        return self._expressions.any(criterion, kwargs)

    def has(self, criterion: Any = None, **kwargs: Any) -> Any:
        """Return EXISTS: the related object fulfils the criteria."""
        return self._expressions.has(criterion, kwargs)

    def contains(self, other: Any, **modifiers: Any) -> Any:
        """Return the condition that the collection holds an object."""
        return self._expressions.contains(other)

    def and_(self, *criteria: Any) -> Any:
        """Return this relationship as a join target with more conditions for the ON clause."""
        return RelationshipAttribute(self.parent, self._prop, self._target, (*self._criteria, *criteria))

    def _delegate(self, name: str) -> Any:
        error = self._no_attribute(name)
        if self.parent.configured and name in self._prop.mapper.attribute_names:
            target, ask = self._prop.mapper.class_name, "any" if self._prop.uselist else "has"
            raise AttributeError(
                f"{error}. {target} has it: join, select({self.parent.class_name}).join({self})"
                f".where({target}.{name} == ...), or ask whether there is one, {self}.{ask}({target}.{name} == ...)."
            )
        raise error

    def __hash__(self) -> int:
        return object.__hash__(self)

    def __repr__(self) -> str:
        return f"<{type(self).__module__}.{type(self).__name__} {self}>"

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = instance._sa_instance_state
        key = self.key
        old = state.old
        if state.row_key is None:
            is_missing = bool(state.flags & EXPIRED)
        else:
            is_missing = old is None or key not in old or _is_queued(state, key)
        if is_missing:
            return load_missing(state, instance, key)
        link = self._prop.link
        if state.row_key is None and (holder := _loading_holder(state, link)) is not None:
            return holder.load_missing(state, instance, key)
        return link.new_collection(state, instance) if link.many else None


def _known_property(attribute: Any) -> Any:
    """Return the mapping of a relationship's attribute; all relationships are known when a program asks for it."""
    if not attribute.parent.configured:
        attribute.parent.configure()
    return attribute._prop


# Here, because inside of the class the name is that of this very attribute.
RelationshipAttribute.property = property(_known_property)  # type: ignore[assignment]


class UnheldAttribute(RelationshipAttribute[T]):
    """A collection that is never in memory: reading gives a handle to ask and to change it (dynamic, write-only).

    A data descriptor, unlike the others: the members of a new object stand in its ``__dict__`` until it is flushed.
    """

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = instance._sa_instance_state
        if state.row_key is not None and self.key in instance.__dict__ and (not state.old or self.key not in state.old):
            del instance.__dict__[self.key]
        return handles.make[self._prop.lazy](self._prop, state, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        self.link.set(instance._sa_instance_state, instance, value)


class _Handles:
    """Makes the handles; filled by `session.handles`.

    Attributes:
        make: "dynamic", "write_only" -> (relationship, state, instance) -> handle.
    """

    make: dict[str, Any] = {}


handles = _Handles()


def _loading_holder(state: InstanceState, link: Link) -> Any:
    """Return what loads a relationship of a new object: with ``load_on_pending`` or `enable_relationship_loading`."""
    if link.loads_on_pending:
        return state.holder
    return None if state.extra is None else state.extra.get("loads_relationships")


def _is_queued(state: InstanceState, key: str) -> bool:
    return state.extra is not None and key in state.extra.get("pending", ())
