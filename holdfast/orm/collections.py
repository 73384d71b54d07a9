"""Collections of related objects that keep the other side of the relationship equal whenever they change.

`InstrumentedList`, `InstrumentedSet` and `InstrumentedDict` are a list, a set and a dict whose changing methods tell
the relationship (`links.Link`) before and after each change. A collection that belongs to no object (made by hand, copied,
or replaced by another one) is nothing but a list, set or dict.

``relationship(collection_class=...)`` takes one of these types, a subclass, or a callable that returns one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from functools import cache
from typing import Any, ClassVar, Generic, Protocol, SupportsIndex, TypeVar

from holdfast.exc import ArgumentError, InvalidRequestError, ObjectDereferencedError
from holdfast.orm.history import NO_VALUE
from holdfast.orm.state import InstanceState

NO_KEY = object()
"""Stands for the key of a member that is not to be in the dict."""

T = TypeVar("T")
K = TypeVar("K")


class Side(Protocol):
    """What a collection tells its relationship."""

    key: str
    name: str

    def check_member(self, member: Any) -> None:
        """Raise if `member` can not be in the collection."""

    def accepted(self, owner: InstanceState, member: Any) -> Any:
        """Return what comes into the collection for `member`."""

    def before_change(self, owner: InstanceState, collection: Any) -> None:
        """Remember the members as they are."""

    def member_added(self, owner: InstanceState, member: Any) -> None:
        """Make the other side agree that `member` came."""

    def member_removed(self, owner: InstanceState, member: Any) -> None:
        """Make the other side agree that `member` went."""


def copy_of_collection(owner: Any, key: str) -> Any:
    """Return a new, empty collection of the kind that attribute `key` of `owner` has: for unpickling."""
    _ = owner._sa_instance_state  # configures the mapper in a process that has only just imported the class
    return type(owner).__mapper__.attrs[key].link.factory()


class Linked:
    """What list, set and dict have in common.

    Attributes:
        link_side: the relationship that is told about changes; None: a plain collection.
        link_owner: the state of the object that the collection belongs to.
    """

    __slots__ = ()

    link_kind: ClassVar[str]
    link_side: Side | None
    link_owner: InstanceState | None

    def __getattr__(self, name: str) -> Any:
        # A slot (or, in a subclass, an attribute) that nobody has filled: the collection belongs to no object.
        if name in ("link_side", "link_owner"):
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def link_to(self, side: Side, owner: InstanceState) -> None:
        """Make this the collection of an object."""
        self.link_side = side
        self.link_owner = owner

    def link_release(self) -> None:
        """Make this a plain collection: another one has taken its place."""
        self.link_side = self.link_owner = None

    def link_members(self) -> Any:
        """Return the members, to iterate over."""
        return self

    def _side(self) -> Side | None:
        """Return the relationship to tell, or None.

        Raises: ObjectDereferencedError: the owner is gone while its collection is kept: the change would be lost.
        """
        side = self.link_side
        if side is not None and self.link_owner() is None:  # type: ignore[misc]
            raise ObjectDereferencedError(
                f"Can't emit change event for attribute '{side.name}' - parent object of type "
                f"<{self.link_owner.mapper.class_.__name__}> has been garbage collected. "  # type: ignore[union-attr]
                "Keep a reference to the object as long as its collection is changed."
            )
        return side  # type: ignore[misc]

    def _accepted(self, member: Any) -> Any:
        """Return what comes in for `member`: a validator may change it."""
        side = self.link_side
        return member if side is None else side.accepted(self.link_owner, member)  # type: ignore[arg-type]

    def _starting(self, *members: Any) -> Side | None:
        """Announce a change that brings `members`; returns the relationship to tell afterwards."""
        side = self._side()
        if side is not None:
            for member in members:
                side.check_member(member)
            side.before_change(self.link_owner, self)  # type: ignore[arg-type]
        return side

    def _added(self, side: Side | None, member: Any) -> None:
        if side is not None:
            side.member_added(self.link_owner, member)  # type: ignore[arg-type]

    def _removed(self, side: Side | None, member: Any) -> None:
        if side is not None:
            side.member_removed(self.link_owner, member)  # type: ignore[arg-type]

    def _pickled_with(self, state: Any, items: Any = None, pairs: Any = None) -> Any:
        """Return what pickling needs: the owner gives the kind, and takes the members back."""
        owner = None if self.link_owner is None else self.link_owner()
        if owner is None or self.link_side is None:
            return state
        key = self.link_side.key
        return copy_of_collection, (owner, key), (owner, key), items, pairs

    def __setstate__(self, place: tuple[Any, str]) -> None:
        owner, key = place
        self.link_to(type(owner).__mapper__.attrs[key].link, owner._sa_instance_state)


class LinkedList(Linked, Generic[T]):
    """The changing methods of a list; stands before `list` among the bases."""

    __slots__ = ()
    link_kind = "list"

    def link_add(self, member: Any) -> None:
        """Append without telling anybody."""
        super().append(member)  # type: ignore[misc]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Append all without telling anybody."""
        if self.__class__ is InstrumentedList:
            list.extend(self, members)  # type: ignore[arg-type]
            return
        # A class of the program's own may want to see each of them.
        for member in members:
            super().append(member)  # type: ignore[misc]

    def link_discard(self, member: Any) -> None:
        """Take `member`, that very object, out wherever it is, without telling anybody."""
        for position in reversed(positions_of(self, member)):  # type: ignore[arg-type]
            super().__delitem__(position)  # type: ignore[misc]

    def append(self, item: T) -> None:
        item = self._accepted(item)
        side = self._starting(item)
        super().append(item)  # type: ignore[misc]
        self._added(side, item)

    def extend(self, items: Iterable[T]) -> None:
        for item in list(items):
            self.append(item)

    def __iadd__(self, items: Iterable[T]) -> Any:
        self.extend(items)
        return self

    def insert(self, index: SupportsIndex, item: T) -> None:
        item = self._accepted(item)
        side = self._starting(item)
        super().insert(index, item)  # type: ignore[misc]
        self._added(side, item)

    def remove(self, item: T) -> None:
        self.pop(self.index(item))

    def pop(self, index: SupportsIndex = -1) -> T:
        side = self._starting()
        item: T = super().pop(index)  # type: ignore[misc]
        self._removed(side, item)
        return item

    def clear(self) -> None:
        side = self._starting()
        members = list(self)
        super().clear()  # type: ignore[misc]
        for member in members:
            self._removed(side, member)

    def __setitem__(self, index: Any, value: Any) -> None:
        value = [self._accepted(one) for one in value] if isinstance(index, slice) else self._accepted(value)
        before = self[index] if isinstance(index, slice) else [self[index]]  # type: ignore[index]
        after = value if isinstance(index, slice) else [value]
        side = self._starting(*after)
        super().__setitem__(index, value)  # type: ignore[misc]
        for member in before:
            self._removed(side, member)
        stayed = {id(member) for member in before}
        for member in after:
            if id(member) not in stayed:
                self._added(side, member)

    def __delitem__(self, index: Any) -> None:
        members = self[index] if isinstance(index, slice) else [self[index]]  # type: ignore[index]
        side = self._starting()
        super().__delitem__(index)  # type: ignore[misc]
        for member in members:
            self._removed(side, member)

    def __imul__(self, count: SupportsIndex) -> Any:
        raise TypeError("a collection of related objects can not be multiplied: it would hold each member many times")

    def __copy__(self) -> list[T]:
        return list(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return self._pickled_with((list, (list(self),)), iter(self))


def positions_of(members: list[Any], wanted: Any) -> list[int]:
    """Return where in a list that very object is.

    Only objects that compare by identity may be searched for with ``==``, which is much faster.
    """
    if type(wanted).__eq__ is not object.__eq__:
        return [position for position, member in enumerate(members) if member is wanted]
    found: list[int] = []
    start = 0
    try:
        while True:
            start = list.index(members, wanted, start) + 1
            found.append(start - 1)
    except ValueError:
        return [position for position in found if members[position] is wanted]


class LinkedSet(Linked, Generic[T]):
    """The changing methods of a set; stands before `set` among the bases."""

    __slots__ = ()
    link_kind = "set"

    def link_add(self, member: Any) -> None:
        """Add without telling anybody."""
        set.add(self, member)  # type: ignore[arg-type]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Add all without telling anybody."""
        set.update(self, members)  # type: ignore[arg-type]

    def link_discard(self, member: Any) -> None:
        """Remove without telling anybody."""
        set.discard(self, member)  # type: ignore[arg-type]

    def add(self, item: T) -> None:
        if item in self:
            return
        item = self._accepted(item)
        side = self._starting(item)
        super().add(item)  # type: ignore[misc]
        self._added(side, item)

    def discard(self, item: T) -> None:
        if item in self:
            self.remove(item)

    def remove(self, item: T) -> None:
        side = self._starting()
        super().remove(item)  # type: ignore[misc]
        self._removed(side, item)

    def pop(self) -> T:
        side = self._starting()
        item: T = super().pop()  # type: ignore[misc]
        self._removed(side, item)
        return item

    def clear(self) -> None:
        for item in list(self):
            self.remove(item)

    def update(self, *others: Iterable[T]) -> None:
        for other in others:
            for item in list(other):
                self.add(item)

    def difference_update(self, *others: Iterable[Any]) -> None:
        for other in others:
            for item in list(other):
                self.discard(item)

    def intersection_update(self, *others: Iterable[Any]) -> None:
        self._become(set.intersection(self, *others))  # type: ignore[arg-type]

    def symmetric_difference_update(self, other: Iterable[T]) -> None:
        self._become(set.symmetric_difference(self, other))  # type: ignore[arg-type]

    def _become(self, wanted: set[Any]) -> None:
        self.difference_update(set(self) - wanted)
        self.update(wanted)

    def __ior__(self, other: Any) -> Any:
        return self._in_place(self.update, other)

    def __isub__(self, other: Any) -> Any:
        return self._in_place(self.difference_update, other)

    def __iand__(self, other: Any) -> Any:
        return self._in_place(self.intersection_update, other)

    def __ixor__(self, other: Any) -> Any:
        return self._in_place(self.symmetric_difference_update, other)

    def _in_place(self, change: Callable[[Any], None], other: Any) -> Any:
        if not isinstance(other, (set, frozenset)):
            return NotImplemented
        change(other)
        return self

    def __copy__(self) -> set[T]:
        return set(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        # Members may refer to the set: they are put in when all of them are complete, so they go with the state.
        reduced = self._pickled_with((set, (list(self),)))
        if reduced[0] is set:
            return reduced
        return (*reduced[:2], (*reduced[2], list(self)))

    def __setstate__(self, place: Any) -> None:
        owner, key, members = place
        set.update(self, members)  # type: ignore[arg-type]
        super().__setstate__((owner, key))


class LinkedDict(Linked, Generic[K, T]):
    """The changing methods of a dict whose values are the members; stands before `dict` among the bases."""

    __slots__ = ()
    link_kind = "dict"

    def link_key(self, member: Any) -> Any:
        """Return the key that `member` stands under."""
        raise TypeError(
            f"{type(self).__name__} does not know under which key a member belongs; give the relationship a "
            "collection_class such as attribute_keyed_dict('name')."
        )

    def link_members(self) -> Any:
        return self.values()

    def link_add(self, member: Any) -> None:
        """Put under its key without telling anybody; one without a key stays away if that is wanted."""
        key = self.link_key(member)
        if key is not NO_KEY:
            dict.__setitem__(self, key, member)  # type: ignore[index]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Put all under their keys without telling anybody."""
        for member in members:
            self.link_add(member)

    def link_discard(self, member: Any) -> None:
        """Remove wherever it is without telling anybody: its key may have changed meanwhile."""
        for key in [key for key, value in self.items() if value is member]:
            dict.__delitem__(self, key)  # type: ignore[arg-type]

    def __setitem__(self, key: K, member: T) -> None:
        member = self._accepted(member)
        side = self._starting(member)
        before = dict.get(self, key)  # type: ignore[call-overload]
        super().__setitem__(key, member)  # type: ignore[misc]
        if before is not None and before is not member:
            self._removed(side, before)
        if before is not member:
            self._added(side, member)

    def __delitem__(self, key: K) -> None:
        self.pop(key)

    def pop(self, key: K, *default: Any) -> Any:
        if key not in self:
            return dict.pop(self, key, *default)  # type: ignore[call-overload]
        side = self._starting()
        member = super().pop(key)  # type: ignore[misc]
        self._removed(side, member)
        return member

    def popitem(self) -> tuple[K, T]:
        side = self._starting()
        key, member = super().popitem()  # type: ignore[misc]
        self._removed(side, member)
        return key, member

    def clear(self) -> None:
        for key in list(self):
            self.pop(key)

    def setdefault(self, key: K, default: Any = None) -> Any:
        if key not in self:
            self[key] = default
        return self[key]  # type: ignore[index]

    def update(self, *others: Any, **named: Any) -> None:
        for key, member in dict(*others, **named).items():
            self[key] = member

    def __ior__(self, other: Any) -> Any:
        self.update(other)
        return self

    def __copy__(self) -> dict[K, T]:
        return dict(self)

    def __reduce_ex__(self, protocol: Any) -> Any:
        pairs = list(self.items())
        reduced = self._pickled_with((dict, (pairs,)))
        return reduced if reduced[0] is dict else (*reduced[:2], reduced[2], None, iter(pairs))


class InstrumentedList(LinkedList[T], list[T]):
    """A list of related objects."""

    __slots__ = ("link_owner", "link_side")


class InstrumentedSet(LinkedSet[T], set[T]):  # type: ignore[misc]
    """A set of related objects."""

    __slots__ = ("link_owner", "link_side")


class InstrumentedDict(LinkedDict[K, T], dict[K, T]):
    """A dict of related objects under keys that the program chooses."""

    __slots__ = ("link_owner", "link_side")


class KeyFuncDict(InstrumentedDict[K, T]):
    """A dict of related objects under keys that a function takes from them.

    Args:
        keyfunc: member -> key; `NO_VALUE` where the member has none yet.
        ignore_unpopulated_attribute: members without a key stay away; otherwise they are an error.
    """

    __slots__ = ("ignore_unpopulated_attribute", "keyfunc")

    def __init__(
        self, keyfunc: Callable[[Any], Any], *_: Any, ignore_unpopulated_attribute: bool = False, **__: Any
    ) -> None:
        super().__init__()
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute

    def link_key(self, member: Any) -> Any:
        key = self.keyfunc(member)
        if key is not NO_VALUE:
            return key
        if self.ignore_unpopulated_attribute:
            return NO_KEY
        shown = f"<{type(member).__name__} at {id(member):#x}>"
        side: Any = self.link_side
        name = getattr(getattr(side, "reverse", None) or side, "name", "the collection")
        raise InvalidRequestError(
            f"In event triggered from population of attribute '{name}' (potentially from a backref), can't populate "
            f"value in KeyFuncDict; dictionary key derived from {shown} is not populated. Ensure appropriate state is "
            f"set up on the {shown} object before assigning to the {name} attribute. To skip this assignment entirely, "
            'Set the "ignore_unpopulated_attribute=True" parameter on the mapped collection factory.'
        )

    def set(self, value: T) -> None:
        """Put `value` under its key."""
        key = self.link_key(value)
        if key is not NO_KEY:
            self[key] = value

    def remove(self, value: T) -> None:
        """Remove `value` from its key.

        Raises: InvalidRequestError: another object stands there.
        """
        key = self.link_key(value)
        if key is NO_KEY:
            return
        if self[key] is not value:
            raise InvalidRequestError(
                f"Can not remove '{value}': collection holds '{self[key]}' for key '{key}'. Possible cause: is the "
                "KeyFuncDict key function based on mutable properties or properties that only obtain values after flush?"
            )
        del self[key]


MappedCollection = KeyFuncDict
"""The name of the 1.x series."""


def keyfunc_mapping(
    keyfunc: Callable[[Any], Any], *, ignore_unpopulated_attribute: bool = False
) -> Callable[[], KeyFuncDict[Any, Any]]:
    """Return a `collection_class`: a dict keyed by what `keyfunc` returns for a member.

    Args:
        keyfunc: member -> key.
        ignore_unpopulated_attribute: members whose key is not known yet stay away; otherwise they are an error.
    """

    def make() -> KeyFuncDict[Any, Any]:
        return KeyFuncDict(keyfunc, ignore_unpopulated_attribute=ignore_unpopulated_attribute)

    return make


def attribute_keyed_dict(
    attr_name: str, *, ignore_unpopulated_attribute: bool = False
) -> Callable[[], KeyFuncDict[Any, Any]]:
    """Return a `collection_class`: a dict keyed by an attribute of the members; see `keyfunc_mapping`."""

    def key_of(member: Any) -> Any:
        return _value_for_key(member, attr_name)

    return keyfunc_mapping(key_of, ignore_unpopulated_attribute=ignore_unpopulated_attribute)


def column_keyed_dict(
    mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False
) -> Callable[[], KeyFuncDict[Any, Any]]:
    """Return a `collection_class`: a dict keyed by the attribute that stands for a column; see `keyfunc_mapping`.

    Args:
        mapping_spec: a column, or several: the keys are then tuples.
    """
    columns = tuple(mapping_spec) if isinstance(mapping_spec, (list, tuple)) else (mapping_spec,)

    def key_of(member: Any) -> Any:
        name_of = type(member).__mapper__.name_of_column
        keys = [_value_for_key(member, name_of(column)) for column in columns]
        if any(key is NO_VALUE for key in keys):
            return NO_VALUE
        return keys[0] if len(keys) == 1 else tuple(keys)

    return keyfunc_mapping(key_of, ignore_unpopulated_attribute=ignore_unpopulated_attribute)


def _value_for_key(member: Any, name: str) -> Any:
    """Return an attribute's value; `NO_VALUE` if a new object does not have it yet."""
    if name in member.__dict__:
        return member.__dict__[name]
    state = getattr(member, "_sa_instance_state", None)
    is_unset = state is not None and state.key is None and name in state.mapper.column_set
    return NO_VALUE if is_unset else getattr(member, name)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict


class LinkedOther(Linked):
    """The changing methods of a class that is no list, set or dict: those that it has marked, or that have known names.

    `own_methods` makes them: ``link_add``, ``link_remove`` and ``link_iterate`` are the class's own ones.
    """

    __slots__ = ()
    link_kind = "other"

    def link_members(self) -> Any:
        return list(self.link_iterate())  # type: ignore[attr-defined]

    def link_fill(self, members: Iterable[Any]) -> None:
        """Put all in without telling anybody."""
        for member in members:
            self.link_add(member)  # type: ignore[attr-defined]

    def link_discard(self, member: Any) -> None:
        """Take out without telling anybody."""
        if any(one is member for one in self.link_members()):
            self.link_remove(member)  # type: ignore[attr-defined]

    def clear(self) -> None:
        """Take all out."""
        side = self._starting()
        for member in self.link_members():
            self.link_remove(member)  # type: ignore[attr-defined]
            self._removed(side, member)

    def __len__(self) -> int:
        return len(self.link_members())

    def __bool__(self) -> bool:
        return True


_ROLE = "_holdfast_collection_role"


def _mark(role: str) -> Callable[[Any], Any]:
    def decorate(function: Any) -> Any:
        setattr(function, _ROLE, role)
        return function

    return decorate


class collection:
    """Decorators for the methods of a collection class of the program's own.

    `appender` (self, member), `remover` (self, member) and `iterator` (self) are needed, unless the class has methods
    called append or add, remove, and ``__iter__``. `adds`, `removes` and `replaces` mark further methods by the position
    of their argument that is the member.
    """

    appender = staticmethod(_mark("appender"))
    remover = staticmethod(_mark("remover"))
    iterator = staticmethod(_mark("iterator"))
    internally_instrumented = staticmethod(_mark("internally_instrumented"))
    converter = staticmethod(_mark("converter"))

    @staticmethod
    def adds(arg: Any) -> Callable[[Any], Any]:
        """Mark a method that adds its argument number `arg`."""
        return _mark("adds")

    @staticmethod
    def replaces(arg: Any) -> Callable[[Any], Any]:
        """Mark a method that adds its argument number `arg` and returns what it replaces."""
        return _mark("replaces")

    @staticmethod
    def removes(arg: Any) -> Callable[[Any], Any]:
        """Mark a method that removes its argument number `arg`."""
        return _mark("removes")

    @staticmethod
    def removes_return() -> Callable[[Any], Any]:
        """Mark a method that removes what it returns."""
        return _mark("removes_return")


_KNOWN_NAMES = {"appender": ("append", "add"), "remover": ("remove", "discard"), "iterator": ("__iter__",)}


def own_methods(plain: type[Any], only_marked: bool = False) -> dict[str, Any]:
    """Return the methods that stand before those of a collection class of the program's own.

    Args:
        plain: the class.
        only_marked: names say nothing: the class is a list, set or dict.
    """
    found: dict[str, Any] = {}
    roles: dict[str, str] = {}
    for name in dir(plain):
        role = getattr(getattr(plain, name, None), _ROLE, None)
        if isinstance(role, str):
            roles.setdefault(role, name)
            found.update(_wrapped(plain, name, role))
    if only_marked and "appender" not in roles:
        return found
    for role, names in _KNOWN_NAMES.items():
        known = next((name for name in names if hasattr(plain, name)), None)
        if role not in roles and known is not None:
            roles[role] = known
            found.update(_wrapped(plain, known, role))
    for role, name in (("appender", "link_add"), ("remover", "link_remove"), ("iterator", "link_iterate")):
        if role in roles:
            found[name] = getattr(plain, roles[role])
    return found


def _wrapped(plain: type[Any], name: str, role: str) -> dict[str, Any]:
    """Return a method that also tells the relationship what came or went."""
    own = getattr(plain, name)

    def adding(self: Any, *arguments: Any) -> Any:
        member = self._accepted(arguments[-1])
        side = self._starting(member)
        result = own(self, *arguments[:-1], member)
        if role == "replaces" and result is not None:
            self._removed(side, result)
        self._added(side, member)
        return result

    def removing(self: Any, *arguments: Any) -> Any:
        side = self._starting()
        result = own(self, *arguments)
        self._removed(side, result if role == "removes_return" else arguments[0])
        return result

    if role in ("appender", "adds", "replaces"):
        return {name: adding}
    return {name: removing} if role in ("remover", "removes", "removes_return") else {}


_KINDS: tuple[tuple[type[Any], type[Linked], type[Any]], ...] = (
    (list, LinkedList, InstrumentedList),
    (set, LinkedSet, InstrumentedSet),
    (dict, LinkedDict, InstrumentedDict),
)

_ACCEPTED: dict[str, type[Any]] = {"list": list, "set": Set, "dict": Mapping}


def collection_factory(wanted: Any) -> Callable[[], Any]:
    """Return what makes an empty linked collection for ``relationship(collection_class=wanted)``.

    Raises: TypeError: `wanted` is neither a list, set or dict type nor a callable that makes one.
    """
    if isinstance(wanted, type):
        return linked_class(wanted)
    if not callable(wanted):
        raise TypeError(f"collection_class must be a list, set or dict type or a callable, not {wanted!r}")
    made = wanted()
    if isinstance(made, Linked):
        return wanted
    linked = linked_class(type(made))
    if type(made) in (list, set, dict):
        return lambda: linked(wanted())

    def make() -> Any:
        # What the callable has set up stays: the object itself becomes a linked one.
        fresh = wanted()
        fresh.__class__ = linked
        return fresh

    return make


@cache
def linked_class(plain: type[Any]) -> type[Any]:
    """Return the linked form of a collection type: itself, one of ours, or a new subclass of it."""
    if issubclass(plain, Linked):
        return plain
    for base, methods, ready in _KINDS:
        if plain is base:
            return ready
        if issubclass(plain, base):
            body = {"__module__": plain.__module__, **own_methods(plain, only_marked=True)}
            return type(plain.__name__, (methods, plain), body)
    body = own_methods(plain)
    if "link_add" not in body:
        raise _without_appender(plain)
    return type(plain.__name__, (LinkedOther, plain), {"__module__": plain.__module__, **body})


def _without_appender(plain: type[Any]) -> ArgumentError:
    return ArgumentError(
        f"Type {plain.__name__} must elect an appender method to be a collection class. Derive it from list or set, take "
        "attribute_keyed_dict('name') for a dict, or mark its methods: @collection.appender, @collection.remover, "
        "@collection.iterator."
    )


def members_given(collection: Any, given: Any) -> list[Any]:
    """Return the members of a value that a program assigns to a relationship.

    Args:
        collection: an empty collection of the kind wanted.
        given: the value.

    Raises: TypeError: `given` is of another kind.
    """
    kind = collection.link_kind
    if kind == "other":
        return list(iterate(given))
    if not isinstance(given, _ACCEPTED[kind]):
        found = "None" if given is None else type(given).__name__
        raise TypeError(f"Incompatible collection type: {found} is not {kind}-like")
    return list(given.values()) if kind == "dict" else list(given)


def iterate(collection: Any) -> Iterator[Any]:
    """Yield the members of a linked or plain list, set or dict."""
    return iter(collection.link_members() if isinstance(collection, Linked) else collection)
