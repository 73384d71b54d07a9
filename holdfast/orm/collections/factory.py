"""From ``relationship(collection_class=...)`` to what makes an empty collection, and what may be assigned to it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from functools import cache
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.orm.collections.dicts import NO_KEY, InstrumentedDict, LinkedDict
from holdfast.orm.collections.linked import Linked, iterate
from holdfast.orm.collections.lists import InstrumentedList, LinkedList
from holdfast.orm.collections.own import LinkedOther, own_methods
from holdfast.orm.collections.sets import InstrumentedSet, LinkedSet

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
    convert = getattr(collection, "link_convert", None)
    if convert is not None:
        # The class says itself how to read what is assigned: @collection.converter.
        return list(convert(given))
    kind = collection.link_kind
    if kind == "other":
        return list(iterate(given))
    if not isinstance(given, _ACCEPTED[kind]):
        found = "None" if given is None else type(given).__name__
        wanted = {"list": "[member, ...]", "set": "{member, ...}", "dict": "{key: member, ...}"}[kind]
        raise TypeError(f"Incompatible collection type: {found} is not {kind}-like; assign {wanted}.")
    return list(given.values()) if kind == "dict" else list(given)


def under_own_keys(collection: Any, given: Any, side: Any) -> Any:
    """Return a dict that a program assigns with its members under their own keys, where the collection takes these.

    Args:
        collection: an empty collection of the kind wanted.
        given: the value.
        side: the relationship.
    """
    if not getattr(collection, "link_takes_keys", False) or not isinstance(given, Mapping):
        return given
    keyed = ((collection.link_key(member, side), member) for member in given.values())
    return {key: member for key, member in keyed if key is not NO_KEY}
