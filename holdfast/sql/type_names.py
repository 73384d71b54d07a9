"""What types add to their expressions: the public names of a comparator, as attributes of every expression of its type.

Each name is a descriptor of `ColumnElement`. A `__getattr__` there would do the same, and make every look at every
attribute of every expression three times as dear: CPython specialises none on a class that has one.
"""

from __future__ import annotations

from typing import Any

from holdfast.sql.element import ColumnElement


class NameOfType:
    """An attribute that expressions of some types have.

    Args:
        name: what comparators call it.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, element: Any, owner: Any = None) -> Any:
        if element is not None:
            comparator = element.type._comparator
            if comparator is not None and hasattr(comparator, self.name):
                return getattr(comparator(element), self.name)
        shown = "type object" if element is None else f"'{type(element).__name__}' object"
        raise AttributeError(f"{shown} has no attribute {self.name!r}", name=self.name, obj=element)


def show_names(comparator: Any) -> None:
    """Make the public names of a comparator class attributes of expressions."""
    for name in {*dir(comparator)}.difference(dir(ColumnElement), ["type"]):
        if name[0] != "_":
            setattr(ColumnElement, name, NameOfType(name))
