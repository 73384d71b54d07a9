"""`with_polymorphic()`: a class with the columns of its subclasses, for one statement."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, cast

from holdfast.inspection import inspect
from holdfast.orm.aliased import AliasedInsp
from holdfast.sql.from_clause import Join, from_of
from holdfast.sql.hierarchies import watch

T = TypeVar("T")


def with_polymorphic(
    base: type[T],
    classes: Any,
    selectable: Any = False,
    flat: bool = False,
    polymorphic_on: Any = None,
    aliased: bool = False,
    innerjoin: bool = False,
    adapt_on_names: bool = False,
    name: str | None = None,
    _use_mapper_path: bool = False,
) -> type[T]:
    """Return a class whose objects come with the columns of subclasses, by one statement.

    Args:
        base: a mapped class.
        classes: subclasses whose columns come along; "*": all.
        selectable: what the rows are read from: a FROM element that has all the columns; False: the tables, joined.
        flat: give each table another name; `aliased`: make a subquery of the join and give that one another name.
        polymorphic_on: accepted as documented; the mapped one is found in the selectable.
        innerjoin: JOIN instead of LEFT OUTER JOIN: objects of these subclasses alone.
        adapt_on_names: columns of `selectable` are found by name too.
        name: the name of the objects in a row.

    Returns: the class under another name; the subclasses are its attributes: ``found.Engineer.language``.
    """
    mapper = inspect(base).mapper
    mappers, joined = mapper.wide(classes, innerjoin)
    given = selectable is not False and selectable is not None
    source = from_of(selectable) if given else joined
    if not given and (aliased or flat):
        source = source.alias(None, flat=flat and not aliased)
    if isinstance(source, Join):
        watch.joins = True
    return cast("type[T]", wide_alias(mapper, source, tuple(mappers), name, adapt_on_names).entity)


def wide_alias(
    mapper: Any, source: Any, mappers: Iterable[Any], name: str | None = None, adapt_on_names: bool = False
) -> AliasedInsp:
    """Return the entity of a class with the columns of subclasses.

    Args:
        source: what its rows are read from.
        mappers: the class's own one and those of the subclasses, parents before children.
    """
    others = tuple(one for one in mappers if one is not mapper)
    insp = AliasedInsp(mapper, source, name, adapt_on_names, others)
    for one in others:
        part = AliasedInsp(one, source, None, adapt_on_names)
        part.stand_in(insp)
        insp.entity.__dict__[one.class_.__name__] = part.entity
    return insp
