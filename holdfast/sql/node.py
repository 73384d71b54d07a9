"""The base of every SQL node: immutable data with a structural key, its bound values travelling apart.

Two nodes with equal `_key` compile to the same SQL text on the same dialect, whatever their bound values are. The
values stand in `_values`, in the order in which the key's structure visits them; a compiled statement knows for each
placeholder which position of `_values` it takes. So executing a statement that was seen before is: take its key, one
dictionary look-up, pick the values.

An entry of `_values` is a *value holder*: a node with the attribute ``effective_value`` (a `BindParameter`, or the
comparison of a column with a plain value, which is its own holder and so costs one allocation). The identity of the
holder says whether a value is used twice in one statement, which is what decides its placeholder's name. Aliases,
subqueries and nameless labels stand in `_values` too: their identity decides which name a column is written with.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from typing import Any, TypeAlias

from holdfast._util.visit_names import DOCUMENTED_NAMES, DocumentedName
from holdfast.exc import CompileError

Key: TypeAlias = Any
"""A hashable value: a tuple of tags and keys, or an interned object that stands for one."""

Values: TypeAlias = tuple[Any, ...]
"""Value holders in key order."""

# Begins anywhere: a table that was pickled in another process keeps its number, which must not be one of ours.
_serial = count(int.from_bytes(os.urandom(4), "big") << 24)


def next_serial() -> int:
    """Return a number never given before: the identity of a leaf (a column, a table, a mapped entity) in keys.

    Keys hold these numbers and not the leaves themselves, because a column's ``==`` builds an expression and so must
    never be called by a dictionary. A number is never used again, so a dead leaf can not be taken for a new one.
    """
    return next(_serial)


class Node:
    """A piece of SQL as immutable data: no text, no I/O, no dialect.

    Attributes:
        _key: hashable structure; holds no bound value.
        _values: value holders in key order.
        _children: the nodes directly below, in text order; `traversal.iterate` walks them.
        visit_name: chooses the compiler's method ``visit_<visit_name>``.
    """

    __slots__ = ()

    visit_name = "node"
    __visit_name__ = DocumentedName(DOCUMENTED_NAMES)
    is_entity = False
    # True for what stands for several columns and is one element of a row: see `_entity_columns`.
    is_row_part = False
    # True for FROM elements under a name of their own: see `identified`.
    is_named_from = False

    _key: Key
    _values: Values

    @property
    def _children(self) -> tuple[Node, ...]:
        return ()

    def __getstate__(self) -> dict[str, Any]:
        """Return what is pickled and copied: attributes and slots, but for those that a class answers by itself."""
        class_ = type(self)
        state: dict[str, Any] = dict(getattr(self, "__dict__", ()))
        for base in class_.__mro__:
            for name in base.__dict__.get("__slots__", ()):
                is_stored = getattr(class_, name, None) is base.__dict__.get(name)
                if is_stored and name not in ("__dict__", "__weakref__") and hasattr(self, name):
                    state[name] = getattr(self, name)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, value)


def combine(tag: Any, *children: Node) -> tuple[Key, Values]:
    """Return the key and the values of a node that consists of `tag` and `children`, in that order.

    Raises: CompileError: the node is nested deeper than any text can be written of.
    """
    key = (tag, *[child._key for child in children])
    values: Values = ()
    if len(children) > MANY:
        # One by one, what is there so far would be copied for each.
        return key, tuple([holder for child in children for holder in child._values])
    for child in children:
        if child._values:
            values += child._values
    if len(values) > MANY:
        _refuse_depth(len(values), children)
    return key, values


MANY = 256
"""Children or values of a node; work that only such nodes need is left to them."""


def _refuse_depth(count: int, children: tuple[Node, ...]) -> None:
    """Raise if a chain of operators is longer than Python's stack is deep: it can never be written, and each of its
    nodes would hold the values of all below it. Looked at again whenever `MANY` values have come to the longest child.
    """
    heaviest = max(children, key=_count_values)
    if _count_values(heaviest) // MANY == count // MANY:
        return
    depth, limit = 0, sys.getrecursionlimit()
    while _count_values(heaviest) > MANY:
        depth += 1
        if depth > limit:
            raise CompileError.too_deep()
        below = heaviest._children
        if not below:
            return
        heaviest = max(below, key=_count_values)


def _count_values(node: Node) -> int:
    return len(node._values)


def identified(key: list[Any], values: list[Any]) -> tuple[Key, Values]:
    """Return the key and the values of a whole statement: with what depends on the identity of its parts.

    A part that stands at several places (the same alias, the same literal in SELECT and GROUP BY) makes another text
    than equal parts at these places. So the key says which values are the same object. And the columns of an alias
    carry no more than the alias itself: what it is an alias of enters the key here, once.

    A statement inside brings what its own key says already: an `Expanded` among its values names these parts, so that a
    statement nested n deep has n of them in its key, and not one for each way that leads to each.

    Args:
        key: the structure so far.
        values: the values so far.
    """
    places: dict[int, int] = {}
    pattern: list[int] = []
    named: list[Any] = []
    # Known before the first place is looked at: a part of an inner statement may stand here by itself too, further ahead.
    said = {id(source) for holder in values if holder.__class__ is Expanded for source in holder.sources}
    has_inner = False
    position = 0
    while position < len(values):
        holder = values[position]
        place = places.setdefault(id(holder), position)
        pattern.append(place)
        if place == position and holder.is_named_from:
            named.append(holder)
            if id(holder) not in said:
                key.append(holder._from_key)
                inner = holder._from_values
                if inner:
                    has_inner = True
                    values.extend(inner)
                    if inner[0].__class__ is Expanded:
                        said.update(map(id, inner[0].sources))
        position += 1
    if len(places) < len(values):
        key.append(("same", *pattern))
    if has_inner or said:
        values.insert(0, Expanded(named))
    return tuple(key), tuple(values)


class Expanded(Node):
    """Stands among the values of a statement, and is none: the named FROM elements that its key says everything about.

    Attributes:
        sources: the elements.
    """

    __slots__ = ("sources",)

    effective_value = None

    def __init__(self, sources: list[Any]) -> None:
        self.sources = sources
