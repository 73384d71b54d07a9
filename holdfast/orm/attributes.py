"""Mapped attributes: on the class a SQL expression, on an instance a plain value.

Each is a non-data descriptor: `__get__` runs only where the instance's ``__dict__`` has no value, and then loads it.
Writing is the business of the generated ``__setattr__`` (instrumentation.py), both sides of relationships that of
links.py.

The functions at the end are for code that works beside the attributes: loaders, the unit of work, validators.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from holdfast import exc
from holdfast.inspection import inspect, register_inspector
from holdfast.orm.history import BLANK, NO_VALUE, History
from holdfast.orm.links import Link, load_missing, note_change
from holdfast.orm.state import InstanceState, history_of
from holdfast.sql.element import ColumnElement
from holdfast.sql.operations import SQLCoreOperations
from holdfast.sql.operators import Operator
from holdfast.sql.shapes import ShapedComparisons

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

PASSIVE_OFF = "PASSIVE_OFF"
"""`get_history` loads what is not there."""

PASSIVE_NO_INITIALIZE = "PASSIVE_NO_INITIALIZE"
"""`get_history` tells what is in memory."""

if TYPE_CHECKING:

    class QueryableAttribute(ColumnElement[T_co]):
        """What a mapped attribute of a class is to SQL."""

        key: str
        class_: type[Any]
        parent: Any
        property: Any

        def any(self, criterion: Any = None, **kwargs: Any) -> ColumnElement[bool]: ...
        def has(self, criterion: Any = None, **kwargs: Any) -> ColumnElement[bool]: ...
        def and_(self, *criteria: Any) -> Any: ...

    class InstrumentedAttribute(QueryableAttribute[T_co]):
        """A mapped attribute: ``User.name`` is an expression, ``user.name`` a value."""

        @overload
        def __get__(self, instance: None, owner: Any) -> InstrumentedAttribute[T_co]: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T_co: ...
        def __get__(self, instance: object | None, owner: Any) -> InstrumentedAttribute[T_co] | T_co: ...

else:

    class QueryableAttribute(Generic[T_co]):
        """What a mapped attribute of a class is to SQL.

        Attributes:
            key: the attribute's name.
            class_: the mapped class.
            parent: its mapper.
            property: the mapping: a `ColumnProperty` or a `Relationship`.
        """

        key: str
        class_: type[Any]
        parent: Any
        property: Any

    class InstrumentedAttribute(QueryableAttribute[T_co]):
        """A mapped attribute: ``User.name`` is an expression, ``user.name`` a value."""

        is_attribute = True

        def __str__(self):
            return f"{self.parent.attribute_prefix}.{self.key}"

        @property
        def parententity(self):
            """The mapper, or the alias whose attribute this is."""
            return self.parent

        _parententity = parententity

        @property
        def prop(self):
            """The mapping: same as `property`."""
            return self.property

        def __getattr__(self, name):
            if name.startswith("_") or name in ("property", "column"):
                raise AttributeError(name)
            return self._delegate(name)

        def _no_attribute(self, name):
            return AttributeError(
                f"Neither 'InstrumentedAttribute' object nor 'Comparator' object associated with {self} has an "
                f"attribute {name!r}"
            )


class ColumnAttribute(ShapedComparisons, InstrumentedAttribute[T], ColumnElement[T]):
    """An attribute that stands for a column.

    Attributes:
        column: the column.
        entity: the mapper, for results that hold this expression.
    """

    visit_name = "attribute"
    _naming = "column"

    def __init__(self, entity: Any, prop: Any, key: str | None = None) -> None:
        self.key = prop.key if key is None else key
        self.class_ = entity.class_
        self.parent = self.entity = entity
        self.property = prop
        self.column = column = entity.adapted(prop.columns[0])
        self.type = column.type
        self.primary_key = column.primary_key
        # The key names what a row calls the value, and an alias is one of the values.
        self._key = ("c", _serial_of(prop.columns[0], prop.key) if key is None else key, entity.serial)
        self._values = column._values
        self._shapes = {}

    @property
    def name(self) -> str:
        """The column's name."""
        return self.column.name  # type: ignore[no-any-return]

    @property
    def table(self) -> Any:
        """The column's table."""
        return self.column.table

    @property
    def foreign_keys(self) -> Any:
        """The column's foreign keys."""
        return self.column.foreign_keys

    @property
    def expression(self) -> ColumnElement[T]:
        """The column."""
        return self.column  # type: ignore[no-any-return]

    @property
    def _froms(self) -> tuple[Any, ...]:  # type: ignore[override]
        return self.column._froms  # type: ignore[no-any-return]

    @property
    def _bind_base(self) -> str:
        return self.column._bind_base  # type: ignore[no-any-return]

    @property
    def _result_name(self) -> str | None:
        return self.column._result_name  # type: ignore[no-any-return]

    @property
    def _main_column(self) -> Any:
        return self.column

    @property
    def _derived_name(self) -> Any:  # type: ignore[override]
        return self.column._derived_name

    @property
    def _made_up_base(self) -> Any:  # type: ignore[override]
        return self.column._made_up_base

    @property
    def _lineage(self) -> frozenset[int]:
        return self.column._lineage | {id(self)}

    def _delegate(self, name: str) -> Any:
        try:
            return getattr(self.column, name)
        except AttributeError:
            raise self._no_attribute(name) from None

    def __get__(self, instance: Any, owner: Any) -> Any:
        if instance is None:
            return self
        state = instance._sa_instance_state
        # A new object has no row to ask; a value that was deleted since the last flush is NULL.
        if state.key is None or (state.old is not None and self.key in state.old):
            return None
        return load_missing(state, instance, self.key)


