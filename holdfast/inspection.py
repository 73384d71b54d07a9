"""`inspect()`: from an object to the one that knows about it; higher layers enter their types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

from holdfast.exc import NoInspectionAvailable

_inspectors: dict[type, Callable[[Any], Any]] = {}


def register_inspector(type_: type, inspector: Callable[[Any], Any]) -> None:
    """Enter how objects of `type_` and its subclasses are inspected."""
    _inspectors[type_] = inspector


def inspect(subject: Any, raiseerr: bool = True) -> Any:
    """Return what knows about `subject`: the mapper of a class, the state of an instance, the inspector of an engine.

    Args:
        subject: a mapped class or instance, an engine, a connection, a mapper, an attribute ...
        raiseerr: raise where nothing is known; otherwise return None.

    Raises: NoInspectionAvailable: nothing is known about such an object.
    """
    own_class = cast("type[object]", type(subject))
    if isinstance(subject, type):
        mapper = subject.__dict__.get("__mapper__")
        if mapper is not None:
            return mapper
    else:
        state = getattr(subject, "__dict__", {}).get("_sa_instance_state")
        if state is None and hasattr(own_class, "__mapper__"):
            state = subject._sa_instance_state  # made now, for an object that was made without __init__
        if state is not None:
            return state
    for type_ in own_class.__mro__:
        inspector = _inspectors.get(type_)
        if inspector is not None:
            return inspector(subject)
    if raiseerr:
        raise NoInspectionAvailable(f"No inspection system is available for object of type {type(subject)}")
    return None
