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

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Protocol

from holdfast._util.codegen import compile_function
from holdfast._util.suggestions import did_you_mean
from holdfast.orm.copying import copy_mapped, deepcopy_mapped, wrap_own_copy, wrap_own_setstate
from holdfast.orm.history import NO_VALUE
from holdfast.orm.identity_map import forget_dropped
from holdfast.orm.links import Link, note_change
from holdfast.orm.state import InstanceState

GENERATED = "_holdfast_original"
"""Attribute of a function that stands in a mapped class in the place of the one it holds (None: there was none)."""

CONSTRUCTOR = "_holdfast_constructor"
"""Marks the ``__init__`` of declarative bases, which each mapped class replaces by a generated one."""


class InstrumentedMapper(Protocol):
    """What instrumentation asks of the mapper."""

    class_: type[Any]
    column_set: frozenset[str]
    active_names: frozenset[str]
    dispatch: Any
    memo: dict[str, Any]
    heard_columns: Mapping[str, Any]
    attribute_dispatches: Mapping[str, Any]
    validators: Mapping[str, Any]
    links: Mapping[str, Link]
    state_class: type[InstanceState]
    configured: bool
    discriminator: tuple[str, Any] | None

    def configure(self) -> None: ...


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
        state.key = state.holder = state.old = state.extra = None
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
    _put(class_, "__setattr__", _generate_setattr(mapper, _next_method(class_, "__setattr__")))
    _put(class_, "__delattr__", _generate_delattr(mapper, _next_method(class_, "__delattr__")))
    own_init = getattr(class_.__dict__.get("__init__"), GENERATED, _wrap_init)
    if own_init is None or hasattr(own_init, CONSTRUCTOR):
        _put(class_, "__init__", _generate_init(mapper))


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


def construct(self: Any, **values: Any) -> None:
    """A simple constructor that allows initialization from kwargs: each must be an attribute of the class."""
    set_each(self, values)


setattr(construct, CONSTRUCTOR, True)


def set_each(instance: Any, values: Mapping[str, Any]) -> None:
    """Set attributes one by one.

    Raises: TypeError: a name that the class does not have.
    """
    class_ = type(instance)
    for name, value in values.items():
        if not hasattr(class_, name):
            raise TypeError(f"{name!r} is an invalid keyword argument for {class_.__name__}{_meant(class_, name)}")
        setattr(instance, name, value)


def _meant(class_: type[Any], name: str) -> str:
    """Return a question that names the attribute most like `name`, or nothing."""
    mapper = getattr(class_, "__mapper__", None)
    question = did_you_mean(name, () if mapper is None else mapper.attribute_names)
    return f". {question}" if question else ""


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


def _label(mapper: InstrumentedMapper, what: str) -> str:
    return f"<holdfast {what} {mapper.class_.__qualname__} {id(mapper):#x}>"


_SETATTR = """\
def __setattr__(self, name, value):
    VALIDATE
    if name in COLUMNS:
        values = self.__dict__
        try:
            state = values["_sa_instance_state"]
        except KeyError:
            state = self._sa_instance_state
        LOAD_BEFORE
        TELL
        old = state.old
        if old is None:
            if state.key is not None:
                state.old = {name: values.get(name, NO_VALUE)}
                holder = state.holder
                if holder is not None:
                    holder.dirty[state] = self
        elif name not in old:
            old[name] = values.get(name, NO_VALUE)
        STORE_COLUMN
    elif name in LINKS:
        STORE_LINK
    else:
        store(self, name, value)
"""

_VALIDATE = """\
    if name in VALIDATORS:
        value = VALIDATORS[name](self, name, value)
"""

_TELL = """\
        if name in HEARD:
            value = HEARD[name].set(self, value)
"""

_LOAD_BEFORE = """\
        if name in LOADED_BEFORE and name not in values and state.key is not None and name not in (state.old or ()):
            getattr(self, name)
"""

# Storing straight into __dict__ takes 145 ns against 195 by object.__setattr__ (a repeated write on 3.11).
_PLAIN_STORES = {
    "STORE_COLUMN": "values[name] = value",
    "STORE_LINK": "LINKS[name].set(self._sa_instance_state, self, value)",
}
_OWN_STORES = {
    "STORE_COLUMN": "store(self, name, value)",
    "STORE_LINK": "set_link(LINKS[name], store, self, name, value)",
}


