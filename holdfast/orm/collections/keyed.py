"""Dicts of related objects under keys that are taken from the objects themselves, and the functions that make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.exc import InvalidRequestError
from holdfast.exc.shown import shown_object
from holdfast.orm.collections.dicts import NO_KEY, InstrumentedDict
from holdfast.orm.history import NO_VALUE

T = TypeVar("T")
K = TypeVar("K")


class KeyFuncDict(InstrumentedDict[K, T]):
    """A dict of related objects under keys that a function takes from them.

    Args:
        keyfunc: member -> key; `NO_VALUE` where the member has none yet.
        ignore_unpopulated_attribute: members without a key stay away; otherwise they are an error.
    """

    __slots__ = ("ignore_unpopulated_attribute", "keyfunc")

    def __init__(
        self, keyfunc: Callable[[Any], Any], *_: Any, ignore_unpopulated_attribute: bool = False, **__: Any
    ) -> None:
        super().__init__()
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute

    def link_key(self, member: Any) -> Any:
        key = self.keyfunc(member)
        if key is not NO_VALUE:
            return key
        if self.ignore_unpopulated_attribute:
            return NO_KEY
        shown = shown_object(member)
        side: Any = self.link_side
        name = getattr(getattr(side, "reverse", None) or side, "name", "the collection")
        raise InvalidRequestError(
            f"In event triggered from population of attribute '{name}' (potentially from a backref), can't populate "
            f"value in KeyFuncDict; dictionary key derived from {shown} is not populated. Ensure appropriate state is "
            f"set up on the {shown} object before assigning to the {name} attribute. To skip this assignment entirely, "
            'Set the "ignore_unpopulated_attribute=True" parameter on the mapped collection factory.'
        )

    def set(self, value: T) -> None:
        """Put `value` under its key."""
        key = self.link_key(value)
        if key is not NO_KEY:
            self[key] = value

    def remove(self, value: T) -> None:
        """Remove `value` from its key.

        Raises: InvalidRequestError: another object stands there.
        """
        key = self.link_key(value)
        if key is NO_KEY:
            return
        if self[key] is not value:
            raise InvalidRequestError(
                f"Can not remove '{value}': collection holds '{self[key]}' for key '{key}'. Possible cause: is the "
                "KeyFuncDict key function based on mutable properties or properties that only obtain values after flush?"
            )
        del self[key]


MappedCollection = KeyFuncDict
"""The name of the 1.x series."""


def keyfunc_mapping(
    keyfunc: Callable[[Any], Any], *, ignore_unpopulated_attribute: bool = False
) -> Callable[[], KeyFuncDict[Any, Any]]:
    """Return a `collection_class`: a dict keyed by what `keyfunc` returns for a member.

    Args:
        keyfunc: member -> key.
        ignore_unpopulated_attribute: members whose key is not known yet stay away; otherwise they are an error.
    """

    def make() -> KeyFuncDict[Any, Any]:
        return KeyFuncDict(keyfunc, ignore_unpopulated_attribute=ignore_unpopulated_attribute)

    return make


def attribute_keyed_dict(
    attr_name: str, *, ignore_unpopulated_attribute: bool = False
) -> Callable[[], KeyFuncDict[Any, Any]]:
    """Return a `collection_class`: a dict keyed by an attribute of the members; see `keyfunc_mapping`."""

    def key_of(member: Any) -> Any:
        return _value_for_key(member, attr_name)

    return keyfunc_mapping(key_of, ignore_unpopulated_attribute=ignore_unpopulated_attribute)


def column_keyed_dict(
    mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False
) -> Callable[[], KeyFuncDict[Any, Any]]:
    """Return a `collection_class`: a dict keyed by the attribute that stands for a column; see `keyfunc_mapping`.

    Args:
        mapping_spec: a column, or several: the keys are then tuples.
    """
    columns = tuple(mapping_spec) if isinstance(mapping_spec, (list, tuple)) else (mapping_spec,)

    def key_of(member: Any) -> Any:
        name_of = type(member).__mapper__.name_of_column
        keys = [_value_for_key(member, name_of(column)) for column in columns]
        if any(key is NO_VALUE for key in keys):
            return NO_VALUE
        return keys[0] if len(keys) == 1 else tuple(keys)

    return keyfunc_mapping(key_of, ignore_unpopulated_attribute=ignore_unpopulated_attribute)


def _value_for_key(member: Any, name: str) -> Any:
    """Return an attribute's value; `NO_VALUE` if a new object does not have it yet."""
    if name in member.__dict__:
        return member.__dict__[name]
    state = getattr(member, "_sa_instance_state", None)
    is_unset = state is not None and state.row_key is None and name in state.mapper.column_set
    return NO_VALUE if is_unset else getattr(member, name)


mapped_collection = keyfunc_mapping
attribute_mapped_collection = attribute_keyed_dict
column_mapped_collection = column_keyed_dict
