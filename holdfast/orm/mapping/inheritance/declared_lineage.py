"""What a declarative class with a mapped parent says for itself, and what belongs to the parent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.orm.mapping.properties import ColumnProperty


def inherited_bases(class_: type[Any]) -> frozenset[type[Any]]:
    """Return the bases whose attributes come by the mapping of a parent: mapped classes, and what these derive from."""
    found: set[type[Any]] = set()
    for base in class_.__mro__[1:]:
        if "__mapper__" in base.__dict__:
            found.update(base.__mro__)
    return frozenset(found)


def own_setting(class_: type[Any], name: str) -> Any:
    """Return a setting such as ``__tablename__`` as a class has it; what a mapped parent says is about the parent alone.

    A function of the class, made by ``declared_attr``, is asked again for each class.
    """
    for base in class_.__mro__:
        if name not in base.__dict__:
            continue
        given = base.__dict__[name]
        is_function = hasattr(type(given), "__get__") and not callable(given)
        if base is class_ or "__mapper__" not in base.__dict__ or is_function:
            return given.__get__(None, class_) if hasattr(type(given), "__get__") else given
    return None


def share_table(class_: type[Any], parent: Any, properties: dict[str, Any], declared: Iterable[Any]) -> None:
    """Add the columns of a class without a table to the table of its parent.

    Args:
        properties: the class's properties; those of columns that are there already get these.
        declared: the columns that the class declares.

    Raises: ArgumentError: the table has another column of that name; a key; arguments for a table.
    """
    table = parent.local_table
    if own_setting(class_, "__table_args__") is not None:
        raise ArgumentError(
            "Can't place __table_args__ on an inherited class with no table. Put them into the class that has the table, "
            f"or give {class_.__name__} a __tablename__."
        )
    for column in declared:
        if column.primary_key:
            raise ArgumentError(
                f"Can't place primary key columns on an inherited class with no table. {class_.__name__} has {column.name!r}: "
                "give the class a __tablename__, or leave the column to its parent."
            )
        present = table.c.get(column.key)
        if present is None:
            table.append_column(column)
        elif present is not column:
            _use_existing(class_, properties, column, present)


def _use_existing(class_: type[Any], properties: dict[str, Any], column: Any, present: Any) -> None:
    for prop in properties.values():
        if isinstance(prop, ColumnProperty) and prop.columns[0] is column and prop.use_existing_column:
            prop.columns = [present]
            return
    raise ArgumentError(
        f"Column '{column.name}' on class {class_.__name__} conflicts with existing column '{present}'.  If using Declarative, "
        "consider using the use_existing_column parameter of mapped_column() to resolve conflicts."
    )
