"""What can be listened to on mappers and mapped classes, and how classes hear through the classes that they derive from.

A listener stands at a mapper, at all mappers (`ALL_MAPPERS`), or, with ``propagate=True``, at a class for all classes
that derive from it, mapped or not, there already or not yet. A dispatch hears through its parents, so a mapper has one
tuple of listeners per event, whoever asked for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from holdfast._util.collections import WeakMembers
from holdfast.event import Dispatch, register, wrapped
from holdfast.exc import InvalidRequestError
from holdfast.orm.events import with_state

_ROW = ("mapper", "connection", "target")
ROW_EVENTS = {
    "before_insert": _ROW, "after_insert": _ROW, "before_update": _ROW, "after_update": _ROW,
    "before_delete": _ROW, "after_delete": _ROW,
}  # fmt: skip
_CLASS = ("mapper", "class_")
CONFIGURATION_EVENTS = {
    "instrument_class": _CLASS, "after_mapper_constructed": _CLASS, "before_mapper_configured": _CLASS,
    "mapper_configured": _CLASS, "before_configured": (), "after_configured": (),
}  # fmt: skip
INSTANCE_EVENTS = {
    "first_init": ("manager", "cls"), "init": ("target", "args", "kwargs"), "init_failure": ("target", "args", "kwargs"),
    "load": ("target", "context"), "refresh": ("target", "context", "attrs"),
    "refresh_flush": ("target", "flush_context", "attrs"), "expire": ("target", "attrs"),
    "pickle": ("target", "state_dict"), "unpickle": ("target", "state_dict"),
}  # fmt: skip
INSTRUMENTATION_EVENTS = {
    "class_instrument": ("cls",), "class_uninstrument": ("cls",), "attribute_instrument": ("cls", "key", "inst"),
}  # fmt: skip
REGISTRY_EVENTS = {
    "before_configured": ("registry",), "after_configured": ("registry",), "resolve_type_annotation": ("resolve_type",),
}  # fmt: skip
EVENTS = {**ROW_EVENTS, **CONFIGURATION_EVENTS, **INSTANCE_EVENTS, **INSTRUMENTATION_EVENTS}

MAKING = frozenset(("first_init", "init", "init_failure"))
"""Events of making an object: the class's ``__init__`` is generated anew when somebody listens."""

EXT_SKIP: Any = "EXT_SKIP"
"""A listener of ``before_mapper_configured`` with ``retval=True`` returns it: this mapper is not configured yet."""


class MapperDispatch(Dispatch):
    """The listeners of a mapper, or of all classes below a class.

    Args:
        mapper: whose; None for those of a class.
        class_: the class.
    """

    def __init__(self, class_: type[Any] | None = None, mapper: Any = None) -> None:
        self._class = class_
        self._mapper: Any = None
        parents = [] if class_ is None or mapper is None else [ALL_MAPPERS, *_parents_of(class_)]
        super().__init__(EVENTS, parents)
        self._mapper = mapper
        if mapper is not None:
            _mappers.add(mapper)

    @property
    def heirs(self) -> Dispatch | None:  # type: ignore[override]
        """The listeners of this class and of all that derive from it."""
        return None if self._class is None or self._mapper is None else _heirs_of(self._class)

    def wrap(self, name: str, fn: Callable[..., Any], options: dict[str, Any]) -> Callable[..., Any]:
        called = wrapped(fn, options, self.arguments(name))
        names = EVENTS[name]
        return with_state(called, names.index("target")) if options.get("raw") and "target" in names else called

    def _gather(self, name: str) -> None:
        super()._gather(name)
        if name in MAKING and self._mapper is not None and self._mapper.configured:
            self._mapper.listeners_changed()


_mappers: WeakMembers[Any] = WeakMembers()
_heirs: WeakKeyDictionary[type[Any], Dispatch] = WeakKeyDictionary()
_waiting: WeakKeyDictionary[type[Any], Dispatch] = WeakKeyDictionary()


def _heirs_of(class_: type[Any]) -> Dispatch:
    """Return the listeners of a class and of all that derive from it."""
    found = _heirs.get(class_)
    if found is None:
        found = _heirs[class_] = MapperDispatch()
        for mapper in _mappers:
            if issubclass(mapper.class_, class_):
                mapper.dispatch.add_parent(found)
    return found


def _parents_of(class_: type[Any]) -> list[Dispatch]:
    """Return what a new mapper's class hears through: the classes before it, and what waited for it."""
    found = [_heirs[base] for base in class_.__mro__ if base in _heirs]
    return [*found, _waiting[class_]] if class_ in _waiting else found


def _of_class(class_: type[Any], name: str) -> Dispatch:
    """Return the listeners of a class, mapped or not.

    Raises: InvalidRequestError: an event of all mappers.
    """
    if name in INSTRUMENTATION_EVENTS:
        return _heirs_of(class_)
    mapper = class_.__dict__.get("__mapper__")
    if mapper is not None:
        return mapper.dispatch  # type: ignore[no-any-return]
    if name in REGISTRY_EVENTS:
        if "registry" in vars(class_):
            return class_.registry.dispatch  # type: ignore[attr-defined, no-any-return]
        raise InvalidRequestError(
            f"The event {name!r} belongs to all mappers or to a registry: listen on Mapper, or on {class_.__name__}.registry."
        )
    found = _waiting.get(class_)
    if found is None:
        found = _waiting[class_] = _Waiting(class_)
    return found


class _Waiting(MapperDispatch):
    """Listeners of a class that is not mapped (yet)."""

    @property
    def heirs(self) -> Dispatch | None:  # type: ignore[override]
        return None if self._class is None else _heirs_of(self._class)


def all_mappers() -> list[Any]:
    """Return every mapper that is in use."""
    return list(_mappers)


ALL_MAPPERS = MapperDispatch()
"""What is listened to on all mappers: ``event.listen(Mapper, "after_configured", ...)``."""


def of_mapper(mapper: Any, name: str) -> Dispatch:
    """Return the listeners of a mapper.

    Raises: InvalidRequestError: an event of classes.
    """
    if name in INSTRUMENTATION_EVENTS:
        raise InvalidRequestError(f"The event {name!r} belongs to classes: listen on {mapper.class_.__name__}.")
    return mapper.dispatch  # type: ignore[no-any-return]


def of_all(target: type[Any], name: str) -> Dispatch:
    """Return the listeners of all mappers."""
    return _heirs_of(target) if name in INSTRUMENTATION_EVENTS else ALL_MAPPERS


register(lambda target: isinstance(target, type), _of_class)
