"""Mapped attributes: on the class a SQL expression, on an instance a plain value.

Each is a non-data descriptor: `__get__` runs only where the instance's ``__dict__`` has no value, and then loads it.
Writing is the business of the generated ``__setattr__`` (instrumentation.py), both sides of relationships that of
links.py.
"""

from holdfast.orm.attributes.columns import ColumnAttribute
from holdfast.orm.attributes.instrumented import InstrumentedAttribute, QueryableAttribute
from holdfast.orm.attributes.related import RelationshipAttribute, UnheldAttribute, handles
from holdfast.orm.attributes.values import (
    PASSIVE_NO_INITIALIZE,
    PASSIVE_OFF,
    commit_state,
    del_attribute,
    flag_dirty,
    flag_modified,
    get_attribute,
    get_history,
    history,
    init_collection,
    instance_dict,
    instance_state,
    is_instrumented,
    set_attribute,
    set_committed_value,
    set_loaded,
    set_loaded_collection,
)
from holdfast.orm.history import NO_VALUE, History

__all__ = [
    "History",
    "NO_VALUE",
    "ColumnAttribute",
    "InstrumentedAttribute",
    "QueryableAttribute",
    "RelationshipAttribute",
    "UnheldAttribute",
    "handles",
    "PASSIVE_NO_INITIALIZE",
    "PASSIVE_OFF",
    "commit_state",
    "del_attribute",
    "flag_dirty",
    "flag_modified",
    "get_attribute",
    "get_history",
    "history",
    "init_collection",
    "instance_dict",
    "instance_state",
    "is_instrumented",
    "set_attribute",
    "set_committed_value",
    "set_loaded",
    "set_loaded_collection",
]
