"""How objects of mapped classes are made: the keyword constructor, and who listens to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from holdfast._util.suggestions import did_you_mean

CONSTRUCTOR = "_holdfast_constructor"
"""Marks the ``__init__`` of declarative bases, which each mapped class replaces by a generated one."""


def construct(self: Any, **values: Any) -> None:
    """A simple constructor that allows initialization from kwargs: each must be an attribute of the class."""
    set_each(self, values)


setattr(construct, CONSTRUCTOR, True)


def set_each(instance: Any, values: Mapping[str, Any]) -> None:
    """Set attributes one by one.

    Raises: TypeError: a name that the class does not have.
    """
    class_ = type(instance)
    for name, value in values.items():
        # What Python itself and the state stand under is no attribute of the program's, though the class has it.
        if not hasattr(class_, name) or name.startswith(("__", "_sa_")):
            raise TypeError(f"{name!r} is an invalid keyword argument for {class_.__name__}{_meant(class_, name)}")
        setattr(instance, name, value)


def _meant(class_: type[Any], name: str) -> str:
    """Return a question that names the attribute most like `name`, or nothing."""
    mapper = getattr(class_, "__mapper__", None)
    question = did_you_mean(name, () if mapper is None else mapper.attribute_names)
    return f". {question}" if question else ""


def is_heard(dispatch: Any) -> bool:
    """Whether somebody listens to objects being made."""
    return bool(dispatch.init or dispatch.init_failure or dispatch.first_init)
