"""What programs write themselves: functions that give the SQL of a class, for one dialect or for all (`ext.compiler`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import UnsupportedCompilationError

Write = Callable[..., Any]

DEFAULT = "default"

REGISTRY: dict[type[Any], dict[str, Write]] = {}
"""Class -> name of a dialect -> function. Mostly empty, which is all that the compiler asks of it then."""


def register(class_: type[Any], function: Write, dialects: tuple[str, ...]) -> None:
    """Enter a function; without dialects, for all that have none of their own."""
    functions = REGISTRY.setdefault(class_, {})
    for name in dialects or (DEFAULT,):
        functions[name] = function


def deregister(class_: type[Any]) -> None:
    """Forget all functions of a class."""
    REGISTRY.pop(class_, None)


def find(class_: type[Any], compiler: Any, is_known: bool) -> Write | None:
    """Return the function for a class, or None where the compiler's own way holds.

    Args:
        compiler: asks; its dialect counts.
        is_known: the compiler has a way of its own.

    Raises: UnsupportedCompilationError: there are functions for other dialects alone.
    """
    for base in class_.__mro__:
        functions = REGISTRY.get(base)
        if functions is None:
            continue
        found = functions.get(compiler.dialect.name) or functions.get(DEFAULT)
        if found is None and not is_known:
            raise UnsupportedCompilationError(
                compiler,
                class_,
                f"{class_} construct has no default compilation handler; give it one by @compiles({class_.__name__}), or "
                f"one for {compiler.dialect.name!r}.",
            )
        return found
    return None


class TypeCompiler:
    """What a function for a type gets: it may ask for the text of another type.

    Attributes:
        dialect: whose text.
    """

    def __init__(self, dialect: Any) -> None:
        self.dialect = dialect

    def process(self, type_: Any, **keywords: Any) -> str:
        """Return a type's text."""
        return str(self.dialect.type_text(type_))

    def __getattr__(self, name: str) -> Any:
        # visit_VARCHAR(type_) and its kin: the text without functions of programs.
        if not name.startswith("visit_"):
            raise AttributeError(name)
        return lambda type_, **keywords: self.dialect.own_type_text(type_)
