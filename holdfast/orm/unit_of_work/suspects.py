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
