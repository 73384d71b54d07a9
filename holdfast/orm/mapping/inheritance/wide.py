"""``with_polymorphic``: subclasses whose columns come along with objects of their parent, and the join that has them."""

from __future__ import annotations

from typing import Any

from holdfast.exc import InvalidRequestError
from holdfast.orm.mapping.inheritance.concrete import read_from_union
from holdfast.orm.mapping.inheritance.lineage import descendants, to_root
from holdfast.sql.from_clause import Join
from holdfast.sql.hierarchies import watch

UNION_HOOK = "__holdfast_union__"
"""A class method of a class that is read together with its concrete children: makes the union anew, for its mapper."""


def mappers_of(mapper: Any, wanted: Any) -> list[Any]:
    """Return the mappers that a specification names, with those between, parents before children.

    Args: wanted: "*", or mapped classes.

    Raises: InvalidRequestError: one of them does not inherit from the mapper.
    """
    if wanted == "*":
        return descendants(mapper)
    chosen: list[Any] = [mapper]
    for one in wanted or ():
        other = getattr(one, "__mapper__", one)
        if not other.isa(mapper):
            raise InvalidRequestError(f"{other!r} does not inherit from {mapper!r}")
        chosen.extend(to_root(other))
    return [one for one in descendants(mapper) if any(one is other for other in chosen)]


def joined(mapper: Any, mappers: list[Any], innerjoin: bool = False) -> Any:
    """Return the tables of a mapper with those of its subclasses joined to them."""
    source = mapper.persist_selectable
    for one in mappers:
        if one is not mapper and not one.single:
            if one.concrete:
                raise InvalidRequestError(
                    "'with_polymorphic()' requires 'selectable' argument when concrete-inheriting mappers are used."
                )
            source = Join(source, one.local_table, one.inherit_condition, not innerjoin)
    return source


def widen(mapper: Any) -> None:
    """Work out anew what a mapper's own rows consist of, after it or a class below it was mapped."""
    wanted, selectable = _specification(mapper)
    if wanted is None:
        mapper.with_polymorphic_mappers = ()
        mapper.selectable = mapper.persist_selectable
    else:
        mappers = mappers_of(mapper, wanted)
        mapper.with_polymorphic_mappers = tuple(mappers)
        if selectable is not None and not isinstance(selectable, Join):
            read_from_union(mapper, selectable)
        else:
            mapper.selectable = joined(mapper, mappers) if selectable is None else selectable
    if (make_union := getattr(mapper.class_, UNION_HOOK, None)) is not None:
        make_union(mapper)
    if isinstance(mapper.selectable, Join):
        watch.joins = True
    mapper.memo.clear()


def _specification(mapper: Any) -> tuple[Any, Any]:
    """Return what comes along by default, "*" or classes or None, and what it is selected from, if that was given."""
    given = mapper.arguments.get("with_polymorphic")
    selectable = None
    if isinstance(given, tuple) and len(given) == 2 and (given[0] == "*" or isinstance(given[0], (list, tuple))):
        given, selectable = given
    if given == "*":
        return "*", selectable
    # A class comes along with its parent; those further up have it by naming it.
    inline = [one for one in mapper.children if one.arguments.get("polymorphic_load") == "inline" and not one.concrete]
    wanted = [*(given or ()), *inline]
    return (wanted or None), selectable
