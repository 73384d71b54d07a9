"""From a configured relationship to its `Link`, which works at run time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.orm.collections import collection_factory
from holdfast.orm.history import NO_VALUE
from holdfast.orm.links import Link
from holdfast.orm.mapping.join_request import MANYTOONE
from holdfast.orm.state import InstanceState


def make_link(prop: Any) -> Link:
    """Return the run-time side of a relationship whose join is known."""
    factory = collection_factory(prop.collection_class or list) if prop.uselist else None
    link = Link(str(prop), prop.key, target=prop.mapper.class_, factory=factory)
    link.cascades = prop.cascade.save_update
    link.owns = prop.cascade.delete_orphan or prop.single_parent
    link.deletes_orphans = prop.cascade.delete_orphan
    link.only_one_parent = prop.single_parent
    link.validator = prop.parent.validators.get(prop.key)
    link.loads_on_pending = bool(prop.given.get("load_on_pending"))
    link.write_only = prop.lazy == "write_only"
    # What a parent's single member was, the flush finds out; a reference by key is known by the key.
    link.loads_before = not prop.viewonly and prop.direction is MANYTOONE and not prop.uselist and not prop.load_by_key
    if prop.given.get("active_history"):
        link.loads_before = True
    elif prop.load_by_key:
        link.find_present = _finder(prop)
    return link


def _finder(prop: Any) -> Callable[[InstanceState, Any, bool], Any]:
    """Return what finds the object that an unloaded many-to-one refers to in the session's identity map."""
    names = [prop.parent.name_of_column(column) for column in prop.key_columns]
    base = prop.mapper.base_mapper

    def find(state: InstanceState, instance: Any, is_read: bool) -> Any:
        values, old = instance.__dict__, {} if is_read else state.old or {}
        key = [old.get(name, values.get(name, NO_VALUE)) for name in names]
        if state.holder is None or any(value is NO_VALUE for value in key):
            return NO_VALUE
        if prop.means_nothing(key):
            return None
        found = state.holder.find(base, key[0] if len(key) == 1 else tuple(key))
        return NO_VALUE if found is None else found

    return find
