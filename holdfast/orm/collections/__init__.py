"""Collections of related objects that keep the other side of the relationship equal whenever they change.

`InstrumentedList`, `InstrumentedSet` and `InstrumentedDict` are a list, a set and a dict whose changing methods tell
the relationship (`links.Link`) before and after each change. A collection that belongs to no object (made by hand, copied,
or replaced by another one) is nothing but a list, set or dict.

``relationship(collection_class=...)`` takes one of these types, a subclass, or a callable that returns one.
"""

from holdfast.orm.collections.adapter import CollectionAdapter, collection_adapter
from holdfast.orm.collections.dicts import InstrumentedDict, LinkedDict
from holdfast.orm.collections.factory import collection_factory, linked_class, members_given, under_own_keys
from holdfast.orm.collections.keyed import (
    KeyFuncDict,
    MappedCollection,
    attribute_keyed_dict,
    attribute_mapped_collection,
    column_keyed_dict,
    column_mapped_collection,
    keyfunc_mapping,
    mapped_collection,
)
from holdfast.orm.collections.linked import Linked, Side, iterate
from holdfast.orm.collections.lists import InstrumentedList, LinkedList, positions_of
from holdfast.orm.collections.own import LinkedOther, collection
from holdfast.orm.collections.sets import InstrumentedSet, LinkedSet

__all__ = [
    "InstrumentedDict",
    "LinkedDict",
    "collection_factory",
    "linked_class",
    "members_given",
    "under_own_keys",
    "KeyFuncDict",
    "MappedCollection",
    "attribute_keyed_dict",
    "attribute_mapped_collection",
    "column_keyed_dict",
    "column_mapped_collection",
    "keyfunc_mapping",
    "mapped_collection",
    "Linked",
    "Side",
    "iterate",
    "InstrumentedList",
    "LinkedList",
    "positions_of",
    "LinkedOther",
    "collection",
    "InstrumentedSet",
    "LinkedSet",
    "CollectionAdapter",
    "collection_adapter",
]
