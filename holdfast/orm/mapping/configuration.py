"""Finds out the relationships of all mappers that are new, in three rounds: join, other side, generated methods.

The first use of a mapped class configures; `configure_mappers` does so at once. One lock: two threads that meet an
unconfigured class do it once. Classes are mapped under the same one, so none comes into being meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from holdfast.event import setup_lock
from holdfast.exc import InvalidRequestError
from holdfast.orm.mapping.mapper_events import ALL_MAPPERS, EXT_SKIP
from holdfast.orm.mapping.overlaps import warn_of_overlaps
from holdfast.orm.mapping.relationship_sides import connect, make_backref
from holdfast.orm.mapping.relationships import RelationshipProperty
from holdfast.orm.mapping.resolver import Resolver

_running: list[bool] = []


def configure_registries(registries: Iterable[Any]) -> None:
    """Configure all mappers of these registries, and of those that their relationships lead to.

    Raises: InvalidRequestError, ArgumentError: a relationship that makes no sense; it names class, attribute and the
        way out. A later attempt says that it is this one again.
    """
    with setup_lock:
        if _running:
            # A condition that the program gives as a function may ask for a relationship; it is under way.
            return
        _running.append(True)
        try:
            _configure(list(registries))
        finally:
            _running.clear()


def _configure(waiting: list[Any]) -> None:
    seen: list[Any] = []
    found: list[Any] = []
    if any(registry.waiting for registry in waiting):
        _map_what_waits(waiting)
    if any(registry.unconfigured for registry in waiting):
        for listener in ALL_MAPPERS.before_configured:
            listener()
        for registry in waiting:
            for listener in registry.dispatch.before_configured if registry.unconfigured else ():
                listener(registry)
        _call_hooks(waiting, "__declare_first__")
    skipped: list[Any] = []
    while waiting:
        registry = waiting.pop(0)
        if registry in seen:
            continue
        seen.append(registry)
        for mapper in registry.unconfigured:
            if _is_skipped(mapper):
                skipped.append(mapper)
                continue
            found.append(mapper)
            waiting.extend(_round(mapper, _resolve))
    if not found:
        return
    touched = list(found)
    for mapper in found:
        touched.extend(_round(mapper, _make_other_side))
    for mapper in dict.fromkeys(touched):
        _round(mapper, _connect)
    for mapper in dict.fromkeys(touched):
        mapper.finish()
    for mapper in dict.fromkeys(touched):
        _round(mapper, warn_of_overlaps)
    for registry in seen:
        registry.unconfigured[:] = [mapper for mapper in registry.unconfigured if mapper in skipped]
    for mapper in found:
        if mapper.dispatch.attribute_instrument:
            _tell_of_attributes(mapper)
        for listener in mapper.dispatch.mapper_configured:
            listener(mapper, mapper.class_)
    for listener in ALL_MAPPERS.after_configured:
        listener()
    _call_hooks(seen, "__declare_last__")
    for registry in dict.fromkeys(mapper.registry for mapper in found):
        for listener in registry.dispatch.after_configured:
            listener(registry)


def before_configuration(class_: Any, step: Callable[[Any], bool]) -> None:
    """Have something done with a class each time before mappers are configured, until it returns True."""
    class_.registry.waiting.append(lambda: step(class_))


def _map_what_waits(registries: Iterable[Any]) -> None:
    for registry in registries:
        registry.waiting[:] = [step for step in list(registry.waiting) if not step()]


def _call_hooks(registries: Iterable[Any], name: str) -> None:
    """Call what classes declare to be done before or after mappers are configured; a parent's hook is the parent's."""
    for mapper in [mapper for registry in registries for mapper in registry.in_order]:
        owner = next((base for base in mapper.class_.__mro__ if name in base.__dict__), None)
        if owner is not None and (owner is mapper.class_ or "__mapper__" not in owner.__dict__):
            getattr(mapper.class_, name)()


def _tell_of_attributes(mapper: Any) -> None:
    for key in mapper.attribute_names:
        for listener in mapper.dispatch.attribute_instrument:
            listener(mapper.class_, key, mapper.attribute(key))


def _is_skipped(mapper: Any) -> bool:
    """Tell who listens that a mapper is about to be configured; True if one of them puts it off."""
    returned = [listener(mapper, mapper.class_) for listener in mapper.dispatch.before_mapper_configured]
    return EXT_SKIP in returned


def _round(mapper: Any, step: Any) -> list[Any]:
    """Do one step for all relationships of a mapper; an error is remembered with the mapper."""
    results = []
    for prop in list(mapper.by_name.values()):
        if not prop.is_relationship:
            continue
        try:
            result = step(prop)
        except Exception as error:
            failed_before, mapper.failure = getattr(mapper, "failure", None), error
            if failed_before is None:
                raise
            raise InvalidRequestError(
                "One or more mappers failed to initialize - can't proceed with initialization of other mappers. "
                f"Triggering mapper: '{mapper}'. Original exception was: {error}"
            ) from error
        if result is not None:
            results.append(result)
    return results


def _resolve(prop: RelationshipProperty[Any]) -> Any:
    prop.resolve(Resolver(prop))
    return prop.mapper.registry


def _make_other_side(prop: RelationshipProperty[Any]) -> Any:
    """Make the relationship that `backref` asks for; returns the mapper that got it."""
    if not prop.backref or prop.backref_is_made:
        return None
    name, other = make_backref(prop)
    prop.backref_is_made = True
    prop.mapper.take_backref(name, other)
    other.resolve(Resolver(other))
    return prop.mapper


def _connect(prop: RelationshipProperty[Any]) -> None:
    connect(prop)
