"""What a column gets when nobody gives it a value: from Python, from SQL, from a sequence, or from the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from holdfast.exc import ArgumentError
from holdfast.schema.items import SchemaItem
from holdfast.sql.binds import literal
from holdfast.sql.select import select


class FetchedValue(SchemaItem):
    """The database makes the value (a trigger, a default declared elsewhere); it is read back when asked for.

    Args:
        for_update: it is made at each UPDATE too.
    """

    has_argument = False
    reflected = False
    column: Any = None

    def __init__(self, for_update: bool = False) -> None:
        self.for_update = for_update

    def attach_to_column(self, column: Any) -> None:
        """Become what the database does for a column."""
        self.column = column
        if self.for_update:
            column.server_onupdate = self
        else:
            column.server_default = self

    def for_updates(self, for_update: bool) -> FetchedValue:
        """Return this value as one for INSERT or for UPDATE."""
        if for_update == self.for_update:
            return self
        new = self.copied()
        new.for_update = for_update
        return new

    def copied(self) -> Any:
        """Return an equal value that belongs to no column."""
        new = object.__new__(type(self))
        new.__dict__.update(self.__dict__)
        new.__dict__.pop("column", None)
        return new

    def __repr__(self) -> str:
        return f"{type(self).__name__}({'for_update=True' if self.for_update else ''})"


class DefaultClause(FetchedValue):
    """``DEFAULT`` in CREATE TABLE.

    Args:
        arg: a string (written as a quoted literal), or SQL by ``text()`` or ``func``.
        for_update: it is made at each UPDATE.
    """

    has_argument = True

    def __init__(self, arg: Any, for_update: bool = False, _reflected: bool = False) -> None:
        if not isinstance(arg, str) and not hasattr(arg, "is_clause_element"):
            raise ArgumentError(
                "Argument 'arg' is expected to be one of type '<class 'str'>' or "
                "'<class 'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', "
                f"got '{type(arg)}'. {_sql_instead_of(arg)}"
            )
        super().__init__(for_update)
        self.arg = arg
        self.reflected = _reflected

    def __repr__(self) -> str:
        return f"DefaultClause({self.arg!r}, for_update={self.for_update!r})"


def _sql_instead_of(given: Any) -> str:
    """Return a sentence that says how the database is told of a default value, which Python has here."""
    if isinstance(given, bool):
        return f"The DEFAULT of CREATE TABLE is SQL: server_default={'true()' if given else 'false()'}."
    if callable(given):
        return (
            "A function of Python makes values as default=...; the DEFAULT of CREATE TABLE is SQL: text(...) or func."
        )
    return 'A number is given as text("5") or as the string "5".'


class DefaultGenerator(SchemaItem):
    """What makes a value on the way to the database.

    Attributes:
        is_scalar, is_callable, is_clause_element, is_sequence: which kind it is.
    """

    is_scalar = False
    is_callable = False
    is_clause_element = False
    is_sequence = False
    for_update = False
    column: Any = None
    arg: Any = None

    @property
    def standalone(self) -> Any:
        """The statement that brings the value alone: ``connection.scalar(sequence)``."""
        if self.is_clause_element:
            return select(self.arg)
        return select(literal(self.arg(None) if self.is_callable else self.arg))

    def attach_to_column(self, column: Any) -> None:
        """Become the default, or the onupdate, of a column."""
        self.column = column
        if self.for_update:
            column.onupdate = self
        else:
            column.default = self


class ColumnDefault(DefaultGenerator):
    """A column's default or onupdate.

    Attributes:
        arg: the scalar, a function that takes the context of the execution, or a SQL expression.
    """

    def __init__(self, arg: Any, for_update: bool = False) -> None:
        if isinstance(arg, FetchedValue):
            raise ArgumentError("ColumnDefault may not be a server-side default type. Use server_default for it.")
        self.for_update = for_update
        self.is_clause_element = bool(getattr(arg, "is_clause_element", False))
        self.is_callable = callable(arg) and not self.is_clause_element
        self.is_scalar = not self.is_callable and not self.is_clause_element
        self.arg = _with_context(arg) if self.is_callable else arg

    @property
    def has_arg(self) -> bool:
        """True."""
        return True

    def __repr__(self) -> str:
        return f"ColumnDefault({self.arg!r})"


def _with_context(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """Return a function of the context, whether or not `function` wants it.

    Raises: ArgumentError: it wants more than one argument.
    """
    import inspect  # here and not above: it is a heavy one, and few programs have such defaults

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
