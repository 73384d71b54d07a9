"""Gives objects the Python-side defaults of their columns, just before the row is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, TypeAlias

from holdfast import exc
from holdfast.exc.shown import shown_object
from holdfast.orm.unit_of_work.facts import MapperFacts

Filled: TypeAlias = list[tuple[str, list[dict[str, Any]]]]
"""Attributes that got a default, each with the values of the objects that it was given to."""


class DefaultContext:
    """What a default function with an argument gets: the row that is being written.

    Attributes:
        connection: that the row is written on.
        current_column: whose default is made.
        isinsert, isupdate: which statement it is.
    """

    __slots__ = ("_names", "connection", "current_column", "isinsert", "isupdate", "values")

    def __init__(self, connection: Any, facts: MapperFacts, column: Any, is_insert: bool) -> None:
        self.connection = connection
        self.current_column = column
        self.isinsert = is_insert
        self.isupdate = not is_insert
        self._names = [(fact.name, fact.column.key) for fact in facts.columns]
        self.values: dict[str, Any] = {}

    @property
    def dialect(self) -> Any:
        """The dialect of the connection."""
        return self.connection.dialect

    @property
    def root_connection(self) -> Any:
        """The connection."""
        return self.connection

    @property
    def current_parameters(self) -> dict[str, Any]:
        """The values of the row that are known, by column key."""
        values = self.values
        return {key: values[name] for name, key in self._names if name in values}

    def get_current_parameters(self, isolate_multiinsert_groups: bool = True) -> dict[str, Any]:
        """Return the values of the row that are known, by column key."""
        return self.current_parameters


def maker_of(column: Any) -> Callable[[Any], Any]:
    """Return the function of a connection that makes the default of a column of a secondary table."""
    default = column.default
    if default.is_scalar:
        return lambda connection: default.arg

    def make(connection: Any) -> Any:
        context = DefaultContext(connection, _NO_COLUMNS, column, True)
        try:
            return default.arg(context)
        except Exception as error:
            exc.StatementError.raise_of_default(f"column {column}", "INSERT", error)

    return make


_NO_COLUMNS: Any = SimpleNamespace(columns=())
"""The facts of a table that no class is mapped to: such a default knows no other value of its row."""


def fill_defaults(connection: Any, facts: MapperFacts, objects: Sequence[Any]) -> Filled:
    """Set attributes of new objects that have no value, or None, to the Python-side default of their column.

    Returns: what was set, for `take_back`.
    Raises: StatementError: a function raised something; nothing is set.
    """
    filled: Filled = []
    try:
        for fact in facts.needs_defaults:
            name = fact.name
            if fact.keeps_none:
                lacking = [values for instance in objects if name not in (values := instance.__dict__)]
            else:
                lacking = [values for instance in objects if (values := instance.__dict__).get(name) is None]
            if lacking:
                filled.append((name, lacking))
                _fill(lacking, name, fact.default, DefaultContext(connection, facts, fact.column, True), objects)
    except BaseException:
        take_back(filled)
        raise
    return filled


def take_back(filled: Filled) -> None:
    """Let objects whose rows were not written have no value again: the next flush makes new ones."""
    for name, lacking in filled:
        for values in lacking:
            values.pop(name, None)


def fill_onupdate(connection: Any, facts: MapperFacts, names: Sequence[str], objects: Sequence[Any]) -> None:
    """Set attributes of changed objects to what their columns say for an UPDATE.

    Args:
        names: attributes whose columns have a Python-side ``onupdate`` and were not set.
    """
    for name in names:
        column = facts.by_name[name].column
        values = [instance.__dict__ for instance in objects]
        _fill(values, name, column.onupdate, DefaultContext(connection, facts, column, False), objects)


def fill_values(
    connection: Any,
    facts: MapperFacts,
    column: Any,
    name: str,
    default: Any,
    rows: Sequence[dict[str, Any]],
    is_insert: bool,
) -> None:
    """Give rows by attribute name, which are in no object, what a Python-side default or ``onupdate`` makes."""
    _fill(rows, name, default, DefaultContext(connection, facts, column, is_insert))


def _fill(
    rows: Sequence[dict[str, Any]], name: str, default: Any, context: DefaultContext, objects: Sequence[Any] = ()
) -> None:
    if default.is_scalar:
        for values in rows:
            values[name] = default.arg
        return
    make = default.arg
    try:
        for values in rows:
            context.values = values
            values[name] = make(context)
    except Exception as error:
        place = f"column {context.current_column}"
        for instance in objects:
            if instance.__dict__ is context.values:
                place += f", for {shown_object(instance)}"
        exc.StatementError.raise_of_default(place, "INSERT" if context.isinsert else "UPDATE", error)