def _serial_of(column: Any, key: str) -> Any:
    """Return the number of a table's column, or the attribute's name for a column of a subquery, which has none."""
    return getattr(column, "serial", key)


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
        raise self._no_attribute(name)

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
        if state.key is not None and (old is None or key not in old or _is_queued(state, key)):
            return load_missing(state, instance, key)
        link = self._prop.link
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
        if state.key is not None and self.key in instance.__dict__ and (not state.old or self.key not in state.old):
            del instance.__dict__[self.key]
        return handles.make[self._prop.lazy](self._prop, state, instance)

    def __set__(self, instance: Any, value: Any) -> None:
        self.link.set(instance._sa_instance_state, instance, value)


class _Handles:
    """Makes the handles; filled by `loading.strategies.dynamic`.

    Attributes:
        make: "dynamic", "write_only" -> (relationship, state, instance) -> handle.
    """

    make: dict[str, Any] = {}


handles = _Handles()


def _is_queued(state: InstanceState, key: str) -> bool:
    return state.extra is not None and key in state.extra.get("pending", ())


def is_instrumented(instance: Any, key: str) -> bool:
    """Whether `key` is a mapped attribute of the instance's (or the) class."""
    class_ = instance if isinstance(instance, type) else type(instance)
    return isinstance(getattr(class_, key, None), InstrumentedAttribute)


def instance_state(instance: Any) -> InstanceState:
    """Return the tracking state of a mapped instance.

    Raises: UnmappedInstanceError: it is none.
    """
    try:
        return instance._sa_instance_state  # type: ignore[no-any-return]
    except AttributeError:
        raise exc.UnmappedInstanceError(instance) from None


def instance_dict(instance: Any) -> dict[str, Any]:
    """Return the instance's ``__dict__``: its loaded and its set values."""
    return instance.__dict__  # type: ignore[no-any-return]


def get_attribute(instance: Any, key: str) -> Any:
    """Return the value of an attribute, loading it if need be."""
    return getattr(instance, key)


