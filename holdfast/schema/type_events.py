"""Events of types that a database keeps under names: of each type for itself, or of all of a class."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from holdfast.event import Dispatch, register, setup_lock
from holdfast.schema.items import EVENTS
from holdfast.sql.types import SchemaType

_NAMES = {name: arguments for name, arguments in EVENTS.items() if name != "column_reflect"}

# Beside the types, which are copied and pickled as values.
_of_types: WeakKeyDictionary[Any, Dispatch] = WeakKeyDictionary()
_of_classes: dict[type, Dispatch] = {}


def tell_type(type_: Any, name: str, *arguments: Any, **keywords: Any) -> None:
    """Call the listeners of an event of one type and of its class."""
    if not _of_classes or not isinstance(type_, SchemaType):
        return
    dispatch = _of_types.get(type_) or _dispatch_of_class(type(type_))
    for listener in getattr(dispatch, name):
        listener(*arguments, **keywords)


def tell_attached(column: Any) -> None:
    """Tell the listeners of a column's type that it is that of the column now."""
    if _of_classes:
        tell_type(column.type, "before_parent_attach", column.type, column)
        tell_type(column.type, "after_parent_attach", column.type, column)


def _dispatch_of_class(class_: type) -> Dispatch:
    found = _of_classes.get(class_)
    if found is None:
        with setup_lock:
            parents = [_dispatch_of_class(base) for base in class_.__bases__ if issubclass(base, SchemaType)]
            found = _of_classes.setdefault(class_, Dispatch(_NAMES, parents))
    return found


def _dispatch_of(type_: Any) -> Dispatch:
    """Return the dispatch of one type, made when somebody listens to it."""
    found = _of_types.get(type_)
    if found is None:
        with setup_lock:
            found = _of_types.setdefault(type_, Dispatch(_NAMES, [_dispatch_of_class(type(type_))]))
    return found


register(lambda target: isinstance(target, SchemaType), lambda target, name: _dispatch_of(target))
register(
    lambda target: isinstance(target, type) and issubclass(target, SchemaType),
    lambda target, name: _dispatch_of_class(target),
)
