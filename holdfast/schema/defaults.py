"""What a column gets when nobody gives it a value: from Python, from SQL, or from the database."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError


class FetchedValue:
    """The database makes the value (a trigger, a default declared elsewhere); it is read back when asked for.

    Args:
        for_update: it is made at each UPDATE too.
    """

    has_argument = False

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update


class DefaultClause(FetchedValue):
    """``DEFAULT`` in CREATE TABLE.

    Args:
        arg: a string (written as a quoted literal), or SQL by ``text()`` or ``func``.
    """

    has_argument = True

    def __init__(self, arg: Any, for_update: bool = False) -> None:
        if not isinstance(arg, str) and not hasattr(arg, "is_clause_element"):
            raise ArgumentError(
                f"Argument 'arg' is expected to be one of type '<class 'str'>' or SQL (text(), func), got '{type(arg)}'"
            )
        super().__init__(for_update)
        self.arg = arg


class ColumnDefault:
    """A column's default or onupdate.

    Attributes:
        arg: the scalar, a function that takes the context of the execution, or a SQL expression.
        is_scalar, is_callable, is_clause_element: which of the three it is.
    """

    def __init__(self, arg: Any, for_update: bool = False) -> None:
        self.for_update = for_update
        self.is_clause_element = bool(getattr(arg, "is_clause_element", False))
        self.is_callable = callable(arg) and not self.is_clause_element
        self.is_scalar = not self.is_callable and not self.is_clause_element
        self.arg = _with_context(arg) if self.is_callable else arg

    @property
    def has_arg(self) -> bool:
        """True."""
        return True


def _with_context(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return a function of the context, whether or not `function` wants it.

    Raises: ArgumentError: it wants more than one argument.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return lambda context: function()
    required = [
        parameter
        for parameter in parameters
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    if len(required) > 1:
        raise ArgumentError("ColumnDefault Python function takes zero or one positional arguments")
    return function if required else lambda context: function()
