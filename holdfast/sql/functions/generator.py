"""`func`: every name below it is a function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from holdfast.sql.functions import known
from holdfast.sql.functions.element import Function
from holdfast.sql.functions.generic import registered

if TYPE_CHECKING:
    from collections.abc import Callable


class FunctionGenerator:
    """Makes function calls: ``func.count(column)``, ``func.package.name()``.

    Args:
        names: the names so far.
        options: of the call, such as ``type_``.
    """

    def __init__(self, names: tuple[str, ...] = (), **options: Any) -> None:
        self._names = names
        self._options = options

    if TYPE_CHECKING:

        @property
        def count(self) -> Callable[..., Function[int]]:
            """``count(...)``; without an argument ``count(*)``."""
            ...

    def __getattr__(self, name: str) -> FunctionGenerator:
        if name.startswith("__"):
            raise AttributeError(name)
        # A name that is a word of Python is written with a line after it: func.print_().
        return FunctionGenerator((*self._names, name[:-1] if name.endswith("_") else name), **self._options)

    def __call__(self, *clauses: Any, **options: Any) -> Any:
        """Return the call.

        Args:
            clauses: the arguments.
            options: ``type_``: the type of the result; others for functions that have a class.
        """
        options = {**self._options, **options}
        make = registered(self._names)
        if make is not None:
            return make(*clauses, **options)
        *packages, name = self._names
        return Function(name, *clauses, packagenames=tuple(packages), **options)


func = FunctionGenerator()

__all__ = ["FunctionGenerator", "func", "known"]
