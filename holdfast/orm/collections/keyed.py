"""Dicts of related objects under keys that are taken from the objects themselves, and the functions that make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.exc import InvalidRequestError, warn
from holdfast.exc.shown import shown_object
from holdfast.exc.warned import outside
from holdfast.orm.collections.dicts import NO_KEY, InstrumentedDict
from holdfast.orm.history import NO_VALUE

_SKIP = 'To skip this assignment entirely, Set the "ignore_unpopulated_attribute=True" parameter on the mapped collection factory.'

T = TypeVar("T")
K = TypeVar("K")


class KeyFuncDict(InstrumentedDict[K, T]):
    """A dict of related objects under keys that a function takes from them.

    Args:
        keyfunc: member -> key; `NO_VALUE` where the member has none yet.
        ignore_unpopulated_attribute: members without a key stay away; otherwise they are an error.
        keyed_by_attribute: None is no key: it stays away too, or brings a warning.
    """

    __slots__ = ("ignore_unpopulated_attribute", "keyed_by_attribute", "keyfunc")
    link_takes_keys = True

    def __init__(
        self,
        keyfunc: Callable[[Any], Any],
        *_: Any,
        ignore_unpopulated_attribute: bool = False,
        keyed_by_attribute: bool = False,
        **__: Any,
    ) -> None:
        super().__init__()
        self.keyfunc = keyfunc
        self.ignore_unpopulated_attribute = ignore_unpopulated_attribute
        self.keyed_by_attribute = keyed_by_attribute

    def link_key(self, member: Any, side: Any = None) -> Any:
        key = self.keyfunc(member)
        is_none = key is None and self.keyed_by_attribute
        if key is not NO_VALUE and not is_none:
            return key
        if self.ignore_unpopulated_attribute:
            return NO_KEY
        side = side or self.link_side
        if is_none:
            own = getattr(side, "name", "the collection")
            warn(
                f"Attribute keyed dictionary value for attribute '{own}' was None; this will raise in a future release. {_SKIP}",
                stacklevel=outside(),
            )
            return None
        name = getattr(getattr(side, "reverse", None) or side, "name", "the collection")
        shown = shown_object(member)
        raise InvalidRequestError(
            f"In event triggered from population of attribute '{name}' (potentially from a backref), can't populate "
            f"value in KeyFuncDict; dictionary key derived from {shown} is not populated. Ensure appropriate state is "
            f"set up on the {shown} object before assigning to the {name} attribute. {_SKIP}"
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
    """Return a `collection_class`: a dict keyed by an attribute of the members; see `keyfunc_mapping`.

    A member whose attribute is None comes under None with a warning, or stays away if that is wanted.
    """

    def key_of(member: Any) -> Any:
        return _value_for_key(member, attr_name)

    return _by_attribute(key_of, ignore_unpopulated_attribute)


def column_keyed_dict(
    mapping_spec: Any, *, ignore_unpopulated_attribute: bool = False
) -> Callable[[], KeyFuncDict[Any, Any]]:
    """Return a `collection_class`: a dict keyed by the attribute that stands for a column; see `attribute_keyed_dict`.

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

    return _by_attribute(key_of, ignore_unpopulated_attribute)


def _by_attribute(key_of: Callable[[Any], Any], ignore: bool) -> Callable[[], KeyFuncDict[Any, Any]]:
    def make() -> KeyFuncDict[Any, Any]:
        return KeyFuncDict(key_of, ignore_unpopulated_attribute=ignore, keyed_by_attribute=True)

    return make


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