def _generate_setattr(mapper: InstrumentedMapper, next_setattr: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``__setattr__``: tracked for columns, both sides for relationships, untouched for everything else.

    A class that has a ``__setattr__`` of its own keeps it: it is called after the old value was recorded.
    """
    validated = {name: one for name, one in mapper.validators.items() if name in mapper.column_set}
    source = _SETATTR.replace("    VALIDATE\n", _VALIDATE if validated else "")
    actives = {name for name, dispatch in mapper.attribute_dispatches.items() if dispatch.is_active}
    loaded_before = mapper.active_names | (actives & mapper.column_set)
    source = source.replace("        LOAD_BEFORE\n", _LOAD_BEFORE if loaded_before else "")
    source = source.replace("        TELL\n", _TELL if mapper.heard_columns else "")
    for place, store in (_PLAIN_STORES if next_setattr is object.__setattr__ else _OWN_STORES).items():
        source = source.replace(place, store)
    namespace = {
        "COLUMNS": mapper.column_set,
        "LINKS": dict(mapper.links),
        "VALIDATORS": validated,
        "LOADED_BEFORE": loaded_before,
        "HEARD": dict(mapper.heard_columns),
        "NO_VALUE": NO_VALUE,
        "store": next_setattr,
        "set_link": _set_through_class,
    }
    return compile_function("__setattr__", source, namespace, _label(mapper, "setattr"))


def _set_through_class(link: Link, store: Callable[..., Any], instance: Any, name: str, value: Any) -> None:
    """Set a relationship of a class with its own ``__setattr__``: it may refuse or change the value, we store it.

    It may also have called `attributes.set_attribute`; then everything is done.
    """
    before = instance.__dict__.get(name, NO_VALUE)
    state = instance._sa_instance_state
    if state.extra is None:
        state.extra = {}
    state.extra["setting"] = True
    store(instance, name, value)
    if not state.extra.pop("setting", False):
        return
    values = instance.__dict__
    taken = values.get(name, value)
    if before is NO_VALUE:
        values.pop(name, None)
    else:
        values[name] = before
    link.set(state, instance, taken)


_DELATTR = """\
def __delattr__(self, name):
    if name in LINKS:
        LINKS[name].delete(self._sa_instance_state, self)
        return
    if name in COLUMNS:
        if name not in self.__dict__:
            raise AttributeError(f"{CLASS}.{name} object does not have a value")
        TELL
        note_change(self._sa_instance_state, self, name, self.__dict__[name])
    remove(self, name)
"""


def _generate_delattr(mapper: InstrumentedMapper, next_delattr: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``__delattr__``: a deleted column value is NULL at the next flush."""
    namespace = {
        "COLUMNS": mapper.column_set,
        "LINKS": dict(mapper.links),
        "CLASS": mapper.class_.__name__,
        "note_change": note_change,
        "remove": next_delattr,
        "HEARD": dict(mapper.heard_columns),
    }
    told = "        if name in HEARD: HEARD[name].remove(self)\n" if mapper.heard_columns else ""
    source = _DELATTR.replace("        TELL\n", told)
    return compile_function("__delattr__", source, namespace, _label(mapper, "delattr"))


_INIT = """\
def __init__(self, **values):
    if self.__class__ is CLASS:
        own = self.__dict__
        if "_sa_instance_state" not in own:
            state = State(self, dropped)
            state.key = state.holder = state.old = state.extra = None
            state.flags = 0
            own["_sa_instance_state"] = state
            TELL_CLASS
            if values.keys() <= COLUMNS:
                own.update(values)
                return
    set_each(self, values)
"""

_HEARD_INIT = """\
def __init__(self, **values):
    init_heard(MAPPER, set_all, self, (), values)
"""

_CAREFUL_INIT = """\
def __init__(self, **values):
    set_each(self, values)
"""


def _generate_init(mapper: InstrumentedMapper) -> Callable[..., Any]:
    """Return the keyword constructor. The values of a new object need no history, so they go straight into place."""
    is_plain = _next_method(mapper.class_, "__setattr__") is object.__setattr__
    name, identity = mapper.discriminator or ("", None)
    namespace = {
        "CLASS": mapper.class_,
        "COLUMNS": mapper.column_set.difference(mapper.validators, mapper.heard_columns),
        "State": mapper.state_class,
        "dropped": forget_dropped,
        "set_each": set_each,
        "IDENTITY": identity,
        "MAPPER": mapper,
        "set_all": _set_all,
    }
    source = _INIT if is_plain else _CAREFUL_INIT
    if is_heard(mapper.dispatch):
        from holdfast.orm.heard_making import init_heard

        source, namespace["init_heard"] = _HEARD_INIT, init_heard
    source = source.replace("            TELL_CLASS\n", f"            own[{name!r}] = IDENTITY\n" if name else "")
    return compile_function("__init__", source, namespace, _label(mapper, "init"))


def is_heard(dispatch: Any) -> bool:
    """Whether somebody listens to objects being made."""
    return bool(dispatch.init or dispatch.init_failure or dispatch.first_init)


def _set_all(self: Any, **values: Any) -> None:
    set_each(self, values)


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
