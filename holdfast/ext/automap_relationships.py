"""The relationships that `automap` makes of foreign keys: to one and back, and through tables between two others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from holdfast.exc import ArgumentError
from holdfast.orm import add_mapped_attribute, backref, relationship
from holdfast.orm.mapping.join_request import MANYTOMANY, MANYTOONE, ONETOMANY


class Hooks(NamedTuple):
    """What a program says about the relationships; see `AutomapBase.prepare`.

    Attributes:
        made: class and attribute of each that was made: the other side exists only once mappers are configured.
    """

    base: type[Any]
    collection_class: Any
    scalar_name: Callable[..., str]
    collection_name: Callable[..., str]
    generate: Callable[..., Any]
    made: set[tuple[type[Any], str]]


Classes = Mapping[Any, type[Any]]
"""Table -> its class."""


def is_secondary(table: Any) -> bool:
    """Whether a table only connects two others: it has two foreign keys, and no column beside theirs."""
    keys = list(table.foreign_key_constraints)
    columns = {column for key in keys for column in key.columns}
    return len(keys) == 2 and columns == set(table.c)


def relate_keys(hooks: Hooks, classes: Classes, table: Any, local: type[Any]) -> None:
    """Give a class a relationship for each of its foreign keys, and the class referred to one back."""
    for key in sorted(table.foreign_key_constraints, key=lambda one: (str(one.name or ""), list(one.column_keys))):
        referred = classes.get(key.elements[0].column.table)
        if referred is None or (referred is not local and _inherits(local, referred)):
            continue
        to_one = hooks.scalar_name(hooks.base, local, referred, key)
        to_many = hooks.collection_name(hooks.base, referred, local, key)
        options = {
            "foreign_keys": [element.parent for element in key.elements],
            "remote_side": [element.column for element in key.elements],
        }
        there, back = _existing(hooks, local, to_one), _existing(hooks, referred, to_many)
        back_options = {**_deletion_options(key), "collection_class": hooks.collection_class}
        if not there:
            if back:
                options["back_populates"] = to_many
            else:
                options["backref"] = hooks.generate(
                    hooks.base, ONETOMANY, backref, to_many, referred, local, **back_options
                )
            made = hooks.generate(hooks.base, MANYTOONE, relationship, to_one, local, referred, **options)
            if made is not None:
                _add(hooks, local, to_one, made, referred, to_many)
                if back:
                    _let_populate(referred, to_many, to_one)
        elif not back:
            made = hooks.generate(
                hooks.base, ONETOMANY, relationship, to_many, referred, local,
                foreign_keys=options["foreign_keys"], back_populates=to_one, **back_options,
            )  # fmt: skip
            if made is not None:
                _add(hooks, referred, to_many, made)
                _let_populate(local, to_one, to_many)


def relate_through(hooks: Hooks, classes: Classes, table: Any) -> None:
    """Give the two classes that a table connects a relationship each."""
    first, second = sorted(table.foreign_key_constraints, key=lambda one: _place(table, one))
    local, referred = (classes.get(key.elements[0].column.table) for key in (first, second))
    if local is None or referred is None:
        return
    name = hooks.collection_name(hooks.base, local, referred, first)
    back_name = hooks.collection_name(hooks.base, referred, local, second)
    there, back = _existing(hooks, local, name), _existing(hooks, referred, back_name)
    condition = [element.column == element.parent for element in first.elements]
    back_condition = [element.column == element.parent for element in second.elements]
    if not there:
        options: dict[str, Any] = {
            "secondary": table,
            "collection_class": hooks.collection_class,
            "primaryjoin": _all(condition),
            "secondaryjoin": _all(back_condition),
        }
        if back:
            options["back_populates"] = back_name
        else:
            options["backref"] = hooks.generate(
                hooks.base, MANYTOMANY, backref, back_name, referred, local, collection_class=hooks.collection_class
            )
        made = hooks.generate(hooks.base, MANYTOMANY, relationship, name, local, referred, **options)
        if made is not None:
            _add(hooks, local, name, made, referred, back_name)
            if back:
                _let_populate(referred, back_name, name)
    elif not back:
        made = hooks.generate(
            hooks.base, MANYTOMANY, relationship, back_name, referred, local, secondary=table,
            back_populates=name, collection_class=hooks.collection_class,
        )  # fmt: skip
        if made is not None:
            _add(hooks, referred, back_name, made)
            _let_populate(local, name, back_name)


def _all(conditions: list[Any]) -> Any:
    found = conditions[0]
    for one in conditions[1:]:
        found = found & one
    return found


def _place(table: Any, key: Any) -> int:
    """Return where the first column of a foreign key stands in its table."""
    return list(table.c).index(key.elements[0].parent)


def _inherits(one: type[Any], other: type[Any]) -> bool:
    return issubclass(one, other) or issubclass(other, one)


def _deletion_options(key: Any) -> dict[str, Any]:
    """Return what becomes of the members when their owner goes, as the foreign key has it."""
    nullable = all(element.parent.nullable for element in key.elements)
    rule = (key.ondelete or "").lower()
    options: dict[str, Any] = {} if nullable else {"cascade": "all, delete-orphan"}
    if rule == ("set null" if nullable else "cascade"):
        options["passive_deletes"] = True
    return options


def _existing(hooks: Hooks, class_: type[Any], name: str) -> bool:
    """Whether a class has such a relationship.

    Raises: ArgumentError: it has something else of that name.
    """
    if (class_, name) in hooks.made:
        return True
    found = class_.__mapper__.find_property(name)  # type: ignore[attr-defined]
    if found is None or found.is_relationship:
        return found is not None
    mapper = class_.__mapper__  # type: ignore[attr-defined]
    raise ArgumentError(
        f"WARNING: when configuring property '{name}' on {mapper}, column '{found.columns[0].name}' conflicts with property "
        f"'{name}', a relationship. Give name_for_scalar_relationship or name_for_collection_relationship a function "
        f"that returns another name, or declare the class and map the column under another one."
    )


def _add(hooks: Hooks, class_: type[Any], name: str, made: Any, other: type[Any] | None = None, back: str = "") -> None:
    """Map a relationship, and remember it and its other side."""
    add_mapped_attribute(class_, name, made)
    hooks.made.add((class_, name))
    if other is not None:
        hooks.made.add((other, back))


def _let_populate(class_: type[Any], name: str, other: str) -> None:
    """Let a relationship that a program declared know its other side, if it names none itself."""
    found = class_.__mapper__.find_property(name)  # type: ignore[attr-defined]
    if found.back_populates is None and not found.backref:
        found.back_populates = other
