"""Short Query programs, table driven: the cases by subject; `CASES` holds all of them."""

from collections.abc import Callable
from typing import Any

from tests.differential.queries import (
    criteria,
    embedding,
    entities,
    joins,
    loading,
    mistakes,
    mixed,
    results,
    sessions,
    sets,
    writing,
)

CASES: dict[str, Callable[[Any], Any]] = {
    f"{module.__name__.rsplit('.', 1)[-1]}: {name}": case
    for module in (criteria, embedding, entities, joins, loading, mistakes, mixed, results, sessions, sets, writing)
    for name, case in module.CASES.items()
}

__all__ = ["CASES"]
