"""Which objects may have broken a constraint: all of the batch, less those that cannot have."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from holdfast import exc
from holdfast.orm.unit_of_work.facts import MapperFacts


def name_objects(error: exc.IntegrityError, facts: MapperFacts, objects: Sequence[Any]) -> None:
    """Tell an error which objects may have caused it; where one is left, it is proven to be that one.

    Args:
        facts: of the objects' mapper.
        objects: whose rows the refused statement wrote.
    """
    if error.table is None:
        _complete(error, facts.table)
    found = list(objects)
    names = [fact.name for fact in facts.columns if fact.column.name in (error.columns or ())]
    if len(found) > 1 and names and error.table in (None, facts.table.name):
        if isinstance(error, exc.NotNullViolation):
            found = [each for each in found if _lacks(each, names)]
        elif isinstance(error, (exc.UniqueViolation, exc.ForeignKeyViolation)):
            # NULL is equal to nothing, and refers to nothing.
            found = [each for each in found if not _lacks(each, names)]
    error.objects = tuple(found or objects)


def _lacks(instance: Any, names: Sequence[str]) -> bool:
    """Whether one of the attributes is NULL."""
    values = instance.__dict__
    return any(values.get(name) is None for name in names)


def _complete(error: exc.IntegrityError, table: Any) -> None:
    """Tell an error the table, where the database told only a key or columns that this table has; and the key's columns."""
    columns = tuple(error.columns or ()) or tuple(column.name for column in _columns_of(table, error.constraint))
    if columns and all(name in table.c for name in columns):
        error.table, error.columns = table.name, columns


def _columns_of(table: Any, name: str | None) -> list[Any]:
    """Return the columns of a table's key."""
    # MySQL's name of the primary key; one that has no name gets that of its first column there.
    if name == "PRIMARY":
        return list(table.primary_key.columns)
    keys = [one for one in table.constraints if one.visit_name == "unique"]
    keys += [index for index in table.indexes if index.unique]
    return next((list(key.columns) for key in keys if name is not None and _name_of(key) == name), [])


def _name_of(key: Any) -> str | None:
    columns = list(key.columns)
    return key.name if key.name is not None else columns[0].name if columns else None
