"""SQL that programs write themselves: `compiles` says how a class looks, on one database or on all.

The class may be the program's own (derived from `ColumnElement`, `FunctionElement`, `Executable`, `DDLElement`, a type ...) or
one of Holdfast's, whose text is then replaced. Values in such a text must go through ``compiler.process(element, **kw)``, which
leaves them parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from holdfast.compiler import custom

F = TypeVar("F", bound=Callable[..., str])


def compiles(class_: type[Any], *specs: str) -> Callable[[F], F]:
    """Return a decorator that enters a function ``(element, compiler, **kw) -> text`` for a class and its subclasses.

    Args:
        class_: of elements, DDL or types.
        specs: names of dialects; none: all that have no function of their own.
    """

    def enter(function: F) -> F:
        custom.register(class_, function, specs)
        return function

    return enter


def deregister(class_: type[Any]) -> None:
    """Forget the functions of a class; statements that were compiled before keep their text."""
    custom.deregister(class_)
