"""The functions that start a loader option: ``joinedload(User.orders)``, ``load_only(User.name)`` and the others."""

from __future__ import annotations

from typing import Any

from holdfast import exc
from holdfast.orm.loading.options import Load


def _unbound() -> Load:
    """Return an option without a path; the first attribute says where it begins."""
    load = object.__new__(Load)
    load._set(None, (), ())
    return load


def _chain(keys: tuple[Any, ...], method: str, **arguments: Any) -> Load:
    """Return ``method(last key)`` after ``defaultload`` of the keys before it."""
    if not keys:
        raise exc.ArgumentError(f"{method}() takes an attribute of a mapped class, such as User.addresses")
    load = _unbound()
    for key in keys[:-1]:
        load = load.defaultload(key)
    return getattr(load, method)(keys[-1], **arguments)  # type: ignore[no-any-return]


def joinedload(*keys: Any, innerjoin: Any = None) -> Load:
    """Load the related objects by a JOIN in the same statement; see `Load.joinedload`."""
    return _chain(keys, "joinedload", innerjoin=innerjoin)


def selectinload(*keys: Any, recursion_depth: int | None = None, chunksize: int | None = None) -> Load:
    """Load the related objects of all owners by a second statement with IN; see `Load.selectinload`."""
    return _chain(keys, "selectinload", recursion_depth=recursion_depth, chunksize=chunksize)


def subqueryload(*keys: Any) -> Load:
    """Load the related objects by a second statement around the first one; see `Load.subqueryload`."""
    return _chain(keys, "subqueryload")


def lazyload(*keys: Any) -> Load:
    """Load the related objects when the attribute is first read."""
    return _chain(keys, "lazyload")


def immediateload(*keys: Any, recursion_depth: int | None = None) -> Load:
    """Load the related objects owner by owner, at once."""
    return _chain(keys, "immediateload", recursion_depth=recursion_depth)


def noload(*keys: Any) -> Load:
    """Leave the attribute empty; deprecated."""
    return _chain(keys, "noload")


def raiseload(*keys: Any, sql_only: bool = False) -> Load:
    """Let reading the attribute raise an error; see `Load.raiseload`."""
    return _chain(keys, "raiseload", sql_only=sql_only)


def defaultload(*keys: Any) -> Load:
    """Leave the attribute as it is and go on from there."""
    return _chain(keys, "defaultload")


def contains_eager(*keys: Any, alias: Any = None) -> Load:
    """Take the related objects out of columns that the statement has already; see `Load.contains_eager`."""
    return _chain(keys, "contains_eager", alias=alias)


def load_only(*attrs: Any, raiseload: bool = False) -> Load:
    """Load only these columns of the class; see `Load.load_only`."""
    return _unbound().load_only(*attrs, raiseload=raiseload)


def defer(key: Any, *, raiseload: bool = False) -> Load:
    """Load a column only when it is read."""
    return _unbound().defer(key, raiseload=raiseload)


def undefer(key: Any) -> Load:
    """Load a column that the mapping defers with the object."""
    return _unbound().undefer(key)


def undefer_group(name: str) -> Load:
    """Load the deferred columns of a group with the object."""
    return _unbound().undefer_group(name)


def selectin_polymorphic(base_cls: Any, classes: Any) -> Load:
    """Load the columns of subclasses by one further statement for each, with IN.

    Args:
        base_cls: the class that the statement selects.
        classes: the subclasses.
    """
    return Load(base_cls).selectin_polymorphic(classes)


def with_expression(key: Any, expression: Any) -> Load:
    """Load a `query_expression` attribute from this expression."""
    return _unbound().with_expression(key, expression)
