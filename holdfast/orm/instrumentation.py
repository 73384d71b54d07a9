"""Gives mapped classes their tracked behaviour: generated ``__setattr__``, ``__delattr__`` and ``__init__``, the state
class, and the twin class through which rows become objects.

A mapped attribute is a non-data descriptor; its value is a plain entry of the instance's ``__dict__``, so reading costs
what it costs on any class. Writing goes through one generated ``__setattr__`` which records the value before, and then
calls the ``__setattr__`` that the class would have had: models with rules of their own keep them. The decision, the
measurements and the traps: docs/decisions/0001-plain-attributes.md.

The state of an object is made when it is first asked for (`StateOnDemand`), so it does not matter which of
``__new__``, ``__init__``, ``copy`` or ``pickle`` made the object.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from holdfast.orm.construction import CONSTRUCTOR, is_heard
from holdfast.orm.copying import copy_mapped, deepcopy_mapped, wrap_own_copy, wrap_own_setstate
from holdfast.orm.generated_methods import InstrumentedMapper, generate_delattr, generate_init, generate_setattr
from holdfast.orm.identity_map import forget_dropped
from holdfast.orm.state import InstanceState

GENERATED = "_holdfast_original"
"""Attribute of a function that stands in a mapped class in the place of the one it holds (None: there was none)."""


def new_state_class(mapper: InstrumentedMapper) -> type[InstanceState]:
    """Return the state class of one mapper."""
    return type(f"{mapper.class_.__name__}State", (InstanceState,), {"__slots__": (), "mapper": mapper})


class StateOnDemand:
    """Class attribute ``_sa_instance_state``: gives an object that has no state yet a transient one."""

    def __get__(self, instance: Any, owner: type[Any]) -> Any:
        if instance is None:
            raise AttributeError(f"class {owner.__name__!r} has no attribute '_sa_instance_state', its objects have")
        mapper = owner.__mapper__
        if not mapper.configured:
            mapper.configure()
        state = mapper.state_class(instance, forget_dropped)
        state.row_key = state.holder = state.old = state.extra = None
        state.flags = 0
        instance.__dict__["_sa_instance_state"] = state
        if mapper.discriminator is not None:
            instance.__dict__.setdefault(*mapper.discriminator)
        return state


def prepare(mapper: InstrumentedMapper) -> None:
    """Make a class ready to be configured: the first use of an object configures all mappers, then goes on.

    Raises: TypeError: objects of the class have no ``__dict__`` or no weak references.
    """
    class_ = mapper.class_
    type.__setattr__(class_, "_sa_instance_state", StateOnDemand())

    def first_setattr(self: Any, name: str, value: Any) -> None:
        mapper.configure()
        class_.__setattr__(self, name, value)

    def first_delattr(self: Any, name: str) -> None:
        mapper.configure()
        class_.__delattr__(self, name)

    def first_init(self: Any, **values: Any) -> None:
        mapper.configure()
        class_.__init__(self, **values)

    _put(class_, "__setattr__", first_setattr)
    _put(class_, "__delattr__", first_delattr)
    if hasattr(_next_method(class_, "__init__"), CONSTRUCTOR):
        _put(class_, "__init__", first_init)
    elif not hasattr(class_.__init__, GENERATED):
        type.__setattr__(class_, "__init__", _wrap_init(class_.__init__, mapper))
    for name, function, wrap in _COPYING:
        own = getattr(class_, name, None)
        if own is None and function is not None:
            type.__setattr__(class_, name, function)
        elif own is not None and own is not function and not hasattr(own, "__wrapped__"):
            type.__setattr__(class_, name, wrap(own))


_COPYING: tuple[tuple[str, Callable[..., Any] | None, Callable[..., Any]], ...] = (
    ("__copy__", copy_mapped, wrap_own_copy),
    ("__deepcopy__", deepcopy_mapped, wrap_own_copy),
    ("__setstate__", None, wrap_own_setstate),
)


def instrument(mapper: InstrumentedMapper) -> None:
    """Generate the methods of a configured class; again whenever an attribute is added later."""
    class_ = mapper.class_
    _put(class_, "__setattr__", generate_setattr(mapper, _next_method(class_, "__setattr__")))
    _put(class_, "__delattr__", generate_delattr(mapper, _next_method(class_, "__delattr__")))
    own_init = getattr(class_.__dict__.get("__init__"), GENERATED, _wrap_init)
    if own_init is None or hasattr(own_init, CONSTRUCTOR):
        _put(class_, "__init__", generate_init(mapper, _next_method(class_, "__setattr__") is object.__setattr__))


def remove(class_: type[Any]) -> None:
    """Give a class back what it was before it was mapped."""
    names = ("__setattr__", "__delattr__", "__init__", *[name for name, _, _ in _COPYING])
    for name in names:
        present = class_.__dict__.get(name)
        if present is None:
            continue
        own = getattr(present, GENERATED, getattr(present, "__wrapped__", present))
        if own is None or own in (copy_mapped, deepcopy_mapped):
            type.__delattr__(class_, name)
        elif own is not present:
            type.__setattr__(class_, name, own)
    for name in ("_sa_instance_state", "__mapper__"):
        if name in class_.__dict__:
            type.__delattr__(class_, name)


def _wrap_init(own: Callable[..., None], mapper: InstrumentedMapper) -> Callable[..., None]:
    """Return the class's own ``__init__``, before and after which the object has a state.

    After it too: an ``__init__`` may give the object a new ``__dict__``, as that of pydantic does.
    """

    @wraps(own)
    def __init__(self: Any, *arguments: Any, **values: Any) -> None:
        self._sa_instance_state  # noqa: B018
        made = type(self)
        # A class without an `__init__` of its own has this one: its listeners hear, not those of the class above.
        heard = made.__mapper__ if made is not class_ and made.__init__ is __init__ else mapper
        if is_heard(heard.dispatch):
            from holdfast.orm.heard_making import init_heard

            init_heard(heard, own, self, arguments, values)
        else:
            own(self, *arguments, **values)
        self._sa_instance_state  # noqa: B018

    class_ = mapper.class_
    setattr(__init__, GENERATED, own)
    return __init__


def _put(class_: type[Any], name: str, function: Callable[..., Any]) -> None:
    """Put a function into a class, and remember in it what the class itself had there."""
    present = class_.__dict__.get(name)
    setattr(function, GENERATED, getattr(present, GENERATED, present))
    function.__qualname__ = f"{class_.__qualname__}.{name}"
    function.__module__ = class_.__module__
    type.__setattr__(class_, name, function)


def _next_method(class_: type[Any], name: str) -> Callable[..., Any]:
    """Return the method that a class would have without us: its own, or the inherited one."""
    for base in class_.__mro__:
        found = base.__dict__.get(name)
        found = getattr(found, GENERATED, found)
        if found is not None:
            return found  # type: ignore[no-any-return]
    raise AssertionError(f"object has no {name}")


def make_twin(class_: type[Any]) -> type[Any] | None:
    """Return a bare class of the same layout, or None where objects can not change from it into `class_`.

    Rows become objects of the twin, whose attributes are stored without any ``__setattr__``, and then change class.
    That is right only where ``__new__`` is that of `object`; the rest is found out by trying it once.
    """
    if class_.__new__ is not object.__new__:
        return None
    twin = type(f"{class_.__name__}Twin", (), {})
    probe = object.__new__(twin)
    probe._sa_instance_state = None
    try:
        probe.__class__ = class_
    except TypeError:
        return None
    return twin if probe.__dict__ == {"_sa_instance_state": None} else None
