"""Which attributes of a mapped class somebody listens to: made at the first listener, put to work in the class."""

from __future__ import annotations

from typing import Any
from weakref import WeakKeyDictionary

from holdfast.event import Dispatch, register
from holdfast.orm.attribute_events import AttributeDispatch, HeardColumn
from holdfast.orm.attributes.instrumented import InstrumentedAttribute
from holdfast.orm.heard_links import listen_to
from holdfast.orm.mapping.mapper_events import all_mappers

_heirs: WeakKeyDictionary[type[Any], dict[str, AttributeDispatch]] = WeakKeyDictionary()


def attribute_dispatch(mapper: Any, key: str) -> AttributeDispatch:
    """Return the listeners of an attribute of one mapper."""
    found = mapper.attribute_dispatches.get(key)
    if found is None:
        above = [_heirs[base][key] for base in mapper.class_.__mro__ if key in _heirs.get(base, ())]
        found = mapper.attribute_dispatches[key] = AttributeDispatch(
            mapper.listeners_changed, lambda: _heirs_of(mapper.class_, key), lambda: mapper.configured, above
        )
        found.is_active = any(each.is_active for each in above)
    return found  # type: ignore[no-any-return]


def _heirs_of(class_: type[Any], key: str) -> AttributeDispatch:
    """Return the listeners of an attribute of a class and of all that derive from it."""
    by_key = _heirs.setdefault(class_, {})
    if key not in by_key:
        by_key[key] = found = AttributeDispatch(lambda: None)
        for mapper in all_mappers():
            if issubclass(mapper.class_, class_) and mapper.find_property(key) is not None:
                attribute_dispatch(mapper, key).add_parent(found)
    return by_key[key]


def inherit_listeners(mapper: Any) -> None:
    """Let the attributes of a new mapper be heard by who listens to those of the classes above."""
    for base in mapper.class_.__mro__:
        for key in _heirs.get(base, ()):
            if mapper.find_property(key) is not None:
                attribute_dispatch(mapper, key)


def put_to_work(mapper: Any) -> None:
    """Tell the columns and relationships of a configured mapper who listens to them."""
    heard = {key: dispatch for key, dispatch in mapper.attribute_dispatches.items() if dispatch.is_heard()}
    mapper.heard_columns = {
        key: HeardColumn(key, dispatch) for key, dispatch in heard.items() if key in mapper.column_set
    }
    for key, dispatch in mapper.attribute_dispatches.items():
        if key in mapper.column_set:
            mapper.attribute(key).initial = dispatch if dispatch.on_init_scalar else None
        elif key in mapper.links:
            listen_to(mapper.links[key], dispatch)


def _dispatch_of(attribute: Any, name: str) -> Dispatch:
    return attribute_dispatch(attribute.parent.mapper, attribute.key)


register(lambda target: isinstance(target, InstrumentedAttribute), _dispatch_of)