def set_attribute(instance: Any, key: str, value: Any, initiator: Any = None) -> None:
    """Set an attribute with all that this entails: history, the other side, cascades.

    Unlike ``setattr`` this does not ask the class's own ``__setattr__``: that one may call this function.
    """
    state = instance_state(instance)
    link = state.mapper.links.get(key)
    if link is not None:
        link.set(state, instance, value)
        return
    note_change(state, instance, key, instance.__dict__.get(key, NO_VALUE))
    instance.__dict__[key] = value


def del_attribute(instance: Any, key: str) -> None:
    """Delete the value of an attribute: NULL at the next flush."""
    delattr(instance, key)


def init_collection(instance: Any, key: str) -> Any:
    """Give the instance a new, empty collection without history and return it."""
    state = instance_state(instance)
    return state.mapper.links[key].new_collection(state, instance)


def set_committed_value(instance: Any, key: str, value: Any) -> None:
    """Set an attribute as if it had just been loaded: no history, no other side."""
    state = instance_state(instance)
    link = state.mapper.links.get(key)
    if link is not None and link.many:
        members = value.values() if isinstance(value, dict) else value
        set_loaded_collection(state, instance, key, members)
    else:
        set_loaded(state, instance, key, value)


def set_loaded(state: InstanceState, instance: Any, key: str, value: Any) -> None:
    """Put a loaded value in its place; an unflushed change of this attribute is forgotten."""
    if state.old is not None:
        state.old.pop(key, None)
    instance.__dict__[key] = value


def set_loaded_collection(state: InstanceState, instance: Any, key: str, members: Iterable[Any]) -> Any:
    """Put loaded members in their place, with what happened to the collection while it was not loaded.

    Returns: the collection.
    """
    link: Link = state.mapper.links[key]
    pending = None if state.extra is None else state.extra.get("pending", {}).pop(key, None)
    if pending is None:
        if state.old is not None:
            state.old.pop(key, None)
        return link.new_collection(state, instance, members)
    loaded = list(members)
    if state.old is None:
        state.old = {}
    state.old[key] = loaded
    return link.new_collection(state, instance, pending.apply(loaded))


def history(state: InstanceState, instance: Any, key: str) -> History:
    """Return the changes of one attribute since the last flush or load; nothing is loaded."""
    return history_of(state, instance, key)


def get_history(obj: Any, key: str, passive: Any = PASSIVE_OFF) -> History:
    """Return the changes of one attribute since the last flush.

    Args:
        obj: a mapped instance.
        key: the attribute's name.
        passive: `PASSIVE_OFF` loads what is not there; `PASSIVE_NO_INITIALIZE` does not.
    """
    state = instance_state(obj)
    if key not in state.mapper.attrs:
        raise exc.InvalidRequestError(f"{type(obj).__name__} has no mapped attribute {key!r}")
    if passive == PASSIVE_OFF and state.key is not None:
        getattr(obj, key)
    return history_of(state, obj, key) or BLANK


def flag_modified(instance: Any, key: str) -> None:
    """Mark an attribute as changed although it was not set: for values changed in place, such as a JSON dict.

    Raises: InvalidRequestError: the attribute has no value in memory.
    """
    state = instance_state(instance)
    if key not in instance.__dict__:
        raise exc.InvalidRequestError(f"Can't flag attribute {key!r} modified; it's not present in the object state")
    note_change(state, instance, key, NO_VALUE)
    if state.old is not None:
        state.old[key] = NO_VALUE


def flag_dirty(instance: Any) -> None:
    """Mark an instance as dirty without naming an attribute: flush listeners get to see it."""
    state = instance_state(instance)
    if state.key is not None and state.holder is not None:
        state.holder.dirty[state] = instance


def commit_state(state: InstanceState) -> None:
    """Forget the history: the database has what the object has. The session's dirty objects are not touched."""
    state.old = None
    if state.extra is not None:
        state.extra.pop("pending", None)


register_inspector(InstrumentedAttribute, lambda attribute: attribute)
