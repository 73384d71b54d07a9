"""What a flush has to know of one column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from holdfast.orm.unit_of_work.versions import Version


class ColumnFact(NamedTuple):
    """One column that a flush may write."""

    name: str
    """Of the attribute."""
    column: Any
    given_only: bool
    """Stands in an INSERT only if the object has a value: keys, and columns that the database or SQL fills."""
    fetched: bool
    """Filled by the database when it is not given."""
    default: Any
    """The column's Python-side default (scalar or callable), or None."""
    same_value: Callable[[Any, Any], bool]
    """Whether two values are the same to the database."""
    keeps_none: bool
    """None is a value of the type, JSON's null for instance; only what was never set is not given."""


def column_facts(mapper: Any, tables: Iterable[Any], version: Version | None) -> list[ColumnFact]:
    """Return the mapped columns of a mapper's tables, in their order; an attribute of several columns by the first one.

    What a class is mapped to beside a table, a SELECT for instance, has no columns that are written.
    """
    names = {id(column): name for name, property_ in mapper.column_attrs.items() for column in property_.columns}
    found: dict[str, ColumnFact] = {}
    for table in tables:
        for column in table.columns if hasattr(table, "autoincrement_column") else ():
            name = names.get(id(column))
            if name is not None and name not in found:
                found[name] = _column_fact(mapper, name, table, column, version)
    return list(found.values())


def _column_fact(mapper: Any, name: str, table: Any, column: Any, version: Version | None) -> ColumnFact:
    default = column.default
    is_server_default = column.server_default is not None
    if version is not None and version.make is not None and name == version.name:
        # Every INSERT gives the first version.
        default, is_server_default = None, False
    in_sql = default is not None and default.is_clause_element
    counted = column is table.autoincrement_column
    fetched = is_server_default or (in_sql and not counted)
    keeps_none = bool(column.type.should_evaluate_none)
    return ColumnFact(
        name,
        column,
        fetched or (in_sql and counted) or (default is None and (column.primary_key or keeps_none)),
        fetched,
        None if default is None or in_sql else default,
        mapper.by_name[name].same_value,
        keeps_none,
    )
