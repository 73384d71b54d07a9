"""The Query of the 1.x series: a chainable layer over `select`, run by its session. Its methods stand beside, by kind."""

from __future__ import annotations

from typing import Generic, TypeVar

from holdfast.event import register
from holdfast.inspection import register_inspector
from holdfast.orm.query.criteria import Criteria
from holdfast.orm.query.embedding import Embedding
from holdfast.orm.query.entities import Entities
from holdfast.orm.query.events import own_query_dispatch, query_dispatch
from holdfast.orm.query.joins import Joins
from holdfast.orm.query.merging import Merging
from holdfast.orm.query.running import Running
from holdfast.orm.query.sets import Sets
from holdfast.orm.query.settings import Settings
from holdfast.orm.query.writing import Writing

T = TypeVar("T")


class Query(
    Criteria,
    Joins,
    Entities,
    Settings,
    Embedding,
    Sets,
    Writing,
    Merging,
    Running[T],
    Generic[T],
):
    """A SELECT under construction; each method returns a new Query, those that run it return results.

    Args:
        entities: mapped classes and columns; one class gives its objects, everything else gives rows.
        session: runs the query.
    """


register(
    lambda target: isinstance(target, type) and issubclass(target, Query),
    lambda target, name: query_dispatch(target),
)
register(lambda target: isinstance(target, Query), lambda target, name: own_query_dispatch(target))


register_inspector(Query, lambda query: query)
